"""The release of a file: everybody, the units of one column beside each other, breakdowns."""

from collections.abc import Iterable, Mapping, Sequence

from questionnaires.errors import Finding
from questionnaires.model import Questionnaire
from reports.errors import ResponsesError
from reports.grouping import in_order
from reports.release import Group, Release, ReleaseFacts
from reports.releasing import make_release
from reports.tallies import Tallies

EVERYBODY = ""  # no value of a file is empty


def flat_release(
    questionnaire: Questionnaire,
    tallies: Tallies,
    threshold: int,
    *,
    unit: str | None = None,
    by: Sequence[str] = (),
    eligible: Mapping[str, int] | None = None,
    software: str = "",
) -> Release:
    """What may be shown of a file's responses under the rules of disclosure.

    `unit` and `by` are columns of `tallies`, which crosses them where there is a `by`. `eligible`
    are head counts of all units; one that only they name is planned and has no responses.

    Raises:
        ResponsesError: there are head counts, but not for every unit; or a unit is named like
            a category.
    """
    groups = tallies.groups[unit] if unit else {}
    counts = eligible or {}
    if counts:
        check_eligible(groups, counts)
    names = in_order({*groups, *counts})
    values = {column: in_order(tallies.groups[column]) for column in by if column != unit}
    _check_names(names, values)
    children = tuple(Group(name, name, counts.get(name)) for name in names)
    return make_release(
        questionnaire,
        Group(EVERYBODY, questionnaire.title[questionnaire.languages.source], children=children),
        groups,
        threshold,
        ReleaseFacts(title=questionnaire.title, software=software),
        column=unit or "unit",
        whole=tallies.whole,
        breakdowns=values,
        crossed=tallies,
    )


def _check_names(units: Iterable[str], breakdowns: Mapping[str, Iterable[str]]) -> None:
    taken = {f"{column}={value}" for column, values in breakdowns.items() for value in values}
    for name in units:
        if name in taken:
            raise ResponsesError(
                [
                    Finding(
                        "error",
                        "unit",
                        f"The unit {name!r} has the name of a category.",
                        "Give the unit another name.",
                    )
                ]
            )


def check_eligible(groups: Iterable[str], eligible: Mapping[str, int]) -> None:
    """Every group needs its head count.

    Raises:
        ResponsesError: names the groups that have none.
    """
    unknown = [name for name in in_order(groups) if name not in eligible]
    if unknown:
        names = ", ".join(unknown[:10]) + (" and more" if len(unknown) > 10 else "")  # noqa: PLR2004 - a line
        raise ResponsesError(
            [
                Finding(
                    "error",
                    "eligible",
                    f"These units have responses and no head count: {names}.",
                    "Add them to the file of eligible people, spelled as in the responses.",
                )
            ]
        )
