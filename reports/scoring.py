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
from reports.responses import Codes

Whole = NDArray[np.int16 | np.int32]

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


@dataclass(frozen=True, slots=True)
class Scored:
    """The persons of a scale, each array (n,).

    `answered` are items answered, `total` is what the score is made of (the sum of points, or the
    number of favourable answers), `points` the sum of points.
    """

    answered: Whole
    total: Whole
    points: Whole


def score(key: ScoringKey, columns: Codes) -> Scored:
    """What each person's answers to a scale add up to; `columns` are codes (variables, n)."""
    whole = _whole(key, columns)
    answered, total, hits = np.zeros((3, columns.shape[1]), whole)
    for place, (column, mirror) in enumerate(zip(key.columns, key.mirrors, strict=True)):
        codes = columns[column]
        valid = codes >= 0
        answered += valid
        if mirror is None:
            total += codes * valid
        else:
            total += valid * whole(mirror)
            total -= codes * valid
        if key.favourable is not None:
            hits += np.isin(codes, [_turned(code, mirror) for code in key.favourable[place]])
    return Scored(answered, total if key.favourable is None else hits, total)


def points(
    key: ScoringKey, codes: NDArray[np.int64], items: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The points after reversing of codes (m,) of `items` (m,) of a scale, -1 where missing."""
    base = np.array([mirror or 0 for mirror in key.mirrors])[items]
    sign = np.array([1 if mirror is None else -1 for mirror in key.mirrors])[items]
    return np.where(codes >= 0, base + sign * codes, -1)


def _whole(key: ScoringKey, columns: Codes) -> type[np.int16 | np.int32]:
    """The smallest type that holds every sum of points."""
    most = 2 * np.iinfo(columns.dtype).max * len(key.columns)
    return np.int16 if most <= np.iinfo(np.int16).max else np.int32


def _turned(code: int, mirror: int | None) -> int:
    return code if mirror is None else mirror - code


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
