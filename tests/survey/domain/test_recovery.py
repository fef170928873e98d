"""The recovery sheet: what is typed from paper is what was printed, or is refused."""

import ast
import inspect
import io
from typing import cast

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey
from pypdf import PdfReader
from pypdf.generic import StreamObject

from reports.release import short_hash
from survey.db.campaigns import Campaign
from survey.domain import recovery
from survey.domain.crockford import ALPHABET
from survey.domain.plans import hash_of
from survey.domain.recovery import Recovery, fingerprint, new_recovery, read, spell
from survey.domain.sealing import SealError
from survey.errors import RefusedError
from tests.survey.domain.plans import plan

SECRETS = st.binary(min_size=32, max_size=32)


@given(SECRETS)
def test_what_is_typed_is_what_was_printed(secret: bytes) -> None:
    printed = spell(secret)
    assert [len(group) for group in printed.split("-")] == [4] * 14
    assert read(printed) == secret
    assert read(printed.lower().replace("-", " ") + "\n") == secret
    assert read(printed.replace("0", "O").replace("1", "l")) == secret


@given(SECRETS, st.integers(0, 55), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed(secret: bytes, place: int, letter: str) -> None:
    letters = list(spell(secret).replace("-", ""))
    if letters[place] == letter:
        return
    letters[place] = letter
    with pytest.raises(RefusedError, match="misread"):
        read("".join(letters))


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 56, "ä" * 56, "0" * 55, "0" * 57])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read(text)
    assert text == "" or text not in str(caught.value)


def test_only_the_sheet_opens_what_was_sealed_for_it() -> None:
    sheet, private, seed = new_recovery(), PrivateKey.generate(), bytes(range(32))
    sealed = recovery.seal_for_sheet(sheet.public_key, private, seed)
    opened = recovery.open_with_sheet(sheet.secret, sealed)
    assert (bytes(opened.private_key), opened.signing_seed) == (bytes(private), seed)
    with pytest.raises(SealError):
        recovery.open_with_sheet(new_recovery().secret, sealed)


def test_no_two_sheets_are_alike_and_none_shows_its_secret() -> None:
    sheets = [new_recovery() for _ in range(50)]
    assert len({fingerprint(one.public_key) for one in sheets}) == 50
    assert all(recovery.public_half(one.secret) == one.public_key for one in sheets)
    assert not [one for one in sheets if "secret" in repr(one)]


@pytest.fixture(scope="module")
def sheet() -> Recovery:
    return new_recovery()


def _campaign() -> Campaign:
    return Campaign(slug="befragung-2026", plan=plan().canonical, plan_hash="", fingerprint="")


def _agreed() -> Campaign:
    """A campaign whose plan is the one that its hash stands for."""
    campaign = _campaign()
    campaign.keeper_key = "ab" * 32
    campaign.plan_hash = hash_of(plan(), "", campaign.keeper_key)
    return campaign


@pytest.fixture(scope="module", params=["de", "en"])
def pdf(request: pytest.FixtureRequest, sheet: Recovery) -> tuple[str, bytes]:
    return request.param, recovery.sheet(_agreed(), sheet, language=request.param)


def test_the_sheet_has_the_secret_once_and_both_check_numbers(
    pdf: tuple[str, bytes], sheet: Recovery
) -> None:
    language, content = pdf
    (page,) = PdfReader(io.BytesIO(content)).pages
    text = page.extract_text()
    joined = "".join(text.split())
    assert joined.count(spell(sheet.secret)) == 1
    assert fingerprint(sheet.public_key) in joined
    assert short_hash(_agreed().plan_hash) in joined
    said = {"de": ["Tresor", "Aktenvernichter"], "en": ["safe", "shredder"]}[language]
    assert all(word in text for word in said)
    assert "pegel campaign recover befragung-2026" in " ".join(text.split())


def test_the_sheet_is_accessible_and_tells_no_date(pdf: tuple[str, bytes]) -> None:
    language, content = pdf
    found = PdfReader(io.BytesIO(content))
    root = found.root_object
    metadata = cast("StreamObject", root["/Metadata"]).get_data()
    assert str(root["/Lang"]) == language
    assert "'/Marked': True" in str(root["/MarkInfo"])
    assert "/StructTreeRoot" in root
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert b"Date" not in metadata
    assert not {"/CreationDate", "/ModDate", "/Author"} & set(found.metadata or {})


def test_every_word_on_the_sheet_has_a_german_text() -> None:
    said = {
        node.args[0].value
        for node in ast.walk(ast.parse(inspect.getsource(recovery)))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "_"
        and isinstance(node.args[0], ast.Constant)
    }
    with (recovery.LOCALE / "de" / "LC_MESSAGES" / "recovery.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file, locale="de")}
    del catalogue[""]
    assert len(said) > 15
    assert set(catalogue) == said
    assert all(catalogue.values())
