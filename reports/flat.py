"""The release of a file: everybody, and the groups of one column beside each other."""

from collections.abc import Iterable, Mapping

from questionnaires.errors import Finding
from questionnaires.model import Questionnaire
from reports.errors import ResponsesError
from reports.grouping import in_order
from reports.release import Group, Release, ReleaseFacts
from reports.releasing import make_release
from reports.tally import Tallies

EVERYBODY = ""  # no value of a file is empty


def flat_release(
    questionnaire: Questionnaire,
    tallies: Tallies,
    threshold: int,
    *,
    column: str | None = None,
    eligible: Mapping[str, int] | None = None,
    software: str = "",
) -> Release:
    """What may be shown of a file's responses under the rules of disclosure.

    `column` is the one grouping of `tallies` that is released. `eligible` are head counts of all
    its groups; a group that only they name is planned and has no responses.

    Raises:
        ResponsesError: there are head counts, but not for every group.
    """
    groups = tallies.groups[column] if column else {}
    counts = eligible or {}
    if counts:
        check_eligible(groups, counts)
    children = tuple(Group(name, name, counts.get(name)) for name in in_order({*groups, *counts}))
    return make_release(
        questionnaire,
        Group(EVERYBODY, questionnaire.title[questionnaire.languages.source], children=children),
        groups,
        threshold,
        ReleaseFacts(title=questionnaire.title, software=software),
        column=column or "unit",
        whole=tallies.whole,
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
