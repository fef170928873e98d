"""Correlations of scores over the persons who have both."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.counting import tally
from reports.statistics.correlation import correlations
from tests.reports.questionnaires import questionnaire, response_scale, scale, table

CODE = st.sampled_from([-9, 1, 2, 3, 4, 5])
DEFINITION = questionnaire(
    {"r": response_scale(range(1, 6))},
    dict.fromkeys("abcdef", "r"),
    [scale("one", "a", "b", "c"), scale("two", "-d", "e", "f"), scale("three", "a", "f")],
)
ITEMS = {"one": [0, 1, 2], "two": [3, 4, 5], "three": [0, 5]}


@given(st.lists(st.tuples(*[CODE] * 6), min_size=1, max_size=25))
def test_the_matrix_is_that_of_the_persons_scores(rows: list[tuple[int, ...]]) -> None:
    found = correlations(tally([table(DEFINITION, rows)], DEFINITION).whole)
    x = np.array(rows, float)
    x[x < 0] = np.nan
    x[:, 3] = 6 - x[:, 3]
    scores = {}
    for name, columns in ITEMS.items():
        answered = (~np.isnan(x[:, columns])).sum(axis=1)
        total = np.nansum(x[:, columns], axis=1)
        scores[name] = np.where(
            2 * answered >= len(columns), total / np.maximum(answered, 1), np.nan
        )
    for first, a in scores.items():
        for second, b in scores.items():
            both = ~(np.isnan(a) | np.isnan(b))
            r = found[first][second]
            assert r == found[second][first]
            if both.sum() < 2 or a[both].std() < 1e-9 or b[both].std() < 1e-9:
                assert r is None
            else:
                assert r == pytest.approx(np.corrcoef(a[both], b[both])[0, 1], abs=1e-9)
