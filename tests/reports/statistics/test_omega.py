"""Omega where it can be known in closed form, and where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics.omega import omega

LOADING = st.floats(0.3, 2.0)
RESIDUAL = st.floats(0.2, 3.0)


def matrix(loadings: list[float], residuals: list[float]) -> tuple[tuple[float, ...], ...]:
    implied = np.outer(loadings, loadings) + np.diag(residuals)
    return tuple(map(tuple, implied.tolist()))


@given(st.integers(3, 8).flatmap(lambda k: st.tuples(*[st.tuples(LOADING, RESIDUAL)] * k)))
def test_a_matrix_with_one_factor_gives_its_own_omega(
    items: tuple[tuple[float, float], ...],
) -> None:
    loadings, residuals = map(list, zip(*items, strict=True))
    expected = sum(loadings) ** 2 / (sum(loadings) ** 2 + sum(residuals))
    assert omega(matrix(loadings, residuals)) == pytest.approx(expected, rel=1e-8)


def test_three_items_are_fitted_exactly_by_hand() -> None:
    # loading of the first: sqrt(s12 * s13 / s23)
    observed = ((4.0, 1.0, 2.0), (1.0, 3.0, 1.5), (2.0, 1.5, 5.0))
    loadings = [(1 * 2 / 1.5) ** 0.5, (1 * 1.5 / 2) ** 0.5, (2 * 1.5 / 1) ** 0.5]
    assert omega(observed) == pytest.approx(sum(loadings) ** 2 / 21.0, rel=1e-10)


def test_three_items_are_fitted_where_a_residual_is_negative() -> None:
    # lavaan 0.6-14, cfa(sample.cov = ..., std.lv = TRUE): loadings 0.275, -0.072 and 3.035
    observed = ((1.0, -0.02, 0.842), (-0.02, 1.0, -0.221), (0.842, -0.221, 1.0))
    assert omega(observed) == pytest.approx(2.51964507263, rel=2e-6)


def test_a_negative_loading_is_kept_negative() -> None:
    # psych would turn the item without a word
    loadings, residuals = [1.0, 1.0, 1.0, -0.5], [1.0] * 4
    expected = 2.5**2 / (2.5**2 + 4)
    assert omega(matrix(loadings, residuals)) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    "observed",
    [
        ((1, 0), (0, 1)),  # two items
        ((0, 0, 0), (0, 1, 0), (0, 0, 1)),  # no variance
        ((1, 1, 1), (1, 1, 1), (1, 1, 1)),  # singular
        ((10, 3, 3), (3, 10, -3), (3, -3, 10)),  # no factor: the best fit runs away
        ((4, -3, 0), (-3, 4, 0), (0, 0, 4)),  # any loading of the first would do
    ],
)
def test_where_nothing_fits_there_is_no_omega(observed: tuple[tuple[int, ...], ...]) -> None:
    assert omega(observed) is None
