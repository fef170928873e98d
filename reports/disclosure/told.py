"""What a reader of a shown cell, who knows n, learns about the people in it.

Everything is counted in half points: one person has 0 to 200. A score is one sum of points. The
shares of ordered categories are several: for each category the persons who said it or a higher
one. The points of a person are these sums weighted by the steps between the categories, and the
people with the lowest answers are lowest in all of them at once, so their bounds add up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from reports.disclosure.bounds import FULL, Interval
from reports.disclosure.categories import Codes, Shares, half_up, shares
from reports.disclosure.limits import LEAST, MOST, STEP_OF_ITEMS
from reports.disclosure.piles import CLIPPED_FROM, Pile
from reports.scoring import Ends

COARSE = 5  # steps of the score below STEP_OF_ITEMS


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which cells are shown: the weights of its sums, and what it tells about each.

    `adds` is what a person with a value adds to each sum, from 0 to 1, in the piles of a variable.
    """

    weights: tuple[int, ...]
    told: Callable[[Pile], tuple[Interval, ...] | None]
    adds: Callable[[Pile, int], tuple[float, ...]]


def released_score(pile: Pile) -> int:
    """The 0-100 score as it is shown: in steps of 5, whole, or clipped, by the size of the cell."""
    mean = (pile.total or Fraction(0)) / pile.n
    if pile.n < STEP_OF_ITEMS:
        return COARSE * half_up(mean / COARSE)
    whole = half_up(mean)
    return min(MOST, max(LEAST, whole)) if pile.n >= CLIPPED_FROM else whole


def told_by_score(pile: Pile) -> tuple[Interval, ...]:
    """Between which totals a cell lies, by its score."""
    score = released_score(pile)
    half = COARSE if pile.n < STEP_OF_ITEMS else 1
    low, high = 2 * score - half, 2 * score + half
    if pile.n >= CLIPPED_FROM:
        low = 0 if score == LEAST else low
        high = FULL if score == MOST else high
    return (Interval(pile.n * max(low, 0), pile.n * min(high, FULL)),)


def _adds_to_score(pile: Pile, value: int) -> tuple[float, ...]:
    low, high = pile.minimum or 0, pile.maximum or 1
    return ((value - low) / (high - low),)


BY_SCORE = Form((1,), told_by_score, _adds_to_score)


def item_forms(codes: Codes, ends: Ends | None, *, is_ordered: bool) -> tuple[Form, ...]:
    """The forms of an item; none where its answers have no order."""
    if not is_ordered:
        return ()
    ranked = sorted(codes)

    def score(pile: Pile) -> tuple[Interval, ...] | None:
        return told_by_score(pile) if shares(pile, codes, ends).apart else None

    def cumulated(pile: Pile) -> tuple[Interval, ...]:
        shown = shares(pile, codes, ends)
        return tuple(_from(pile, shown, code) for code in ranked[1:])

    def adds(_: Pile, value: int) -> tuple[float, ...]:
        return tuple(float(value >= code) for code in ranked[1:])

    return (
        Form((1,), score, _adds_to_score),
        Form(tuple(high - low for low, high in pairwise(ranked)), cumulated, adds),
    )


def is_narrow(weights: Sequence[int], found: Sequence[Interval], n: int, least: int) -> bool:
    """Whether sums of n persons leave less than `least` points of 100."""
    width = sum(weight * (one.high - one.low) for weight, one in zip(weights, found, strict=True))
    return 100 * width < least * FULL * n * sum(weights)


def _from(pile: Pile, shown: Shares, code: int) -> Interval:
    """How many say `code` or more: what the shares tell, and never less than the truth."""
    sure = sum(cell.percent for cell in shown.cells if min(cell.codes) >= code)
    maybe = sum(cell.percent for cell in shown.cells if max(cell.codes) >= code)
    low, high = 2 * sure - 1, 2 * maybe + 1
    if shown.clipped:
        low, high = (0 if sure == LEAST else low), (FULL if maybe == MOST else high)
    truth = FULL * sum(n for answer, n in pile.cells.items() if answer >= code)
    return Interval(max(0, min(pile.n * low, truth)), min(FULL * pile.n, max(pile.n * high, truth)))
