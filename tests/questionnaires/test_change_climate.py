"""What the shipped questionnaire on change climate promises to those who answer and who read it."""

import re

import pytest

from questionnaires import registry
from questionnaires.model import ExplanationItem, Questionnaire, RatingItem
from questionnaires.versions import bump_between, changes, least_bump, new_languages, trends
from tests.questionnaires.test_own_questionnaires import LANGUAGES, PAIRED

VERSIONS = registry.versions("change-climate")
OUTSIDE = {"1.0.0": [], "1.1.0": ["fol_01"]}  # asked, and in no scale
NEGATION = re.compile(
    r"\b(nicht|nichts|nie|niemals|niemand\w*|kein\w*|ohne|weder|kaum|nirgends"
    r"|not|no|never|nobody|nothing|none|neither|nor|without|hardly|cannot)\b|n['’]t\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda one: one.version)
def climate(request: pytest.FixtureRequest) -> Questionnaire:
    found: Questionnaire = request.param
    return found


def statements(questionnaire: Questionnaire) -> list[RatingItem]:
    return [item for item in questionnaire.items if isinstance(item, RatingItem)]


def test_it_is_the_active_version_that_people_get() -> None:
    found = registry.get("change-climate")

    assert (found.id, found.version, found.status) == ("change-climate", "1.1.0", "active")


def test_it_says_whose_items_these_are_and_that_they_are_not_those_of_the_study(
    climate: Questionnaire,
) -> None:
    assert (climate.licence.id, climate.licence.holder) == ("CC-BY-4.0", "The Pegel developers")
    assert climate.licence.ship
    assert climate.source.kind == "own"
    (inspiration,) = climate.source.derived_from
    assert "10.30418/2626-6032.2023.29" in inspiration
    assert "NOT the study's items" in inspiration


def test_there_are_eight_scales_of_four_or_five_own_items(climate: Questionnaire) -> None:
    links = [link.ref for scale in climate.scales for link in scale.items]

    assert len(climate.scales) == 8
    assert all(len(scale.items) in {4, 5} for scale in climate.scales)
    assert 36 <= len(links) <= 40
    outside = [item.id for item in statements(climate) if item.id not in links]
    assert outside == OUTSIDE[climate.version]
    assert len(set(links)) == len(links)


def test_every_scale_has_a_reverse_scored_item_but_is_not_made_of_them(
    climate: Questionnaire,
) -> None:
    for scale in climate.scales:
        reversed_ = sum(link.reverse for link in scale.items)
        assert 1 <= reversed_ < len(scale.items) / 2, scale.id


def test_every_scale_is_described_scored_alike_and_points_one_way(climate: Questionnaire) -> None:
    for scale in climate.scales:
        assert scale.description is not None, scale.id
        assert scale.concept, scale.id
        assert (scale.score.method, scale.score.output) == ("mean", "percent")
        assert 2 * scale.min_valid >= len(scale.items)
        assert scale.higher_is == ("worse" if scale.id == "anxiety" else "better")


def test_every_statement_has_the_same_fully_labelled_answers(climate: Questionnaire) -> None:
    assert {item.response for item in statements(climate)} == {"agree5"}
    agree = climate.response_scales["agree5"]
    assert agree.codes == (1, 2, 3, 4, 5)
    assert all(scale.offer_no_answer for scale in climate.response_scales.values())
    for language in LANGUAGES:
        labels = [point.label[language] for point in agree.points]
        assert len(set(labels)) == 5


def test_everybody_is_asked_everything(climate: Questionnaire) -> None:
    # A filter such as "Do you have a manager?" would make the few who say no stand out.
    assert all(question.show_if is None for question in climate.questions.values())


def test_statements_are_short_sentences(climate: Questionnaire) -> None:
    for item in statements(climate):
        for language, words in item.text.items():
            assert len(words) <= 110, (item.id, language)
            assert len(words.split()) <= 12, (item.id, language)
            assert words.endswith((".", "?")), (item.id, language)


def test_no_statement_holds_a_negation_that_a_no_would_double(climate: Questionnaire) -> None:
    for item in statements(climate):
        for language, words in item.text.items():
            assert not NEGATION.search(words), (item.id, language)


def test_no_statement_holds_two_thoughts(climate: Questionnaire) -> None:
    joint = re.compile(r"\b(und|oder|sowie|aber|and|or|but)\b")
    for item in statements(climate):
        for language, words in item.text.items():
            assert not joint.search(PAIRED.sub("", words)), (item.id, language)


def test_no_two_statements_or_recommendations_are_the_same(climate: Questionnaire) -> None:
    for language in LANGUAGES:
        asked = [item.text[language] for item in statements(climate)]
        advice = [one.text[language] for one in climate.recommendations]
        assert len(set(asked)) == len(asked)
        assert len(set(advice)) == len(advice)


def test_there_are_few_sections_and_eight_minutes(climate: Questionnaire) -> None:
    assert 4 <= len(climate.sections) <= 6
    assert climate.minutes == 8


def test_sections_mix_the_scales(climate: Questionnaire) -> None:
    scale_of = {link.ref: scale.id for scale in climate.scales for link in scale.items}
    for section in climate.sections:
        asked = [scale_of[name] for name in section.show if name in scale_of]
        assert not asked or len(set(asked)) >= 2, section.id
        neighbours = list(zip(asked, asked[1:], asked[2:], strict=False))
        assert all(len(set(three)) > 1 for three in neighbours), section.id


def test_words_are_explained_no_later_than_they_are_used(climate: Questionnaire) -> None:
    order = list(climate.questions)
    notes = [item.id for item in climate.items if isinstance(item, ExplanationItem)]

    assert notes == ["note_words", "note_leaders"]
    for note, word in zip(notes, ("Verwaltung", "Führungskräfte"), strict=True):
        assert word in climate.questions[note].text["de"]
        uses = [item.id for item in statements(climate) if word in item.text["de"]]
        assert uses
        assert all(order.index(note) < order.index(use) for use in uses)


def test_the_last_section_asks_three_voluntary_coarse_things(climate: Questionnaire) -> None:
    asked = climate.demographics

    assert climate.sections[-1].show == tuple(one.id for one in asked)
    assert len(asked) == 3
    for one in asked:
        assert one.quasi_identifier
        assert not one.required
        assert not one.sensitive
        assert len(climate.response_scales[one.response].points) <= 4, one.id


def test_1_1_goes_on_from_1_0_on_common_items_where_a_scale_gained_one() -> None:
    old, new = registry.get("change-climate", "1.0.0"), registry.get("change-climate", "1.1.0")
    least = least_bump(changes(old, new))
    assert (least, bump_between(old.version, new.version)) == ("minor", "minor")
    lines = {trend.scale: trend for trend in trends(old, new)}
    bridged = lines.pop("participation")
    assert (bridged.line, bridged.items) == ("bridge", ("par_01", "par_02", "par_03", "par_04"))
    assert {trend.line for trend in lines.values()} == {"equivalent"}
    assert new_languages(old, new) == ()
