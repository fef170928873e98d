"""Every sentence of a report exists in German, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import reports
from reports.wording.catalogues import translations
from reports.wording.words import FOLDER, Words

HOUSE = Path(reports.__file__).parent
CALLS = {"say": 1, "count": 2}


def messages() -> Iterator[tuple[str, ...]]:
    for file in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            parts = node.args[: CALLS.get(name, 0)]
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            if texts and len(texts) == len(parts):
                yield tuple(str(text) for text in texts)


def german() -> Catalog:
    with (FOLDER / "de" / "LC_MESSAGES" / "report.po").open("rb") as file:
        return read_po(file, locale="de", domain="report")


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_message_has_a_german_text_and_no_text_is_left_over() -> None:
    used = {parts[0] for parts in messages() if len(parts[0]) > 1}
    known = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in german()
        if message.id
    }
    assert used == known


@pytest.mark.parametrize("message", [m for m in german() if m.id], ids=lambda m: str(m.id)[:40])
def test_a_translation_keeps_the_placeholders(message: object) -> None:
    ids = message.id if isinstance(message.id, tuple) else (message.id,)  # type: ignore[attr-defined]  # Babel's Message
    texts = message.string if isinstance(message.string, tuple) else (message.string,)  # type: ignore[attr-defined]  # Babel's Message
    assert all(texts)
    assert all(holes(text) == holes(ids[-1]) for text in texts)


def test_a_variant_shares_the_texts_of_its_language() -> None:
    assert Words("de-simple").say("Dimensions") == Words("de").say("Dimensions") == "Dimensionen"
    assert Words("en").say("Dimensions") == "Dimensions"


def test_a_language_without_a_catalogue_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        translations(FOLDER, "report", "xx")


def test_numbers_and_days_follow_the_language() -> None:
    assert Words("de").hundredths(0.8) == "0,80"
    assert Words("en").hundredths(0.8) == "0.80"
    assert Words("de").day("2026-11-23") == "23. November 2026"
    assert Words("de").several(["a", "b", "c"]) == "a, b und c"
    assert Words("de").share(95) == "≥ 95 %"
