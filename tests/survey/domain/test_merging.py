from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from reports.release import Group
from survey.domain.merging import merge

N = 7


def _tree(names: list[str], parents: list[int]) -> Group:
    """A tree in which node i+1 hangs under an earlier node."""
    below: dict[int, list[int]] = {number: [] for number in range(len(names))}
    for child, parent in enumerate(parents, start=1):
        below[parent % child].append(child)

    def group(number: int) -> Group:
        children = tuple(group(child) for child in below[number])
        return Group(id=names[number], name=names[number], eligible=None, children=children)

    return group(0)


@st.composite
def _answered(draw: st.DrawFn) -> tuple[Group, dict[str, int]]:
    size = draw(st.integers(2, 14))
    names = [f"u{number:02}" for number in draw(st.permutations(range(size)))]
    parents = draw(st.lists(st.integers(0, 100), min_size=size - 1, max_size=size - 1))
    tree = _tree(names, parents)
    leaves = [group.id for group in _walk(tree) if not group.children]
    counts = {leaf: draw(st.integers(0, 20)) for leaf in leaves}
    assume(sum(counts.values()) >= N)
    return tree, counts


def _walk(group: Group) -> list[Group]:
    return [group, *(below for child in group.children for below in _walk(child))]


def _path(group: Group, unit: str) -> list[str]:
    if group.id == unit:
        return [group.id]
    for child in group.children:
        if found := _path(child, unit):
            return [group.id, *found]
    return []


def _stored(counts: dict[str, int], stored: dict[str, str]) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for unit, place in stored.items():
        sizes[place] += counts[unit]
    return sizes


@given(_answered())
def test_every_stored_unit_is_shared_by_n_responses_and_none_is_lost(
    answered: tuple[Group, dict[str, int]],
) -> None:
    tree, counts = answered
    stored = merge(tree, counts, N)
    assert set(stored) == {unit for unit, count in counts.items() if count}
    assert min(_stored(counts, stored).values()) >= N


@given(_answered())
def test_a_response_is_stored_in_its_unit_or_an_ancestor(
    answered: tuple[Group, dict[str, int]],
) -> None:
    tree, counts = answered
    for unit, place in merge(tree, counts, N).items():
        assert place in _path(tree, unit)


@given(_answered())
def test_no_difference_of_stored_subtrees_leaves_fewer_than_n(
    answered: tuple[Group, dict[str, int]],
) -> None:
    """What is stored in and below a unit is all that was answered there, or nothing of it."""
    tree, counts = answered
    sizes = _stored(counts, merge(tree, counts, N))
    for group in _walk(tree):
        within = sum(sizes[below.id] for below in _walk(group))
        assert within in {0, sum(counts.get(below.id, 0) for below in _walk(group))}
        rest = within - sum(sizes[below.id] for child in group.children for below in _walk(child))
        assert rest == 0 or rest >= N


@given(_answered())
def test_units_that_need_no_merging_stay(answered: tuple[Group, dict[str, int]]) -> None:
    tree, counts = answered
    assume(all(count == 0 or count >= N for count in counts.values()))
    assert all(unit == place for unit, place in merge(tree, counts, N).items())


def test_a_small_unit_takes_its_smallest_sibling_along() -> None:
    tree = _tree(["haus", "bauamt", "kita", "archiv"], [0, 0, 0])
    assert merge(tree, {"bauamt": 30, "kita": 12, "archiv": 3}, N) == {
        "bauamt": "bauamt",
        "kita": "haus",
        "archiv": "haus",
    }
    assert merge(tree, {"bauamt": 12, "kita": 12, "archiv": 3}, N)["bauamt"] == "haus"
    assert merge(tree, {"bauamt": 30, "kita": 4, "archiv": 3}, N)["bauamt"] == "bauamt"
