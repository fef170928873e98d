"""Alpha and its relatives, with gaps and with items that do not vary."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from reports.counting import tally
from reports.statistics.groups import CompleteRows
from reports.statistics.intervals import feldt
from reports.statistics.reliability import alpha, covariances, item_rest, scatter
from reports.statistics.summaries import ScaleSummary, complete_alpha, scale_summary
from reports.tallies import Tallies
from reports.tally import ProductsTally, ScaleTally, Tally
from tests.reports.questionnaires import questionnaire, response_scale, scale, table


def tallied(rows: Sequence[Sequence[int]]) -> Tallies:
    """Everybody is in one unit."""
    items = [f"i{place}" for place in range(len(rows[0]))]
    definition = questionnaire(
        {"r": response_scale(range(1, 6))}, dict.fromkeys(items, "r"), [scale("s", *items)]
    )
    return tally([table(definition, rows, unit=["u"] * len(rows))], definition, ["unit"])


def whole(rows: Sequence[Sequence[int]]) -> Tally:
    return tallied(rows).whole


def agreement(rows: Sequence[Sequence[int]]) -> float:
    return float(CompleteRows.of(tallied(rows).groups["unit"], 0).rwg_j(5)[0])


def scale_tally(rows: Sequence[Sequence[int]]) -> ScaleTally:
    return whole(rows).scales["s"]


def products(rows: Sequence[Sequence[int]]) -> ProductsTally:
    relations = whole(rows).relations
    assert relations is not None
    return relations.scales["s"]


def summary(rows: Sequence[Sequence[int]]) -> ScaleSummary:
    return scale_summary(scale_tally(rows), products(rows))


@given(st.lists(st.tuples(*[st.integers(1, 5)] * 4), min_size=3, max_size=30))
def test_alpha_and_item_rest_r_are_those_of_the_covariance_matrix(rows: list[list[int]]) -> None:
    scored, related = scale_tally(rows), products(rows)
    found = item_rest(scatter(related), scored.items)
    assert alpha(scatter(related)) == complete_alpha(scored)
    x = np.array(rows, float)
    covariance = np.cov(x.T)
    if covariance.sum() < 1e-9:
        assert complete_alpha(scored) is None
        return
    expected = 4 / 3 * (1 - covariance.trace() / covariance.sum())
    assert complete_alpha(scored) == pytest.approx(expected, abs=1e-10)
    # nothing is missing
    assert alpha(covariances(related)) == pytest.approx(expected, abs=1e-10)
    for place in range(4):
        rest = np.delete(x, place, axis=1).sum(axis=1)
        r = found[f"i{place}"]
        if x[:, place].std() < 1e-9 or rest.std() < 1e-9:
            assert r is None
        else:
            assert r == pytest.approx(np.corrcoef(x[:, place], rest)[0, 1], abs=1e-9)


def test_alpha_of_complete_rows_and_of_pairs_differ_with_gaps() -> None:
    # trap 3: both are reported, complete rows are the headline
    rows = [[1, 2, 1], [2, 2, 3], [4, 1, -9], [5, -9, 5], [3, 3, 4], [-9, 1, 5]]
    found = summary(rows)
    complete = np.cov(np.array([row for row in rows if min(row) > 0]).T)
    assert found.n_complete == 3
    assert found.alpha == pytest.approx(1.5 * (1 - complete.trace() / complete.sum()))
    assert found.alpha_pairwise is not None
    assert found.alpha_pairwise != pytest.approx(found.alpha, abs=1e-3)
    x = np.array(rows, float)
    values = [[_covariance(x, i, j) for j in range(3)] for i in range(3)]
    assert found.alpha_pairwise == pytest.approx(alpha(values))


def _covariance(x: NDArray[np.float64], i: int, j: int) -> float:
    """As cov(x, use = "pairwise") in R, which psych's alpha starts from."""
    both = (x[:, i] > 0) & (x[:, j] > 0)
    return float(np.cov(x[both, i], x[both, j])[0, 1])


def test_an_item_without_variance_is_kept() -> None:
    # psych drops it silently and gives the alpha of the other two
    rows = [[3, 1, 2], [3, 2, 2], [3, 4, 5], [3, 5, 4]]
    found = summary(rows)
    covariance = np.cov(np.array(rows).T)
    assert found.alpha == pytest.approx(1.5 * (1 - covariance.trace() / covariance.sum()))
    assert found.average_r is None
    assert found.item_rest_r["i0"] is None
    assert found.item_rest_r["i1"] is not None
    assert found.alpha_if_dropped is not None
    assert found.alpha_if_dropped["i0"] is not None


def test_what_is_not_defined_is_none() -> None:
    single = summary([[1], [3], [5]])
    undefined = (single.alpha, single.alpha_ci95, single.average_r, single.alpha_if_dropped)
    assert undefined == (None,) * 4
    assert single.alpha_pairwise is None
    assert single.item_rest_r == {"i0": None}
    two = summary([[1, 2], [3, 3], [5, 4]])
    assert two.alpha is not None
    assert two.alpha_if_dropped is None
    nobody = summary([[-9, -9], [-9, 3]])
    assert (nobody.n, nobody.n_complete) == (1, 0)
    assert (nobody.alpha, nobody.alpha_pairwise, nobody.alpha_ci95) == (None,) * 3
    alone = summary([[2, 4]])
    assert (alone.alpha, alone.sd, alone.ci95, alone.se) == (None,) * 4
    assert alone.mean == 3.0
    same = summary([[2, 2], [2, 2]])
    assert same.alpha is same.skew is same.average_r is None


def test_feldt_of_known_values() -> None:
    # R: psychometric::alpha.CI(.7037558943748361, 5, 2709) on bfi, agreeableness, complete rows
    assert feldt(0.7037558943748361, 2709, 5) == pytest.approx(
        (0.6857446350496605, 0.7210359627957388), rel=1e-12
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[3, 3], [3, 3]], 1.0),
        ([[1, 1], [5, 5]], 0.0),  # variance above the null: cut
        ([[2, 3], [3, 3], [2, 4]], 2 * (1 - 1 / 6) / (2 * (1 - 1 / 6) + 1 / 6)),
    ],
)
def test_rwg_j_is_cut_at_the_null_variance(rows: list[list[int]], expected: float) -> None:
    assert agreement(rows) == pytest.approx(expected)


def test_rwg_j_needs_two_complete_rows() -> None:
    assert np.isnan(agreement([[3, 3], [3, -9]]))


def test_scatter_is_in_whole_numbers() -> None:
    assert scatter(products([[1, 5], [3, 4]])) == ((4, -2), (-2, 1))
