"""Comparisons beyond the reference data: small, equal and large groups, and scipy's own word."""

from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reports.statistics.comparison import (
    benjamini_hochberg,
    cliffs_delta,
    difference,
    hedges_g,
    hedges_g_interval,
    holm,
    mann_whitney,
    welch,
)
from reports.statistics.groups import GroupValues
from reports.statistics.many_groups import (
    against_rest,
    are_comparable,
    games_howell,
    kruskal,
    percentiles,
    variation,
    welch_anova,
)
from reports.statistics.noncentral import noncentrality
from reports.statistics.range import studentized_range
from tests.reports.statistics.values import group

scores = st.lists(st.integers(1, 5), min_size=2, max_size=12)
shares = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def column(groups: list[list[int]]) -> GroupValues:
    found = [
        (place, value, one.count(value)) for place, one in enumerate(groups) for value in {*one}
    ]
    entries = np.array(found, np.int64).reshape(-1, 3)
    return GroupValues(len(groups), entries[:, 0], entries[:, 1], entries[:, 2])


@given(scores, scores)
def test_two_groups_are_compared_as_scipy_does(a: list[int], b: list[int]) -> None:
    one, other = group(a), group(b)
    if len(set(a)) > 1 and len(set(b)) > 1:  # else scipy warns
        tested, said = welch(one, other), stats.ttest_ind(a, b, equal_var=False)
        assert tested is not None
        assert (tested.t, tested.df, tested.p) == pytest.approx(
            (said.statistic, said.df, said.pvalue), rel=1e-9, abs=1e-12
        )
    elif len(set(a)) == len(set(b)) == 1:
        assert welch(one, other) is None
    ranks = mann_whitney(one, other)
    if len({*a, *b}) == 1:
        assert ranks is None
    else:
        found = stats.mannwhitneyu(a, b, method="asymptotic")
        assert ranks is not None
        assert (ranks.u, ranks.p) == pytest.approx((found.statistic, found.pvalue), rel=1e-9)


@given(st.lists(scores, min_size=2, max_size=6))
def test_many_groups_are_compared_as_scipy_does(values: list[list[int]]) -> None:
    groups = column(values)
    assert are_comparable(groups.sums)
    found = kruskal(groups)
    if len({value for one in values for value in one}) == 1:
        assert found is None
    else:
        said = stats.kruskal(*values)
        assert found is not None
        assert (found.h, found.p) == pytest.approx((said.statistic, said.pvalue), abs=1e-9)
    apart = variation(groups.sums)
    if apart.within:
        anova = stats.f_oneway(*values)
        f = (apart.between / (len(values) - 1)) / (apart.within / (apart.n - len(values)))
        assert f == pytest.approx(anova.statistic, rel=1e-9, abs=1e-12)


@given(scores, scores)
def test_what_turns_round_changes_its_sign(a: list[int], b: list[int]) -> None:
    one, other = group(a), group(b)
    assert cliffs_delta(one, other) == -(cliffs_delta(other, one) or 0)
    g, back = hedges_g(one, other), hedges_g(other, one)
    assert g is back is None or g == pytest.approx(-(back or 0))
    here, there = hedges_g_interval(one, other), hedges_g_interval(other, one)
    if here is not None and there is not None:
        assert here == pytest.approx((-there[1], -there[0]), rel=1e-7, abs=1e-7)


@given(st.lists(scores, min_size=2, max_size=5))
def test_the_rest_is_everybody_else(values: list[list[int]]) -> None:
    found = against_rest(column(values).sums)
    for place, one in enumerate(values):
        own = group(one)
        rest = group([value for at, other in enumerate(values) if at != place for value in other])
        assert found.difference[place] == difference(own, rest)
        tested, g = welch(own, rest), hedges_g(own, rest)
        said = [getattr(found, name)[place] for name in ("t", "df", "p")]
        expected = [tested.t, tested.df, tested.p] if tested else [nan] * 3
        assert said == pytest.approx(expected, rel=1e-12, nan_ok=True)
        assert found.hedges_g[place] == pytest.approx(nan if g is None else g, nan_ok=True)


@given(shares)
def test_adjusted_values_are_those_of_the_definitions(found: list[float]) -> None:
    n, ranked = len(found), sorted(found)
    for value, adjusted in zip(found, holm(found), strict=True):
        below = [(n - rank) * one for rank, one in enumerate(ranked) if one <= value]
        assert adjusted == pytest.approx(min(1, max(below)))
    for value, adjusted in zip(found, benjamini_hochberg(found), strict=True):
        above = [n / rank * one for rank, one in enumerate(ranked, start=1) if one >= value]
        assert adjusted == pytest.approx(min(1, *above, inf))


def test_a_mean_is_ranked_among_all_and_equal_ones_share_their_rank() -> None:
    assert percentiles(column([[1, 3], [2], [5], []]).sums) == pytest.approx(
        [100 / 3, 100 / 3, 250 / 3, None]
    )


def test_a_group_of_one_takes_no_part_where_a_variance_is_needed() -> None:
    groups = column([[1, 2, 4], [5], [2, 2, 3]]).sums
    assert [(pair.a, pair.b) for pair in games_howell(groups)] == [(0, 2)]
    anova = welch_anova(groups)
    assert anova is not None
    assert anova.df1 == 1
    assert welch(group([1, 2, 4]), group([5])) is None
    assert not are_comparable(groups.take([0, 1]))


def test_a_group_that_does_not_vary_has_no_weight_in_welch_s_anova() -> None:
    assert welch_anova(column([[1, 2], [3, 3], [2, 5]]).sums) is None


@pytest.mark.parametrize("share", [0.025, 0.975])
@pytest.mark.parametrize(
    ("t", "df"),
    [(0.5, 3), (2.0, 30), (-1.0, 8), (-10.85, 2795), (60, 20000), (-60, 1), (200, 30)],
)
def test_under_the_noncentrality_the_share_lies_below(t: float, df: float, share: float) -> None:
    assert stats.nct.cdf(t, df, noncentrality(t, df, share)) == pytest.approx(share, abs=1e-10)


@pytest.mark.parametrize(
    ("q", "k", "df"),
    [(3.0, 3, 10.0), (4.2, 20, 57.3), (1.0, 2, 4.5), (3.0, 5, 1.3), (50.0, 20, 1.0)],
)
def test_the_studentized_range_is_scipy_s(q: float, k: int, df: float) -> None:
    assert studentized_range(q, k, df) == pytest.approx(
        float(stats.studentized_range.sf(q, k, df)), abs=1e-8
    )


@given(st.floats(0, 100), st.floats(1, 1e4))
def test_the_range_of_two_is_student_s_t(q: float, df: float) -> None:
    assert studentized_range(q, 2, df) == pytest.approx(2 * stats.t.sf(q / sqrt(2), df), abs=1e-9)
