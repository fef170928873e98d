"""The simple form of a new campaign: few fields, lines of units, and the plan made from them.

It decides nothing about plans: what it makes goes through the same checks as a PLAN.yaml. Findings
here are about lines of the form only, each with its number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from slugify import slugify

from questionnaires.errors import DefinitionError, Finding
from questionnaires.model import Demographic, Questionnaire
from reports.wording.lines import UMLAUTS
from survey.domain.plan_loading import make_plan
from survey.domain.plans import THRESHOLD, THRESHOLD_FLOOR, UNIT_COLUMN, Plan, Unit

FIELDS = (
    "title",
    "from",
    "to",
    "units",
    "house",
    "access",
    "threshold",
    "questionnaire",
    "series",
    "weighting",
    "purpose",
    "staff_council",
    "data_protection",
)
BREAKDOWNS = "breakdowns"  # the first part of the names of their fields
DEFAULTS = {"access": "slips", "threshold": str(THRESHOLD)}
MOST_PEOPLE = 1_000_000
MOST_LINES = 500
ID_LENGTH = 48
WEEK, LEAD_DAYS, PERIOD_DAYS = 7, 7, 18

# "Bauamt; 34", and what people write instead: a colon, a comma, a tab, several blanks
_LINE = re.compile(r"(?P<name>.*?)(?:\s*[;:,\t]\s*|\s+)(?P<count>\d{1,9})\s*")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,63}")  # the plan's own form


@dataclass
class _Line:
    number: int
    name: str
    count: int | None
    below: "list[_Line]" = field(default_factory=list)


def plan_from_form(given: Mapping[str, str], questionnaire: Questionnaire) -> Plan:
    """The plan that the fields of the form describe.

    Raises:
        DefinitionError: everything that is wrong with it; findings about units carry a line.
    """
    findings = [*_threshold_findings(given.get("threshold", "")), *_series_findings(given)]
    units = None
    try:
        units = _units(given)
    except DefinitionError as error:
        findings += error.findings
    try:
        plan = make_plan(_content(given, questionnaire, units))
    except DefinitionError as error:
        # A form has no lines and columns as a file has; what is left is the field.
        unplaced = [replace(found, line=None, column=None, file="") for found in error.findings]
        findings = [*unplaced, *findings]
    else:
        if not findings:
            return plan
    raise DefinitionError(_once(findings))


def lines_of(unit: Unit) -> str:
    """The units below the whole as lines of the form; deeper trees are cut to their leaves."""
    lines: list[str] = []
    for child in unit.units or (unit,):
        lines.append(child.name if child.units else f"{child.name}; {child.eligible or ''}")
        if child.units:
            lines += [f"  {leaf.name}; {leaf.eligible or ''}" for leaf in child.leaves]
    return "\n".join(lines)


def breakdowns_of(questionnaire: Questionnaire) -> tuple[Demographic, ...]:
    """The demographic items by which the whole can be broken down, in their order."""
    return tuple(one for one in questionnaire.demographics if one.id != UNIT_COLUMN)


def breakdown_field(questionnaire: str, demographic: str) -> str:
    """The name of the field that plans a breakdown of a questionnaire, each by its id."""
    return f"{BREAKDOWNS}.{questionnaire}.{demographic}"


def suggested_period(today: date) -> tuple[date, date]:
    """A period to begin with: from a Monday at least a week ahead to the third Friday."""
    monday = today + timedelta(days=LEAD_DAYS + -today.weekday() % WEEK)
    return monday, monday + timedelta(days=PERIOD_DAYS)


def suggestion(last: Plan | None, house: str, today: date) -> dict[str, str]:
    """What the empty form holds: what was agreed the last time, and a period."""
    first, end = suggested_period(today)
    made = dict.fromkeys(FIELDS, "") | DEFAULTS | {"from": str(first), "to": str(end)}
    made["house"] = house
    if last is not None and last.units is not None:
        made["house"] = last.units.name
        made["units"] = lines_of(last.units) if last.units.units else ""
    if last is not None:
        made["threshold"] = str(last.threshold)
        made["questionnaire"] = last.questionnaire_id
        made |= {breakdown_field(last.questionnaire_id, one): "on" for one in last.breakdowns}
        made["series"] = last.series or ""
        made["weighting"] = last.weighting or ""
        made["staff_council"] = last.contacts.staff_council
        made["data_protection"] = last.contacts.data_protection
    return made


def _content(
    given: Mapping[str, str], questionnaire: Questionnaire, units: dict[str, Any] | None
) -> dict[str, Any]:
    source = questionnaire.languages.source
    threshold = given.get("threshold", "")
    content: dict[str, Any] = {
        "title": {source: given.get("title", "").strip()},
        "questionnaire": f"{questionnaire.id}@{questionnaire.version}",
        "languages": list(questionnaire.languages.available),
        "access": given.get("access") or "slips",
        "threshold": int(threshold) if _is_threshold(threshold) else THRESHOLD,
        "period": {"from": given.get("from", ""), "to": given.get("to", "")},
        "units": units,
        "breakdowns": _breakdowns(given, questionnaire),
        "series": _series(given) or None,
        "weighting": given.get("weighting") or None,
        "readers": {"report": ["hr"]},
        "contacts": {
            "staff_council": given.get("staff_council", "").strip(),
            "data_protection": given.get("data_protection", "").strip(),
        },
    }
    for key, name in (("purpose", "purpose"), ("organisation", "house")):
        if given.get(name, "").strip():
            content[key] = {source: given[name].strip()}
    return content


def _breakdowns(given: Mapping[str, str], questionnaire: Questionnaire) -> list[str]:
    """What is ticked for this questionnaire, in the order in which it asks; foreign ones last.

    Ticks of other questionnaires stand in the form as well, and plan nothing.
    """
    first = breakdown_field(questionnaire.id, "")
    ticked = [name.removeprefix(first) for name in given if name.startswith(first) and given[name]]
    asked = [one.id for one in questionnaire.demographics]
    return sorted(ticked, key=lambda one: asked.index(one) if one in asked else len(asked))


def _units(given: Mapping[str, str]) -> dict[str, Any] | None:
    """The tree of units under the house; with an open link the house alone, with all its people."""
    top = _lines(given.get("units", ""))
    if not top:
        return None
    taken: set[str] = set()
    house = given.get("house", "").strip() or given.get("title", "").strip()
    whole = {"id": _id(house, taken), "name": house}
    if given.get("access") == "open":
        people = sum(leaf.count or 0 for line in top for leaf in line.below or [line])
        return whole | {"eligible": people}
    return whole | {"units": [_unit(line, taken) for line in top]}


def _unit(line: _Line, taken: set[str]) -> dict[str, Any]:
    head = {"id": _id(line.name, taken), "name": line.name}
    if line.below:
        return head | {"units": [_unit(below, taken) for below in line.below]}
    return head | {"eligible": line.count}


def _lines(text: str) -> list[_Line]:
    """The lines at the margin with the indented ones below them."""
    top: list[_Line] = []
    findings: list[Finding] = []
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise DefinitionError([_fault("too-many-lines", MOST_LINES + 1)])
    for number, written in enumerate(lines, 1):
        if not written.strip():
            continue
        line = _line(number, written)
        if written[0] not in " \t":
            top.append(line)
        elif top:
            top[-1].below.append(line)
        else:
            findings.append(_fault("line-indented-first", number))
    findings += [found for line in top for found in _line_findings(line)]
    if findings:
        raise DefinitionError(sorted(findings, key=lambda found: found.line or 0))
    return top


def _line(number: int, written: str) -> _Line:
    found = _LINE.fullmatch(written.strip())
    if found is None:
        digits = written.strip()
        alone = digits.isdecimal() and digits.isascii()
        return _Line(number, "" if alone else digits.rstrip(";:, \t"), None)
    return _Line(number, found["name"].strip(), int(found["count"]))


def _line_findings(line: _Line) -> list[Finding]:
    """What is wrong with a line at the margin and those below it."""
    found: list[Finding] = []
    if not line.name:
        found.append(_fault("line-without-name", line.number))
    elif line.below and line.count is not None:
        found.append(_fault("line-count-above", line.number))
    elif not line.below and line.count is None:
        found.append(_fault("line-without-count", line.number))
    elif line.count is not None and not 1 <= line.count <= MOST_PEOPLE:
        found.append(_fault("line-count-range", line.number))
    return [*found, *(fault for below in line.below for fault in _line_findings(below))]


def _fault(code: str, number: int) -> Finding:
    return Finding("error", code, "This line cannot be read.", path="", line=number)


def _id(name: str, taken: set[str]) -> str:
    """A short name for programs, as in "buergerbuero"; numbered where two would be equal."""
    plain = slugify(name, max_length=ID_LENGTH, replacements=UMLAUTS) or "einheit"
    if not plain[0].isalpha():
        plain = f"e-{plain}"
    made, count = plain, 1
    while made in taken:
        count += 1
        made = f"{plain}-{count}"
    taken.add(made)
    return made


def _series(given: Mapping[str, str]) -> str:
    """The short name of the series; empty where nothing of what was written can be one.

    Unlike units, two series that were written differently must not become one: nothing is cut
    off, and what is a short name already stays as it is.
    """
    name = given.get("series", "").strip()
    if _SLUG.fullmatch(name):
        return name
    plain = slugify(name, replacements=UMLAUTS)
    made = f"reihe-{plain}" if plain[:1].isdecimal() else plain
    return made if _SLUG.fullmatch(made) else ""


def _series_findings(given: Mapping[str, str]) -> list[Finding]:
    if _series(given) or not given.get("series", "").strip():
        return []
    return [Finding("error", "series-name", "This names no series.", path="series")]


def _threshold_findings(given: str) -> list[Finding]:
    if _is_threshold(given):
        return []
    return [Finding("error", "threshold-range", "The threshold is too small.", path="threshold")]


def _is_threshold(given: str) -> bool:
    text = given.strip()
    return text.isascii() and text.isdecimal() and THRESHOLD_FLOOR <= int(text[:9]) <= 1000  # noqa: PLR2004  # the plan's own limit


def _once(findings: list[Finding]) -> list[Finding]:
    """Findings without repetition; units that cannot be read are not called missing as well."""
    has_lines = any(found.line is not None for found in findings)
    kept = [found for found in findings if not (has_lines and found.code == "units-missing")]
    return list(dict.fromkeys(kept))
