"""Recovering an interrupted campaign: a restored database, a lost key folder, and the sheet."""

from datetime import datetime

from nacl.signing import SigningKey
from sqlalchemy import Engine

from survey.db.campaigns import Campaign
from survey.db.engine import reading, reading_session, writing_session
from survey.domain import campaign_keys, turning
from survey.domain.campaign_keys import CampaignKey
from survey.domain.campaigns import check_close
from survey.domain.recovery import Recovered, open_with_sheet, public_half, public_key_of
from survey.domain.sealing import SealError
from survey.domain.trust import Trust, load_trust
from survey.errors import RefusedError, WrongStateError
from survey.keeper import acts
from survey.keeper.acts import Office
from survey.keeper.keys import KeyFolder
from survey.settings import Settings

Opened = list[tuple[CampaignKey, Recovered]]


def recover(
    settings: Settings, engine: Engine, campaign_id: int, secret: bytes, *, now: datetime
) -> turning.Turned:
    """Put the keys of a campaign back by the secret of its sheet, and turn at once.

    Where the keeper's own key was lost, too, it is put back first: it is sealed for the sheet as
    well. Only the process that holds the keeper's lock may call this. Broken off at any point it
    can be done again.

    Raises:
        WrongStateError: the campaign is not open, not interrupted, or was closed before.
        RefusedError: it is not the sheet of this campaign, or the keys are not the keeper's.
    """
    keys, trust = KeyFolder(settings.key_folder), load_trust(settings)
    campaign = acts.find(engine, campaign_id)
    check_close(campaign)
    opened = _open(engine, campaign, secret, trust)
    _put_back_seed(keys, trust, opened)
    office = Office(engine, keys, trust)
    acts.check_plan(campaign, campaign.plan_hash)  # which the keeper has signed with each key
    acts.check_not_ended(office, campaign)
    _check_interrupted(office, campaign)
    office.ledger.note(campaign.uid, "open", campaign.plan_hash)
    acts.check_own(office, campaign)
    for row, recovered in opened:
        keys.destroy(row.key_id)  # what a recovery left behind that broke off
        keys.write(row.key_id, recovered.private_key, made_at=now, uid=campaign.uid)
    newest = max(opened, key=lambda pair: pair[0].counter or 0)[0]
    with writing_session(engine) as session:
        check_close(session.get_one(Campaign, campaign_id))
        campaign_keys.make_current(session.connection(), campaign_id, newest.key_id)
    return acts.turn(office, campaign_id, now=now)


def give_up(settings: Settings, engine: Engine, campaign_id: int, *, now: datetime) -> str:
    """Close an interrupted campaign without results; gives a sentence for people.

    It needs nothing of the keeper, who may be lost with the key folder.

    Raises:
        WrongStateError: the campaign is not open, or not interrupted.
    """
    office = Office(engine, KeyFolder(settings.key_folder), load_trust(settings))
    campaign = acts.find(engine, campaign_id)
    check_close(campaign)
    if acts.has_current_key(office, campaign) or acts.can_resume(office, campaign):
        raise _not_interrupted(campaign)
    return acts.give_up(office, campaign_id, now=now)


def _open(engine: Engine, campaign: Campaign, secret: bytes, trust: Trust) -> Opened:
    """The keys that the sheet opens and that the keeper signed; all of them belong together."""
    with reading_session(engine) as session:
        agreed = public_key_of(session, campaign, secret=trust.secret)
    with reading(engine) as connection:
        rows = campaign_keys.keys_of(connection, campaign.id).values()
    opened: Opened = []
    if agreed == public_half(secret):
        for row in rows:
            if row.recovery and row.is_signed(campaign, trust.verify_key):
                try:
                    recovered = open_with_sheet(secret, row.recovery)
                except SealError:
                    continue
                if bytes(recovered.private_key.public_key) == row.public_key:
                    opened.append((row, recovered))
    if not opened:
        raise RefusedError(
            "other-sheet",
            f"This is not the recovery sheet of '{campaign.slug}', or this host does not know "
            "its signature.",
            "Compare the check numbers, and restore the database together with host.secret and "
            "keeper.pub ('pegel restore').",
        )
    return opened


def _put_back_seed(keys: KeyFolder, trust: Trust, opened: Opened) -> None:
    if keys.has_signing_key():
        return
    for _, recovered in opened:
        if bytes(SigningKey(recovered.signing_seed).verify_key) == trust.verify_key:
            keys.keep_seed(recovered.signing_seed)
            return
    raise RefusedError(
        "keeper-lost",
        "The keeper's own key is not on this sheet.",
        "Mount the key folder as it was.",
    )


def _check_interrupted(office: Office, campaign: Campaign) -> None:
    with reading(office.engine) as connection:
        state = campaign_keys.key_state(connection, campaign, office.keys)
    if state not in ("none", "missing"):
        raise _not_interrupted(campaign)


def _not_interrupted(campaign: Campaign) -> WrongStateError:
    return WrongStateError(
        "not-interrupted",
        f"'{campaign.slug}' is not interrupted: its keys are here.",
        "Nothing was changed; start the keeper.",
    )
