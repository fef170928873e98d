import csv
from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics.distribution import Distribution
from reports.statistics.intervals import mean_interval
from reports.statistics.weighting import Weighted, weighted_mean
from tests.reference.expectations import FOLDER
from tests.reports.statistics.values import group

ITEMS = [f"LEAD{number:02d}" for number in range(1, 12)]
COMMON = 27720  # divisible by every number of answered items

units = st.lists(
    st.tuples(st.lists(st.integers(0, 20), min_size=2, max_size=9), st.integers(0, 9)),
    min_size=1,
    max_size=6,
)


def certain(found: Weighted | None) -> Weighted:
    assert found is not None
    return found


@pytest.fixture(scope="module")
def companies() -> list[tuple[Distribution, int]]:
    """The leadership scores of 49 companies, the i-th with 3 i people more than answered."""
    scores: dict[int, list[int]] = defaultdict(list)
    rows: dict[int, int] = defaultdict(int)
    with (FOLDER / "lq2002" / "lq2002.csv").open() as file:
        for row in csv.DictReader(file):
            told = [int(row[item]) for item in ITEMS if row[item].isdigit()]
            rows[int(row["COMPID"])] += 1
            if 2 * len(told) >= len(ITEMS):
                score = Fraction(sum(told), len(told)) * COMMON
                scores[int(row["COMPID"])].append(int(score))
    return [
        (group(scores[unit], COMMON), rows[unit] + 3 * place)
        for place, unit in enumerate(sorted(rows), start=1)
    ]


def test_it_is_what_the_survey_package_says(companies: list[tuple[Distribution, int]]) -> None:
    # survey 4.1-1: svymean(~score, svydesign(~1, strata = ~COMPID, fpc = ~N)), confint(df = degf)
    found = certain(weighted_mean(companies))
    assert found.mean == pytest.approx(3.05015057642522, rel=1e-13)
    assert found.se == pytest.approx(0.0185688585960489, rel=1e-12)
    assert found.df == 1993
    assert found.ci95 == pytest.approx((3.01373416659869, 3.08656698625175), rel=1e-12)
    assert found.covered == 1


@given(units)
def test_equal_shares_need_no_weights(told: list[tuple[list[int], int]]) -> None:
    groups = [(group(values), 3 * len(values)) for values, _ in told]
    together = group([value for values, _ in told for value in values])
    assert certain(weighted_mean(groups)).mean == pytest.approx(together.mean)


@given(units)
def test_where_everybody_answered_nothing_is_uncertain(told: list[tuple[list[int], int]]) -> None:
    found = certain(weighted_mean([(group(values), len(values)) for values, _ in told]))
    assert found.se == 0
    assert found.ci95 == (found.mean, found.mean)


def test_one_large_unit_is_student_s_interval() -> None:
    scores = group([1, 2, 2, 5, 4])
    found = certain(weighted_mean([(scores, 10**12)]))
    assert found.ci95 == pytest.approx(mean_interval(scores))


def test_units_without_scores_are_left_out_and_told() -> None:
    scores = group([1, 3])
    found = certain(weighted_mean([(scores, 30), (group([]), 10)]))
    assert found.mean == 2
    assert found.covered == 0.75
    assert weighted_mean([(group([]), 10)]) is None
    assert weighted_mean([]) is None


def test_the_spread_of_a_single_score_is_unknown() -> None:
    found = certain(weighted_mean([(group([1, 3]), 30), (group([9]), 10)]))
    assert found.mean == 3.75
    assert (found.se, found.df, found.ci95) == (None, None, None)
