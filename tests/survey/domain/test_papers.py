"""Papers: one tree of texts, shown alike as page, PDF and file for a word processor."""

import ast
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

import survey
from reports.wording.lines import one_line
from survey.db.engine import reading_session
from survey.domain import campaigns
from survey.domain.notices import GERMAN_ALONE, KINDS, Kind, Subject, notice
from survey.domain.papers import (
    Paper,
    Section,
    bullets,
    code,
    facts,
    pdf,
    spans,
    steps,
    table,
    text,
    word,
)
from tests.survey.domain.waves import SLUG, certificate_of, opened, texts
from tests.survey.web.catalogues import german
from tests.survey.web.factories import Town

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = (
    '#panic("x") $ x^2 $ *fett* @ref <label>',
    "<script>alert(1)</script> & Söhne",
    "]]> <w:p/> {{ 7 * 7 }} {% raise %}",
    "\u202eumgekehrt\u0000\n## neu | Überschrift\n* Punkt",
    "x" * 300,
)
MODULES = (
    "wordings",
    "stored_fields",
    "audits",
    "certificate_paper",
    "certificate_explanations",
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town.at(tmp_path / "data")
    yield made
    made.engine.dispose()


def subject_of(town: Town) -> Subject:
    with reading_session(town.engine) as session:
        questionnaire = campaigns.questionnaire_of(campaigns.get(session, SLUG))
    return Subject(certificate_of(town), questionnaire, "https://befragung.musterheim.example")


def every_block(said: str) -> Paper:
    parts = (
        text(said), facts([(said, said)]), table((said, said), [(said, said)]), bullets(said),
        steps(said, said), code(said),
    )  # fmt: skip
    return Paper("de", said, (said,), (Section("one", said, parts), Section("b", said, parts)), "–")


def parts_of(made: bytes) -> dict[str, ET.Element]:
    """Every part of a .docx, parsed."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}  # noqa: S314 # made here


def words_in(made: bytes) -> str:
    document = parts_of(made)["word/document.xml"]
    return " ".join(found.text or "" for found in document.iter(f"{W}t"))


def pdf_text(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("said", HOSTILE)
def test_texts_are_shown_as_they_are_and_none_of_them_runs(said: str) -> None:
    made = word(every_block(said))
    assert one_line(said) in words_in(made)
    assert len(pdf(every_block(said))) > 1000


def test_the_word_file_is_whole_and_says_nothing_of_when_it_was_made() -> None:
    made = word(every_block("Text"))
    assert made == word(every_block("Text"))
    parts = parts_of(made)
    named = {one.get("PartName", "")[1:] for one in parts["[Content_Types].xml"]} - {""}
    assert named == {"word/document.xml", "word/styles.xml", "word/numbering.xml"} < parts.keys()
    targets = {one.get("Target") for one in parts["word/_rels/document.xml.rels"]}
    assert {f"word/{target}" for target in targets} < parts.keys()
    used = {one.get(f"{W}val") for one in parts["word/document.xml"].iter(f"{W}numId")}
    defined = {one.get(f"{W}numId") for one in parts["word/numbering.xml"].iter(f"{W}num")}
    assert used <= defined
    assert len(used) == 3  # the bullets, and each list of steps begins with 1
    styles = {one.get(f"{W}styleId") for one in parts["word/styles.xml"].iter(f"{W}style")}
    assert {one.get(f"{W}val") for one in parts["word/document.xml"].iter(f"{W}pStyle")} <= styles


def test_gaps_are_found_and_marked() -> None:
    said = "vor [bitte ergänzen: Name] nach [please add: date] [sonst]"
    assert [(one.text, one.gap) for one in spans(said)] == [
        ("vor ", False), ("[bitte ergänzen: Name]", True), (" nach ", False),
        ("[please add: date]", True), (" [sonst]", False),
    ]  # fmt: skip
    marked = parts_of(word(every_block(said)))["word/document.xml"].iter(f"{W}highlight")
    assert len(list(marked)) >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_plan_says_is_filled_in_and_the_rest_is_a_gap(town: Town, kind: Kind) -> None:
    opened(
        town,
        organisation={"de": "Stadt Musterheim", "en": "Town of Musterheim"},
        purpose={"de": "Wie geht es uns?", "en": "How are we?"},
        readers={"report": ["hr"], "responses": ["research"]},
        contacts={"staff_council": "rat@musterheim.example", "data_protection": "dsb@x.example"},
        series="jedes-jahr",
        weighting="head-counts",
    )
    paper = notice(subject_of(town), kind, "de")
    said = " ".join(texts(paper))
    one = certificate_of(town)
    for expected in (
        "Stadt Musterheim", "Wie geht es uns?", "das Forschungsteam", "die Personalstelle",
        one.short_hash, "90 Tage", "gemischten Zetteln", "Befragungen der Reihe „jedes-jahr“",
    ):  # fmt: skip
        assert expected in said
    assert ("Das Ganze wird zusätzlich nach Köpfen gewichtet" in said) is (kind == "agreement")
    if kind != "agreement":
        assert "dsb@x.example" in said
    assert "[bitte ergänzen:" in said
    assert "Datenschutzbeauftragten prüfen" in said
    assert "[bitte ergänzen: Name der Verwaltung]" not in said
    shown = " ".join(pdf_text(pdf(paper)).split())
    assert one.short_hash in shown
    assert all(section.title in shown for section in paper.sections)
    assert one.short_hash in words_in(word(paper))


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_plan_does_not_say_is_a_gap(town: Town, kind: Kind) -> None:
    opened(town)
    said = " ".join(texts(notice(subject_of(town), kind, "de")))
    assert "[bitte ergänzen: Name der Verwaltung]" in said
    assert "[bitte ergänzen: Zweck der Befragung]" in said
    assert "Verglichen" not in said


def test_the_privacy_notice_is_there_in_english_and_the_others_stay_german(town: Town) -> None:
    opened(town)
    english = notice(subject_of(town), "privacy-notice", "en")
    assert english.language == "en"
    assert "[please add:" in " ".join(texts(english))
    assert [one.id for one in english.sections] == [
        one.id for one in notice(subject_of(town), "privacy-notice", "de").sections
    ]
    for kind in GERMAN_ALONE:
        assert notice(subject_of(town), kind, "en") == notice(subject_of(town), kind, "de")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_plan_cannot_add_headings_or_run_anything(town: Town, title: str) -> None:
    opened(town, title={"de": title.replace("\u0000", ""), "en": "x"})
    plain = [one.id for one in notice(subject_of(town), "agreement", "de").sections]
    assert plain == ["subject", "people", "anonymity", "results", "access", "council", "end"]
    assert "49" not in words_in(word(notice(subject_of(town), "agreement", "de"))).split()


def test_a_prolonged_day_is_the_one_that_counts(town: Town) -> None:
    opened(town)
    deleted = certificate_of(town).delete_by
    assert deleted > datetime.now(UTC).date()
    said = " ".join(texts(notice(subject_of(town), "processing-record", "de")))
    assert str(deleted.year) in said


def sources() -> Iterator[str]:
    for module in MODULES:
        yield (Path(survey.__file__).parent / "domain" / f"{module}.py").read_text()


def said_in_code() -> set[str]:
    found = set()
    for source in sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and node.args and _is_said(node.func):
                first = node.args[0]
                assert isinstance(first, ast.Constant), ast.unparse(node)
                found.add(str(first.value))
    return found


def _is_said(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "_"
    return isinstance(function, ast.Attribute) and function.attr in ("say", "_say")


def test_every_text_exists_in_german_and_none_is_left_over() -> None:
    catalogue = german("papers")
    assert said_in_code() == set(catalogue)
    assert [key for key, found in catalogue.items() if not all(found)] == []


def test_both_languages_put_in_the_same_values() -> None:
    for key, found in german("papers").items():
        placed = re.findall(r"%\(\w+\)s", key)
        assert sorted(placed) == sorted(re.findall(r"%\(\w+\)s", found[0])), key
