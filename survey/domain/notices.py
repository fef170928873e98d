"""Filled-in templates: privacy notice (Art. 13 GDPR), record of processing (Art. 30), agreement.

The texts stand in `templates/notices/`, so that people who know the law and not the program can
change them. What the plan says is filled in; what only the house knows is a gap,
"[bitte ergänzen: ...]". None of them is legal advice, and each says so.

The privacy notice exists in German and English, since people need it in the language in which they
answer. The other two are papers of German administrations, and are in German alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal, get_args
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports.wording.lines import one_line
from survey.domain.certificates import Certificate
from survey.domain.papers import Paper, Part, Section
from survey.domain.permissions import named_readers
from survey.domain.typesetting import TEMPLATES, printable
from survey.domain.wordings import (
    access_word,
    known_language,
    long_day,
    roles_words,
    speaker,
    unit_rows,
)

Kind = Literal["privacy-notice", "processing-record", "agreement"]
KINDS: tuple[Kind, ...] = get_args(Kind)
GERMAN_ALONE: tuple[Kind, ...] = ("processing-record", "agreement")

_BULLET, _STEP, _FACT, _ROW = "* ", "1. ", " :: ", "| "


@dataclass(frozen=True, slots=True)
class Subject:
    """What the papers are about; `base_url` is the address of the respondents' pages."""

    certificate: Certificate
    questionnaire: Questionnaire
    base_url: str


def notice(subject: Subject, kind: Kind, language: str) -> Paper:
    """One of the papers in German or English; those that are in German alone stay German."""
    language = "de" if kind in GERMAN_ALONE else known_language(language)
    template = _templates().get_template(f"notices/{kind}.{language}.txt")
    lines = template.render(_facts(subject, language)).splitlines()
    title, lead, sections = _read(lines)
    foot = f"{subject.certificate.short_hash} · {subject.certificate.software}"
    return Paper(language, title, lead, sections, foot)


def _facts(subject: Subject, language: str) -> dict[str, object]:
    """What the templates may name; every text is one line, and None where the plan is silent."""
    one, plan, asked = subject.certificate, subject.certificate.plan, subject.questionnaire
    say = speaker(language)
    with_slips = plan.access == "slips"
    units = [*unit_rows(plan.units)] if plan.units and plan.units.units else []
    return {
        "title": printable(plan.title[language]),
        "slug": one.slug,
        "house": _text(plan.organisation, language),
        "purpose": _text(plan.purpose, language),
        "officer": one_line(plan.contacts.data_protection),
        "council": one_line(plan.contacts.staff_council),
        "questionnaire": f"{printable(asked.title[language])} ({asked.id} {asked.version})",
        "topics": "; ".join(scale.title[language] for scale in asked.scales),
        "details": "; ".join(d.text[language] for d in asked.demographics) if with_slips else "",
        "with_slips": with_slips,
        "first": long_day(plan.period.from_, language),
        "last": long_day(one.last_day, language),
        "eligible": plan.eligible,
        "units": [(printable(name), people) for name, people in units],
        "access": access_word(plan.access, say),
        "threshold": plan.results_from,
        "series": plan.series,
        "weighted": plan.weighting is not None,
        "readers": roles_words(named_readers(plan), say),
        "record_readers": roles_words(plan.readers.responses, say),
        "days": plan.retention_days,
        "delete_by": long_day(one.delete_by, language),
        "host": urlsplit(subject.base_url).hostname or subject.base_url,
        "number": one.short_hash,
        "software": one.software,
    }


def _text(known: Text | None, language: str) -> str:
    return one_line(known[language]) if known else ""


def _read(lines: list[str]) -> tuple[str, tuple[str, ...], tuple[Section, ...]]:
    """Title, first paragraphs and sections of a text in the form that the templates have.

    "# " begins the title, "## id | " a section; "* " a bullet, "1. " a step, "| " a row of a
    table whose first row is its head; "name :: value" is a fact; anything else is a paragraph.
    """
    kept = [line.strip() for line in lines if line.strip()]
    starts = [place for place, line in enumerate(kept) if line.startswith("## ")]
    lead = kept[1 : starts[0]]
    sections = []
    for start, end in zip(starts, [*starts[1:], len(kept)], strict=True):
        name, _, heading = kept[start].removeprefix("## ").partition(" | ")
        sections.append(Section(name, heading, tuple(_parts(kept[start + 1 : end]))))
    return kept[0].removeprefix("# "), tuple(lead), tuple(sections)


def _parts(lines: list[str]) -> Iterator[Part]:
    for kind, group in groupby(lines, key=_kind):
        rows = list(group)
        if kind == "table":
            cells = [tuple(re.split(r"\s*\|\s*", row.strip("| "))) for row in rows]
            yield Part("table", tuple(cells[1:]), cells[0])
        elif kind == "facts":
            pairs = (row.partition(_FACT) for row in rows)
            yield Part("facts", tuple((name, value) for name, _, value in pairs))
        else:
            yield Part(
                kind, tuple((row.removeprefix(_BULLET).removeprefix(_STEP),) for row in rows)
            )


def _kind(line: str) -> Literal["bullets", "steps", "table", "facts", "text"]:
    if line.startswith(_BULLET):
        return "bullets"
    if line.startswith(_STEP):
        return "steps"
    if line.startswith(_ROW):
        return "table"
    return "facts" if _FACT in line else "text"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text; what shows a paper escapes
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
