"""Tallies merge like the rows they were made from, whatever is missing in them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from statistics import mean, median, quantiles, variance
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.errors import DefinitionError
from questionnaires.variables import variables
from reports import counting, tabulation
from reports.counting import tally
from reports.statistics.distribution import Distribution
from reports.tally import Tally, merge
from tests.reports.questionnaires import questionnaire, response_scale, scale, table

DEFINITION = questionnaire(
    {"five": response_scale([1, 2, 3, 4, 5]), "zero": response_scale([0, 1, 2, 3])},
    {
        "a": "five",
        "b": "five",
        "c": "five",
        "d": "zero",
        "e": "zero",
        "years": {"kind": "number", "min": 0, "max": 300},
        "m": {"kind": "multiple-choice", "response": "zero"},
    },
    [
        scale("first", "a", "-b", "c"),
        scale("second", "-d", "e", higher_is="worse"),
        scale("third", "c", "a", score={"min_valid": 2, "method": "sum"}),
        scale("share", "a", "b", score={"method": "percent_favourable"}),
    ],
)
MISSING = st.sampled_from([-9, -8, -7, -6, -5])
CODES = (
    [st.integers(1, 5)] * 3
    + [st.integers(0, 3)] * 2
    + [st.integers(0, 300)]
    + [st.integers(0, 1)] * 4
)
ROW = st.tuples(*(st.one_of(codes, codes, codes, MISSING) for codes in CODES))
GROUP = st.sampled_from(["x", "y", "z", None])
ROWS = st.lists(st.tuples(ROW, GROUP), max_size=30)
Rows = list[tuple[tuple[int, ...], str | None]]


def tallied(*parts: Rows) -> Tally:
    tables = [table(DEFINITION, [row for row, _ in part]) for part in parts]
    return tally(tables, DEFINITION).whole


@settings(deadline=None, max_examples=25)
@given(ROWS, ROWS, ROWS)
def test_merging_is_associative_and_commutative_and_equals_the_concatenated_rows(
    one: Rows, two: Rows, three: Rows
) -> None:
    a, b, c = tallied(one), tallied(two), tallied(three)
    together = tallied(one + two + three)
    assert (a + b) + c == a + (b + c) == together
    assert a + b == b + a
    assert tallied(one, two, three) == together == merge([c, a, b])


@settings(deadline=None, max_examples=25)
@given(ROWS)
def test_a_group_has_the_tally_of_its_rows(rows: Rows) -> None:
    source = table(DEFINITION, [row for row, _ in rows], unit=[group for _, group in rows])
    found = tally([source], DEFINITION, ["unit"])
    assert found.whole == tallied(rows) == tally([source], DEFINITION).whole
    for group in ("x", "y", "z"):
        own: Rows = [(row, None) for row, where in rows if where == group]
        if own:
            assert found.groups["unit"][group] == replace(tallied(own), relations=None)
        else:
            assert group not in found.groups["unit"]


@settings(deadline=None, max_examples=25)
@given(ROWS, st.integers(0, 3), st.integers(1, 4))
def test_cells_in_which_columns_cross_add_up_to_their_groups(
    rows: Rows, turn: int, size: int
) -> None:
    units = [group for _, group in rows]
    answers, ages = [row for row, _ in rows], units[turn:] + units[:turn]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "BATCH", size * len(variables(DEFINITION)))
        source = table(DEFINITION, answers, unit=units, age=ages)
        found = tally([source], DEFINITION, ["unit", "age"], crossed=True)
    assert found.crossing is not None
    assert sorted(map(str, found.crossing.rows)) == sorted(
        map(str, set(zip(units, ages, strict=True)))
    )
    assert sum(found.crossing.rows.values()) == len(rows)
    for place, column in enumerate(("unit", "age")):
        for value, group in found.groups[column].items():
            inside = {cell for cell in found.crossing.rows if cell[place] == value}
            for name, item in group.items.items():
                answers_ = {code: n for code, n in item.histogram.items() if n}
                assert joined(found.crossing.items[name], inside) == answers_
            for name, scale_ in group.scales.items():
                assert joined(found.crossing.scales[name], inside) == scale_.people


def joined(counts: Mapping[Any, Mapping[Any, int]], cells: set[Any]) -> dict[Any, int]:
    return dict(sum((Counter(found) for cell, found in counts.items() if cell in cells), Counter()))


def test_columns_that_cross_too_often_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [[-9] * len(variables(DEFINITION))] * 5
    source = table(DEFINITION, answers, unit=list("abcde"))
    monkeypatch.setattr(counting, "CROSSED", 4)
    assert tally([source], DEFINITION, ["unit"], crossed=True).crossing is None
    monkeypatch.setattr(counting, "CROSSED", 5)
    assert tally([source], DEFINITION, ["unit"], crossed=True).crossing is not None


@settings(deadline=None, max_examples=20)
@given(ROWS, st.integers(1, 4))
def test_the_size_of_a_batch_changes_nothing(rows: Rows, size: int) -> None:
    whole = tallied(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "BATCH", size * len(variables(DEFINITION)))
        patch.setattr(tabulation, "DENSE", 1)  # count by sorting as well
        assert tallied(rows) == whole


@settings(deadline=None, max_examples=20)
@given(ROWS)
def test_scores_are_those_of_each_person(rows: Rows) -> None:
    whole = tallied(rows)
    persons = []
    for (a, b, c, *_), _ in rows:
        points = [x for x in (a, 6 - b if b > 0 else -9, c) if x > 0]
        if 2 * len(points) >= 3:
            persons.append(Fraction(sum(points), len(points)))
    scores = whole.scales["first"].scores()
    assert [score for score, n in scores for _ in range(n)] == sorted(persons)
    assert whole.scales["first"].n == len(persons)
    _same_statistics(Distribution.of_scores(whole.scales["first"]), persons)


def _same_statistics(found: Distribution, persons: list[Fraction]) -> None:
    if not persons:
        assert found.mean is found.median is found.sd is found.skew is found.quantile(1) is None
        return
    assert found.mean == pytest.approx(float(mean(persons)), rel=1e-14)
    assert found.median == pytest.approx(float(median(persons)), rel=1e-14)
    if len(persons) > 1:
        first, _, third = quantiles(persons, n=4, method="inclusive")  # type 7
        assert found.quantile(1) == pytest.approx(float(first), rel=1e-14)
        assert found.quantile(3) == pytest.approx(float(third), rel=1e-14)
        assert found.variance == pytest.approx(float(variance(persons)), rel=1e-13)


@settings(deadline=None, max_examples=25)
@given(ROWS)
def test_items_count_every_code_and_every_missing_kind(rows: Rows) -> None:
    whole = tallied(rows)
    for place, variable in enumerate(variables(DEFINITION)):
        values = [row[place] for row, _ in rows]
        item = whole.items[variable.name]
        assert item.histogram == {code: values.count(code) for code in item.codes}
        assert [*item.missing.values()] == [values.count(code) for code in range(-9, -4)]
        assert item.n + item.missing_n == len(rows) == whole.n


@settings(deadline=None, max_examples=25)
@given(ROWS)
def test_products_are_of_complete_rows_and_of_answered_pairs(rows: Rows) -> None:
    whole = tallied(rows)
    assert whole.relations is not None
    found, complete = whole.relations.scales["second"], whole.scales["second"].complete
    pairs = [(3 - d if d >= 0 else None, e if e >= 0 else None) for (_, _, _, d, e, *_), _ in rows]
    both = [(d, e) for d, e in pairs if d is not None and e is not None]
    products = sum(d * e for d, e in both)
    assert found.n == complete.n == len(both) == found.pair_counts[0][1]
    assert found.sums == complete.sums == (sum(d for d, _ in both), sum(e for _, e in both))
    assert found.products[0][1] == products == found.pair_products[1][0]
    assert complete.squares == (found.products[0][0], found.products[1][1])
    assert complete.total_squares == sum((d + e) ** 2 for d, e in both)
    assert found.pair_sums[0][1] == found.sums[0]
    assert found.pair_sums[0][0] == sum(d for d, _ in pairs if d is not None)


def test_sum_and_percent_favourable_are_factors_of_the_same_counts() -> None:
    rows = [([5, 4, 3, 0, 0, 0, 0, 0, 0, 0], None), ([2, -9, -9, 0, 0, 0, 0, 0, 0, 0], None)]
    whole = tallied([(tuple(row), group) for row, group in rows])
    assert whole.scales["third"].scores() == [(Fraction(8), 1)]  # the second has one of two items
    assert whole.scales["share"].scores() == [(Fraction(0), 1), (Fraction(100), 1)]
    assert (whole.scales["third"].minimum, whole.scales["third"].maximum) == (2, 10)
    assert (whole.scales["share"].minimum, whole.scales["share"].maximum) == (0, 100)


def test_nothing_at_all_can_be_tallied() -> None:
    empty = tallied([])
    assert empty.n == 0
    assert empty == tally([], DEFINITION).whole
    assert empty + empty == empty


def test_a_long_scale_of_wide_items_stays_exact() -> None:
    items = [f"i{place}" for place in range(45)]
    wide = questionnaire(
        {"wide": response_scale(range(101))}, dict.fromkeys(items, "wide"), [scale("all", *items)]
    )
    rows = [[place % 101 for place in range(start, start + 45)] for start in range(200)]
    rows[7][3:20] = [-9] * 17
    found = tally([table(wide, rows)], wide).whole.scales["all"]
    persons = [Fraction(sum(x for x in row if x >= 0), sum(x >= 0 for x in row)) for row in rows]
    assert [score for score, n in found.scores() for _ in range(n)] == sorted(persons)
    assert found.complete.n == 199


def test_a_scale_of_things_that_have_no_codes_is_a_fault_of_the_definition() -> None:
    faulty = questionnaire(
        {"zero": response_scale([0, 1])},
        {"m": {"kind": "multiple-choice", "response": "zero"}},
        [scale("all", "m")],
    )
    with pytest.raises(DefinitionError, match=r"scales\.all.*m have no codes"):
        tally([], faulty)


def test_tallies_of_different_questionnaires_do_not_merge() -> None:
    other = questionnaire({"zero": response_scale([0, 1])}, {"a": "zero"})
    with pytest.raises(ValueError, match="different questionnaires"):
        tallied([]) + tally([], other).whole
