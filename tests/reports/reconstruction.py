"""Attack 8: for every shown cell more than one distribution of answers fits.

Where every category of an item stands apart, its distribution is what is published; then no
category holds one or two people. Everywhere else another distribution gives the same values. A
scale is looked at by its scores, though each comes from many answers: where score, spread and
quartiles of thirty people allow one distribution of scores only, nobody has a score alone.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, combinations_with_replacement

from reports.cube import Cube
from reports.disclosure.categories import shares
from reports.disclosure.detail import Knowledge, item_result, scale_result
from reports.disclosure.piles import Pile, by_exact_score
from reports.disclosure.results import ItemResult, ScaleResult
from tests.reports.crossings import CrossedTown

LONELY = {1, 2}  # people who must not be told apart


def others(pile: Pile, values: list[int]) -> Iterator[Pile]:
    """Distributions of as many answers: every way in which one or two people say something else."""
    steps = [(taken, given_) for taken in pile.cells for given_ in values if given_ != taken]
    random.Random(1).shuffle(steps)  # noqa: S311 - where another one is found soon
    for moves in chain(combinations(steps, 1), combinations_with_replacement(steps, 2)):
        cells = Counter(pile.cells)
        for taken, given_ in moves:
            cells[taken] -= 1
            cells[given_] += 1
        found = {value: n for value, n in cells.items() if n}
        if found != pile.cells and min(found.values()) > 0:
            yield replace(pile, cells=found)


def told_of_scale(cube: Cube, name: str, group: str, pile: Pile) -> ScaleResult:
    tally = cube.tallies[group]
    assert tally is not None
    return scale_result(pile, tally.scales[name], Knowledge(counts=True))


def told_of_item(cube: Cube, name: str, pile: Pile) -> ItemResult:
    variable = cube.variables[name]
    return item_result(pile, variable.codes, cube.ends[name], Knowledge(counts=True))


def reconstructed(town: CrossedTown) -> list[str]:
    """Shown cells that only one distribution fits; a scale of one item is that item."""
    cube = town.cube
    scales, items = cube.visible
    found = [f"trust in {group}" for group in scales["trust"] if is_only_scale(cube, group)]
    return found + [
        f"{name} in {group}"
        for name, groups in items.items()
        for group in groups
        if is_only_item(cube, name, group)
    ]


def is_only_scale(cube: Cube, group: str) -> bool:
    pile = cube.scale_piles["trust"][group]
    if not LONELY & set(pile.cells.values()):
        return False
    values = possible_scores(cube, "trust")
    told = told_of_scale(cube, "trust", group, pile)
    return all(told_of_scale(cube, "trust", group, one) != told for one in others(pile, values))


def possible_scores(cube: Cube, name: str) -> list[int]:
    """Every score that somebody could have: nobody is told which of them there are."""
    tally = cube.tallies[cube.tree.id]
    assert tally is not None
    scale = tally.scales[name]
    sums = [
        (answered, total)
        for answered in range(scale.min_valid, len(scale.items) + 1)
        for total in range(answered * scale.minimum, answered * scale.maximum + 1)
    ]
    return sorted(by_exact_score(scale, dict.fromkeys(sums, 1)))


def is_only_item(cube: Cube, name: str, group: str) -> bool:
    pile, codes = cube.item_piles[name][group], cube.variables[name].codes
    if not LONELY & set(pile.cells.values()):
        return False
    if shares(pile, codes, cube.ends[name]).apart:
        return True
    told = told_of_item(cube, name, pile)
    return all(told_of_item(cube, name, other) != told for other in others(pile, [*codes]))
