"""What every questionnaire of our own promises about its words, its length and its advice.

What is about words alone also holds for what we translated.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from pydantic import BaseModel

from questionnaires import loader, registry
from questionnaires.model import (
    Demographic,
    ExplanationItem,
    MaturityItem,
    Questionnaire,
    Recommendation,
    Scale,
)
from questionnaires.text import Text

OWN = ("change-climate", "digital-maturity", "pulse")
TRANSLATED = ("people-survey-core",)
LANGUAGES = ("de", "en", "de-simple")
FIELDS = {"organisation", "leaders", "people", "structure", "communication"}
WORDS_PER_MINUTE = 180
SECONDS_PER_ANSWER = 5
# Masculine forms that stand for everybody; beside the feminine form they are inclusive.
MASCULINE_ALONE = re.compile(
    r"\b(Mitarbeiter|Kollegen?|Bürger|Vorgesetzter|Leiter|Chefs?|Digitallotsen?)\b"
)
PAIRED = re.compile(
    r"\b(Kolleginnen und Kollegen|Chefinnen und Chefs|Chefin oder (der|mein|meinen|Ihr) Chef"
    r"|Bürgerinnen und Bürger|Digitallotsinnen und Digitallotsen|Digitallotsin oder Digitallotse"
    r"|Digitallotsen-Puls)\b"  # the name of the questionnaire, as its users call it
)


VERSIONS = [version for name in OWN for version in registry.versions(name)]
WORDED = VERSIONS + [version for name in TRANSLATED for version in registry.versions(name)]


def name_of(version: Questionnaire) -> str:
    return f"{version.id}-{version.version}"


@pytest.fixture(scope="module", params=VERSIONS, ids=name_of)
def own(request: pytest.FixtureRequest) -> Questionnaire:
    found: Questionnaire = request.param
    return found


@pytest.fixture(scope="module", params=WORDED, ids=name_of)
def worded(request: pytest.FixtureRequest) -> Questionnaire:
    """A questionnaire of which at least the German and the plain German are ours."""
    found: Questionnaire = request.param
    return found


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


def advice_for(questionnaire: Questionnaire, scale: Scale) -> list[Recommendation]:
    return [one for one in questionnaire.recommendations if one.when.scale == scale.id]


def current(questionnaire: Questionnaire) -> list[Scale]:
    """Scales of how things are; nobody is advised about a target."""
    return [scale for scale in questionnaire.scales if scale.target_of is None]


def test_it_loads_without_a_single_finding(worded: Questionnaire) -> None:
    path = registry.FOLDER / worded.id / f"{worded.version}.yaml"
    questionnaire, findings = loader.read(path.read_bytes(), path.name)

    assert questionnaire is not None
    assert findings == ()
    assert questionnaire.status == "active"


def test_the_items_are_our_own_and_free_to_use(own: Questionnaire) -> None:
    assert (own.licence.id, own.licence.holder) == ("CC-BY-4.0", "The Pegel developers")
    assert own.licence.ship
    assert own.source.kind == "own"


def test_a_translation_says_what_of_it_is_ours_and_keeps_the_licence() -> None:
    survey = registry.get(*TRANSLATED)

    assert (survey.source.kind, survey.languages.source) == ("translated", "en")
    assert survey.source.citation.endswith("German and plain German: own translations, 2026.")
    assert (survey.licence.id, survey.licence.ship) == ("OGL-UK-3.0", True)
    holders = "Crown copyright, Cabinet Office; translations into German and plain German"
    assert survey.licence.holder == f"{holders}: The Pegel developers"
    assert survey.licence.note == (
        "Contains public sector information licensed under the Open Government Licence v3.0."
    )


def test_every_text_is_there_in_all_three_languages_in_clean_writing(
    worded: Questionnaire,
) -> None:
    assert worded.languages.available == LANGUAGES
    for path, text in texts(worded):
        assert text.languages == LANGUAGES, path
        for language, words in text.items():
            if worded.id in TRANSLATED and language == worded.languages.source:
                continue  # as published
            assert words == unicodedata.normalize("NFC", words).strip(), path
            assert not re.search(r"  |[\"']| [.,:;?!]|\.\.|\n", words), (path, language)
            opening, closing = ("“", "”") if language == "en" else ("„", "“")
            assert words.count(opening) == words.count(closing), (path, language)


def test_no_german_word_is_spelt_around_an_umlaut(worded: Questionnaire) -> None:
    spelt = re.compile(r"\b(fuer|ueber\w*|koenn\w*|muess\w*|Aender\w*|Veraender\w*|gross\w*)\b")
    for language in ("de", "de-simple"):
        for text in plain(worded, language):
            assert not spelt.search(text), text


def test_people_are_named_inclusively(worded: Questionnaire) -> None:
    for language in ("de", "de-simple"):
        for text in plain(worded, language):
            assert not MASCULINE_ALONE.search(PAIRED.sub("", text)), text


def test_plain_german_has_short_sentences_and_short_words(worded: Questionnaire) -> None:
    lengths = [len(words) for text in plain(worded, "de-simple") for words in sentences(text)]
    words = {word for text in plain(worded, "de-simple") for word in re.findall(r"[\w-]+", text)}

    assert sum(lengths) / len(lengths) <= 9
    assert max(lengths) <= 16
    assert {word for word in words if max(map(len, word.split("-"))) > 14} == set()


def test_plain_german_has_no_passive_and_no_subjunctive(worded: Questionnaire) -> None:
    odd = re.compile(
        r"\b(wird|werden)\b[^.!?:]*\b(ge\w+(t|en)|be\w+t|informiert)\b"
        r"|\b(wurden?|worden|würden?|könnten?|sollten?|wäre\w*|hätten?)\b"
    )
    for text in plain(worded, "de-simple"):
        assert not odd.search(text), text


def test_sections_are_introduced_short_and_show_every_question_once(own: Questionnaire) -> None:
    shown = [name for section in own.sections for name in section.show]

    assert all(section.intro is not None for section in own.sections)
    assert all(len(section.show) <= 12 for section in own.sections)
    assert len(set(shown)) == len(shown)
    assert set(shown) == {item.id for item in (*own.items, *own.demographics)}


def test_the_first_section_names_the_answer_for_what_does_not_fit(own: Questionnaire) -> None:
    intro = own.sections[0].intro

    if own.id == "pulse":  # those who answer have chosen the task that it asks about
        return
    assert intro is not None
    for language in LANGUAGES:
        assert own.missing.no_answer.label[language] in intro[language]


def groups_by_step(questionnaire: Questionnaire, one: Demographic) -> list[dict[int, str]]:
    codes = questionnaire.response_scales[one.response].codes
    return [
        {code: step.map.get(code) or step.map["*"] for code in codes} for step in one.coarsening
    ]


def test_demographics_coarsen_step_by_step_into_one_group(own: Questionnaire) -> None:
    for one in own.demographics:
        codes = own.response_scales[one.response].codes
        steps = [{code: str(code) for code in codes}, *groups_by_step(own, one)]
        assert len(set(steps[-1].values())) == 1, one.id
        for finer, coarser in pairwise(steps):
            assert len(set(coarser.values())) < len(set(finer.values())), one.id
            # What one step has joined, the next does not part again.
            joined = {(finer[code], coarser[code]) for code in codes}
            assert len(joined) == len(set(finer.values())), one.id
        for step, groups in zip(one.coarsening, groups_by_step(own, one), strict=True):
            assert set(step.labels) == set(groups.values()), one.id


def test_every_weak_score_of_every_scale_meets_a_recommendation(own: Questionnaire) -> None:
    for scale in current(own):
        weak = range(30, 101) if scale.higher_is == "worse" else range(70)
        fine = range(30) if scale.higher_is == "worse" else range(70, 101)
        advice = advice_for(own, scale)
        met = {
            score
            for score in range(101)
            if any(one.when.from_ <= score < one.when.below for one in advice)
        }
        assert len({(one.when.from_, one.when.below) for one in advice}) >= 2, scale.id
        assert met >= set(weak), scale.id
        assert met.isdisjoint(fine), scale.id


def test_recommendations_of_one_field_never_overlap(own: Questionnaire) -> None:
    for scale in own.scales:
        for field in FIELDS:
            ranges = sorted(
                (one.when.from_, one.when.below)
                for one in advice_for(own, scale)
                if one.field == field
            )
            assert all(first[1] <= second[0] for first, second in pairwise(ranges)), scale.id


def test_the_weakest_scores_lead_into_two_fields_of_action(own: Questionnaire) -> None:
    for scale in current(own):
        worst = 100 if scale.higher_is == "worse" else 0
        fields = {
            one.field for one in advice_for(own, scale) if one.when.from_ <= worst < one.when.below
        }
        assert len(fields) >= 2, scale.id


def test_all_five_fields_of_action_are_served(own: Questionnaire) -> None:
    served = Counter(one.field for one in own.recommendations)

    assert set(served) == FIELDS
    assert min(served.values()) >= {"change-climate": 4, "digital-maturity": 3, "pulse": 1}[own.id]


def test_recommendations_are_one_or_two_sentences(own: Questionnaire) -> None:
    for one in own.recommendations:
        for language, words in one.text.items():
            assert 1 <= len(sentences(words)) <= 2, (one.id, language)
            assert len(words) <= 220, (one.id, language)


def test_no_two_recommendations_are_the_same(own: Questionnaire) -> None:
    for language in LANGUAGES:
        advice = [one.text[language] for one in own.recommendations]
        assert len(set(advice)) == len(advice)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_answered_in_the_minutes_it_names(worded: Questionnaire, language: str) -> None:
    """Level texts are read once: the target is chosen beside them."""
    read = [question.text[language] for question in worded.questions.values()]
    read += [one.hint[language] for one in worded.questions.values() if one.hint]
    for section in worded.sections:
        read += [section.title[language]] + ([section.intro[language]] if section.intro else [])
    for demographic in worded.demographics:
        points = worded.response_scales[demographic.response].points
        read += [point.label[language] for point in points]
    answers = len(worded.demographics)
    for item in worded.items:
        if isinstance(item, MaturityItem):
            read += [level.text[language] for level in item.levels]
            answers += 1 + item.target
        elif not isinstance(item, ExplanationItem):
            answers += 1
    words = sum(len(text.split()) for text in read)

    minutes = words / WORDS_PER_MINUTE + answers * SECONDS_PER_ANSWER / 60

    assert worded.minutes is not None
    assert minutes <= worded.minutes
