"""Versions and dates: what is said about earlier versions fits this one."""

from collections.abc import Iterator
from datetime import date

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, did_you_mean, error
from questionnaires.checks.levels import unknown_scale
from questionnaires.model import Bridge, Comparability, Questionnaire
from questionnaires.positions import Path


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Dates, `since`, and the entries on earlier versions."""
    yield from _dates(questionnaire)
    own = _number(questionnaire.version)
    for path, question in walk.questions(questionnaire):
        if question.since is not None and _number(question.since) > own:
            said = f"'{question.id}' is said to be there since {question.since}, later than this."
            yield error(
                "since-later", (*path, "since"), said, "Name this version or an earlier one."
            )
    seen = set()
    for index, entry in enumerate(questionnaire.comparability):
        path = ("comparability", index)
        if _number(entry.to) >= own:
            said = f"{entry.to} is not earlier than this version, {questionnaire.version}."
            yield error("not-an-earlier-version", (*path, "to"), said, "Name an earlier version.")
        if entry.to in seen:
            said = f"There is an entry for {entry.to} already."
            yield error("version-twice", (*path, "to"), said, "Keep one entry a version.")
        seen.add(entry.to)
        yield from _items(questionnaire, path, entry)
        yield from _scales(questionnaire, path, entry)
        yield from _others(questionnaire, path, entry)


def _dates(questionnaire: Questionnaire) -> Iterator[Issue]:
    if (effective := questionnaire.effective) is None:
        return
    dates = {}
    for key, text in (("from", effective.from_), ("until", effective.until)):
        try:
            dates[key] = date.fromisoformat(text) if text else None
        except ValueError:
            said = f"'{text}' is not a day of the calendar."
            yield error(
                "no-such-date", ("effective", key), said, "Write a date such as 2026-10-01."
            )
    begin, end = dates.get("from"), dates.get("until")
    if begin and end and end < begin:
        said = f"The version ends on {end}, before it begins on {begin}."
        yield error("dates-order", ("effective", "until"), said, "Exchange the two dates.")


def _items(questionnaire: Questionnaire, path: Path, entry: Comparability) -> Iterator[Issue]:
    known = set(walk.question_by_id(questionnaire))
    seen: set[str] = set()
    for key in ("equivalent", "broken", "new", "removed"):
        for index, name in enumerate(getattr(entry.items, key)):
            at = (*path, "items", key, index)
            if name in seen:
                said = f"'{name}' is in two lists."
                yield error("compared-twice", at, said, "Put each item into one list.")
            elif key == "removed" and name in known:
                said = f"'{name}' is said to be removed, but this version has it."
                yield error("not-removed", at, said, "An id is never used for something else.")
            elif key != "removed" and name not in known:
                said = f"There is no item '{name}'."
                yield error("unknown-item", at, said, did_you_mean(name, known))
            seen.add(name)


def _scales(questionnaire: Questionnaire, path: Path, entry: Comparability) -> Iterator[Issue]:
    for name, verdict in entry.scales.items():
        at = (*path, "scales", name)
        scale = questionnaire.scale_by_id.get(name)
        if scale is None:
            yield unknown_scale(questionnaire, at, name)
        elif isinstance(verdict, Bridge):
            refs = {link.ref for link in scale.items}
            for index, item in enumerate(verdict.bridge):
                if item not in refs:
                    said = f"'{item}' is not in the scale '{name}'."
                    remedy = "A bridge is made of the scale's own items."
                    yield error("bridge-outside", (*at, "bridge", index), said, remedy)


def _others(questionnaire: Questionnaire, path: Path, entry: Comparability) -> Iterator[Issue]:
    for name in entry.response_scales:
        if name not in questionnaire.response_scales:
            said = f"There is no response scale '{name}'."
            at = (*path, "response_scales", name)
            remedy = did_you_mean(name, questionnaire.response_scales)
            yield error("unknown-response-scale", at, said, remedy)
    for language in entry.languages:
        if language not in questionnaire.languages.available:
            said = f"The language '{language}' is not declared."
            yield error("unknown-language", (*path, "languages", language), said, "Correct it.")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
