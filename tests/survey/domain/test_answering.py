from collections.abc import Callable, Mapping
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.conditions import is_met
from questionnaires.model import (
    AnyQuestion,
    ExplanationItem,
    MaturityItem,
    MultipleChoiceItem,
    NumberItem,
    target_name,
)
from survey.domain.answering import HANDLERS, AnswersRefusedError, Fields, Reader, Record
from tests.reports.questionnaires import questionnaire, response_scale
from tests.survey.web.factories import every_kind

QUESTIONNAIRE = every_kind()
READER = Reader(QUESTIONNAIRE)
PRINT = ("_fingerprint", QUESTIONNAIRE.fingerprint)
ANSWERED = {
    "tru_01": "4",
    "tru_02": "-8",
    "lea_00": "1",
    "lea_01": "5",
    "years": "12",
    "wish_1": "1",
    "wish_2": "1",
    "steer": "2",
    "steer_target": "-8",
    "tenure": "2",
}


def fields(answers: Mapping[str, str]) -> Fields:
    return [*answers.items(), PRINT]


def codes_of(refused: pytest.ExceptionInfo[AnswersRefusedError]) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in refused.value.findings]


def test_every_kind_of_answer_gets_its_code() -> None:
    record = READER.parse(fields(ANSWERED), final=True)
    assert record.by_name == {
        "tru_01": 4,
        "tru_02": -8,
        "lea_00": 1,
        "lea_01": 5,
        "years": 12,
        "wish_1": 1,
        "wish_2": 1,
        "wish_3": 0,
        "steer": 2,
        "steer_target": -8,
        "tenure": 2,
    }
    assert record.unanswered == ()


def test_what_is_left_open_is_not_answered_and_what_is_hidden_is_not_shown() -> None:
    record = READER.parse(fields({"lea_00": "0"}), final=False)
    assert record.by_name == {
        "tru_01": -9,
        "tru_02": -9,
        "lea_00": 0,
        "lea_01": -7,
        "years": -7,
        "wish_1": -9,
        "wish_2": -9,
        "wish_3": -9,
        "steer": -9,
        "steer_target": -9,
        "tenure": -9,
    }
    assert record.unanswered == ("tru_01", "tru_02", "wish", "steer", "steer_target", "tenure")


def test_of_a_maturity_item_the_target_alone_may_be_left_open() -> None:
    given = {name: code for name, code in ANSWERED.items() if name != "steer_target"}
    record = READER.parse(fields(given | {"steer": "3"}), final=True)
    assert (record.by_name["steer"], record.by_name["steer_target"]) == (3, -9)
    assert record.unanswered == ("steer_target",)


def test_declining_a_multiple_choice_declines_all_of_it() -> None:
    record = READER.parse(fields({"wish": "-8"}), final=True)
    assert [record.by_name[f"wish_{code}"] for code in (1, 2, 3)] == [-8, -8, -8]


def test_an_empty_number_is_left_open() -> None:
    record = READER.parse(fields({"lea_00": "1", "years": ""}), final=False)
    assert record.by_name["years"] == -9


def test_hiding_goes_down_the_chain() -> None:
    """`years` depends on `lea_01`, which is hidden: its own condition must not see the answer."""
    record = READER.parse(fields({"lea_00": "0", "lea_01": "5", "years": "3"}), final=False)
    assert record.by_name["lea_01"] == record.by_name["years"] == -7


def test_whoever_is_not_asked_about_themselves_meets_no_condition_on_it() -> None:
    """Not even by a question that is called like a category of the one left out."""
    more = {"kind": "rating", "response": "two", "show_if": {"item": "role", "in": [1]}}
    shown = {"id": "all", "title": {"en": "All"}, "show": ["role", "role_1", "more"]}
    asked = questionnaire(
        {"two": response_scale((1, 2))},
        {"role_1": "two", "more": more},
        demographics={"role": "two"},
        sections=[shown],
    )
    reader = Reader(asked, demographics=False)
    record = reader.parse([("role_1", "1"), ("_fingerprint", reader.fingerprint)], final=True)
    assert record.by_name == {"role": -7, "role_1": 1, "more": -7}


