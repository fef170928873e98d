"""What the keeper does to a campaign. Every act can be broken off anywhere and done again."""

from dataclasses import dataclass
from datetime import datetime

from nacl.public import PrivateKey
from sqlalchemy import Engine, select

from survey.db.base import random_id
from survey.db.campaigns import Campaign, Status
from survey.db.engine import reading, reading_session, writing_session
from survey.domain import (
    campaign_keys,
    closing,
    recovery,
    responses,
    retention,
    soundness,
    turning,
)
from survey.domain.campaigns import (
    check_close,
    check_open,
    check_release,
    plan_of,
    questionnaire_of,
    set_status,
    standing,
)
from survey.domain.statements import Statement, sign
from survey.domain.trust import Trust
from survey.errors import RefusedError, WrongStateError
from survey.keeper.keys import KeyFolder
from survey.keeper.ledger import Ledger
from survey.keeper.volumes import check_volume


@dataclass(frozen=True, slots=True)
class Office:
    """What the keeper works with: the database, its keys, and what this host trusts."""

    engine: Engine
    keys: KeyFolder
    trust: Trust

    @property
    def ledger(self) -> Ledger:
        """What the keeper itself knows of campaigns."""
        return Ledger(self.keys.path)


def open_campaign(office: Office, campaign_id: int, *, now: datetime) -> str:
    """Open a campaign with a key pair of its own; gives a sentence for people.

    Raises:
        SurveyError: it cannot be opened; nothing was changed.
    """
    campaign = find(office.engine, campaign_id)
    check_own(office, campaign)
    if campaign.status == "open" and campaign_keys.current_key(office.engine, campaign_id):
        return "The campaign is open."
    check_not_ended(office, campaign)
    with reading_session(office.engine) as session:
        check_open(session, session.get_one(Campaign, campaign_id), now=now)
    soundness.check_database(office.engine)
    check_volume(office.keys.path)
    destroy_strays(office, campaign)
    office.ledger.note(campaign.uid, "open", campaign.plan_hash)
    key_id = _new_key(office, campaign, now=now)
    with writing_session(office.engine) as session:
        campaign = session.get_one(Campaign, campaign_id)
        check_open(session, campaign, now=now)
        set_status(campaign, "open", now=now)
        session.flush()
        campaign_keys.make_current(session.connection(), campaign_id, key_id)
    return "The campaign is open."


def turn(office: Office, campaign_id: int, *, now: datetime) -> turning.Turned:
    """Make a new key current, move every sealed row to it, destroy the older keys.

    Raises:
        SurveyError: the campaign is not the keeper's, or not what was agreed.
    """
    campaign = find(office.engine, campaign_id)
    check_own(office, campaign)
    check_not_ended(office, campaign)
    key_id = _new_key(office, campaign, now=now)
    with writing_session(office.engine) as session:
        check_close(session.get_one(Campaign, campaign_id))
        campaign_keys.make_current(session.connection(), campaign_id, key_id)
    turned = turning.turn(office.engine, campaign_id, office.keys)
    destroy_idle_keys(office)
    return turned


def pause(office: Office, campaign_id: int) -> None:
    """Take no more answers: the key for which they would be sealed is lost."""
    with writing_session(office.engine) as session:
        campaign_keys.pause(session.connection(), campaign_id)


def has_current_key(office: Office, campaign: Campaign) -> bool:
    """Whether the private half of a campaign's current key is here."""
    with reading(office.engine) as connection:
        current = campaign_keys.current_of(campaign_keys.keys_of(connection, campaign.id))
    if current is None:
        return False
    return campaign_keys.private_key(office.keys, campaign.uid, current.key_id) is not None


def can_resume(office: Office, campaign: Campaign) -> bool:
    """Whether a paused campaign can go on by itself: every key that it needs is here again.

    So it is after a restore of the database, or of the key folder, that lost nothing.
    """
    with reading(office.engine) as connection:
        known = campaign_keys.keys_of(connection, campaign.id)
        needed = {row.key_id for row in campaign_keys.sealed_rows(connection, campaign.id)}
    own = {
        key_id
        for key_id in known.keys() | needed
        if campaign_keys.private_key(office.keys, campaign.uid, key_id) is not None
    }
    return bool(own) and needed <= own


