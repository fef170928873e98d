"""Closing: sealed rows are opened at once, and stored mixed, without time, order, code or key."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from sqlalchemy import Connection, Engine, delete, insert, update
from sqlalchemy.orm import Session

from questionnaires.errors import Finding, FindingsError
from questionnaires.model import Questionnaire
from questionnaires.variables import variables
from survey.db.base import random_id
from survey.db.engine import writing
from survey.db.tables import Campaign, access_codes, campaign_keys, inbox, responses, submissions
from survey.domain.campaigns import check_close, plan_of, questionnaire_of, set_status
from survey.domain.merging import merge
from survey.domain.plans import Plan
from survey.domain.sealing import Opened, PackingError, SealError, pack_answers, unpack
from survey.domain.turning import (
    Keys,
    MissingKeyError,
    Opener,
    SealedRow,
    lock_keys,
    opener,
    sealed_rows,
)

_random = SystemRandom()

FEWEST = 10  # responses that are worth opening at all, whatever the threshold


class ClosingError(FindingsError):
    """Sealed rows that cannot be read: nothing was closed, opened or deleted."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How a campaign was closed: its stored responses, or None when they stayed sealed for ever."""

    responses: int | None

    @property
    def message(self) -> str:
        """One sentence for people; how many answered is told by the release alone."""
        if self.responses is None:
            return (
                "Closed without results: too few people answered. "
                "What they sent was destroyed unopened."
            )
        return "Closed. The responses are mixed, and stored without code or time."


def close(engine: Engine, campaign_id: int, keys: Keys, *, now: datetime) -> Closed:
    """Close an open campaign in one transaction; the key files are destroyed after it.

    The transaction locks the keys, so submissions in flight are stored before it, and later ones
    find the campaign closed. A crash before its commit leaves everything sealed.

    Raises:
        WrongStateError: the campaign is not open.
        ClosingError: a row does not open or does not fit its questionnaire; nothing was changed.
    """
    with writing(engine) as connection:
        lock_keys(connection, campaign_id)
        with Session(connection) as session:
            campaign = session.get_one(Campaign, campaign_id)
            check_close(campaign)
            plan, questionnaire = plan_of(campaign), questionnaire_of(campaign)
            set_status(campaign, "closed", now=now)
            session.flush()
        rows = list(sealed_rows(connection, campaign_id))
        enough = len(rows) >= max(plan.threshold, FEWEST)
        if enough:
            box = opener(connection, campaign_id, keys)
            opened = _open_all(rows, box, Fit(plan, questionnaire))
            _store(connection, campaign_id, opened, plan)
        _forget(connection, campaign_id)
    return Closed(len(rows) if enough else None)


class Fit:
    """Whether a response fits plan and questionnaire: its unit, and one permitted value each."""

    def __init__(self, plan: Plan, questionnaire: Questionnaire) -> None:
        self._units: set[str | None] = {unit.id for unit in plan.stocks} or {None}
        self._variables = variables(questionnaire)
        self._missing = {kind.code for _, kind in questionnaire.missing}

    def check(self, response: Opened) -> None:
        """Raise a PackingError that says what does not fit, but not what was answered."""
        if response.unit not in self._units:
            raise PackingError("misfit", "It names a unit that the plan does not have.")
        if len(response.values) != len(self._variables):
            said = f"It has {len(response.values)} values instead of {len(self._variables)}."
            raise PackingError("misfit", said)
        for variable, value in zip(self._variables, response.values, strict=True):
            if value not in self._missing and not variable.permits(value):
                said = f"Its value of {variable.name} is not in the response scale."
                raise PackingError("misfit", said)


def _open_all(rows: Sequence[SealedRow], box: Opener, fit: Fit) -> list[Opened]:
    opened: list[Opened] = []
    findings: list[Finding] = []
    for row in rows:
        try:
            response = unpack(box.open(row))
            fit.check(response)
            opened.append(response)
        except (MissingKeyError, SealError, PackingError) as error:
            findings.append(_finding(row, error))
    if findings:
        raise ClosingError(findings)
    return opened


def _finding(row: SealedRow, error: MissingKeyError | SealError | PackingError) -> Finding:
    return Finding(
        "error",
        error.code,
        f"{error.message} Closing stopped; nothing was opened or deleted.",
        "Restore the database and the keys as they were, or remove this row, and close again.",
        path=f"inbox row {row.id.hex()}",
    )


def _store(connection: Connection, campaign_id: int, opened: Sequence[Opened], plan: Plan) -> None:
    counts = Counter(response.unit for response in opened if response.unit is not None)
    stored = merge(plan.tree(), counts, plan.threshold)
    rows: list[dict[str, object]] = []
    for new_id, response in zip(
        sorted(random_id() for _ in opened), _random.sample(opened, len(opened)), strict=True
    ):
        unit = None if response.unit is None else stored[response.unit]
        answers = pack_answers(response.values)
        rows.append({"campaign_id": campaign_id, "id": new_id, "unit": unit, "answers": answers})
    connection.execute(insert(responses), rows)


def _forget(connection: Connection, campaign_id: int) -> None:
    """Nothing that could be tied to a person remains but the rows of keys yet to be destroyed."""
    for table in (inbox, access_codes, submissions):
        connection.execute(delete(table).where(table.c.campaign_id == campaign_id))
    connection.execute(
        update(campaign_keys)
        .where(campaign_keys.c.campaign_id == campaign_id)
        .values(is_current=False)
    )
