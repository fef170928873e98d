"""What the keeper does to a campaign. Every act can be broken off anywhere and done again."""

from datetime import datetime, timedelta

from nacl.public import PrivateKey
from sqlalchemy import Engine, select

from survey.db.base import random_id
from survey.db.campaigns import Campaign, Status
from survey.db.engine import reading_session, writing_session
from survey.domain import closing, retention, turning
from survey.domain.campaigns import check_close, check_open, set_status
from survey.domain.statements import Statement, sign
from survey.keeper.keys import KeyFolder

TURN_EVERY = timedelta(hours=24)


def open_campaign(engine: Engine, keys: KeyFolder, campaign_id: int, *, now: datetime) -> str:
    """Open a campaign with a key pair of its own; gives a sentence for people.

    Raises:
        SurveyError: it cannot be opened; nothing was changed.
    """
    campaign = _campaign(engine, campaign_id)
    if campaign.status == "open" and turning.current_key(engine, campaign_id):
        return "The campaign is open."
    with reading_session(engine) as session:
        check_open(session, session.get_one(Campaign, campaign_id), now=now)
    key_id = _new_key(engine, keys, campaign_id, now=now)
    with writing_session(engine) as session:
        campaign = session.get_one(Campaign, campaign_id)
        check_open(session, campaign, now=now)
        set_status(campaign, "open", now=now)
        turning.make_current(session.connection(), campaign_id, key_id)
    return "The campaign is open."


def turn_due(engine: Engine, keys: KeyFolder, campaign_id: int, *, now: datetime) -> bool:
    """Whether the current key is a day old, or is not to be trusted any more."""
    current = turning.sound_current_key(engine, campaign_id, keys)
    return current is None or abs(now - keys.made_at(current)) >= TURN_EVERY


def turn(engine: Engine, keys: KeyFolder, campaign_id: int, *, now: datetime) -> turning.Turned:
    """Make a new key current, move every sealed row to it, destroy the older keys."""
    key_id = _new_key(engine, keys, campaign_id, now=now)
    with writing_session(engine) as session:
        check_close(session.get_one(Campaign, campaign_id))
        turning.make_current(session.connection(), campaign_id, key_id)
    turned = turning.turn(engine, campaign_id, keys)
    destroy_idle_keys(engine, keys)
    return turned


def close_campaign(engine: Engine, keys: KeyFolder, campaign_id: int, *, now: datetime) -> str:
    """Close a campaign and destroy its keys; gives a sentence for people.

    Raises:
        SurveyError, ClosingError: it cannot be closed; nothing was changed.
    """
    if _campaign(engine, campaign_id).closed_at is None:
        message = closing.close(engine, campaign_id, keys, now=now).message
    else:
        message = "The campaign is closed."
    destroy_idle_keys(engine, keys)
    return message


def release_campaign(engine: Engine, campaign_id: int, *, now: datetime) -> str:
    """Release a closed campaign's results, once; gives a sentence for people.

    Raises:
        SurveyError: it cannot be released; nothing was changed.
    """
    from survey.domain.releases import compute, freeze

    if _campaign(engine, campaign_id).status != "released":
        with reading_session(engine) as session:  # others go on answering meanwhile
            made = compute(session, session.get_one(Campaign, campaign_id))
        with writing_session(engine) as session:
            freeze(session, session.get_one(Campaign, campaign_id), made, now=now)
    return "The results are released."


def destroy_idle_keys(engine: Engine, keys: KeyFolder) -> None:
    """Destroy every key that is not current and that no sealed row names.

    The row of a key goes last, so that a crash leaves it as a reminder. Where a campaign has
    ended, the files of the database are scrubbed before that.
    """
    idle = turning.idle_keys(engine)
    for _, key_id in idle:
        keys.destroy(key_id)
    if any(_campaign(engine, campaign_id).status != "open" for campaign_id, _ in idle):
        retention.scrub(engine)
    for campaign_id, key_id in idle:
        turning.forget_key(engine, campaign_id, key_id)


def campaigns_that_are(engine: Engine, *statuses: Status) -> list[Campaign]:
    """Campaigns by id, detached."""
    with reading_session(engine) as session:
        found = select(Campaign).where(Campaign.status.in_(statuses)).order_by(Campaign.id)
        return list(session.scalars(found))


def _campaign(engine: Engine, campaign_id: int) -> Campaign:
    with reading_session(engine) as session:
        return session.get_one(Campaign, campaign_id)


def _new_key(engine: Engine, keys: KeyFolder, campaign_id: int, *, now: datetime) -> bytes:
    """A new signed key pair whose file is on disk, and which is not current yet."""
    campaign, private = _campaign(engine, campaign_id), PrivateKey.generate()
    statement = Statement(
        uid=campaign.uid,
        plan_hash=campaign.plan_hash,
        key_id=random_id(),
        public_key=bytes(private.public_key),
        counter=turning.last_counter(engine, campaign_id) + 1,
    )
    turning.prepare_key(engine, campaign_id, statement, sign(keys.signing_key(), statement))
    keys.write(statement.key_id, private, made_at=now)
    return statement.key_id
