"""Whether a question is shown follows from the answers before it."""

from hypothesis import given
from hypothesis import strategies as st

from questionnaires.conditions import is_met, items_of
from questionnaires.model import Condition
from tests.questionnaires.strategies import conditions

ONE = Condition.model_validate({"item": "a", "in": [1, 2]})
answers = st.dictionaries(st.just("r0"), st.integers(-9, 5))


def test_no_condition_always_holds() -> None:
    assert is_met(None, {})


def test_a_leaf_asks_for_one_of_its_codes() -> None:
    assert is_met(ONE, {"a": 2})
    assert not is_met(ONE, {"a": 3})


def test_a_missing_answer_meets_no_leaf() -> None:
    assert not is_met(ONE, {})
    assert not is_met(ONE, {"a": -9})
    assert not is_met(ONE, {"a": -8})


def test_a_multiple_choice_is_asked_for_by_its_categories() -> None:
    assert is_met(ONE, {"a_1": 0, "a_2": 1})
    assert not is_met(ONE, {"a_1": 0, "a_2": 0, "a_3": 1})
    assert not is_met(ONE, {"a_1": -9, "a_2": -9})


def test_a_question_that_is_called_like_a_category_is_none() -> None:
    assert not is_met(ONE, {"a": 3, "a_1": 1})
    assert not is_met(ONE, {"a": -9, "a_1": 1})


@given(conditions([0, 1, 2]), conditions([0, 1, 2]), answers)
def test_all_any_and_not_are_those_of_logic(
    one: dict[str, object], other: dict[str, object], given_answers: dict[str, int]
) -> None:
    def met(content: object) -> bool:
        return is_met(Condition.model_validate(content), given_answers)

    assert met({"all": [one, other]}) == (met(one) and met(other))
    assert met({"any": [one, other]}) == (met(one) or met(other))
    assert met({"not": one}) != met(one)
    assert met({"not": {"any": [one, other]}}) == met({"all": [{"not": one}, {"not": other}]})


def test_every_item_that_a_condition_asks_for_is_named() -> None:
    content = {"all": [{"item": "a", "in": [1]}, {"not": {"any": [{"item": "b", "in": [1]}]}}]}
    assert list(items_of(Condition.model_validate(content))) == ["a", "b"]
    assert list(items_of(None)) == []
