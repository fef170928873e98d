"""What the shipped questionnaire on change climate promises to those who answer and who read it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import BaseModel

from questionnaires import loader, registry
from questionnaires.model import (
    Demographic,
    ExplanationItem,
    Questionnaire,
    RatingItem,
    Recommendation,
    Scale,
)
from questionnaires.text import Text
from questionnaires.versions import bump_between, changes, least_bump, new_languages, trends

PATHS = sorted((registry.FOLDER / "change-climate").glob("*.yaml"))
OUTSIDE = {"1.0.0": [], "1.1.0": ["fol_01"]}  # asked, and in no scale
LANGUAGES = ("de", "en", "de-simple")
FIELDS = {"organisation", "leaders", "people", "structure", "communication"}
WORDS_PER_MINUTE = 180
SECONDS_PER_ANSWER = 5
NEGATION = re.compile(
    r"\b(nicht|nichts|nie|niemals|niemand\w*|kein\w*|ohne|weder|kaum|nirgends"
    r"|not|no|never|nobody|nothing|none|neither|nor|without|hardly|cannot)\b|n['’]t\b",
    re.IGNORECASE,
)
# Masculine forms that stand for everybody; beside the feminine form they are inclusive.
MASCULINE_ALONE = re.compile(r"\b(Mitarbeiter|Kollegen?|Bürger|Vorgesetzter|Leiter|Chefs?)\b")
PAIRED = re.compile(r"\b(Kolleginnen und Kollegen|Chefinnen und Chefs|Chefin oder der Chef)\b")


@pytest.fixture(scope="module", params=PATHS, ids=lambda path: path.stem)
def climate(request: pytest.FixtureRequest) -> Questionnaire:
    return loader.load(request.param)


def statements(questionnaire: Questionnaire) -> list[RatingItem]:
    return [item for item in questionnaire.items if isinstance(item, RatingItem)]


def texts(node: object, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every text of a definition with its path."""
    if isinstance(node, Text):
        yield path, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from texts(getattr(node, name), f"{path}.{name}")
    elif isinstance(node, dict):
        for name, part in node.items():
            yield from texts(part, f"{path}.{name}")
    elif isinstance(node, tuple):
        for number, part in enumerate(node):
            yield from texts(part, f"{path}.{number}")


def sentences(text: str) -> list[list[str]]:
    """Words of each sentence; a colon does not end one."""
    parts = re.split(r"[.!?](?:\s|$)", text)
    return [words for part in parts if (words := re.findall(r"[\w-]+", part))]


def plain(questionnaire: Questionnaire, language: str) -> list[str]:
    return [text[language] for _, text in texts(questionnaire)]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_loads_without_a_single_finding(path: Path) -> None:
    questionnaire, findings = loader.read(path.read_bytes(), path.name)

    assert questionnaire is not None
    assert findings == ()


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


def test_every_text_is_there_in_all_three_languages_in_clean_writing(
    climate: Questionnaire,
) -> None:
    assert climate.languages.available == LANGUAGES
    for path, text in texts(climate):
        assert text.languages == LANGUAGES, path
        for language, words in text.items():
            assert words == unicodedata.normalize("NFC", words).strip(), path
            assert not re.search(r"  |[\"']| [.,:;?!]|\.\.|\n", words), (path, language)
            opening, closing = ("“", "”") if language == "en" else ("„", "“")
            assert words.count(opening) == words.count(closing), (path, language)


def test_no_german_word_is_spelt_around_an_umlaut(climate: Questionnaire) -> None:
    spelt = re.compile(r"\b(fuer|ueber\w*|koenn\w*|muess\w*|Aender\w*|Veraender\w*|gross\w*)\b")
    for language in ("de", "de-simple"):
        for text in plain(climate, language):
            assert not spelt.search(text), text


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


def test_people_are_named_inclusively(climate: Questionnaire) -> None:
    for language in ("de", "de-simple"):
        for text in plain(climate, language):
            assert not MASCULINE_ALONE.search(PAIRED.sub("", text)), text


def test_plain_german_has_short_sentences_and_short_words(climate: Questionnaire) -> None:
    lengths = [len(words) for text in plain(climate, "de-simple") for words in sentences(text)]
    words = {word for text in plain(climate, "de-simple") for word in re.findall(r"[\w-]+", text)}

    assert sum(lengths) / len(lengths) <= 9
    assert max(lengths) <= 16
    assert max(map(len, words)) <= 14


def test_plain_german_has_no_passive_and_no_subjunctive(climate: Questionnaire) -> None:
    odd = re.compile(
        r"\b(wird|werden)\b[^.!?:]*\b(ge\w+(t|en)|be\w+t|informiert)\b"
        r"|\b(wurden?|worden|würden?|könnten?|sollten?|wäre\w*|hätten?)\b"
    )
    for text in plain(climate, "de-simple"):
        assert not odd.search(text), text


def test_sections_are_few_introduced_and_show_every_question_once(climate: Questionnaire) -> None:
    shown = [name for section in climate.sections for name in section.show]

    assert 4 <= len(climate.sections) <= 6
    assert all(section.intro is not None for section in climate.sections)
    assert all(len(section.show) <= 12 for section in climate.sections)
    assert len(set(shown)) == len(shown)
    assert set(shown) == {item.id for item in (*climate.items, *climate.demographics)}


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


