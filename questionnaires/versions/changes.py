"""Every difference between two versions, with the bump that it asks for at least.

The rules are the table of `docs/questionnaires.md`. What no program can see, namely whether a new
wording means the same, the newer version has to say: `comparability` with evidence.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from questionnaires.model import (
    AnyQuestion,
    Bridge,
    Comparability,
    MaturityItem,
    Questionnaire,
    ResponseScale,
    Scale,
)
from questionnaires.text import Text
from questionnaires.versions.bumps import Bump
from questionnaires.versions.texts import Wording, wordings

# What makes another question of the same words.
ASKING = {
    "response": "response scale",
    "show_if": "filter",
    "exclusive": "exclusive categories",
    "min": "lower bound",
    "max": "upper bound",
    "unit": "unit",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the least bump, a code to look up, where it is, and a sentence."""

    bump: Bump
    code: str
    path: str
    said: str


def changes(old: Questionnaire, new: Questionnaire) -> tuple[Change, ...]:
    """Everything that differs from `old` to `new`, in the order of the format."""
    declared = declared_against(old, new)
    return (
        *_head(old, new),
        *_languages(old, new),
        *_response_scales(old, new),
        *_questions(old, new, declared),
        *_order(old, new),
        *_scales(old, new, declared),
        *_rest(old, new),
    )


def declared_against(old: Questionnaire, new: Questionnaire) -> Comparability:
    """What `new` says about `old`; where it is silent, an entry that says nothing."""
    said = [entry for entry in new.comparability if entry.to == old.version]
    return said[0] if said else Comparability(to=old.version)


