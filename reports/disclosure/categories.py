"""The distribution of an item as it is shown: small cells joined, whole percent, clipped (R4, R5).

One partition of the categories is shown; percent favourable and the bands of a chart are sums
of its cells, so that no two forms of one quantity can be played against each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.disclosure.limits import LEAST, MOST
from reports.disclosure.piles import CLIPPED_FROM, SMALL, Pile
from reports.disclosure.results import Cell
from reports.scoring import Ends

Codes = tuple[int, ...]

PARTS = 3  # categories that are joined at once


@dataclass(frozen=True, slots=True)
class Shares:
    """The cells of a shown item; `clipped` when one side stands for "5 percent or less"."""

    cells: tuple[Cell, ...]
    clipped: bool

    @property
    def apart(self) -> bool:
        """Whether every category stands alone with its own share."""
        return not self.clipped and all(len(cell.codes) == 1 for cell in self.cells)

    def of(self, codes: frozenset[int]) -> int | None:
        """The percent of `codes`; None where a cell holds some of them and others."""
        if any(codes & set(cell.codes) and not codes >= set(cell.codes) for cell in self.cells):
            return None
        return sum(cell.percent for cell in self.cells if codes >= set(cell.codes))


def shares(pile: Pile, codes: Codes, ends: Ends | None) -> Shares:
    """The distribution of an item that may be shown (`Pile.showable`).

    `codes` are all categories in the order of the definition. The favourable side and the rest
    are rounded first, then the bands within, then the cells (largest remainders).
    """
    if is_clipped(pile, codes, ends):
        return Shares(_clipped(pile, _sides(pile, codes, ends)), clipped=True)
    if ends is None:
        joined = join_small(pile, _finer(codes))
        whole = apportion([_count(pile, group) for group in joined], 100)
        return Shares(tuple(map(Cell, joined, whole)), clipped=False)
    favourable = _first_percent(pile, _sides(pile, codes, ends))
    return Shares(_by_side(pile, codes, ends, favourable), clipped=False)


def is_clipped(pile: Pile, codes: Codes, ends: Ends | None) -> bool:
    """Whether one side of an item that may be shown stands for "5 percent or less"."""
    first = _first_percent(pile, _sides(pile, codes, ends))
    return pile.n >= CLIPPED_FROM and not LEAST < first < MOST


def _first_percent(pile: Pile, sides: tuple[Codes, Codes]) -> int:
    return half_up(Fraction(100 * _count(pile, sides[0]), pile.n))


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves upwards; exact, so equal counts round alike."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def apportion(counts: Sequence[int], total: int) -> list[int]:
    """Whole numbers that add up to `total`, as `counts` do (largest remainders, ties in order)."""
    people = sum(counts)
    if not people:
        return [0] * len(counts)
    shares = [divmod(count * total, people) for count in counts]
    left = total - sum(whole for whole, _ in shares)
    order = sorted(range(len(counts)), key=lambda place: -shares[place][1])
    lucky = set(order[:left])
    return [whole + (place in lucky) for place, (whole, _) in enumerate(shares)]


def join_small(pile: Pile, parts: Sequence[Codes]) -> list[Codes]:
    """The cells of neighbouring `parts`, of which none holds 1 or 2 answers.

    Where a part holds 1 or 2 answers all parts are one cell; else each part is split into finer
    ones, down to single categories. So a joined cell of 3 or more answers tells that some part
    of it is small, not which one, nor how small: with one answer moved it would look the same.
    """
    if any(0 < _count(pile, part) <= SMALL for part in parts):
        return [sum(parts, ())]
    return [
        cell
        for part in parts
        for cell in (join_small(pile, _finer(part)) if len(part) > 1 else [part])
    ]


def _finer(codes: Codes) -> list[Codes]:
    """Single categories; where there are more than three, two halves."""
    if len(codes) <= PARTS:
        return [(code,) for code in codes]
    middle = (len(codes) + 1) // 2
    return [codes[:middle], codes[middle:]]


def _by_side(pile: Pile, codes: Codes, ends: Ends, favourable: int) -> tuple[Cell, ...]:
    good = tuple(code for code in codes if code in ends.favourable)
    bad = tuple(code for code in codes if code in ends.unfavourable)
    other = tuple(code for code in codes if code not in (*good, *bad))
    percent: dict[Codes, int] = {}
    for side, total in (((good,), favourable), ((bad, other), 100 - favourable)):
        cells = join_small(pile, [band for band in side if band])
        percent |= _by_band(pile, cells, ends, total)
    return _in_order(percent, codes)


def _by_band(pile: Pile, groups: list[Codes], ends: Ends, total: int) -> dict[Codes, int]:
    """Bands first, then the cells inside; one step where a cell belongs to two bands."""
    bad = [group for group in groups if ends.unfavourable >= set(group)]
    other = [group for group in groups if group not in bad]
    bands = apportion([_count(pile, sum(band, ())) for band in (bad, other)], total)
    percent: dict[Codes, int] = {}
    for band, share in zip((bad, other), bands, strict=True):
        counts = [_count(pile, group) for group in band]
        percent |= dict(zip(band, apportion(counts, share), strict=True))
    return percent


def _clipped(pile: Pile, sides: tuple[Codes, Codes]) -> tuple[Cell, ...]:
    """The two sides as one cell each: how the large one is divided would tell its exact size."""
    small, large = sorted(sides, key=lambda side: _count(pile, side))
    return _in_order({large: MOST, small: LEAST}, (*sides[0], *sides[1]))


def _sides(pile: Pile, codes: Codes, ends: Ends | None) -> tuple[Codes, Codes]:
    """Favourable or not; for categories without order the largest or not."""
    good = ends.favourable if ends else {max(codes, key=lambda code: pile.cells.get(code, 0))}
    return (
        tuple(code for code in codes if code in good),
        tuple(code for code in codes if code not in good),
    )


def _in_order(percent: dict[Codes, int], codes: Codes) -> tuple[Cell, ...]:
    ranked = {code: place for place, code in enumerate(sorted(codes))}
    cells = [Cell(tuple(sorted(group)), share) for group, share in percent.items() if group]
    return tuple(sorted(cells, key=lambda cell: ranked[cell.codes[0]]))


def _count(pile: Pile, codes: Iterable[int]) -> int:
    return sum(pile.cells.get(code, 0) for code in codes)
