import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics.intervals import mean_interval
from reports.statistics.population import bounds, finite_interval
from tests.reports.statistics.values import group


def test_the_interval_among_few_people_is_what_the_survey_package_says() -> None:
    # survey 4.1-1: d <- data.frame(x = c(1, 2, 2, 5, 4, 3), N = 8)
    # survey 4.1-1: confint(svymean(~x, svydesign(~1, fpc = ~N, data = d)), df = 5)
    found = finite_interval(group([1, 2, 2, 5, 4, 3]), 8)
    assert found == pytest.approx((2.06096961531974, 3.60569705134692), rel=1e-12)


def test_nothing_is_left_to_estimate_where_all_answered() -> None:
    assert finite_interval(group([1, 3]), 2) == (2, 2)
    assert finite_interval(group([1, 3]), 1) == (2, 2)  # more answers than people
    assert finite_interval(group([1]), 9) is None


def test_among_very_many_it_is_student_s() -> None:
    scores = group([1, 2, 2, 5, 4])
    assert finite_interval(scores, 10**15) == pytest.approx(mean_interval(scores))


@given(st.lists(st.integers(0, 100), min_size=1), st.lists(st.integers(0, 100)))
def test_whatever_the_silent_would_say_the_bounds_hold(told: list[int], silent: list[int]) -> None:
    found = bounds(sum(told) / len(told), len(told), len(told) + len(silent))
    assert found is not None
    whole = (sum(told) + sum(silent)) / (len(told) + len(silent))
    assert found[0] - 1e-9 <= whole <= found[1] + 1e-9


def test_the_bounds_are_reached() -> None:
    assert bounds(50, 3, 4) == (37.5, 62.5)
    assert bounds(50, 4, 4) == (50, 50)
    assert bounds(50, 5, 4) == (50, 50)
    assert bounds(None, 0, 4) is None
