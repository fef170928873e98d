"""Values of a histogram, and the traps that other programs leave open."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reports.counting import tally
from reports.statistics.distribution import Distribution
from reports.statistics.intervals import mean_interval, wilson
from tests.reports.questionnaires import questionnaire, response_scale, scale, table

VALUES = st.lists(st.integers(0, 100), min_size=3, max_size=60)


def of(values: list[int], denominator: int = 1) -> Distribution:
    return Distribution.of(((value, values.count(value)) for value in {*values}), denominator)


def test_scores_that_are_equal_on_paper_are_equal_here() -> None:
    # trap 1: (1 + 1 + 2) / 3 and 8 / 6 differ in the last bit of a float in many programs
    items = [f"i{place}" for place in range(6)]
    definition = questionnaire(
        {"r": response_scale(range(1, 6))}, dict.fromkeys(items, "r"), [scale("s", *items)]
    )
    rows = [[1, 1, 2, -9, -9, -9], [1, 1, 1, 1, 2, 2], [2, 2, 2, 2, 2, -9], [2] * 6]
    scores = tally([table(definition, rows)], definition).whole.scales["s"].scores()
    assert scores == [(Fraction(4, 3), 2), (Fraction(2), 2)]


@given(VALUES)
def test_moments_and_quantiles_are_those_of_numpy(values: list[int]) -> None:
    found = of(values, 7)
    x = np.array(values) / 7
    assert found.mean == pytest.approx(x.mean(), rel=1e-13)
    assert found.sd == pytest.approx(x.std(ddof=1), rel=1e-12)  # trap 2: numpy divides by n
    for quarter in (1, 2, 3):
        expected = np.quantile(x, quarter / 4, method="linear")  # type 7
        assert found.quantile(quarter) == pytest.approx(expected, rel=1e-12)


def test_quartiles_are_type_7_and_not_6() -> None:
    values = [1, 2, 4, 8, 16, 32]
    found = of(values)
    # by hand: type 7 reads at 1 + 5p, so 2 + 0.25 * 2 and 8 + 0.75 * 8; type 6 gives 1.75 and 20
    assert (found.quantile(1), found.quantile(3)) == (2.5, 14.0)


@given(VALUES.filter(lambda values: len({*values}) > 1))
def test_skew_is_type_3_and_not_that_of_scipy(values: list[int]) -> None:
    n = len(values)
    type_1 = float(stats.skew(values))
    assert of(values).skew == pytest.approx(type_1 * ((n - 1) / n) ** 1.5, rel=1e-9, abs=1e-12)


def test_skew_by_hand() -> None:
    # third moment (-1 - 1 + 8) / 3 = 2, variance with n - 1: 3; R's values: tests/reference
    assert of([0, 0, 3]).skew == pytest.approx(2 / 3**1.5, rel=1e-15)


def test_what_is_not_defined_is_none() -> None:
    nobody, one, same = of([]), of([3]), of([2, 2])
    assert nobody.mean is nobody.median is nobody.sd is nobody.skew is None
    assert (one.mean, one.median, one.sd, one.skew) == (3.0, 3.0, None, None)
    assert (same.sd, same.skew) == (0.0, None)
    assert mean_interval(one) is None
    assert mean_interval(same) == (2.0, 2.0)
    assert wilson(0, 0) is None


def test_wilson_stays_inside_of_0_and_100() -> None:
    # by hand: the upper limit for 0 of n is z^2 / (n + z^2)
    limit = 100 * 1.959963984540054**2 / (10 + 1.959963984540054**2)
    assert wilson(0, 10) == pytest.approx((0.0, limit), rel=1e-12)
    assert wilson(10, 10) == pytest.approx((100 - limit, 100.0), rel=1e-12)