def _head(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    if old.id != new.id:
        said = f"'{old.id}' and '{new.id}' are two questionnaires."
        yield Change("forbidden", "another-id", "id", said)
    if old.layout != new.layout:
        said = f"The layout changed from {old.layout} to {new.layout}, which changes answers."
        yield Change("major", "layout", "layout", said)
    for kind in type(old.missing).model_fields:
        if getattr(old.missing, kind).code != getattr(new.missing, kind).code:
            said = f"The code of '{kind}' changed."
            yield Change("major", "missing-code", f"missing.{kind}", said)
    for key in ("title", "purpose", "licence", "source", "keywords", "minutes", "effective"):
        if getattr(old, key) != getattr(new, key):
            yield Change("patch", "about", key, f"'{key}' changed.")


def _languages(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    before, after = old.languages.available, new.languages.available
    for language in after:
        if language not in before:
            said = f"There is a new language: {language}."
            yield Change("minor", "language-new", "languages", said)
    for language in before:
        if language not in after:
            said = f"The language {language} is gone."
            yield Change("minor", "language-gone", "languages", said)


def _response_scales(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    for name, before in old.response_scales.items():
        after, path = new.response_scales.get(name), f"response_scales.{name}"
        if after is None:
            said = f"The response scale '{name}' is gone."
            yield Change("minor", "response-scale-gone", path, said)
            continue
        yield from _categories(before, after, name, path)


def _categories(old: ResponseScale, new: ResponseScale, name: str, path: str) -> Iterator[Change]:
    for what, differs in response_scale_changes(old, new).items():
        if differs:
            yield Change("major", "response-scale", path, f"The {what} of '{name}' changed.")
    if "typing" in _labels(old, new):
        yield Change("patch", "typing", path, f"The typing of labels of '{name}' changed.")


def response_scale_changes(old: ResponseScale, new: ResponseScale) -> dict[str, bool]:
    """What makes other answers of it, and whether it differs; labels in the common languages.

    Where there is no common language, the text of the question tells.
    """
    return {
        "level": old.level != new.level,
        "points": old.codes != new.codes,
        "labels": not {"reworded", "another"}.isdisjoint(_labels(old, new)),
        "no-answer option": old.offer_no_answer != new.offer_no_answer,
        "favourable categories": old.favourable != new.favourable,
    }


def _labels(old: ResponseScale, new: ResponseScale) -> set[Wording]:
    """How the labels of the common points differ in the common languages."""
    labels = {point.value: point.label for point in new.points}
    return {
        kind
        for point in old.points
        if point.value in labels
        for kind in wordings(point.label, labels[point.value]).values()
    }


def _questions(old: Questionnaire, new: Questionnaire, declared: Comparability) -> Iterator[Change]:
    for name, before in old.questions.items():
        after = new.questions.get(name)
        if after is None:
            yield Change("minor", "question-gone", name, f"'{name}' is not asked any more.")
            continue
        yield from _wording(before, after, new, declared)
        yield from _asking(before, after)
    for name in new.questions.keys() - old.questions.keys():
        yield Change("minor", "question-new", name, f"'{name}' is new.")


def _wording(
    old: AnyQuestion, new: AnyQuestion, questionnaire: Questionnaire, declared: Comparability
) -> Iterator[Change]:
    kinds = wordings(old.text, new.text)
    changed = [language for language, kind in kinds.items() if kind in ("reworded", "another")]
    vouched = old.id in declared.items.equivalent and bool(declared.evidence.strip())
    if kinds and not changed:
        if "typing" in kinds.values():
            yield Change("patch", "typing", old.id, f"The typing of '{old.id}' changed.")
    elif vouched:
        said = f"'{old.id}' is worded anew and declared equivalent, with evidence."
        yield Change("minor", "reworded-equivalent", old.id, said)
    elif not kinds:
        said = f"'{old.id}' is asked in no language in which it was asked before."
        yield Change("major", "reworded", old.id, said)
    elif len(changed) < len(kinds):
        said = f"'{old.id}' is worded anew in {', '.join(changed)} only."
        yield Change("minor", "reworded-in-one-language", old.id, said)
    elif kinds.get(questionnaire.languages.source, "another") == "another":
        said = f"'{old.id}' asks something else; an id never changes its meaning."
        yield Change("forbidden", "id-reused", old.id, said)
    else:
        said = f"'{old.id}' is worded anew in every language."
        yield Change("major", "reworded", old.id, said)
    if old.hint != new.hint:
        yield Change("patch", "hint", old.id, f"The hint of '{old.id}' changed.")


def _asking(old: AnyQuestion, new: AnyQuestion) -> Iterator[Change]:
    if old.kind != new.kind:
        said = f"'{old.id}' was a {old.kind} and is a {new.kind} now."
        yield Change("forbidden", "id-reused", old.id, said)
        return
    for key, what in ASKING.items():
        if getattr(old, key, None) != getattr(new, key, None):
            said = f"The {what} of '{old.id}' changed."
            yield Change("major", key.replace("_", "-"), old.id, said)
    if isinstance(old, MaturityItem) and isinstance(new, MaturityItem):
        yield from _categories(old.response_scale, new.response_scale, old.id, old.id)
        if old.target != new.target:
            word = "is also" if new.target else "is no longer"
            said = f"The target of '{old.id}' {word} asked for."
            yield Change("minor", "target", old.id, said)
    for key in ("quasi_identifier", "sensitive", "coarsening"):
        if getattr(old, key, None) != getattr(new, key, None):
            yield Change("minor", key.replace("_", "-"), old.id, f"'{key}' of '{old.id}' changed.")


def _order(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    """What is asked before what: within a scale it changes answers."""
    for scale in old.scales:
        refs = {link.ref for link in scale.items}
        if _asked(old, refs & new.questions.keys()) != _asked(new, refs):
            said = f"The items of '{scale.id}' are asked in another order."
            yield Change("major", "order", f"scales.{scale.id}", said)
    common = old.questions.keys() & new.questions.keys()
    if _asked(old, common) != _asked(new, common):
        said = "Questions are asked in another order."
        yield Change("minor", "order-of-questions", "sections", said)
    if _titles(old) != _titles(new):
        said = "Titles or introductions of sections changed."
        yield Change("patch", "sections", "sections", said)


def _asked(questionnaire: Questionnaire, names: AbstractSet[str]) -> list[str]:
    return [name for name in questionnaire.questions if name in names]


def _titles(questionnaire: Questionnaire) -> list[tuple[str, Text, Text | None]]:
    return [(section.id, section.title, section.intro) for section in questionnaire.sections]


def _scales(old: Questionnaire, new: Questionnaire, declared: Comparability) -> Iterator[Change]:
    for name, before in old.scale_by_id.items():
        path, after = f"scales.{name}", new.scale_by_id.get(name)
        if after is None:
            yield Change("major", "scale-gone", path, f"The scale '{name}' is gone.")
            continue
        yield from _items_of_scale(before, after, path, declared)
        for key in ("score", "higher_is", "concept", "target_of"):
            if getattr(before, key) != getattr(after, key):
                yield Change("major", "scoring", path, f"'{key}' of the scale '{name}' changed.")
        if (before.title, before.description) != (after.title, after.description):
            yield Change("patch", "scale-title", path, f"The title of '{name}' changed.")
    for name in new.scale_by_id.keys() - old.scale_by_id.keys():
        yield Change("minor", "scale-new", f"scales.{name}", f"The scale '{name}' is new.")


def _items_of_scale(old: Scale, new: Scale, path: str, declared: Comparability) -> Iterator[Change]:
    before = {link.ref: link.reverse for link in old.items}
    after = {link.ref: link.reverse for link in new.items}
    for ref in before.keys() - after.keys():
        said = f"'{ref}' does not count in '{old.id}' any more."
        yield Change("major", "item-left-scale", path, said)
    for ref in before.keys() & after.keys():
        if before[ref] != after[ref]:
            yield Change(
                "major", "reverse", path, f"The direction of '{ref}' in '{old.id}' changed."
            )
    added = sorted(after.keys() - before.keys())
    if added:
        bridged = isinstance(declared.scales.get(old.id), Bridge)
        said = f"{', '.join(added)} joined '{old.id}'" + (", with a bridge." if bridged else ".")
        yield Change("minor" if bridged else "major", "item-joined-scale", path, said)


def _rest(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    if old.outcome != new.outcome:
        said = "Another scale is the outcome; drivers are computed anew."
        yield Change("minor", "outcome", "outcome", said)
    if old.maturity != new.maturity:
        said = "Levels changed; they are computed anew under one rule."
        yield Change("minor", "levels", "maturity", said)
    if old.recommendations != new.recommendations:
        yield Change("patch", "recommendations", "recommendations", "Recommendations changed.")
