"""What leaves the house on paper: every code once, readable for everybody, and no trace of when."""

import ast
import hashlib
import inspect
import io
import re
import subprocess
import sys

import pytest
import segno
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import Engine

from survey.db.engine import writing_session
from survey.domain import access_codes, slips, typesetting
from survey.domain.access_codes import new_code
from survey.domain.slips import SlipSheet, _content, sheets_pdf, slips_pdf
from survey.domain.typesetting import typeset
from survey.errors import SurveyError
from tests.pdf import pages_of
from tests.survey.domain.rows import create

ADDRESS = "https://befragung.musterheim.example/b/herbst-2026"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")
HOSTILE = (
    '#panic("x")',
    '#read("/etc/passwd") $ x^2 $',
    '*fett* _kursiv_ `code` \\ @ref <label> "; ] } )',
    "<script>alert(1)</script> & Söhne",
    "Amt 日本 😀",
    "\u202eumgekehrt\u0000\n\t\ud800",
    "",
    "x" * 400,
)


def sheet(
    count: int,
    title: str = "Befragung 2026",
    unit: str = "Bauamt",
    language: str = "de",
) -> SlipSheet:
    codes = tuple(new_code() for _ in range(count))
    return SlipSheet(title, unit, ADDRESS, codes, "0123456789abcdef" * 4, language)


@pytest.fixture(scope="module")
def instance() -> bytes:
    return sheets_pdf([sheet(13)])


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "\n".join(pages_of(pdf))


@pytest.mark.parametrize(("count", "pages"), [(1, 2), (12, 2), (13, 3), (30, 4)])
def test_twelve_slips_on_a_page_after_the_instructions_and_every_code_once(
    count: int, pages: int
) -> None:
    printed = sheet(count)
    pdf = sheets_pdf([printed])
    assert len(read(pdf).pages) == pages
    assert sorted(CODE.findall(text_of(pdf))) == sorted(printed.codes)
    assert not CODE.search(pages_of(pdf)[0])


def test_slips_with_one_code_for_everybody_promise_no_more_than_that() -> None:
    code = new_code()
    printed = SlipSheet(
        "Befragung", "Haus", ADDRESS, (code,) * 5, "0123456789abcdef" * 4, shared=True
    )
    said = text_of(sheets_pdf([printed]))
    assert CODE.findall(said) == [code] * 5
    words = " ".join(said.split())
    assert "Alle haben denselben Code. Antworten Sie am besten mit dem eigenen Telefon" in words
    for wrong in ("Ziehen", "einmal.", "Kasten", "übrig"):
        assert wrong not in words


def test_a_slip_says_where_to_go_and_how_to_stay_unknown(instance: bytes) -> None:
    said = " ".join(pages_of(instance)[1].split())
    assert "befragung.musterheim.example/b/herbst-2026" in said
    assert "Ziehen Sie diesen Zettel selbst; niemand weiß, welchen Sie haben." in said
    assert "Antworten Sie am besten mit dem eigenen Telefon im Mobilfunknetz." in said
    assert "Bauamt · ohne Mitzeichnung" in said


def test_the_instructions_name_unit_number_plan_and_what_to_do(instance: bytes) -> None:
    said = " ".join(pages_of(instance)[0].split())
    for expected in ("Bauamt", "Es sind 13.", "0123-4567-89ab-cdef", "ohne Mitzeichnung"):
        assert expected in said
    for verb in ("Mischen", "Kasten", "ziehen selbst", "Zählen", "Tragen", "Vernichten"):
        assert verb in said


def test_the_file_is_tagged_and_has_language_and_title(instance: bytes) -> None:
    document = read(instance)
    root = document.root_object
    assert "'/Marked': True" in str(root["/MarkInfo"])
    assert str(root["/Lang"]) == "de"
    assert "/StructTreeRoot" in root
    assert document.metadata is not None
    assert document.metadata.title == "Zettel: Befragung 2026"
    assert b"pdfuaid:part>1<" in instance


def test_english_slips_are_english() -> None:
    pdf = sheets_pdf([sheet(1, language="en")])
    assert str(read(pdf).root_object["/Lang"]) == "en"
    assert "Draw this slip yourself" in " ".join(pages_of(pdf)[1].split())


def test_nothing_in_the_file_tells_when_or_by_whom_it_was_made(instance: bytes) -> None:
    for trace in (b"/CreationDate", b"/ModDate", b"CreateDate", b"ModifyDate", b"/Author"):
        assert trace not in instance
    said = text_of(instance)
    assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d|\d{1,2}:\d\d\b", said)


