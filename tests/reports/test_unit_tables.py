"""What the benchmark of unit tables compares is the same table, to the last digits."""

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.unit_survey import UnitSurvey

# benchmarks.unit_tables is imported where it is used: what it compares takes seconds to import.
Table = dict[str, NDArray[np.float64]]

UNITS = 8


@pytest.fixture(scope="module")
def survey() -> UnitSurvey:
    return UnitSurvey.of(1_000, UNITS)


@pytest.fixture(scope="module")
def ours(survey: UnitSurvey) -> Table:
    from benchmarks.unit_tables import as_table, pegel

    return as_table(pegel(survey), UNITS)


def test_pandas_and_pingouin_find_the_same_table(survey: UnitSurvey, ours: Table) -> None:
    from benchmarks.unit_tables import by_pandas, pandas_frame

    found = by_pandas(pandas_frame(survey))
    assert found.keys() == ours.keys()
    for key, values in found.items():
        assert ours[key] == pytest.approx(values, rel=1e-9), key


def test_polars_finds_the_same_table(survey: UnitSurvey, ours: Table) -> None:
    from benchmarks.unit_tables import by_polars, polars_frame

    found = by_polars(polars_frame(survey))
    assert found.keys() == ours.keys()
    for key, values in found.items():
        assert ours[key] == pytest.approx(values, rel=1e-9), key


def test_the_bare_counts_count_every_row(survey: UnitSurvey) -> None:
    from benchmarks.unit_tables import bare, packed

    for counts in (bare(survey), packed(survey)):
        whole = [one for one in counts if one.dtype == np.int64]
        assert {int(one.sum()) for one in whole} == {1_000}
    products = bare(survey)[-UNITS:]
    answers = survey.answers[:, -5:].astype(int)
    complete = answers[(answers > 0).all(axis=1)]
    assert (sum(products) == complete.T @ complete).all()
