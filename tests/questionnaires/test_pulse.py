"""What the pulse promises: six statements, a minute, two things to talk about."""

import pytest

from questionnaires import registry
from questionnaires.model import Questionnaire, RatingItem


@pytest.fixture(scope="module")
def pulse() -> Questionnaire:
    return registry.get("pulse")


def test_six_statements_with_the_same_answers_in_one_part(pulse: Questionnaire) -> None:
    statements = [item for item in pulse.items if isinstance(item, RatingItem)]

    assert len(statements) == len(pulse.items) == 6
    assert {item.response for item in statements} == {"agree5"}
    assert pulse.response_scales["agree5"].offer_no_answer
    assert pulse.minutes == 1
    assert len(pulse.sections) == 1


def test_nobody_is_asked_about_themselves(pulse: Questionnaire) -> None:
    # A network is small: the whole is enough to talk about.
    assert pulse.demographics == ()
    assert all(item.show_if is None for item in pulse.items)


def test_two_scales_take_turns(pulse: Questionnaire) -> None:
    scale_of = {link.ref: scale.id for scale in pulse.scales for link in scale.items}

    asked = [scale_of[name] for name in pulse.sections[0].show]

    assert asked == ["support", "momentum"] * 3
    assert all(scale.higher_is == "better" for scale in pulse.scales)


def test_statements_are_short(pulse: Questionnaire) -> None:
    for item in pulse.items:
        for language, words in item.text.items():
            assert len(words.split()) <= 11, (item.id, language)
            assert words.endswith(".")