def test_slips_stand_in_an_order_of_their_own() -> None:
    printed = sheet(24)
    first, second = (CODE.findall(text_of(sheets_pdf([printed]))) for _ in range(2))
    assert first != second
    assert list(printed.codes) not in (first, second)


def test_the_qr_code_opens_the_survey_with_the_code_in_the_fragment() -> None:
    printed = sheet(3)
    for slip in _content(printed)["slips"]:  # type: ignore[attr-defined]  # plain values for Typst
        expected = segno.make_qr(f"{ADDRESS}#{slip['code']}", error="m")
        assert slip["qr"] == expected.svg_inline(border=2)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_and_never_run(name: str) -> None:
    printed = sheet(2, title=name, unit=name)
    pdf = sheets_pdf([printed])
    assert sorted(CODE.findall(text_of(pdf))) == sorted(printed.codes)
    assert len(read(pdf).pages) == 2
    assert "/StructTreeRoot" in read(pdf).root_object


def test_markup_in_a_name_is_printed_letter_by_letter() -> None:
    said = text_of(sheets_pdf([sheet(1, unit='#eval("6*7") *x*')]))
    assert '#eval("6*7") *x*' in said
    assert "42" not in re.sub(CODE, "", said)


@settings(max_examples=200)
@given(st.text())
def test_whatever_a_name_holds_it_becomes_one_visible_line(name: str) -> None:
    content = _content(sheet(0, title=name, unit=name))
    for shown in (str(content["campaign"]), str(content["unit"])):
        assert shown.strip()
        assert shown.isprintable()
    assert len(str(content["campaign"])) <= 48


def test_a_stock_of_a_campaign_becomes_its_slips(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        codes = access_codes.issue(session, campaign, "bauamt", 40)
        pdf = slips_pdf(campaign, {"bauamt": codes}, base_url="http://127.0.0.1:8000/")
    said = text_of(pdf)
    assert sorted(CODE.findall(said)) == sorted(codes)
    assert f"127.0.0.1:8000/b/{campaign.slug}" in said
    assert "Bauamt" in said


def test_several_stocks_in_one_file_have_their_own_instructions(engine: Engine) -> None:
    with writing_session(engine) as session:
        campaign = create(session)
        stocks: dict[str | None, list[str]] = {
            unit: access_codes.issue(session, campaign, unit, count)
            for unit, count in (("bauamt", 13), ("hauptamt", 2))
        }
    pdf = slips_pdf(campaign, stocks, base_url="http://127.0.0.1:8000")
    pages = pages_of(pdf)
    assert [len(CODE.findall(page)) for page in pages] == [0, 12, 1, 0, 2]
    assert sorted(CODE.findall(pages[4])) == sorted(stocks["hauptamt"])
    assert "Es sind 13." in " ".join(pages[0].split())
    assert "Es sind 2." in " ".join(pages[3].split())


def test_a_fault_of_the_typesetter_is_one_sentence() -> None:
    with pytest.raises(SurveyError, match="nothing was stored"):
        typeset("slips/absent.typ", {})


def test_the_compiler_never_enters_the_process_that_asks() -> None:
    asked = (
        "import sys\n"
        "from survey.domain.slips import SlipSheet, sheets_pdf\n"
        "sheets_pdf([SlipSheet('t', 'u', 'http://x.example/b/y', ('AAAA-BBBB-CCCC-DDDD',), 'a')])\n"
        "print('typst' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_fonts_come_from_us() -> None:
    faces = sorted(path.name for path in (typesetting.FONTS / "fira-sans").glob("*.ttf"))
    assert faces == ["FiraSans-Bold.ttf", "FiraSans-Regular.ttf"]
    folder = typesetting.FONTS / "fira-sans"
    assert "SIL Open Font License" in (folder / "LICENSE").read_text()
    for face in faces:
        digest = hashlib.sha256((folder / face).read_bytes()).hexdigest()
        assert f"| {digest} |" in (folder / "README.md").read_text()


def test_every_word_on_a_slip_has_a_german_text() -> None:
    said = {
        node.args[0].value
        for node in ast.walk(ast.parse(inspect.getsource(slips)))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") == "_" or getattr(node.func, "attr", "") == "gettext")
        and isinstance(node.args[0], ast.Constant)
    }
    with (slips.LOCALE / "de" / "LC_MESSAGES" / "slips.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file, locale="de")}
    del catalogue[""]
    assert len(said) > 20
    assert set(catalogue) == said
    assert all(catalogue.values())
