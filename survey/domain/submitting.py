"""Submitting: a batch of forms spends its codes and is stored sealed, all or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from random import SystemRandom

from sqlalchemy import Connection, Engine, and_, bindparam, func, insert, select, update

from survey.db.base import HASH_BYTES, random_id
from survey.db.engine import reading, writing
from survey.db.tables import Campaign, access_codes, campaign_keys, inbox, submissions
from survey.domain.plans import Access, stored_plan
from survey.domain.sealing import pack, pack_answers, seal
from survey.errors import SurveyError

GRACE = timedelta(minutes=60)  # how long after the period's end a begun form is still accepted
CAP = 3  # accepted responses per eligible person where nobody has a code of their own

_random = SystemRandom()


class Outcome(Enum):
    """What became of a submission. Both of the first two are "thank you"."""

    ACCEPTED = auto()
    REPEATED = auto()
    CODE_USED = auto()
    CODE_UNKNOWN = auto()
    CLOSED = auto()
    FULL = auto()


class CodeState(Enum):
    """Whether a code can be used; looking it up changes nothing."""

    FREE = auto()
    USED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Submission:
    """One form that somebody sent: `values` are one int16 per variable, missing ones negative.

    `submission_hash` is SHA-256 of the form's submission id, `code_hash` that of the access code
    (None with an open link). There is no unit here: it comes from the stock of the code.
    """

    campaign_id: int
    submission_hash: bytes
    values: Sequence[int]
    code_hash: bytes | None = None

    def __post_init__(self) -> None:
        pack_answers(self.values)
        for digest in (self.submission_hash, self.code_hash):
            if digest is not None and len(digest) != HASH_BYTES:
                raise ValueError("A hash has 32 bytes.")


@dataclass(frozen=True, slots=True)
class _Rules:
    """What of a plan decides about a submission; frozen with the plan, so it is read once."""

    access: Access
    accepted_until: datetime
    most: int | None


@dataclass(slots=True)
class _Gate:
    """The state of one campaign inside a transaction, kept up to date while it decides."""

    public_key: bytes
    key_id: bytes
    rules: _Rules
    is_open: bool
    stored: set[bytes]
    codes: dict[bytes, tuple[str | None, bool]]
    count: int


def store(
    engine: Engine, batch: Sequence[Submission], *, now: datetime
) -> list[Outcome | SurveyError]:
    """Store a batch in one durable transaction and give each submission's outcome, in order.

    Each accepted one spends its code and becomes one sealed row and one hash of its submission
    id, all or nothing. A SurveyError in place of an outcome concerns that submission alone.

    Raises:
        SQLAlchemyError: the transaction failed; nothing of the batch counts as stored.
    """
    outcomes: dict[int, Outcome | SurveyError] = {}
    by_campaign: dict[int, list[int]] = defaultdict(list)
    for position in _random.sample(range(len(batch)), len(batch)):
        by_campaign[batch[position].campaign_id].append(position)
    with writing(engine) as connection:
        for campaign_id, positions in by_campaign.items():
            own = [batch[position] for position in positions]
            outcomes |= zip(positions, _store(connection, campaign_id, own, now), strict=True)
    return [outcomes[position] for position in range(len(batch))]


def code_state(engine: Engine, campaign_id: int, code_hash: bytes) -> CodeState:
    """Whether a code can be used now; spends nothing."""
    with reading(engine) as connection:
        spent = connection.scalar(
            select(access_codes.c.spent).where(
                access_codes.c.campaign_id == campaign_id, access_codes.c.code_hash == code_hash
            )
        )
    if spent is None:
        return CodeState.UNKNOWN
    return CodeState.USED if spent else CodeState.FREE


def _store(
    connection: Connection, campaign_id: int, batch: Sequence[Submission], now: datetime
) -> list[Outcome | SurveyError]:
    gate = _gate(connection, campaign_id, batch, now)
    if gate is None:
        return [Outcome.CLOSED] * len(batch)
    spent: list[dict[str, object]] = []
    sealed: list[dict[str, object]] = []
    stored: list[dict[str, object]] = []
    outcomes: list[Outcome | SurveyError] = []
    for submission in batch:
        outcome = _decide(gate, submission)
        if outcome is Outcome.ACCEPTED:
            try:
                sealed.append(_sealed_row(gate, campaign_id, submission))
            except SurveyError as error:
                outcomes.append(error)
                continue
            stored.append(
                {"campaign_id": campaign_id, "submission_hash": submission.submission_hash}
            )
            spent += _take(gate, submission)
        outcomes.append(outcome)
    _write(connection, campaign_id, spent, sealed, stored)
    return outcomes


def _decide(gate: _Gate, submission: Submission) -> Outcome:
    if submission.submission_hash in gate.stored:
        return Outcome.REPEATED
    if not gate.is_open:
        return Outcome.CLOSED
    if gate.rules.access != "open":
        known = gate.codes.get(submission.code_hash or b"")
        if known is None:
            return Outcome.CODE_UNKNOWN
        if known[1]:
            return Outcome.CODE_USED
    if gate.rules.most is not None and gate.count >= gate.rules.most:
        return Outcome.FULL
    return Outcome.ACCEPTED


def _sealed_row(gate: _Gate, campaign_id: int, submission: Submission) -> dict[str, object]:
    unit, _ = gate.codes.get(submission.code_hash or b"", (None, False))
    sealed = seal(gate.public_key, pack(unit, submission.values))
    return {"campaign_id": campaign_id, "id": random_id(), "key_id": gate.key_id, "sealed": sealed}


def _take(gate: _Gate, submission: Submission) -> list[dict[str, object]]:
    """Note in `gate` that a submission was accepted; gives the code it spends, if any."""
    gate.stored.add(submission.submission_hash)
    gate.count += 1
    code = submission.code_hash
    if gate.rules.access != "slips" or code is None:
        return []
    gate.codes[code] = (gate.codes[code][0], True)
    return [{"of_campaign": submission.campaign_id, "code": code}]


# Statements are made once: putting them together costs more than running them.
_GATE = (
    select(Campaign.status, Campaign.plan_hash, campaign_keys.c.key_id, campaign_keys.c.public_key)
    .join(
        campaign_keys,
        and_(campaign_keys.c.campaign_id == Campaign.id, campaign_keys.c.is_current.is_(True)),
    )
    .where(Campaign.id == bindparam("campaign"))
)
_STORED = select(submissions.c.submission_hash).where(
    submissions.c.campaign_id == bindparam("campaign"),
    submissions.c.submission_hash.in_(bindparam("hashes", expanding=True)),
)
_CODES = select(access_codes.c.code_hash, access_codes.c.unit, access_codes.c.spent).where(
    access_codes.c.campaign_id == bindparam("campaign"),
    access_codes.c.code_hash.in_(bindparam("hashes", expanding=True)),
)
_SPEND = (
    update(access_codes)
    .where(
        access_codes.c.campaign_id == bindparam("of_campaign"),
        access_codes.c.code_hash == bindparam("code"),
        access_codes.c.spent.is_(False),
    )
    .values(spent=True)
)


_SEAL = insert(inbox)
_NOTE = insert(submissions)


def _write(
    connection: Connection,
    campaign_id: int,
    spent: list[dict[str, object]],
    sealed: list[dict[str, object]],
    stored: list[dict[str, object]],
) -> None:
    if not sealed:
        return
    if spent and connection.execute(_SPEND, spent).rowcount != len(spent):
        raise SurveyError("code-race", f"A code of campaign {campaign_id} was spent meanwhile.")
    connection.execute(_SEAL, sealed)
    connection.execute(_NOTE, stored)


def _gate(
    connection: Connection, campaign_id: int, batch: Sequence[Submission], now: datetime
) -> _Gate | None:
    """The state that decides about `batch`, with the current key read in this transaction."""
    campaign = connection.execute(_GATE, {"campaign": campaign_id}).one_or_none()
    if campaign is None:
        return None
    rules = _rules(connection, campaign_id, campaign.plan_hash)
    return _Gate(
        public_key=campaign.public_key,
        key_id=campaign.key_id,
        rules=rules,
        is_open=campaign.status == "open" and now <= rules.accepted_until,
        stored=_stored(connection, campaign_id, (one.submission_hash for one in batch)),
        codes=_codes(connection, campaign_id, (one.code_hash for one in batch if one.code_hash)),
        count=_count(connection, campaign_id) if rules.most is not None else 0,
    )


def _stored(connection: Connection, campaign_id: int, hashes: Iterable[bytes]) -> set[bytes]:
    asked = {"campaign": campaign_id, "hashes": list(hashes)}
    return set(connection.scalars(_STORED, asked))


def _codes(
    connection: Connection, campaign_id: int, hashes: Iterable[bytes]
) -> dict[bytes, tuple[str | None, bool]]:
    found = connection.execute(_CODES, {"campaign": campaign_id, "hashes": list(hashes)})
    return {code_hash: (unit, spent) for code_hash, unit, spent in found}


def _count(connection: Connection, campaign_id: int) -> int:
    counting = select(func.count()).select_from(submissions)
    return connection.scalar(counting.where(submissions.c.campaign_id == campaign_id)) or 0


_known_rules: dict[str, _Rules] = {}  # by plan hash: what it covers never changes


def _rules(connection: Connection, campaign_id: int, plan_hash: str) -> _Rules:
    known = _known_rules.get(plan_hash)
    if known is None:
        text = connection.scalar(select(Campaign.plan).where(Campaign.id == campaign_id))
        known = _known_rules[plan_hash] = _read_rules(text or "")
    return known


def _read_rules(canonical: str) -> _Rules:
    plan = stored_plan(canonical)
    capped = plan.access != "slips" and plan.eligible is not None
    most = CAP * (plan.eligible or 0) if capped else None
    return _Rules(plan.access, plan.closes_at + GRACE, most)
