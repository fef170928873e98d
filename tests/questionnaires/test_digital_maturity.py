"""What the questionnaire on digital maturity promises: described levels, mirrored targets."""

import re
from itertools import pairwise

import pytest

from questionnaires import registry
from questionnaires.model import MaturityItem, Questionnaire, target_name
from tests.questionnaires.test_own_questionnaires import LANGUAGES

AREAS = (
    "strategy",
    "skills",
    "processes",
    "technology",
    "services",
    "security",
    "cooperation",
    "inclusion",
)
# Words that only say "more", where a level has to say what somebody can see.
VAGUE = re.compile(
    r"\b(gut(e[mnrs]?)?|sehr|ziemlich|teilweise|umfassend|optimal|fortgeschritten|professionell|exzellent"
    r"|good|very|partly|fully|comprehensive|optimal|advanced|excellent)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def maturity() -> Questionnaire:
    return registry.get("digital-maturity")


def aspects(questionnaire: Questionnaire) -> list[MaturityItem]:
    return [item for item in questionnaire.items if isinstance(item, MaturityItem)]


def test_there_are_eight_areas_of_three_aspects(maturity: Questionnaire) -> None:
    scales = [scale for scale in maturity.scales if scale.target_of is None]
    links = [link.ref for scale in scales for link in scale.items]

    assert tuple(scale.id for scale in scales) == AREAS
    assert all(len(scale.items) == 3 for scale in scales)
    assert links == [item.id for item in aspects(maturity)]


def test_every_area_has_its_target_and_counts_in_the_level(maturity: Questionnaire) -> None:
    targets = maturity.target_scale_by_id

    assert tuple(targets) == AREAS
    for name in AREAS:
        current, target = maturity.scale_by_id[name], targets[name]
        assert [link.ref for link in target.items] == [target_name(i.ref) for i in current.items]
        assert current.title["de"] in target.title["de"]
    assert maturity.maturity is not None
    assert {one.scale for one in maturity.maturity.levels[-1].criteria} == set(AREAS)


def test_every_aspect_has_five_levels_a_target_and_a_way_out(maturity: Questionnaire) -> None:
    for item in aspects(maturity):
        assert item.response_scale.codes == (1, 2, 3, 4, 5), item.id
        assert item.target, item.id
        assert item.offer_no_answer, item.id


def test_levels_are_described_not_only_graded(maturity: Questionnaire) -> None:
    for item in aspects(maturity):
        for language in LANGUAGES:
            for level in item.levels:
                words = level.text[language]
                assert not VAGUE.search(words), (item.id, words)
                # Plain German asks where the others have a subordinate clause.
                ends = (".", "?") if language == "de-simple" else "."
                assert words.endswith(ends), (item.id, words)
                assert len(words) <= 145, (item.id, words)
                assert len(words.split()) <= 22, (item.id, words)


def test_no_two_levels_or_questions_are_worded_alike(maturity: Questionnaire) -> None:
    for language in LANGUAGES:
        asked = [item.text[language] for item in aspects(maturity)]
        assert len(set(asked)) == len(asked)
        assert all(text.endswith("?") for text in asked)
        for item in aspects(maturity):
            told = [level.text[language] for level in item.levels]
            assert len(set(told)) == len(told), item.id


def test_a_level_that_adds_to_the_one_below_says_so_in_every_language(
    maturity: Questionnaire,
) -> None:
    for item in aspects(maturity):
        adds = {
            language: [level.text[language].startswith(word) for level in item.levels]
            for language, word in (("de", "Dazu"), ("en", "In addition"), ("de-simple", "Dazu"))
        }
        assert adds["de"] == adds["en"] == adds["de-simple"], item.id
        assert not any(adds["de"][:2]), item.id


def test_every_section_is_one_area_and_the_last_one_is_about_people(
    maturity: Questionnaire,
) -> None:
    assert tuple(section.id for section in maturity.sections) == (*AREAS, "about")
    for section in maturity.sections[:-1]:
        refs = [link.ref for link in maturity.scale_by_id[section.id].items]
        assert [name for name in section.show if name != "note_words"] == refs
    assert maturity.sections[-1].show == tuple(one.id for one in maturity.demographics)


def test_a_higher_level_asks_for_no_less(maturity: Questionnaire) -> None:
    assert maturity.maturity is not None
    levels = maturity.maturity.levels
    assert len(levels) == 5
    assert levels[0].criteria == ()
    for lower, higher in pairwise(levels):
        asked = {one.scale: one.at_least or 0 for one in higher.criteria}
        for one in lower.criteria:
            assert asked[one.scale] > (one.at_least or 0), (higher.id, one.scale)


def test_thresholds_are_the_points_at_which_a_mean_rounds_to_a_level(
    maturity: Questionnaire,
) -> None:
    assert maturity.maturity is not None
    for level in maturity.maturity.levels:
        for one in level.criteria:
            assert one.at_least is not None
            reached = round(1 + one.at_least / 25 + 1e-9)  # a half rounds up
            assert reached in (level.rank, level.rank - 1), (level.id, one.scale)
            assert (one.at_least + 12.5) % 25 == 0
