"""Joined categories: of none can it be told that exactly one or two people chose it (R5)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import pytest

from reports.disclosure import categories
from reports.disclosure.categories import Codes, Shares, shares
from reports.disclosure.piles import Pile, item_pile
from reports.disclosure.results import Cell
from reports.scoring import Ends

PEOPLE = 9  # with three on either side every way of joining occurs

ITEMS: dict[str, tuple[Codes, Ends | None]] = {
    "agreement": ((1, 2, 3, 4, 5), Ends(frozenset({4, 5}), frozenset({1, 2}))),
    "agreement, turned": ((1, 2, 3, 4, 5), Ends(frozenset({1, 2}), frozenset({4, 5}))),
    "without a middle": ((1, 2, 3, 4), Ends(frozenset({3, 4}), frozenset({1, 2}))),
    "six points": ((0, 1, 2, 3, 4, 5), Ends(frozenset({4, 5}), frozenset({0, 1}))),
    "seven points": ((1, 2, 3, 4, 5, 6, 7), Ends(frozenset({5, 6, 7}), frozenset({1, 2, 3}))),
    "three without order": ((1, 2, 3), None),
    "five without order": ((1, 2, 3, 4, 5), None),
}


def distributions(places: int, people: int = PEOPLE) -> Iterator[tuple[int, ...]]:
    """All ways to put people into places."""
    for bars in combinations(range(people + places - 1), places - 1):
        yield tuple(b - a - 1 for a, b in pairwise((-1, *bars, people + places - 1)))


def told_apart(codes: Codes, ends: Ends | None) -> list[str]:
    """Categories of which a reader who knows n, and the rules, can tell that one or two chose it.

    He is told the cells and, as n is small, the exact number in each.
    """
    alike = defaultdict(list)
    for counts in distributions(len(codes)):
        pile = item_pile(dict(zip(codes, counts, strict=True)), ends, None)
        if pile.mixed:
            cells = [cell.codes for cell in shares(pile, codes, ends).cells]
            told = tuple((cell, sum(pile.cells.get(code, 0) for code in cell)) for cell in cells)
            alike[told].append(counts)
    assert len(alike) > PEOPLE
    return [
        f"{codes[place]} in {told}"
        for told, found in alike.items()
        for place in range(len(codes))
        if {counts[place] for counts in found} in ({1}, {2})
    ]


@pytest.mark.parametrize("kind", ITEMS)
def test_nobody_can_tell_that_one_or_two_chose_a_category(kind: str) -> None:
    assert not told_apart(*ITEMS[kind])


def to_the_nearest(pile: Pile, parts: Sequence[Codes]) -> list[Codes]:
    """Joins a small category with the next one alone, which tells that it is small."""
    cells: list[Codes] = [(code,) for part in parts for code in part]
    for place, cell in enumerate(cells[:-1]):
        if 0 < pile.cells.get(cell[0], 0) <= 2:
            return [*cells[:place], (*cell, *cells[place + 1]), *cells[place + 2 :]]
    return cells


def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(categories, "join_small", to_the_nearest)
    assert told_apart(*ITEMS["agreement"])


@pytest.mark.parametrize("people", [30, 40])
def test_where_nearly_all_say_the_same_nobody_can_tell_who_does_not(people: int) -> None:
    """How the large side is divided would tell its size: 6 of 30 is 20 percent, 6 of 29 is 21."""
    codes, ends = ITEMS["agreement"]
    told = {
        shares(
            item_pile(dict(zip(codes, (0, 0, other, good, best), strict=True)), ends, None),
            codes,
            ends,
        )
        for other in (0, 1)
        for good in range(3, people - 4)
        for best in (people - good - other,)
    }
    assert told == {Shares((Cell((1, 2, 3), 5), Cell((4, 5), 95)), clipped=True)}


def test_a_small_middle_hides_the_bad_end_and_a_small_category_its_band() -> None:
    codes, ends = ITEMS["agreement"]
    for counts, expected in {
        (3, 3, 1, 7, 7): [(1, 2, 3), (4,), (5,)],
        (3, 1, 3, 7, 7): [(1, 2), (3,), (4,), (5,)],
        (0, 1, 3, 7, 7): [(1, 2, 3), (4,), (5,)],
        (3, 3, 3, 11, 1): [(1,), (2,), (3,), (4, 5)],
        (0, 3, 0, 9, 9): [(1,), (2,), (3,), (4,), (5,)],
    }.items():
        pile = item_pile(dict(zip(codes, counts, strict=True)), ends, (1, 5))
        assert [cell.codes for cell in shares(pile, codes, ends).cells] == expected
