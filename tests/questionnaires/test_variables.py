"""Variables are the columns of answers: one for each question, or for each category."""

from questionnaires import loader
from questionnaires.variables import variables
from tests.questionnaires.test_definitions import DEFINITIONS, VALID


def test_each_kind_has_its_columns() -> None:
    found = variables(loader.load(DEFINITIONS / "valid" / "kinds.yaml"))
    assert [(one.name, one.codes, one.minimum, one.maximum, one.category) for one in found] == [
        ("b", (1, 2), 1, 2, None),
        ("c", (1, 2), 1, 2, None),
        ("d", (1, 2), 1, 2, None),
        ("e_1", (0, 1), 0, 1, 1),
        ("e_2", (0, 1), 0, 1, 2),
        ("f", (), 0, 50, None),
    ]


def test_a_maturity_item_has_a_second_column_for_its_target() -> None:
    found = variables(loader.load(DEFINITIONS / "valid" / "maturity-items.yaml"))
    assert [(one.name, one.question.id, one.codes, one.is_target) for one in found] == [
        ("a", "a", (1, 2, 3), False),
        ("a_target", "a", (1, 2, 3), True),
        ("b", "b", (1, 2, 3), False),
        ("b_target", "b", (1, 2, 3), True),
        ("c", "c", (0, 1), False),
    ]


def test_a_variable_knows_its_answers() -> None:
    by_name = {
        one.name: one for one in variables(loader.load(DEFINITIONS / "valid" / "kinds.yaml"))
    }
    assert [code for code in range(-9, 9) if by_name["c"].permits(code)] == [1, 2]
    assert [code for code in range(-9, 9) if by_name["e_2"].permits(code)] == [0, 1]
    assert [code for code in (-1, 0, 50, 51) if by_name["f"].permits(code)] == [0, 50]


def test_columns_stand_in_the_order_in_which_questions_are_shown() -> None:
    found = variables(loader.load(DEFINITIONS / "valid" / "several-sections.yaml"))
    assert [one.name for one in found] == ["b", "a"]


def test_no_two_columns_of_a_valid_definition_share_a_name() -> None:
    for path in VALID:
        names = [one.name.casefold() for one in variables(loader.load(path))]
        assert len(names) == len(set(names))