def test_an_answer_to_a_hidden_question_is_dropped_at_the_review_and_refused_after_it() -> None:
    posted = fields({"lea_00": "0", "lea_01": "5"})
    assert READER.parse(posted, final=False).by_name["lea_01"] == -7
    with pytest.raises(AnswersRefusedError) as refused:
        READER.parse(posted, final=True)
    assert codes_of(refused) == [("hidden-answer", "lea_01")]


@pytest.mark.parametrize(
    ("posted", "code", "path"),
    [
        ([("tru_01", "6")], "out-of-scale", "tru_01"),
        ([("tru_01", "0")], "out-of-scale", "tru_01"),
        ([("tru_01", "")], "out-of-scale", "tru_01"),
        ([("tru_01", "-9")], "out-of-scale", "tru_01"),
        ([("tru_01", "-7")], "out-of-scale", "tru_01"),
        ([("tru_01", "4.0")], "out-of-scale", "tru_01"),
        ([("tru_01", "04")], "out-of-scale", "tru_01"),
        ([("tru_01", " 4")], "out-of-scale", "tru_01"),
        ([("tru_01", "٤")], "out-of-scale", "tru_01"),
        ([("tru_01", "1e0")], "out-of-scale", "tru_01"),
        ([("tru_01", "9" * 5000)], "out-of-scale", "tru_01"),
        ([("lea_00", "-8")], "out-of-scale", "lea_00"),
        ([("lea_00", "1"), ("years", "61")], "out-of-range", "years"),
        ([("lea_00", "1"), ("years", "-1")], "out-of-range", "years"),
        ([("lea_00", "1"), ("years", "zwei")], "out-of-range", "years"),
        ([("lea_00", "1"), ("years", "-8")], "out-of-range", "years"),
        ([("wish_1", "0")], "out-of-scale", "wish"),
        ([("wish_1", "2")], "out-of-scale", "wish"),
        ([("wish", "1")], "out-of-scale", "wish"),
        ([("wish_3", "1"), ("wish_1", "1")], "exclusive", "wish"),
        ([("wish", "-8"), ("wish_1", "1")], "exclusive", "wish"),
        ([("steer", "4")], "out-of-scale", "steer"),
        ([("steer_target", "0")], "out-of-scale", "steer_target"),
        ([("unit", "bauamt")], "unknown-field", "unit"),
        ([("about", "1")], "unknown-field", "about"),
        ([("_unit", "bauamt")], "unknown-field", "_unit"),
        ([("wish_4", "1")], "unknown-field", "wish_4"),
        ([("tru_01", "4"), ("tru_01", "4")], "repeated-field", "tru_01"),
        ([("_code", "a"), ("_code", "b")], "repeated-field", "_code"),
    ],
)
@pytest.mark.parametrize("final", [False, True])
def test_what_no_form_of_ours_sends_is_refused(
    posted: list[tuple[str, str]], code: str, path: str, *, final: bool
) -> None:
    with pytest.raises(AnswersRefusedError) as refused:
        READER.parse([*posted, PRINT], final=final)
    assert (code, path) in codes_of(refused)


@pytest.mark.parametrize("fingerprint", ["", "0" * 64, QUESTIONNAIRE.fingerprint.upper()])
def test_a_form_of_another_version_is_refused(fingerprint: str) -> None:
    with pytest.raises(AnswersRefusedError) as refused:
        READER.parse([*ANSWERED.items(), ("_fingerprint", fingerprint)], final=True)
    assert codes_of(refused) == [("foreign-fingerprint", "_fingerprint")]


def test_a_form_without_fingerprint_is_refused() -> None:
    with pytest.raises(AnswersRefusedError):
        READER.parse([*ANSWERED.items()], final=True)


def test_every_kind_of_question_can_be_answered() -> None:
    """A new kind without a handler would be shown and never stored."""
    kinds = set(get_args(AnyQuestion)) - {ExplanationItem}
    assert set(HANDLERS) == kinds


def test_refused_answers_are_kept_except_what_is_not_ours() -> None:
    posted = [("tru_01", "4"), ("years", "61"), ("lea_00", "1"), ("unit", "x"), ("tru_02", "9" * 9)]
    with pytest.raises(AnswersRefusedError) as refused:
        READER.parse([*posted, PRINT], final=False)
    assert refused.value.kept == {"tru_01": "4", "years": "61", "lea_00": "1"}


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(AnswersRefusedError) as refused:
        READER.parse([("tru_01", "9"), ("tru_02", "9"), ("x", "1")], final=False)
    assert len(refused.value.findings) == 4


