"""Outcome, maturity levels and recommendations: bounds on scales that exist."""

from collections.abc import Iterator
from itertools import pairwise

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, did_you_mean, error, warning
from questionnaires.model import Criterion, Questionnaire, Recommendation
from questionnaires.positions import Path

Entry = tuple[int, Recommendation]


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """The outcome, ranks and criteria of levels, ranges of recommendations."""
    yield from _outcome(questionnaire)
    yield from _levels(questionnaire)
    yield from _recommendations(questionnaire)


def _outcome(questionnaire: Questionnaire) -> Iterator[Issue]:
    """What the other scales are to drive: the current state of something with a better end."""
    if questionnaire.outcome is None:
        return
    yield from _of_today(questionnaire, ("outcome",), questionnaire.outcome)
    scale = questionnaire.scale_by_id.get(questionnaire.outcome)
    if scale is not None and scale.higher_is == "neither":
        said = f"Neither end of the outcome '{scale.id}' is better, so nothing drives it."
        yield error("outcome", ("outcome",), said, "Name a scale that has a better end.")


def _levels(questionnaire: Questionnaire) -> Iterator[Issue]:
    if questionnaire.maturity is None:
        return
    for index, level in enumerate(questionnaire.maturity.levels):
        path = ("maturity", "levels", index)
        if level.rank != index + 1:
            said = f"The level '{level.id}' has rank {level.rank} at place {index + 1}."
            yield error("level-order", (*path, "rank"), said, "Number the levels 1, 2, 3 in order.")
        for place, criterion in enumerate(level.criteria):
            yield from _criterion(questionnaire, (*path, "criteria", place), criterion)


def _criterion(questionnaire: Questionnaire, path: Path, criterion: Criterion) -> Iterator[Issue]:
    bounds = [one for one in (criterion.at_least, criterion.at_most) if one is not None]
    if (criterion.scale is None) == (criterion.item is None) or not bounds:
        said = "A criterion names one scale or one item, and a bound."
        remedy = "Write {scale: ID, at_least: 50}, or at_most."
        yield error("criterion-form", path, said, remedy)
    if bounds != sorted(bounds):
        said = f"No value is at least {bounds[0]:g} and at most {bounds[1]:g}."
        yield error("criterion-range", path, said, "Exchange the two.")
    if criterion.scale is not None:
        yield from _of_today(questionnaire, (*path, "scale"), criterion.scale)
    known = walk.question_by_id(questionnaire)
    if criterion.item is not None and criterion.item not in known:
        said = f"There is no item '{criterion.item}'."
        yield error("unknown-item", (*path, "item"), said, did_you_mean(criterion.item, known))


def _recommendations(questionnaire: Questionnaire) -> Iterator[Issue]:
    by_scale: dict[str, list[Entry]] = {}
    for index, one in enumerate(questionnaire.recommendations):
        path = ("recommendations", index, "when")
        yield from _of_today(questionnaire, (*path, "scale"), one.when.scale)
        if one.when.from_ >= one.when.below:
            said = f"No value is at least {one.when.from_:g} and below {one.when.below:g}."
            yield error("recommendation-range", path, said, "Let 'from' be less than 'below'.")
        else:
            by_scale.setdefault(one.when.scale, []).append((index, one))
    for entries in by_scale.values():
        entries.sort(key=lambda entry: (entry[1].when.from_, entry[1].when.below))
        yield from _overlaps(entries)
        yield from _gaps(entries)


def _overlaps(entries: list[Entry]) -> Iterator[Issue]:
    """Two recommendations of one field in one range; several fields at once are usual."""
    for field in dict.fromkeys(one.field for _, one in entries):
        same = [entry for entry in entries if entry[1].field == field]
        for (_, before), (index, after) in pairwise(same):
            if after.when.from_ < before.when.below:
                said = f"The range overlaps with that of '{before.id}' in the same field."
                path = ("recommendations", index, "when")
                yield warning("recommendation-overlap", path, said, "Separate the ranges.")


def _gaps(entries: list[Entry]) -> Iterator[Issue]:
    """A hole between two ranges of a scale; silence at its ends is a choice."""
    reached = entries[0][1].when.below
    for index, one in entries:
        if one.when.from_ > reached:
            said = f"Nothing is recommended from {reached:g} to {one.when.from_:g}."
            path = ("recommendations", index, "when")
            yield warning("recommendation-gap", path, said, "Close the gap between the ranges.")
        reached = max(reached, one.when.below)


def _of_today(questionnaire: Questionnaire, path: Path, name: str) -> Iterator[Issue]:
    """What is reached, driven or advised on is the current state, never where it should be."""
    scale = questionnaire.scale_by_id.get(name)
    if scale is None:
        yield unknown_scale(questionnaire, path, name)
    elif scale.target_of is not None:
        said = f"'{name}' is made of targets; here the current state is wanted."
        yield error("scale-of-targets", path, said, f"Name '{scale.target_of}'.")


def unknown_scale(questionnaire: Questionnaire, path: Path, name: str) -> Issue:
    """A reference to a scale that does not exist."""
    remedy = did_you_mean(name, questionnaire.scale_by_id)
    return error("unknown-scale", path, f"There is no scale '{name}'.", remedy)
