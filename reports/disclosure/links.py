"""What a shown scale gives away about its items, alone and together with other scales.

The score of a scale is (but for gaps) the mean of its items. So where a scale is hidden, its
items are hidden; and where it is shown with all its items but one or two, those could be worked
out. Then one more item is hidden, until each hidden item keeps an interval of 25 points. Scales
that share items are equations with the same unknowns: a scale of three and one of two of these
items give the third. There, too, items are hidden first; where none is left, the shortest scale.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from questionnaires.model import Scale
from reports.disclosure.limits import LEAST_WIDTH, SOLVED_WITHIN, STEP_OF_ITEMS
from reports.disclosure.piles import Pile
from reports.scoring import Ends

Row = list[float]
ROUNDING = 1e-6  # of the linear programmes


@dataclass(frozen=True)
class Links:
    """One group: the scales, the piles of their items, and which answers are favourable."""

    scales: tuple[Scale, ...]
    piles: Mapping[str, Pile]
    ends: Mapping[str, Ends | None]

    def one_more_item(self, scale: Scale, shown: AbstractSet[str]) -> str | None:
        """The item of a shown scale to hide next; None when it gives nothing away.

        `shown` are the items shown here. The one with the fewest answers is hidden first, ties
        in the order of the definition.
        """
        hidden = [name for name in _items(scale) if name not in shown and self.piles[name].n]
        left = [name for name in _items(scale) if name in shown]
        if not hidden or not left or self._width(scale, hidden) >= LEAST_WIDTH:
            return None
        return min(left, key=lambda name: self.piles[name].n)

    def told_together(
        self, open_scales: AbstractSet[str], shown: AbstractSet[str]
    ) -> tuple[str | None, str | None]:
        """The item, or else the scale, to hide next where scales tell something together."""
        known = [scale for scale in self.scales if self._is_known(scale)]
        for scales in _sharing([scale for scale in known if scale.id in open_scales]):
            names = list(dict.fromkeys(chain.from_iterable(map(_items, scales))))
            hidden = [name for name in names if name not in shown]
            closed = [scale for scale in known if scale.id not in open_scales]
            goals = [_unit(hidden, name) for name in hidden]
            goals += [
                _weights(scale, hidden) for scale in closed if set(_items(scale)) <= {*hidden}
            ]
            if any(self._is_told(scales, hidden, goal) for goal in goals):
                left = [name for name in names if name in shown]
                if left:
                    return min(left, key=lambda name: self.piles[name].n), None
                return None, min(scales, key=lambda scale: len(scale.items)).id
        return None, None

    def _is_known(self, scale: Scale) -> bool:
        """Whether the scale is an equation of means, all of whose items have answers here."""
        is_mean = scale.score.method != "percent_favourable"
        return is_mean and all(self.piles[name].n for name in _items(scale))

    def _width(self, scale: Scale, hidden: Sequence[str]) -> Fraction:
        """The interval of one hidden item when the sum of all hidden ones is known."""
        together = sum((self._value(scale, name) for name in hidden), start=Fraction(0))
        high = min(Fraction(100), together)
        return high - max(Fraction(0), together - 100 * (len(hidden) - 1))

    def _value(self, scale: Scale, name: str) -> Fraction:
        """What an item adds to a scale, 0 to 100: its favourable share, or its mean."""
        pile, ends = self.piles[name], self.ends[name]
        if scale.score.method == "percent_favourable" and ends is not None:
            good = sum(pile.cells.get(code, 0) for code in ends.favourable)
            return Fraction(100 * good, pile.n)
        mean = self._mean(name)
        return 100 - mean if name in _reversed(scale) else mean

    def _mean(self, name: str) -> Fraction:
        return (self.piles[name].total or Fraction(0)) / self.piles[name].n

    def _is_told(self, scales: Sequence[Scale], hidden: Sequence[str], goal: Row) -> bool:
        """Whether scales together pin a sum of items down, and further than any of them alone."""
        together = self._range(scales, hidden, goal)
        if together is None:
            return True
        alone = [self._range([scale], hidden, goal) for scale in scales]
        together += ROUNDING
        return together < LEAST_WIDTH and all(one is None or together < one for one in alone)

    def _range(self, scales: Sequence[Scale], hidden: Sequence[str], goal: Row) -> float | None:
        """The interval of `goal`, by linear programming; scores are known as they are rounded.

        None where the programme fails.
        """
        from scipy.optimize import linprog

        rows: list[Row] = []
        limits: list[float] = []
        for scale in scales:
            row = _weights(scale, hidden)
            middle = sum(w * float(self._mean(name)) for w, name in zip(row, hidden, strict=True))
            small = min(self.piles[name].n for name in _items(scale)) < STEP_OF_ITEMS
            half = 2.5 if small else 0.5
            rows += [row, [-weight for weight in row]]
            limits += [half + middle, half - middle]
        bounds = [(0.0, 100.0)] * len(hidden)
        width = 0.0
        for sign in (1, -1):
            cost = [sign * weight for weight in goal]
            end = linprog(cost, rows, limits, bounds=bounds, options={"time_limit": SOLVED_WITHIN})
            if not end.success or end.fun is None:
                return None
            width -= float(end.fun)
        return width


def _items(scale: Scale) -> list[str]:
    return [link.ref for link in scale.items]


def _reversed(scale: Scale) -> set[str]:
    return {link.ref for link in scale.items if link.reverse}


def _unit(hidden: Sequence[str], name: str) -> Row:
    return [float(other == name) for other in hidden]


def _weights(scale: Scale, hidden: Sequence[str]) -> Row:
    """How much of each hidden item is in a scale; reversed ones count downwards."""
    turned, items = _reversed(scale), set(_items(scale))
    return [(name in items) * (-1 if name in turned else 1) / len(items) for name in hidden]


def _sharing(scales: Sequence[Scale]) -> Iterator[list[Scale]]:
    """Scales that are tied by common items, two or more at a time."""
    left = list(scales)
    while left:
        tied = [left.pop(0)]
        while more := [s for s in left if any(set(_items(s)) & set(_items(t)) for t in tied)]:
            tied += more
            left = [scale for scale in left if scale not in more]
        if len(tied) > 1:
            yield tied
