"""Admission: whether a campaign takes answers now, under which key, and by which rules.

Nothing of this is believed because it stands in the database. The plan has to give the plan hash,
and the key has to carry the keeper's signature over campaign, plan hash and key. Whoever only
writes to the database can stop a campaign, but can neither read what is sent to it nor change
what was agreed.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy import Connection, Row, and_, bindparam, select
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from survey.db.tables import Campaign, campaign_keys
from survey.domain.campaigns import closes_at
from survey.domain.plans import Access, stored_plan
from survey.domain.statements import Statement, holds
from survey.errors import SurveyError

GRACE = timedelta(minutes=60)  # how long after the period's end a begun form is still accepted
CAP = 3  # accepted responses per eligible person where nobody has a code of their own

# paused: it is open, but the keeper has lost its key, or is about to replace it.
State = Literal["open", "closed", "paused", "untrusted"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a plan decides about a submission; frozen with the plan, so it is read once.

    `closes_at` is the end of the period as planned; it may be moved once by a signed act.
    """

    access: Access
    closes_at: datetime
    most: int | None


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a campaign takes answers; key and rules are there exactly when it is open."""

    state: State
    key_id: bytes = b""
    public_key: bytes = b""
    rules: Rules | None = None


def admission(
    connection: Connection,
    campaign_id: int,
    *,
    now: datetime,
    verify_key: bytes,
    secret: bytes = b"",
) -> Admission:
    """Whether a campaign takes answers; until the transaction ends its key stays current.

    `verify_key` is the keeper's (32 bytes), as this host knows it; `secret` is that of the hosts,
    without which no moved last day is believed.
    """
    found = _current(connection, campaign_id)
    if found is None:
        return Admission(_without_key(connection, campaign_id))
    if found.status != "open":
        return Admission("closed")
    rules = _rules(connection, campaign_id, found.plan_hash)
    if rules is None or not _is_trusted(found, verify_key):
        _complain(campaign_id, found)
        return Admission("untrusted")
    if now > _closes_at(connection, campaign_id, found, rules, secret) + GRACE:
        return Admission("closed")
    return Admission("open", found.key_id, found.public_key, rules)


# Statements are made once: putting them together costs more than running them. The key is locked
# so that it cannot be replaced before this transaction has ended (on SQLite nobody else writes).
_CURRENT = (
    select(
        Campaign.uid,
        Campaign.status,
        Campaign.plan_hash,
        Campaign.prolonged_to,
        campaign_keys.c.key_id,
        campaign_keys.c.public_key,
        campaign_keys.c.counter,
        campaign_keys.c.signature,
    )
    .join(
        campaign_keys,
        and_(campaign_keys.c.campaign_id == Campaign.id, campaign_keys.c.is_current.is_(True)),
    )
    .where(Campaign.id == bindparam("campaign"))
    .with_for_update(read=True, of=campaign_keys)
)
_STATUS = select(Campaign.status).where(Campaign.id == bindparam("campaign"))


def _current(connection: Connection, campaign_id: int) -> Row[Any] | None:
    """Campaign and current key; None where no key is current.

    Whoever waited for the end of a turn has to look a second time: the row that it waited for is
    current no more, and the new one was not current when it began to look.
    """
    asked = {"campaign": campaign_id}
    return (
        connection.execute(_CURRENT, asked).one_or_none()
        or connection.execute(_CURRENT, asked).one_or_none()
    )


def _without_key(connection: Connection, campaign_id: int) -> State:
    status = connection.scalar(_STATUS, {"campaign": campaign_id})
    return "paused" if status == "open" else "closed"


_known_ends: dict[tuple[bytes, date], datetime] = {}  # by campaign and the column's last day


def _closes_at(
    connection: Connection, campaign_id: int, found: Row[Any], rules: Rules, secret: bytes
) -> datetime:
    """The end of the period; a column that says it was moved is only a reason to look."""
    if found.prolonged_to is None or not secret:
        return rules.closes_at
    seen = (found.uid, found.prolonged_to)  # two campaigns may have the same plan
    if seen not in _known_ends:
        with Session(connection) as session:
            campaign = session.get_one(Campaign, campaign_id)
            _known_ends[seen] = closes_at(session, campaign, secret=secret)
    return _known_ends[seen]


_newest: dict[bytes, int] = {}  # by campaign: the highest number of a key that was ever accepted


def _is_trusted(found: Row[Any], verify_key: bytes) -> bool:
    """Whether the keeper signed the key, and none that came after it was seen here before."""
    if found.counter is None or found.counter < _newest.get(found.uid, 0):
        return False
    statement = Statement(found.uid, found.plan_hash, found.key_id, found.public_key, found.counter)
    if not holds(verify_key, statement, found.signature):
        return False
    _newest[found.uid] = found.counter
    return True


_known_rules: dict[str, Rules] = {}  # by plan hash: what it covers never changes


def _rules(connection: Connection, campaign_id: int, plan_hash: str) -> Rules | None:
    """The rules of the plan that `plan_hash` stands for; None when the stored plan is another."""
    if plan_hash not in _known_rules:
        text = connection.execute(
            select(Campaign.plan, Campaign.definition, Campaign.keeper_key).where(
                Campaign.id == campaign_id
            )
        ).one()
        rules = _read_rules(text, plan_hash)
        if rules is None:
            return None
        _known_rules[plan_hash] = rules
    return _known_rules[plan_hash]


def _read_rules(text: Row[str, str, str], plan_hash: str) -> Rules | None:
    try:
        plan = stored_plan(text.plan)
        questionnaire = Questionnaire.model_validate_json(text.definition)
    except (ValidationError, SurveyError, ValueError):
        return None
    if plan.hash(questionnaire, text.keeper_key) != plan_hash:
        return None
    capped = plan.access != "slips" and plan.eligible is not None
    most = CAP * (plan.eligible or 0) if capped else None
    return Rules(plan.access, plan.closes_at, most)


_complained: set[bytes] = set()  # keys, so that a log is not flooded


def _complain(campaign_id: int, found: Row[Any]) -> None:
    if found.key_id in _complained:
        return
    _complained.add(found.key_id)
    _log.error(
        "Campaign %d takes no answers: its plan or its key was changed in the database, "
        "or the key is not signed by the keeper that this host trusts. See 'pegel doctor'.",
        campaign_id,
    )