def test_without_slips_no_demographic_is_asked_or_accepted() -> None:
    reader = Reader(QUESTIONNAIRE, demographics=False)
    shown = [question.id for _, questions in reader.sections for question in questions]
    assert "tenure" not in shown
    record = reader.parse(fields({"tru_01": "4"}), final=False)
    assert record.by_name["tenure"] == -7
    assert len(record.values) == len(READER.variables)
    with pytest.raises(AnswersRefusedError) as refused:
        reader.parse(fields({"tenure": "1"}), final=False)
    assert codes_of(refused) == [("unknown-field", "tenure")]


def possible_answers() -> st.SearchStrategy[dict[str, str]]:
    """Any way to fill in the form that a browser allows, hidden questions included."""

    def question(asked: AnyQuestion) -> st.SearchStrategy[dict[str, str]]:
        scale = QUESTIONNAIRE.response_scale(asked)
        if isinstance(asked, NumberItem):
            numbers = st.integers(asked.min, asked.max).map(str) | st.just("")
            return st.just({}) | numbers.map(lambda value: {asked.id: value})
        if scale is None:
            return st.just({})
        if isinstance(asked, MultipleChoiceItem):
            free = [code for code in scale.codes if code not in asked.exclusive]
            several = st.sets(st.sampled_from(free)).map(
                lambda chosen: {f"{asked.id}_{code}": "1" for code in chosen}
            )
            alone = [{f"{asked.id}_{code}": "1"} for code in asked.exclusive]
            return several | st.sampled_from([*alone, {asked.id: "-8"}])
        codes = [str(code) for code in scale.codes] + (["-8"] if scale.offer_no_answer else [])
        one: Callable[[str], dict[str, str]] = lambda value: {asked.id: value}  # noqa: E731  # a typed one-liner
        answered: st.SearchStrategy[dict[str, str]] = st.just({}) | st.sampled_from(codes).map(one)
        if not isinstance(asked, MaturityItem):
            return answered
        wanted = st.sampled_from(codes).map(lambda value: {target_name(asked.id): value})
        return st.tuples(answered, st.just({}) | wanted).map(lambda both: both[0] | both[1])

    parts = [question(asked) for asked in QUESTIONNAIRE.questions.values()]
    return st.tuples(*parts).map(lambda chosen: {k: v for part in chosen for k, v in part.items()})


@given(possible_answers())
def test_the_review_accepts_whatever_a_browser_can_send(answers: dict[str, str]) -> None:
    record = READER.parse(fields(answers), final=False)
    assert len(record.values) == len(record.variables)
    for variable, value in zip(record.variables, record.values, strict=True):
        assert variable.permits(value) or value in (-9, -8, -7)


@given(possible_answers())
def test_what_the_review_shows_is_what_the_last_post_makes(answers: dict[str, str]) -> None:
    reviewed = READER.parse(fields(answers), final=False)
    final = READER.parse([*reviewed.fields, PRINT], final=True)
    assert final == reviewed


@given(possible_answers())
def test_hidden_questions_have_no_answer_whatever_was_posted(answers: dict[str, str]) -> None:
    record: Record = READER.parse(fields(answers), final=False)
    for question in QUESTIONNAIRE.questions.values():
        if not is_met(question.show_if, record.by_name):
            assert record.by_name[question.id] == -7


@given(
    st.lists(
        st.tuples(
            st.sampled_from([variable.name for variable in READER.variables] + ["wish", "x"])
            | st.text(max_size=6),
            st.integers(-10, 70).map(str) | st.text(max_size=6),
        ),
        max_size=12,
    ),
    st.booleans(),
)
def test_any_post_makes_a_sound_record_or_is_refused(posted: Fields, final: bool) -> None:  # noqa: FBT001  # hypothesis draws it
    try:
        record = READER.parse([*posted, PRINT], final=final)
    except AnswersRefusedError:
        return
    for variable, value in zip(record.variables, record.values, strict=True):
        assert variable.permits(value) or value in (-9, -8, -7)
