"""Submitting: a batch of forms spends its codes and is stored sealed, all or nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from random import SystemRandom
from typing import cast

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from survey.db.base import HASH_BYTES, random_id
from survey.db.engine import is_postgres, reading, writing
from survey.db.postgres import lock
from survey.db.tables import access_codes, inbox, submissions
from survey.domain.admission import GRACE, Admission, State, admission
from survey.domain.plans import Access
from survey.domain.sealing import pack, pack_answers, seal
from survey.errors import SurveyError

__all__ = ["GRACE", "CodeState", "Outcome", "Submission", "code_state", "store"]

TRIES = 5  # times that a transaction is begun anew when the server could not fit it between others
_TRY_AGAIN = {"40001", "40P01"}  # serialization failure, deadlock

_random = SystemRandom()


class Outcome(Enum):
    """What became of a submission. Both of the first two are "thank you"; nothing else spends.

    PAUSED: the keeper has no key for it now. UNTRUSTED: plan or key are not what was agreed.
    """

    ACCEPTED = auto()
    REPEATED = auto()
    CODE_USED = auto()
    CODE_UNKNOWN = auto()
    CLOSED = auto()
    FULL = auto()
    PAUSED = auto()
    UNTRUSTED = auto()


_REFUSALS: dict[State, Outcome] = {
    "closed": Outcome.CLOSED,
    "paused": Outcome.PAUSED,
    "untrusted": Outcome.UNTRUSTED,
}


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


@dataclass(slots=True)
class _Gate:
    """The state of one campaign inside a transaction, kept up to date while it decides."""

    admission: Admission
    stored: set[bytes]
    codes: dict[bytes, tuple[str | None, bool]]
    count: int

    @property
    def access(self) -> Access | None:
        """How people get in; None where nobody does."""
        return self.admission.rules.access if self.admission.rules else None

    @property
    def is_full(self) -> bool:
        """Whether as many have answered as may."""
        most = self.admission.rules.most if self.admission.rules else None
        return most is not None and self.count >= most


@dataclass(slots=True)
class _Accepted:
    """What becomes of one accepted submission, before it is written."""

    position: int
    code_hash: bytes | None
    sealed: dict[str, object]
    stored: dict[str, object]


def store(
    engine: Engine,
    batch: Sequence[Submission],
    *,
    now: datetime,
    verify_key: bytes,
    secret: bytes = b"",
) -> list[Outcome | SurveyError]:
    """Store a batch in one durable transaction and give each submission's outcome, in order.

    Each accepted one spends its code and becomes one sealed row and one hash of its submission
    id, all or nothing. A SurveyError in place of an outcome concerns that submission alone.
    Several processes and hosts may store at once. `verify_key` is the keeper's (32 bytes),
    `secret` that of the hosts, without which no moved last day is believed.

    Raises:
        SQLAlchemyError: the transaction failed; nothing of the batch counts as stored.
    """
    for _ in range(TRIES - 1):
        try:
            return _try_to_store(engine, batch, now, verify_key, secret)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN:
                raise
    return _try_to_store(engine, batch, now, verify_key, secret)


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


def _try_to_store(
    engine: Engine, batch: Sequence[Submission], now: datetime, verify_key: bytes, secret: bytes
) -> list[Outcome | SurveyError]:
    outcomes: dict[int, Outcome | SurveyError] = {}
    by_campaign: dict[int, list[int]] = defaultdict(list)
    for position in _random.sample(range(len(batch)), len(batch)):
        by_campaign[batch[position].campaign_id].append(position)
    with writing(engine, alone=False) as connection:
        # All lock in one order (campaign, then code, then submission), so none waits in a circle.
        for campaign_id, positions in sorted(by_campaign.items()):
            own = [batch[position] for position in positions]
            admitted = admission(
                connection, campaign_id, now=now, verify_key=verify_key, secret=secret
            )
            gate = _gate(connection, campaign_id, own, admitted)
            outcomes |= zip(positions, _store(connection, campaign_id, own, gate), strict=True)
    return [outcomes[position] for position in range(len(batch))]


def _store(
    connection: Connection, campaign_id: int, batch: Sequence[Submission], gate: _Gate
) -> list[Outcome | SurveyError]:
    outcomes: list[Outcome | SurveyError] = []
    accepted: list[_Accepted] = []
    for position, submission in enumerate(batch):
        outcome: Outcome | SurveyError = _decide(gate, submission)
        if outcome is Outcome.ACCEPTED:
            try:
                accepted.append(_accept(gate, position, submission))
            except SurveyError as error:
                outcome = error
        outcomes.append(outcome)
    if accepted:
        for repeated in _write(connection, campaign_id, accepted):
            outcomes[repeated.position] = Outcome.REPEATED
    return outcomes


def _decide(gate: _Gate, submission: Submission) -> Outcome:
    if submission.submission_hash in gate.stored:
        return Outcome.REPEATED
    if gate.admission.state != "open":
        return _REFUSALS[gate.admission.state]
    if gate.access != "open":
        known = gate.codes.get(submission.code_hash or b"")
        if known is None:
            return Outcome.CODE_UNKNOWN
        if known[1]:
            return Outcome.CODE_USED
    return Outcome.FULL if gate.is_full else Outcome.ACCEPTED


def _accept(gate: _Gate, position: int, submission: Submission) -> _Accepted:
    """Seal an answer, and note in `gate` that it was accepted."""
    campaign = {"campaign_id": submission.campaign_id}
    key = gate.admission
    unit, _ = gate.codes.get(submission.code_hash or b"", (None, False))
    sealed = seal(key.public_key, pack(unit, submission.values))
    gate.stored.add(submission.submission_hash)
    gate.count += 1
    return _Accepted(
        position,
        _take(gate, submission),
        campaign | {"id": random_id(), "key_id": key.key_id, "sealed": sealed},
        campaign | {"submission_hash": submission.submission_hash},
    )


def _take(gate: _Gate, submission: Submission) -> bytes | None:
    """The code that a submission spends, if any; for the next one it is spent already."""
    code = submission.code_hash
    if gate.access != "slips" or code is None:
        return None
    gate.codes[code] = (gate.codes[code][0], True)
    return code


def _write(
    connection: Connection, campaign_id: int, accepted: Sequence[_Accepted]
) -> list[_Accepted]:
    """Write all that are new; gives those that another process has stored meanwhile."""
    claimed = _claim(connection, [one.stored for one in accepted])
    new = [one for one in accepted if one.stored["submission_hash"] in claimed]
    spent = [one.code_hash for one in new if one.code_hash is not None]
    if spent and _spend(connection, campaign_id, spent) != len(spent):
        raise SurveyError("code-race", f"A code of campaign {campaign_id} was spent meanwhile.")
    if new:
        connection.execute(_SEAL, [one.sealed for one in new])
    return [one for one in accepted if one not in new]


# Statements are made once: putting them together costs more than running them.
_STORED = select(submissions.c.submission_hash).where(
    submissions.c.campaign_id == bindparam("campaign"),
    submissions.c.submission_hash.in_(bindparam("hashes", expanding=True)),
)
_CODES = select(access_codes.c.code_hash, access_codes.c.unit, access_codes.c.spent).where(
    access_codes.c.campaign_id == bindparam("campaign"),
    access_codes.c.code_hash.in_(bindparam("hashes", expanding=True)),
)
# Whoever spends codes locks them, all in the same order, so that none waits in a circle.
_LOCKED_CODES = _CODES.order_by(access_codes.c.code_hash).with_for_update()
_SPEND = (
    update(access_codes)
    .where(
        access_codes.c.campaign_id == bindparam("campaign"),
        access_codes.c.code_hash.in_(bindparam("hashes", expanding=True)),
        access_codes.c.spent.is_(False),
    )
    .values(spent=True)
)
_SEAL = insert(inbox)
_CLAIMS = {
    dialect.__name__.rpartition(".")[2]: dialect.insert(submissions)
    .on_conflict_do_nothing()
    .returning(submissions.c.submission_hash)
    for dialect in (sqlite, postgresql)
}


def _claim(connection: Connection, rows: list[dict[str, object]]) -> set[bytes]:
    """Note submissions as stored; gives those that nobody else has noted before.

    Another process that notes the same one is waited for.
    """
    ordered = sorted(rows, key=lambda row: cast("bytes", row["submission_hash"]))
    return set(connection.scalars(_CLAIMS[connection.dialect.name], ordered))


def _spend(connection: Connection, campaign_id: int, codes: list[bytes]) -> int:
    """Spend codes that are not spent yet; gives their number."""
    return connection.execute(_SPEND, {"campaign": campaign_id, "hashes": codes}).rowcount


def _gate(
    connection: Connection, campaign_id: int, batch: Sequence[Submission], admitted: Admission
) -> _Gate:
    """The state that decides about `batch`; what it says stays true until the transaction ends.

    Locks come before looks: what somebody else has just committed is seen.
    """
    rules = admitted.rules
    capped = rules is not None and rules.most is not None
    if capped and is_postgres(connection.engine):
        lock(connection, campaign_id)
    wanted = [one.code_hash for one in batch if one.code_hash] if rules else []
    codes = _codes(
        connection, campaign_id, wanted, spending=rules is not None and rules.access == "slips"
    )
    return _Gate(
        admission=admitted,
        codes=codes,
        stored=_stored(connection, campaign_id, (one.submission_hash for one in batch)),
        count=_count(connection, campaign_id) if capped else 0,
    )


def _stored(connection: Connection, campaign_id: int, hashes: Iterable[bytes]) -> set[bytes]:
    asked = {"campaign": campaign_id, "hashes": list(hashes)}
    return set(connection.scalars(_STORED, asked))


def _codes(
    connection: Connection, campaign_id: int, hashes: list[bytes], *, spending: bool
) -> dict[bytes, tuple[str | None, bool]]:
    if not hashes:
        return {}
    statement = _LOCKED_CODES if spending else _CODES
    found = connection.execute(statement, {"campaign": campaign_id, "hashes": hashes})
    return {code_hash: (unit, spent) for code_hash, unit, spent in found}


def _count(connection: Connection, campaign_id: int) -> int:
    counting = select(func.count()).select_from(submissions)
    return connection.scalar(counting.where(submissions.c.campaign_id == campaign_id)) or 0
