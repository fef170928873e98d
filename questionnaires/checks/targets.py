"""Target states: variables with a name of their own, and scales that mirror the current state."""

from collections.abc import Iterator

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, error
from questionnaires.checks.levels import unknown_scale
from questionnaires.model import LONGEST_ID, TARGET, Questionnaire, Scale, target_name
from questionnaires.positions import Path


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Names of target variables, and `target_of` of scales."""
    for path, question in walk.questions(questionnaire):
        if walk.has_target(question) and len(target_name(question.id)) > LONGEST_ID:
            longest = LONGEST_ID - len(TARGET)
            said = f"'{target_name(question.id)}' is longer than {LONGEST_ID} characters."
            remedy = f"With a target an id has at most {longest} characters."
            yield error("target-name", (*path, "id"), said, remedy)
    yield from _scales(questionnaire)


def _scales(questionnaire: Questionnaire) -> Iterator[Issue]:
    seen: set[str] = set()
    for index, scale in enumerate(questionnaire.scales):
        path: Path = ("scales", index)
        if scale.target_of is None:
            yield from _without_targets(questionnaire, path, scale)
            continue
        current = questionnaire.scale_by_id.get(scale.target_of)
        if current is None:
            yield unknown_scale(questionnaire, (*path, "target_of"), scale.target_of)
        elif current.target_of is not None:
            said = f"'{current.id}' is made of targets itself."
            remedy = "Name the scale of the current state."
            yield error("target-of-target", (*path, "target_of"), said, remedy)
        elif current.id in seen:
            said = f"'{current.id}' has a scale of targets already."
            yield error("target-twice", (*path, "target_of"), said, "Keep one of the two.")
        else:
            yield from _mirrors(path, scale, current)
        seen.add(scale.target_of)


def _without_targets(questionnaire: Questionnaire, path: Path, scale: Scale) -> Iterator[Issue]:
    """Current state and target are never added up."""
    known = walk.question_by_id(questionnaire)
    targets = walk.question_by_ref(questionnaire).keys() - known.keys()
    for place, link in enumerate(scale.items):
        if link.ref in targets:
            said = (
                f"'{link.ref}' is a target, and '{scale.id}' is not marked as a scale of targets."
            )
            remedy = "Put targets into a scale with 'target_of: SCALE'."
            yield error("target-in-scale", (*path, "items", place, "ref"), said, remedy)


def _mirrors(path: Path, scale: Scale, current: Scale) -> Iterator[Issue]:
    """The two are scored alike from the same items in the same order."""
    wanted = [(target_name(link.ref), link.reverse) for link in current.items]
    if [(link.ref, link.reverse) for link in scale.items] != wanted:
        refs = ", ".join(f"{ref} (reversed)" if reverse else ref for ref, reverse in wanted)
        said = f"'{scale.id}' does not have the targets of the items of '{current.id}'."
        yield error("target-items", (*path, "items"), said, f"Its items are: {refs}.")
    ours, theirs = (
        (one.score.method, one.score.output, one.min_valid, one.higher_is)
        for one in (scale, current)
    )
    if ours != theirs:
        said = f"'{scale.id}' and '{current.id}' are scored in two ways, so nothing compares them."
        remedy = "Give both the same score and the same higher_is."
        yield error("target-score", (*path, "target_of"), said, remedy)
