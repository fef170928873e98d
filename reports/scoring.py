"""How answers become scores: reversing, the person score, and the favourable end.

A scale's items are reversed first, with the declared ends of their response scale
(min + max - code). A person's score is sum / count of the answered items when at least
`min_valid` are answered, else missing. `sum` is the mean times the number of items, so that a
gap does not lower it; `percent_favourable` is 100 times the share of favourable answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from questionnaires.directions import is_turned_over
from questionnaires.errors import DefinitionError, Finding
from questionnaires.model import MultipleChoiceItem, Questionnaire, Scale
from questionnaires.variables import Variable

ENDS = {2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3}  # categories counted at each end, by their number


@dataclass(frozen=True, slots=True)
class ScoringKey:
    """A scale tied to the columns of a response table.

    `columns` are positions among the variables, `mirrors` is min + max of a reversed item and
    None of another. A score is `factor` * sum / count; `minimum` and `maximum` are its ends.
    `favourable` is set for percent_favourable only: per item the codes that count as one.
    """

    scale: Scale
    items: tuple[str, ...]
    columns: tuple[int, ...]
    mirrors: tuple[int | None, ...]
    highest: int
    factor: int
    minimum: int
    maximum: int
    categories: int
    favourable: tuple[frozenset[int], ...] | None

    @property
    def min_valid(self) -> int:
        """Answers that a person needs for a score."""
        return self.scale.min_valid


@dataclass(frozen=True, slots=True)
class Ends:
    """The codes of an item, as answered, that count as favourable and as unfavourable."""

    favourable: frozenset[int]
    unfavourable: frozenset[int]

    def turned(self) -> "Ends":
        """The two ends in exchanged places."""
        return Ends(self.unfavourable, self.favourable)


def scoring_keys(
    questionnaire: Questionnaire, variables: Iterable[Variable]
) -> tuple[ScoringKey, ...]:
    """One key per scale, in the order of the definition.

    Raises:
        DefinitionError: a scale names an item that has no variable of its own (multiple choice,
            explanation, not shown), or asks for favourable answers where none are defined.
    """
    places = {variable.name: (place, variable) for place, variable in enumerate(variables)}
    return tuple(_key(questionnaire, scale, places) for scale in questionnaire.scales)


def points(key: ScoringKey, answers: NDArray[np.integer]) -> NDArray[np.int32]:
    """The answers of a scale after reversing: (n, items of the scale), -1 where missing."""
    taken = answers[:, list(key.columns)].astype(np.int32)
    missing = taken < 0
    for place, mirror in enumerate(key.mirrors):
        if mirror is not None:
            np.subtract(mirror, taken[:, place], out=taken[:, place])
    taken[missing] = -1
    return taken


def counted(key: ScoringKey, reversed_points: NDArray[np.int32]) -> NDArray[np.int64]:
    """What each person's answers add up to, (n,): points, or the number of favourable ones."""
    if key.favourable is None:
        return np.asarray(np.maximum(reversed_points, 0).sum(axis=1, dtype=np.int64))
    hits = [
        np.isin(reversed_points[:, place], list(codes))
        for place, codes in enumerate(key.favourable)
    ]
    return np.asarray(np.sum(hits, axis=0, dtype=np.int64))


def favourable_ends(questionnaire: Questionnaire, variable: Variable) -> Ends | None:
    """The ends of an item as answered; None where its response scale has none.

    The declared codes, or one to three categories at each end (contract). An item that its
    scales reverse, or that counts towards something bad, is turned; it is taken as answered when
    it is in no scale or its scales disagree.
    """
    ends = _declared_ends(questionnaire, variable)
    if ends is None:
        return None
    return ends.turned() if is_turned_over(questionnaire, variable.name) else ends


def _declared_ends(questionnaire: Questionnaire, variable: Variable) -> Ends | None:
    response = questionnaire.response_scale(variable.question)
    if response is None:
        return None
    if response.favourable is not None and not isinstance(variable.question, MultipleChoiceItem):
        high = frozenset(response.favourable)
        mirrored = {variable.minimum + variable.maximum - code for code in high}
        return Ends(high, frozenset(mirrored & set(variable.codes)) - high)
    size = ENDS.get(len(variable.codes))
    ordered = sorted(variable.codes)
    return None if size is None else Ends(frozenset(ordered[-size:]), frozenset(ordered[:size]))


def _key(
    questionnaire: Questionnaire, scale: Scale, places: dict[str, tuple[int, Variable]]
) -> ScoringKey:
    unknown = [link.ref for link in scale.items if link.ref not in places]
    if unknown:
        raise _cannot_score(scale, f"The items {', '.join(unknown)} have no codes to add up.")
    found = [places[link.ref] for link in scale.items]
    variables = [variable for _, variable in found]
    low = min(variable.minimum for variable in variables)
    high = max(variable.maximum for variable in variables)
    favourable = None
    factor = {"mean": 1, "sum": len(found), "percent_favourable": 100}[scale.score.method]
    if scale.score.method == "percent_favourable":
        favourable = tuple(_good_points(questionnaire, scale, variable) for variable in variables)
    return ScoringKey(
        scale=scale,
        items=tuple(variable.name for variable in variables),
        columns=tuple(place for place, _ in found),
        mirrors=tuple(
            variable.minimum + variable.maximum if link.reverse else None
            for variable, link in zip(variables, scale.items, strict=True)
        ),
        highest=high if favourable is None else 1,
        factor=factor,
        minimum=0 if favourable else low * factor,
        maximum=100 if favourable else high * factor,
        categories=max(len(variable.codes) or high - low + 1 for variable in variables),
        favourable=favourable,
    )


def _good_points(questionnaire: Questionnaire, scale: Scale, variable: Variable) -> frozenset[int]:
    ends = _declared_ends(questionnaire, variable)
    if ends is None:
        raise _cannot_score(scale, f"{variable.name} has no favourable categories.")
    return (ends.turned() if scale.higher_is == "worse" else ends).favourable


def _cannot_score(scale: Scale, why: str) -> DefinitionError:
    return DefinitionError(
        [Finding("error", "score", why, "Correct this scale.", path=f"scales.{scale.id}")]
    )
