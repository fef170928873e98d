"""Scales: items that can be scored together."""

from collections.abc import Iterator

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, did_you_mean, error, warning
from questionnaires.model import (
    TARGET,
    AnyQuestion,
    MaturityItem,
    Questionnaire,
    RatingItem,
    ResponseScale,
    Scale,
    ScaleItem,
    SingleChoiceItem,
)
from questionnaires.positions import Path

MOST_WITH_DEFAULT = 7  # points up to which the format says what is favourable


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Every scale, then every item in it."""
    known = walk.question_by_ref(questionnaire)
    for index, scale in enumerate(questionnaire.scales):
        path = ("scales", index)
        yield from _size(path, scale)
        yield from _repeated(path, scale)
        yield from _range(questionnaire, path, scale, known)
        for place, link in enumerate(scale.items):
            yield from _link(questionnaire, (*path, "items", place), scale, link, known)


def _size(path: Path, scale: Scale) -> Iterator[Issue]:
    count = len(scale.items)
    if scale.min_valid > count:
        said = f"'{scale.id}' asks for {scale.min_valid} answers, but has {count} items."
        remedy = f"Ask for at most {count}."
        yield error("min-valid", (*path, "score", "min_valid"), said, remedy)
    if count == 1:
        said = f"'{scale.id}' has one item, so its reliability is unknown."
        yield warning("one-item-scale", (*path, "items"), said, "Add items, or report the item.")


def _repeated(path: Path, scale: Scale) -> Iterator[Issue]:
    names = [link.ref for link in scale.items]
    for index, name in enumerate(names):
        if name in names[:index]:
            said = f"'{name}' stands twice in '{scale.id}'."
            yield error("item-twice", (*path, "items", index, "ref"), said, "Keep it once.")


def _range(
    questionnaire: Questionnaire, path: Path, scale: Scale, known: dict[str, AnyQuestion]
) -> Iterator[Issue]:
    if scale.score.method == "percent_favourable":
        return
    first: tuple[int, int] | None = None
    for index, link in enumerate(scale.items):
        response = walk.response_of(questionnaire, known.get(link.ref))
        if response is None:
            continue
        ends = response.minimum, response.maximum
        first = first or ends
        if ends != first:
            said = (
                f"'{link.ref}' has codes {_range_of(ends)}, the items before it {_range_of(first)}."
            )
            remedy = "Score items with the same ends together, or use percent_favourable."
            yield error("mixed-ranges", (*path, "items", index, "ref"), said, remedy)


def _link(
    questionnaire: Questionnaire,
    path: Path,
    scale: Scale,
    link: ScaleItem,
    known: dict[str, AnyQuestion],
) -> Iterator[Issue]:
    question = known.get(link.ref)
    at = (*path, "ref")
    if question is None:
        yield _unknown(at, link.ref, known)
    elif not isinstance(question, RatingItem | SingleChoiceItem | MaturityItem):
        said = f"'{link.ref}' is {_noun(question)}, which cannot be scored."
        yield error(
            "not-scorable", at, said, "Use ratings, single choices and maturity items in scales."
        )
    elif response := walk.response_of(questionnaire, question):
        yield from _scorable(path, scale, link, response)


def _unknown(at: Path, ref: str, known: dict[str, AnyQuestion]) -> Issue:
    if ref.endswith(TARGET) and (item := ref.removesuffix(TARGET)) in known:
        said = f"'{item}' asks for no target, so there is no '{ref}'."
        return error("target-missing", at, said, "Make it a maturity item with 'target: true'.")
    said = f"There is no item '{ref}'."
    return error("unknown-item", at, said, did_you_mean(ref, known))


def _scorable(
    path: Path, scale: Scale, link: ScaleItem, response: ResponseScale
) -> Iterator[Issue]:
    favourable = scale.score.method == "percent_favourable"
    if response.level == "nominal" and link.reverse:
        said = f"'{link.ref}' is nominal: categories without order cannot be reversed."
        yield error("reversed-nominal", (*path, "reverse"), said, "Remove 'reverse'.")
    elif response.level == "nominal" and len(response.points) > 2 and not favourable:  # noqa: PLR2004 - of two categories the mean is a share
        said = f"'{link.ref}' has categories without order; a mean of them says nothing."
        yield error("not-scorable", (*path, "ref"), said, "Use an ordinal response scale.")
    if favourable and response.favourable is None and len(response.points) > MOST_WITH_DEFAULT:
        said = f"With {len(response.points)} points it is not settled which are favourable."
        remedy = "Declare 'favourable: [codes]' in its response scale, or score a mean."
        yield error("favourable-unknown", (*path, "ref"), said, remedy)


def _range_of(ends: tuple[int, int]) -> str:
    return f"{ends[0]} to {ends[1]}"


def _noun(question: AnyQuestion) -> str:
    article = "an" if question.kind == "explanation" else "a"
    return f"{article} {question.kind.replace('-', ' ')}"
