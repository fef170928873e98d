"""What may be drawn as one line over two versions: by scale, and why not.

Nothing is compared unless the newer version declares it; silence is a break. A declaration holds
only as far as the two versions bear it out.
"""

from dataclasses import dataclass
from typing import Literal

from questionnaires.model import Bridge, Comparability, Questionnaire, Scale
from questionnaires.versions.changes import declared_against
from questionnaires.versions.texts import wordings

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
    reasons: tuple[str, ...] = ()


def trends(old: Questionnaire, new: Questionnaire) -> tuple[Trend, ...]:
    """Every scale of `new`, in its order."""
    declared = declared_against(old, new)
    return tuple(_trend(old, new, scale, declared) for scale in new.scales)


def new_languages(old: Questionnaire, new: Questionnaire) -> tuple[str, ...]:
    """Languages in which the newer version is answered for the first time, or in new words."""
    fresh = set(new.languages.available) - set(old.languages.available)
    for name in old.questions.keys() & new.questions.keys():
        kinds = wordings(old.questions[name].text, new.questions[name].text)
        changed = {language for language, kind in kinds.items() if kind in ("reworded", "another")}
        if len(changed) < len(kinds):
            fresh |= changed
    return tuple(language for language in new.languages.available if language in fresh)


def _trend(old: Questionnaire, new: Questionnaire, scale: Scale, declared: Comparability) -> Trend:
    before, verdict = old.scale_by_id.get(scale.id), declared.scales.get(scale.id)
    refused = _refusal(old, before, scale, verdict)
    if before is None or verdict is None or refused is not None:
        return Trend(scale.id, "break", reasons=(refused or "",))
    own = tuple(link.ref for link in scale.items)
    wanted = verdict.bridge if isinstance(verdict, Bridge) else own
    faults = {ref: _fault(old, new, (before, scale), ref, declared) for ref in wanted}
    kept = tuple(ref for ref, fault in faults.items() if fault is None)
    reasons = tuple(fault for fault in faults.values() if fault is not None)
    if isinstance(verdict, Bridge):
        if len(kept) < COMMON:
            return Trend(scale.id, "break", reasons=(*reasons, "fewer than two common items"))
        return Trend(scale.id, "bridge", kept, reasons)
    if {link.ref for link in before.items} != set(own):
        reasons = (*reasons, "the scale has other items")
    return Trend(scale.id, "break", (), reasons) if reasons else Trend(scale.id, "equivalent", own)


def _refusal(
    old: Questionnaire, before: Scale | None, after: Scale, verdict: Verdict | None
) -> str | None:
    """Why a scale as a whole is not compared."""
    if before is None:
        return "the scale is new"
    if verdict is None:
        return f"nothing is declared about {old.version}"
    if verdict == "break":
        return "declared as a break"
    if (before.score.method, before.higher_is) != (after.score.method, after.higher_is):
        return "the scoring changed"
    return None


def _fault(
    old: Questionnaire,
    new: Questionnaire,
    scales: tuple[Scale, Scale],
    ref: str,
    declared: Comparability,
) -> str | None:
    """Why an item cannot carry a common line; None when it can."""
    before, after = ({link.ref: link.reverse for link in scale.items} for scale in scales)
    if ref not in before:
        return f"'{ref}' was not in the scale"
    if before[ref] != after[ref]:
        return f"the direction of '{ref}' changed"
    return _differs(old, new, ref, declared)


def _differs(
    old: Questionnaire, new: Questionnaire, ref: str, declared: Comparability
) -> str | None:
    """Why an item is not the same question, without evidence that it is."""
    before, after = old.questions.get(ref), new.questions.get(ref)
    if before is None or after is None:
        return f"'{ref}' is not asked in both"
    if ref in declared.items.broken:
        return f"'{ref}' is declared as broken"
    if old.response_scale(before) != new.response_scale(after):
        return f"the response scale of '{ref}' changed"
    vouched = ref in declared.items.equivalent and bool(declared.evidence.strip())
    reworded = set(wordings(before.text, after.text).values()) & {"reworded", "another"}
    if (reworded or before.show_if != after.show_if) and not vouched:
        return f"'{ref}' changed its text or filter, and there is no evidence"
    return None
