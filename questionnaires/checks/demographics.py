"""Demographics: hierarchies that join categories step by step into one group."""

from collections.abc import Iterator

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, error, warning
from questionnaires.model import Coarsening, Demographic, Questionnaire
from questionnaires.positions import Path

EVERY = "*"


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Every coarsening hierarchy."""
    for index, demographic in enumerate(questionnaire.demographics):
        path = ("demographics", index)
        codes = walk.codes_of(questionnaire, demographic)
        if demographic.quasi_identifier and not demographic.coarsening:
            said = f"'{demographic.id}' may identify a person, but cannot be made coarser."
            remedy = "Add a 'coarsening' that ends in one group."
            yield warning("no-coarsening", (*path, "id"), said, remedy)
        if codes is not None:
            yield from _hierarchy((*path, "coarsening"), demographic, codes)


def _hierarchy(path: Path, demographic: Demographic, codes: tuple[int, ...]) -> Iterator[Issue]:
    groups: dict[int, str] = {code: str(code) for code in codes}
    for index, step in enumerate(demographic.coarsening):
        here = (*path, index)
        yield from _step(here, step, codes)
        if not _complete(step, codes):
            return
        joined = {code: step.map.get(code, step.map.get(EVERY, "")) for code in codes}
        yield from _nested((*here, "map"), groups, joined)
        groups = joined
    if demographic.coarsening and len(set(groups.values())) > 1:
        said = f"The last step of '{demographic.id}' leaves {len(set(groups.values()))} groups."
        remedy = f'End with a step {{map: {{"{EVERY}": all}}}}.'
        yield error("coarsening-end", (*path, len(demographic.coarsening) - 1, "map"), said, remedy)


def _complete(step: Coarsening, codes: tuple[int, ...]) -> bool:
    return set(step.map) == {EVERY} or set(step.map) == set(codes)


def _step(path: Path, step: Coarsening, codes: tuple[int, ...]) -> Iterator[Issue]:
    if set(step.map) != {EVERY}:
        yield from _codes(path, step, codes)
    yield from _labels(path, step)


def _codes(path: Path, step: Coarsening, codes: tuple[int, ...]) -> Iterator[Issue]:
    for key in step.map:
        if key not in codes:
            said = f"'{key}' is no code of the response scale."
            remedy = f'Its codes are {", ".join(map(str, codes))}; "{EVERY}" stands alone.'
            at = (*path, "map", key)
            yield Issue("error", "unknown-code", at, said, remedy, at_key=True)
    if left_out := [str(code) for code in codes if code not in step.map]:
        said = f"The step '{step.id}' says nothing about {', '.join(left_out)}."
        yield error("coarsening-gap", (*path, "map"), said, "Put every code into a group.")


def _labels(path: Path, step: Coarsening) -> Iterator[Issue]:
    groups = dict.fromkeys(step.map.values())
    for group in groups:
        if group not in step.labels:
            said = f"The group '{group}' has no label."
            yield error("coarsening-label", (*path, "labels"), said, "Add its label.")
    for label in step.labels:
        if label not in groups:
            said = f"There is a label for '{label}', but no such group."
            remedy = "Remove it, or use the group."
            yield Issue(
                "error", "coarsening-label", (*path, "labels", label), said, remedy, at_key=True
            )


def _nested(path: Path, before: dict[int, str], after: dict[int, str]) -> Iterator[Issue]:
    """Categories that were joined stay joined."""
    joined: dict[str, str] = {}
    for code, group in before.items():
        if joined.setdefault(group, after[code]) != after[code]:
            said = f"Code {code} leaves the group '{group}' that an earlier step joined it to."
            yield error("coarsening-not-nested", path, said, "Join groups, never split them.")
            return
