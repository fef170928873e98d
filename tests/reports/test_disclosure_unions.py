"""The search for light unions finds what brute force finds, and proves nothing that is false."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reports.disclosure import proofs
from reports.disclosure.span import Integers, Span, UnprovenError
from reports.disclosure.unions import Work, light_union
from tests.attacks import CASES
from tests.reports.brute import computable

Question = tuple[Integers, Integers, int]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """The whole, units and up to three breakdowns, some hidden; weights of the classes; a bound."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    person = st.tuples(*(st.integers(0, size - 1) for size in sizes))
    people = sorted(draw(st.sets(person, min_size=1, max_size=12)))
    groups = [[1] * len(people)]
    for place, size in enumerate(sizes):
        first = draw(st.integers(0, 1))
        groups += [[int(one[place] == name) for one in people] for name in range(first, size)]
    heaviest = draw(st.sampled_from((1, 4, 9)))
    given_ = draw(st.lists(st.integers(0, heaviest), min_size=len(people), max_size=len(people)))
    classes, which = np.unique(np.array(groups).T, axis=0, return_inverse=True)
    weights = np.bincount(which.ravel(), given_, len(classes)).astype(np.int64)
    return classes.astype(np.int64), weights, draw(st.integers(1, 9))


def by_brute_force(question: Question) -> Integers:
    """The light unions."""
    groups, weights, bound = question
    vectors = computable(tuple(map(tuple, groups.T.tolist())))
    return vectors[vectors @ weights < bound]


def found(question: Question, work: Work | None = None) -> list[int] | None:
    union = light_union(*question, work or Work())
    return None if union is None else union.tolist()


@settings(max_examples=CASES)
@given(questions())
def test_it_finds_a_union_where_there_is_one_and_none_where_there_is_none(
    question: Question,
) -> None:
    there = by_brute_force(question).tolist()
    union = found(question)
    assert union in there if there else union is None


@settings(max_examples=CASES)
@given(questions())
def test_the_span_holds_what_is_a_combination_of_the_groups(question: Question) -> None:
    groups, _, _ = question
    span = Span.of(groups, np.arange(len(groups)))
    vectors = computable(tuple(map(tuple, groups.T.tolist())))
    assert all(span.holds(vector) for vector in vectors)
    single = np.eye(len(groups), dtype=np.int64)
    assert [span.holds(one) for one in single] == [
        one in vectors.tolist() for one in single.tolist()
    ]


def grid(size: int) -> Question:
    """One person in every crossing of two breakdowns, so that each group has `size`."""
    cells = [(one, other) for one in range(size) for other in range(size)]
    columns = [[int(cell[place] == n) for cell in cells] for place in range(2) for n in range(size)]
    return np.array(columns, np.int64).T, np.ones(len(cells), np.int64), size


def test_nothing_is_proven_when_there_is_no_time() -> None:
    question = grid(5)
    assert found(question) is None
    for work in (Work(programmes=1), Work(seconds=0.0), Work(seconds_in_all=0.0)):
        with pytest.raises(UnprovenError):
            found(question, work)


@settings(max_examples=CASES)
@given(questions())
def test_a_lying_programme_proves_nothing_false(question: Question) -> None:
    """Multipliers that are noise, and unions that are none."""
    chance = np.random.default_rng(7)

    def lie(cost: Integers, **_: object) -> SimpleNamespace:
        return SimpleNamespace(x=chance.normal(size=len(cost)))

    there = by_brute_force(question).tolist()
    assume(len(there) < 50)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proofs, "milp", lie)
        try:
            union = found(question, Work(programmes=40))
        except UnprovenError:
            return
    assert union in there if there else union is None


@settings(max_examples=CASES)
@given(questions())
def test_cases_within_cases_lead_to_the_same_answer(question: Question) -> None:
    """Without the first proof, and without the integer programme, by halving cases alone."""
    there = by_brute_force(question).tolist()
    void = proofs.Proofs.void

    def not_at_once(self: proofs.Proofs, case: proofs.Case, *, cone: bool) -> bool:
        return not cone and bool(case.closed.any()) and void(self, case, cone=cone)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proofs.Proofs, "void", not_at_once)
        patch.setattr(proofs.Proofs, "proposed", lambda self, _: np.zeros_like(self.weights))
        try:
            union = found(question, Work(programmes=200))
        except UnprovenError:
            assert there
            return
    assert union in there if there else union is None
