"""What a shown scale gives away about its items.

The score of a scale is (but for gaps) the mean of its items. So where a scale is hidden, its
items are hidden; and where it is shown with all its items but one or two, those could be worked
out. Then one more item is hidden, until each hidden item keeps an interval of 25 points.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from questionnaires.model import Scale, ScaleItem
from reports.disclosure.bounds import LEAST_WIDTH
from reports.disclosure.piles import Pile


def one_more_item(scale: Scale, piles: Mapping[str, Pile], shown: Iterable[str]) -> str | None:
    """The item of a shown scale to hide next in one group; None when nothing can be worked out.

    `piles` are those of the scale's items in that group, `shown` the items shown there. The one
    with the fewest answers is hidden first, ties in the order of the definition.
    """
    open_items = set(shown)
    hidden = [link for link in scale.items if link.ref not in open_items and piles[link.ref].n]
    left = [link.ref for link in scale.items if link.ref in open_items]
    if not hidden or not left or _width(hidden, piles) >= LEAST_WIDTH:
        return None
    return min(left, key=lambda name: piles[name].n)


def _width(hidden: Sequence[ScaleItem], piles: Mapping[str, Pile]) -> Fraction:
    """The interval of one hidden item when the sum of all hidden ones is known."""
    together = sum((_mean(link, piles[link.ref]) for link in hidden), start=Fraction(0))
    high = min(Fraction(100), together)
    return high - max(Fraction(0), together - 100 * (len(hidden) - 1))


def _mean(link: ScaleItem, pile: Pile) -> Fraction:
    mean = (pile.total or Fraction(0)) / pile.n
    return 100 - mean if link.reverse else mean
