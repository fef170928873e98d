"""Closing: sealed rows are opened at once, and stored mixed, without time, order, code or key."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from sqlalchemy import Connection, Engine, delete, insert, update
from sqlalchemy.orm import Session

from questionnaires.errors import Finding, FindingsError
from questionnaires.model import Questionnaire
from questionnaires.variables import variables
from survey.db.base import random_id
from survey.db.engine import reading_session, writing
from survey.db.tables import Campaign, access_codes, inbox, responses, submissions
from survey.domain.campaign_keys import (
    ForeignKeyError,
    Keys,
    MissingKeyError,
    Opener,
    SealedRow,
    current_of,
    keys_of,
    lock_keys,
    opener,
    pause,
    sealed_rows,
)
from survey.domain.campaigns import check_close, plan_of, questionnaire_of, set_status
from survey.domain.certificates import facts_at_closing
from survey.domain.merging import merge
from survey.domain.plans import Plan
from survey.domain.responses import StorageKey, prepare_storage, seal_answers
from survey.domain.sealing import Opened, PackingError, SealError, unpack
from survey.errors import SurveyError

_random = SystemRandom()

_UNREADABLE = (MissingKeyError, ForeignKeyError, SealError, PackingError)


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

    The key for the stored responses is made before. The transaction locks the keys, so submissions
    in flight are stored before it, and later ones find the campaign closed. A crash before its
    commit leaves everything sealed.

    Raises:
        WrongStateError: the campaign is not open.
        ClosingError: a row does not open or does not fit its questionnaire; nothing was changed.
    """
    with reading_session(engine) as session:
        campaign = session.get_one(Campaign, campaign_id)
    check_close(campaign)
    storage = prepare_storage(engine, campaign, keys, now=now)
    with writing(engine) as connection:
        lock_keys(connection, campaign_id)
        with Session(connection, expire_on_commit=False) as session:
            campaign = session.get_one(Campaign, campaign_id)
            check_close(campaign)
            plan, questionnaire = plan_of(campaign), questionnaire_of(campaign)
            set_status(campaign, "closed", now=now)
            session.flush()
        rows = list(sealed_rows(connection, campaign_id))
        enough = len(rows) >= plan.opened_from
        if enough:
            box = opener(connection, campaign, keys)
            opened = _open_all(rows, box, Fit(plan, questionnaire))
            _store(connection, campaign_id, opened, plan, storage)
        _note_facts(connection, campaign, keys)
        _forget(connection, campaign_id)
    return Closed(len(rows) if enough else None)


def give_up(engine: Engine, campaign_id: int, keys: Keys, *, now: datetime) -> None:
    """Close an open campaign without results: what was sealed is deleted unopened.

    For a campaign that cannot go on: its keys are lost for ever, or it had been closed before a
    backup of the database was restored.

    Raises:
        WrongStateError: the campaign is not open.
    """
    with writing(engine) as connection:
        lock_keys(connection, campaign_id)
        with Session(connection, expire_on_commit=False) as session:
            campaign = session.get_one(Campaign, campaign_id)
            check_close(campaign)
            set_status(campaign, "closed", now=now)
            session.flush()
        _note_facts(connection, campaign, keys)
        _forget(connection, campaign_id)


def _note_facts(connection: Connection, campaign: Campaign, keys: Keys) -> None:
    """Take down what the certificate may tell later, while keys and responses can be counted."""
    current = current_of(keys_of(connection, campaign.id))
    last_turn = None
    if current is not None:
        with suppress(MissingKeyError):
            last_turn = keys.made_at(current.key_id).date()
    facts = facts_at_closing(connection, campaign, last_turn=last_turn)
    connection.execute(update(Campaign).where(Campaign.id == campaign.id).values(certificate=facts))


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
        except _UNREADABLE as error:
            findings.append(_finding(row, error))
    if findings:
        raise ClosingError(findings)
    return opened


def _finding(row: SealedRow, error: SurveyError) -> Finding:
    return Finding(
        "error",
        error.code,
        f"{error.message} Closing stopped; nothing was opened or deleted.",
        "Restore the database and the keys as they were, or remove this row, and close again.",
        path=f"inbox row {row.id.hex()}",
    )


def _store(
    connection: Connection,
    campaign_id: int,
    opened: Sequence[Opened],
    plan: Plan,
    storage: StorageKey,
) -> None:
    counts = Counter(response.unit for response in opened if response.unit is not None)
    stored = merge(plan.tree(), counts, plan.threshold)
    rows: list[dict[str, object]] = []
    for new_id, response in zip(
        sorted(random_id() for _ in opened), _random.sample(opened, len(opened)), strict=True
    ):
        unit = None if response.unit is None else stored[response.unit]
        answers = seal_answers(storage, response.values)
        rows.append({"campaign_id": campaign_id, "id": new_id, "unit": unit, "answers": answers})
    connection.execute(insert(responses), rows)


def _forget(connection: Connection, campaign_id: int) -> None:
    """Nothing that could be tied to a person remains but the rows of keys yet to be destroyed."""
    for table in (inbox, access_codes, submissions):
        connection.execute(delete(table).where(table.c.campaign_id == campaign_id))
    pause(connection, campaign_id)