def test_the_first_section_names_the_answer_for_what_does_not_fit(climate: Questionnaire) -> None:
    intro = climate.sections[0].intro

    assert intro is not None
    for language in LANGUAGES:
        assert climate.missing.no_answer.label[language] in intro[language]


def test_the_last_section_asks_three_voluntary_coarse_things(climate: Questionnaire) -> None:
    asked = climate.demographics

    assert climate.sections[-1].show == tuple(one.id for one in asked)
    assert len(asked) == 3
    for one in asked:
        assert one.quasi_identifier
        assert not one.required
        assert not one.sensitive
        assert len(climate.response_scales[one.response].points) <= 4, one.id


def groups_by_step(questionnaire: Questionnaire, one: Demographic) -> list[dict[int, str]]:
    codes = questionnaire.response_scales[one.response].codes
    return [
        {code: step.map.get(code) or step.map["*"] for code in codes} for step in one.coarsening
    ]


def test_demographics_coarsen_step_by_step_into_one_group(climate: Questionnaire) -> None:
    for one in climate.demographics:
        codes = climate.response_scales[one.response].codes
        steps = [{code: str(code) for code in codes}, *groups_by_step(climate, one)]
        assert len(set(steps[-1].values())) == 1, one.id
        for finer, coarser in pairwise(steps):
            assert len(set(coarser.values())) < len(set(finer.values())), one.id
            # What one step has joined, the next does not part again.
            joined = {(finer[code], coarser[code]) for code in codes}
            assert len(joined) == len(set(finer.values())), one.id
        for step, groups in zip(one.coarsening, groups_by_step(climate, one), strict=True):
            assert set(step.labels) == set(groups.values()), one.id


def advice_for(questionnaire: Questionnaire, scale: Scale) -> list[Recommendation]:
    return [one for one in questionnaire.recommendations if one.when.scale == scale.id]


def test_every_weak_score_of_every_scale_meets_a_recommendation(climate: Questionnaire) -> None:
    for scale in climate.scales:
        weak = range(30, 101) if scale.higher_is == "worse" else range(70)
        fine = range(30) if scale.higher_is == "worse" else range(70, 101)
        advice = advice_for(climate, scale)
        met = {
            score
            for score in range(101)
            if any(one.when.from_ <= score < one.when.below for one in advice)
        }
        assert len({(one.when.from_, one.when.below) for one in advice}) >= 2, scale.id
        assert met >= set(weak), scale.id
        assert met.isdisjoint(fine), scale.id


def test_recommendations_of_one_field_never_overlap(climate: Questionnaire) -> None:
    for scale in climate.scales:
        for field in FIELDS:
            ranges = sorted(
                (one.when.from_, one.when.below)
                for one in advice_for(climate, scale)
                if one.field == field
            )
            assert all(first[1] <= second[0] for first, second in pairwise(ranges)), scale.id


def test_the_weakest_scores_lead_into_two_fields_of_action(climate: Questionnaire) -> None:
    for scale in climate.scales:
        worst = 100 if scale.higher_is == "worse" else 0
        fields = {
            one.field
            for one in advice_for(climate, scale)
            if one.when.from_ <= worst < one.when.below
        }
        assert len(fields) >= 2, scale.id


def test_all_five_fields_of_action_are_served(climate: Questionnaire) -> None:
    served = Counter(one.field for one in climate.recommendations)

    assert set(served) == FIELDS
    assert min(served.values()) >= 4


def test_recommendations_are_one_or_two_sentences(climate: Questionnaire) -> None:
    for one in climate.recommendations:
        for language, words in one.text.items():
            assert 1 <= len(sentences(words)) <= 2, (one.id, language)
            assert len(words) <= 220, (one.id, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_answered_in_the_minutes_it_names(climate: Questionnaire, language: str) -> None:
    read = [question.text[language] for question in climate.questions.values()]
    read += [one.hint[language] for one in climate.questions.values() if one.hint]
    for section in climate.sections:
        read += [section.title[language]] + ([section.intro[language]] if section.intro else [])
    for demographic in climate.demographics:
        points = climate.response_scales[demographic.response].points
        read += [point.label[language] for point in points]
    answers = len(statements(climate)) + len(climate.demographics)
    words = sum(len(text.split()) for text in read)

    minutes = words / WORDS_PER_MINUTE + answers * SECONDS_PER_ANSWER / 60

    assert climate.minutes == 8
    assert minutes <= climate.minutes


def test_1_1_goes_on_from_1_0_on_common_items_where_a_scale_gained_one() -> None:
    old, new = registry.get("change-climate", "1.0.0"), registry.get("change-climate", "1.1.0")
    least = least_bump(changes(old, new))
    assert (least, bump_between(old.version, new.version)) == ("minor", "minor")
    lines = {trend.scale: trend for trend in trends(old, new)}
    bridged = lines.pop("participation")
    assert (bridged.line, bridged.items) == ("bridge", ("par_01", "par_02", "par_03", "par_04"))
    assert {trend.line for trend in lines.values()} == {"equivalent"}
    assert new_languages(old, new) == ()
