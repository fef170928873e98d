"""What may be drawn as one line over two versions: by scale, and why not.

Nothing is compared unless the newer version declares it; silence is a break. A declaration holds
only as far as the two versions bear it out. Versions that lie further apart are compared along
the declarations between them: a line goes on as far as every step of the way lets it.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from questionnaires.model import (
    AnyQuestion,
    Bridge,
    Comparability,
    Questionnaire,
    ResponseScale,
    Scale,
)
from questionnaires.variables import variables
from questionnaires.versions.bumps import version_number
from questionnaires.versions.changes import declared_against, response_scale_changes
from questionnaires.versions.reasons import Reason
from questionnaires.versions.texts import is_reworded, wordings

Line = Literal["equivalent", "bridge", "break"]
Verdict = Bridge | Literal["equivalent", "break"]
COMMON = 2  # items that a bridge needs


@dataclass(frozen=True, slots=True)
class Trend:
    """How a scale of the newer version goes on from the older one.

    `items` are those that both are computed on: all of them, or the bridge; none after a break.
    `reasons` say why not more.
    """

    scale: str
    line: Line
    items: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


def trends(
    old: Questionnaire, new: Questionnaire, between: Iterable[Questionnaire] = ()
) -> tuple[Trend, ...]:
    """Every scale of `new`, in its order.

    `between` are other versions of the questionnaire. They help where `new` says nothing about
    `old` itself: the fewest steps along declared versions are taken, and a scale is trended on
    the items that all of these steps have in common. The same content is always equivalent.
    """
    if old.fingerprint == new.fingerprint:
        return tuple(Trend(scale.id, "equivalent", _refs(scale)) for scale in new.scales)
    if old.id != new.id:
        strange = Reason("another-questionnaire", old.id)
        return tuple(Trend(scale.id, "break", reasons=(strange,)) for scale in new.scales)
    steps = [_step(before, after) for before, after in pairwise(_way(old, new, between))]
    return tuple(_joined(scale, [step.get(scale.id) for step in steps]) for scale in new.scales)


def new_languages(
    old: Questionnaire, new: Questionnaire, between: Iterable[Questionnaire] = ()
) -> tuple[str, ...]:
    """Languages in which the newer version is answered for the first time, or in new words.

    With versions `between` also those that were new on the way from `old` to `new`.
    """
    fresh: set[str] = set()
    for before, after in pairwise(_way(old, new, between)):
        fresh |= _fresh(before, after)
    return tuple(language for language in new.languages.available if language in fresh)


def _fresh(old: Questionnaire, new: Questionnaire) -> set[str]:
    fresh = set(new.languages.available) - set(old.languages.available)
    for name in old.questions.keys() & new.questions.keys():
        kinds = wordings(old.questions[name].text, new.questions[name].text)
        changed = {language for language, kind in kinds.items() if kind in ("reworded", "another")}
        if len(changed) < len(kinds):
            fresh |= changed
    return fresh


def _way(
    old: Questionnaire, new: Questionnaire, between: Iterable[Questionnaire]
) -> tuple[Questionnaire, ...]:
    """The fewest versions from `old` to `new`, each declaring something about the one before.

    Where there is no such way, the two alone.
    """
    known = {one.version: one for one in between if one.id == new.id} | {old.version: old}
    first = version_number(old.version)
    ways: deque[tuple[Questionnaire, ...]] = deque([(new,)])
    while ways:
        way = ways.popleft()
        if way[0] is old:
            return way
        head = version_number(way[0].version)
        for entry in way[0].comparability:
            if entry.to in known and first <= version_number(entry.to) < head:
                # Each version is reached once, and then by the fewest steps.
                ways.append((known.pop(entry.to), *way))
    return (old, new)


def _joined(scale: Scale, steps: list[Trend | None]) -> Trend:
    """One scale along the way; a step that does not have it begins it."""
    for step in steps:
        if step is None:
            return Trend(scale.id, "break", reasons=(Reason("new-scale"),))
        if step.line == "break":
            return Trend(scale.id, "break", reasons=step.reasons)
    there = [step for step in steps if step is not None]
    common = set.intersection(*(set(step.items) for step in there))
    items = tuple(ref for ref in _refs(scale) if ref in common)
    reasons = tuple(dict.fromkeys(reason for step in there for reason in step.reasons))
    if all(step.line == "equivalent" for step in there):
        return Trend(scale.id, "equivalent", items, reasons)
    if len(items) < COMMON:
        return Trend(scale.id, "break", reasons=(*reasons, Reason("few-items")))
    return Trend(scale.id, "bridge", items, reasons)


def _step(old: Questionnaire, new: Questionnaire) -> dict[str, Trend]:
    declared = declared_against(old, new)
    return {scale.id: _trend(old, new, scale, declared) for scale in new.scales}


def _trend(old: Questionnaire, new: Questionnaire, scale: Scale, declared: Comparability) -> Trend:
    before, verdict = old.scale_by_id.get(scale.id), declared.scales.get(scale.id)
    refused = _refusal(old, before, scale, verdict)
    if before is None or verdict is None or refused is not None:
        return Trend(scale.id, "break", reasons=(refused,) if refused else ())
    own = _refs(scale)
    wanted = verdict.bridge if isinstance(verdict, Bridge) else own
    faults = {ref: _fault(old, new, (before, scale), ref, declared) for ref in wanted}
    kept = tuple(ref for ref, fault in faults.items() if fault is None)
    reasons = tuple(fault for fault in faults.values() if fault is not None)
    if isinstance(verdict, Bridge):
        if len(kept) < COMMON:
            return Trend(scale.id, "break", reasons=(*reasons, Reason("few-items")))
        return Trend(scale.id, "bridge", kept, reasons)
    if set(_refs(before)) != set(own):
        reasons = (*reasons, Reason("items"))
    elif before.min_valid != scale.min_valid:  # which a bridge makes no use of
        reasons = (*reasons, Reason("scoring"))
    return Trend(scale.id, "break", (), reasons) if reasons else Trend(scale.id, "equivalent", own)


def _refs(scale: Scale) -> tuple[str, ...]:
    return tuple(link.ref for link in scale.items)


def _refusal(
    old: Questionnaire, before: Scale | None, after: Scale, verdict: Verdict | None
) -> Reason | None:
    """Why a scale as a whole is not compared."""
    if before is None:
        return Reason("new-scale")
    if verdict is None:
        return Reason("silent", old.version)
    if verdict == "break":
        return Reason("declared")
    was, now = ((one.score.method, one.higher_is, one.target_of) for one in (before, after))
    return Reason("scoring") if was != now else None


def _fault(
    old: Questionnaire,
    new: Questionnaire,
    scales: tuple[Scale, Scale],
    ref: str,
    declared: Comparability,
) -> Reason | None:
    """Why an item cannot carry a common line; None when it can."""
    before, after = ({link.ref: link.reverse for link in scale.items} for scale in scales)
    if ref not in before:
        return Reason("not-in-scale", ref)
    if before[ref] != after[ref]:
        return Reason("direction", ref)
    return _differs(old, new, ref, declared)


def _differs(
    old: Questionnaire, new: Questionnaire, ref: str, declared: Comparability
) -> Reason | None:
    """Why an item is not the same question, without evidence that it is."""
    before, after = _question(old, ref), _question(new, ref)
    if before is None or after is None:
        return Reason("not-asked", ref)
    if after.id in declared.items.broken:
        return Reason("broken", ref)
    if _answered_otherwise(old.response_scale(before), new.response_scale(after)):
        return Reason("response-scale", ref)
    vouched = after.id in declared.items.equivalent and bool(declared.evidence.strip())
    reworded = is_reworded(before.text, after.text)
    if (reworded or before.show_if != after.show_if) and not vouched:
        return Reason("reworded", ref)
    return None


def _question(questionnaire: Questionnaire, ref: str) -> AnyQuestion | None:
    """The question behind a name that a scale refers to: that of a variable."""
    return {one.name: one.question for one in variables(questionnaire)}.get(ref)


def _answered_otherwise(old: ResponseScale | None, new: ResponseScale | None) -> bool:
    """Whether there are other answers to choose from; a further language is none."""
    if old is None or new is None:
        return old is not new
    return any(response_scale_changes(old, new).values())