def close_campaign(office: Office, campaign_id: int, *, now: datetime) -> str:
    """Close a campaign and destroy its keys; gives a sentence for people.

    Raises:
        SurveyError, ClosingError: it cannot be closed; nothing was changed.
    """
    campaign = find(office.engine, campaign_id)
    check_own(office, campaign)
    if campaign.closed_at is None:
        check_not_ended(office, campaign)
        _check_not_paused(office, campaign)
        soundness.check_server(office.engine)
        message = closing.close(office.engine, campaign_id, office.keys, now=now).message
    else:
        message = "The campaign is closed."
    _ended(office, campaign)
    return message


def give_up(office: Office, campaign_id: int, *, now: datetime) -> str:
    """Close a campaign without results, because nobody can open it; gives a sentence for people.

    Raises:
        WrongStateError: it is not open.
    """
    campaign = find(office.engine, campaign_id)
    closing.give_up(office.engine, campaign_id, office.keys, now=now)
    _ended(office, campaign)
    return "Closed without results. What was sealed could be opened by nobody, and is deleted."


def release_campaign(office: Office, campaign_id: int, *, now: datetime) -> str:
    """Release a closed campaign's results, once; gives a sentence for people.

    Raises:
        SurveyError: it cannot be released; nothing was changed.
    """
    from survey.domain.releases import compute, freeze

    campaign = find(office.engine, campaign_id)
    if campaign.status != "released":
        check_release(campaign)
        check_own(office, campaign)
        with reading_session(office.engine) as session:  # others go on answering meanwhile
            found = session.get_one(Campaign, campaign_id)
            known = standing(session, found, secret=office.trust.secret)
            made = compute(
                session, found, office.keys, cosigned=known.cosigned, last_day=known.last_day
            )
        with writing_session(office.engine) as session:
            freeze(session, session.get_one(Campaign, campaign_id), made, now=now)
    return "The results are released."


def purge_campaign(office: Office, campaign: Campaign) -> None:
    """Destroy the key of the stored responses, then the responses."""
    responses.destroy_storage(office.engine, campaign.id, office.keys)
    office.ledger.note(campaign.uid, "purged", campaign.plan_hash)
    retention.purge(office.engine, campaign.id)
    responses.forget_storage(office.engine, campaign.id)


def check_own(office: Office, campaign: Campaign) -> None:
    """Whether this keeper may touch a campaign, and all of its plan is what was agreed.

    Raises:
        RefusedError: another keeper's; plan or definition were changed in the database; or it
            was opened, but not by this keeper.
    """
    if campaign.keeper_key != office.keys.verify_key().hex():
        raise RefusedError(
            "another-keeper",
            f"'{campaign.slug}' was created with another keeper than the one of this key folder.",
            "Mount that keeper's key folder, or recover it with the recovery sheet.",
        )
    known = office.ledger.read(campaign.uid)
    if known is None and campaign.status not in ("draft", "signed"):
        raise RefusedError(
            "not-opened-here",
            f"'{campaign.slug}' is {campaign.status}, but this keeper has never opened it.",
            "Nothing was done. Restore database and key folder as they were.",
        )
    check_plan(campaign, known.plan_hash if known else campaign.plan_hash)


def check_plan(campaign: Campaign, agreed: str) -> None:
    """Whether plan and definition are those of the plan hash `agreed`; RefusedError if not."""
    try:
        found = plan_of(campaign).hash(questionnaire_of(campaign), campaign.keeper_key)
    except ValueError:  # not even readable any more
        found = ""
    if not found == campaign.plan_hash == agreed:
        raise RefusedError(
            "plan-changed",
            f"The stored plan of '{campaign.slug}' was changed after it was agreed.",
            "Nothing was done. Restore the database from a backup.",
        )


