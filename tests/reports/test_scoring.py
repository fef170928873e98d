"""Reversing, and which end of an item is the favourable one."""

from typing import Any

import pytest

from questionnaires.errors import DefinitionError
from questionnaires.model import Questionnaire
from questionnaires.variables import variables
from reports.scoring import Ends, favourable_ends, score, scoring_keys
from tests.reports.questionnaires import questionnaire, response_scale, scale, table


def ends(definition: Questionnaire, item: str) -> Ends | None:
    found = {variable.name: variable for variable in variables(definition)}
    return favourable_ends(definition, found[item])


@pytest.mark.parametrize(
    ("codes", "favourable", "unfavourable"),
    [
        ([0, 1], {1}, {0}),
        ([1, 2, 3], {3}, {1}),
        ([1, 2, 3, 4], {3, 4}, {1, 2}),
        ([0, 1, 2, 3, 4], {3, 4}, {0, 1}),
        ([1, 2, 3, 4, 5, 6], {5, 6}, {1, 2}),
        ([1, 2, 3, 4, 5, 6, 7], {5, 6, 7}, {1, 2, 3}),
        ([5, 4, 3, 2, 1], {4, 5}, {1, 2}),
    ],
)
def test_each_end_has_its_number_of_categories(
    codes: list[int], favourable: set[int], unfavourable: set[int]
) -> None:
    definition = questionnaire({"r": response_scale(codes)}, {"a": "r"})
    assert ends(definition, "a") == Ends(frozenset(favourable), frozenset(unfavourable))


@pytest.mark.parametrize("size", [8, 10, 11, 100])
def test_long_response_scales_have_no_ends_unless_they_declare_them(size: int) -> None:
    definition = questionnaire({"r": response_scale(range(size))}, {"a": "r"})
    assert ends(definition, "a") is None


def test_declared_codes_count_and_their_mirror_is_the_other_end() -> None:
    declared = response_scale(range(11), favourable=[9, 10])
    definition = questionnaire({"r": declared}, {"a": "r", "b": "r"}, [scale("s", "a", "-b")])
    assert ends(definition, "a") == Ends(frozenset({9, 10}), frozenset({0, 1}))
    assert ends(definition, "b") == Ends(frozenset({0, 1}), frozenset({9, 10}))


@pytest.mark.parametrize(
    ("scales", "turned"),
    [
        ([], False),
        ([scale("s", "a")], False),
        ([scale("s", "a", higher_is="neither")], False),
        ([scale("s", "-a")], True),
        ([scale("s", "a", higher_is="worse")], True),
        ([scale("s", "-a", higher_is="worse")], False),
        ([scale("s", "-a", higher_is="neither")], True),
        ([scale("s", "-a"), scale("t", "a", higher_is="worse")], True),  # both say: high is bad
        ([scale("s", "-a"), scale("t", "a")], False),  # they disagree: as answered
        ([scale("s", "a", higher_is="worse"), scale("t", "a")], False),
    ],
)
def test_the_direction_of_an_item_is_that_of_its_scales(
    scales: list[dict[str, Any]], *, turned: bool
) -> None:
    definition = questionnaire({"r": response_scale(range(1, 6))}, {"a": "r"}, scales)
    found = ends(definition, "a")
    assert found is not None
    assert (found.favourable == {1, 2}) is turned


def test_numbers_have_no_ends() -> None:
    definition = questionnaire(
        {"r": response_scale([0, 1])}, {"n": {"kind": "number", "min": 0, "max": 4}}
    )
    assert ends(definition, "n") is None


def test_items_are_reversed_with_the_declared_ends_not_with_those_that_occur() -> None:
    definition = questionnaire(
        {"zero": response_scale(range(5)), "six": response_scale(range(1, 7))},
        {"a": "zero", "b": "six"},
        [scale("s", "-a"), scale("t", "-b", "b")],
    )
    rows = table(definition, [[1, 2], [-9, -5]]).answers.T
    first, second = scoring_keys(definition, variables(definition))
    assert score(first, rows).points.tolist() == [3, 0]
    assert score(first, rows).answered.tolist() == [1, 0]
    assert score(second, rows).points.tolist() == [5 + 2, 0]


def test_favourable_answers_can_only_be_counted_where_there_are_any() -> None:
    definition = questionnaire(
        {"r": response_scale(range(11))},
        {"a": "r"},
        [scale("s", "a", score={"method": "percent_favourable"})],
    )
    with pytest.raises(DefinitionError, match="a has no favourable categories"):
        scoring_keys(definition, variables(definition))
