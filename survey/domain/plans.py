"""The plan of a campaign: what is agreed before it opens, and never changes afterwards."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from questionnaires.model import Identifier, Language, Many, Model, Questionnaire, Slug
from questionnaires.text import Text
from reports.release import Group

THRESHOLD = 7
THRESHOLD_FLOOR = 5
WITHOUT_SLIPS_FROM = 30  # responses an open link or a shared code needs before it has results
RETENTION_DAYS = 90
FEWEST_OPENED = 10  # responses that are worth opening at all
UNIT_COLUMN = "unit"  # the name of the units among the groups of a result
WHOLE = "whole"  # the group's id where a plan has no units

# The last day ends at midnight in Central European Time. In summer that is 1 a.m. on the clock
# of the town hall: nobody is sent away on the evening that the plan still names.
END_OF_DAY = timedelta(hours=23)

REFERENCE = re.compile(r"[a-z][a-z0-9-]{0,63}@(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")

Access = Literal["open", "shared-code", "slips"]
Name = Annotated[str, Field(min_length=1, max_length=200)]


def _day(value: object) -> object:
    """A day as ISO text; anything else would be guessed at (a number could be seconds)."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if type(value) is date:
        return value
    raise PydanticCustomError("no-day", "This is no day.", {"remedy": "Write it as in 2026-11-23."})


def _reference(value: str) -> str:
    if not REFERENCE.fullmatch(value):
        raise PydanticCustomError(
            "no-version",
            "This does not name a version of a questionnaire.",
            {"remedy": "Write id and version, as in change-climate@1.0.0."},
        )
    return value


Day = Annotated[date, BeforeValidator(_day)]
Reference = Annotated[str, AfterValidator(_reference)]


class Period(Model):
    """The first and the last day on which people can answer."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day


class Unit(Model):
    """An organisational group; only one without units below has a head count of its own."""

    id: Slug
    name: Name
    eligible: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    units: "Many[Unit]" = ()

    @property
    def leaves(self) -> "tuple[Unit, ...]":
        """The units in which people work, in the order of the plan."""
        if not self.units:
            return (self,)
        return tuple(leaf for unit in self.units for leaf in unit.leaves)

    @property
    def head_count(self) -> int | None:
        """Eligible people in this unit and all below; None where it is not known."""
        counts = [leaf.eligible for leaf in self.leaves]
        return None if None in counts else sum(count or 0 for count in counts)

    def walk(self) -> "Iterator[Unit]":
        """This unit and all below, parents first."""
        yield self
        for unit in self.units:
            yield from unit.walk()

    def as_group(self) -> Group:
        """This unit as a group of a release."""
        return Group(
            id=self.id,
            name=self.name,
            eligible=self.head_count,
            children=tuple(unit.as_group() for unit in self.units),
        )


class Readers(Model):
    """Roles that read the report, and the raw responses until they are deleted."""

    report: Many[Name] = ()
    responses: Many[Name] = ()


class Contacts(Model):
    """Whom to ask; shown on the start page."""

    staff_council: str = ""
    data_protection: str = ""


class Plan(Model):
    """PLAN.yaml as a frozen object."""

    title: Text
    questionnaire: Reference
    languages: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)]
    access: Access = "slips"
    threshold: Annotated[int, Field(ge=THRESHOLD_FLOOR, le=1000)] = THRESHOLD
    period: Period
    units: Unit | None = None
    breakdowns: Many[Identifier] = ()
    series: Slug | None = None
    weighting: Literal["head-counts"] | None = None
    readers: Readers = Readers()
    retention_days: Annotated[int, Field(ge=1, le=RETENTION_DAYS)] = RETENTION_DAYS
    slug: Slug | None = None
    organisation: Text | None = None
    purpose: Text | None = None
    contacts: Contacts = Contacts()

    @property
    def questionnaire_id(self) -> str:
        """The id before the "@"."""
        return self.questionnaire.partition("@")[0]

    @property
    def questionnaire_version(self) -> str:
        """The version after the "@"."""
        return self.questionnaire.partition("@")[2]

    @property
    def eligible(self) -> int | None:
        """People who may answer; None where the plan does not say."""
        return self.units.head_count if self.units else None

    @property
    def stocks(self) -> tuple[Unit, ...]:
        """The units that get slips of their own: the leaves; none without slips."""
        return self.units.leaves if self.units and self.access == "slips" else ()

    @property
    def results_from(self) -> int:
        """Responses without which there is no result: N, and at least 30 without slips."""
        if self.access == "slips":
            return self.threshold
        return max(self.threshold, WITHOUT_SLIPS_FROM)

    @property
    def opened_from(self) -> int:
        """Responses below which a campaign is closed unopened: N, and at least 10."""
        return max(self.threshold, FEWEST_OPENED)

    @property
    def closes_at(self) -> datetime:
        """When closing is due: the end of the last day, in UTC."""
        return end_of_day(self.period.to)

    @property
    def canonical(self) -> str:
        """JSON with sorted keys, defaults left out.

        They are part of what was agreed, so they never change (a test holds them).
        """
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return _canonical(content)

    def hash(self, questionnaire: Questionnaire, keeper_key: str) -> str:
        """SHA-256 over the plan, the fingerprint of its questionnaire and the keeper's key.

        64 hexadecimal digits, which change with every word of each; the short form is on the
        start page and the slip. `keeper_key` is the verifying key in hexadecimal, so whoever
        agrees to a plan has agreed to the keeper; it is empty in campaigns of the first version.
        """
        return hash_of(self, questionnaire.fingerprint, keeper_key)

    def tree(self) -> Group:
        """The groups that a release is about.

        Without slips that is the whole alone: nobody was asked for a unit.
        """
        if self.units:
            return self.units.as_group()
        return Group(id=WHOLE, name=self.title["de"], eligible=None, children=())


def hash_of(plan: Plan, fingerprint: str, keeper_key: str) -> str:
    """The plan hash by the fingerprint of the questionnaire, which `Plan.hash` describes."""
    return hashlib.sha256(agreement(plan.canonical, fingerprint, keeper_key).encode()).hexdigest()


def agreement(canonical: str, fingerprint: str, keeper_key: str) -> str:
    """The text whose SHA-256 a plan hash is: plan, questionnaire and keeper as canonical JSON."""
    content = {"plan": json.loads(canonical), "fingerprint": fingerprint}
    content |= {"keeper": keeper_key} if keeper_key else {}
    return _canonical(content)


def end_of_day(last: date) -> datetime:
    """The moment at which the last day of a period is over, in UTC."""
    return datetime(last.year, last.month, last.day, tzinfo=UTC) + END_OF_DAY


def stored_plan(canonical: str) -> Plan:
    """The plan of a campaign, as it was checked and stored when the campaign was created."""
    return Plan.model_validate_json(canonical)


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