def check_not_ended(office: Office, campaign: Campaign) -> None:
    """Whether the keeper has not closed this campaign before, whatever the database says.

    Raises:
        WrongStateError: it was closed; the database comes from an older backup.
    """
    if has_ended(office, campaign):
        raise WrongStateError(
            "closed-before",
            f"'{campaign.slug}' was closed already; this database is older than that.",
            "A closed campaign is never opened again. Restore a newer backup if there is one.",
        )


def has_ended(office: Office, campaign: Campaign) -> bool:
    """Whether the keeper knows that a campaign was closed."""
    known = office.ledger.read(campaign.uid)
    return known is not None and known.stage != "open"


def destroy_idle_keys(office: Office) -> None:
    """Destroy every key that is not current and that no sealed row names.

    The row of a key goes last, so that a crash leaves it as a reminder. Where a campaign has
    ended, the files of the database are scrubbed before that.
    """
    idle = campaign_keys.idle_keys(office.engine)
    for _, key_id in idle:
        office.keys.destroy(key_id)
    if any(find(office.engine, campaign_id).status != "open" for campaign_id, _ in idle):
        retention.scrub(office.engine)
    for campaign_id, key_id in idle:
        campaign_keys.forget_key(office.engine, campaign_id, key_id)
    for campaign_id, _ in responses.unused_storage(office.engine):
        responses.destroy_storage(office.engine, campaign_id, office.keys)
        responses.forget_storage(office.engine, campaign_id)


def destroy_strays(office: Office, campaign: Campaign) -> None:
    """Destroy the keys of a campaign that its database does not know (any more)."""
    with reading(office.engine) as connection:
        known = campaign_keys.keys_of(connection, campaign.id).keys()
    kept = responses.storage_ids(office.engine, campaign.id)
    for key_id in office.keys.ids() - known - kept:
        if campaign_keys.private_key(office.keys, campaign.uid, key_id) is not None:
            office.keys.destroy(key_id)


def campaigns_that_are(engine: Engine, *statuses: Status) -> list[Campaign]:
    """Campaigns by id, detached."""
    with reading_session(engine) as session:
        found = select(Campaign).where(Campaign.status.in_(statuses)).order_by(Campaign.id)
        return list(session.scalars(found))


def find(engine: Engine, campaign_id: int) -> Campaign:
    """A campaign, detached."""
    with reading_session(engine) as session:
        return session.get_one(Campaign, campaign_id)


def _ended(office: Office, campaign: Campaign) -> None:
    """What is left to do after a campaign was closed; the ledger knows it before any key goes."""
    office.ledger.note(campaign.uid, "closed", campaign.plan_hash)
    destroy_idle_keys(office)
    destroy_strays(office, campaign)


def _check_not_paused(office: Office, campaign: Campaign) -> None:
    with reading(office.engine) as connection:
        paused = campaign_keys.is_paused(connection, campaign)
    if paused:
        raise WrongStateError(
            "interrupted",
            f"'{campaign.slug}' is interrupted: the key of its answers is lost.",
            f"Go on with the recovery sheet: pegel campaign recover {campaign.slug}. Where there "
            "is no sheet, close it without results by adding --give-up to that command.",
        )


def _new_key(office: Office, campaign: Campaign, *, now: datetime) -> bytes:
    """A new signed key pair whose file is on disk, and which is not current yet."""
    private, signing_key = PrivateKey.generate(), office.keys.signing_key()
    statement = Statement(
        uid=campaign.uid,
        plan_hash=campaign.plan_hash,
        key_id=random_id(),
        public_key=bytes(private.public_key),
        counter=campaign_keys.last_counter(office.engine, campaign.id) + 1,
    )
    with reading_session(office.engine) as session:
        sheet = recovery.public_key_of(session, campaign, secret=office.trust.secret)
    sealed = recovery.seal_for_sheet(sheet, private, bytes(signing_key)) if sheet else None
    campaign_keys.prepare_key(
        office.engine, campaign.id, statement, sign(signing_key, statement), sealed
    )
    office.keys.write(statement.key_id, private, made_at=now, uid=campaign.uid)
    return statement.key_id
