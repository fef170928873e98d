"""Texts: complete in every language, plain, not too long."""

import re
from collections.abc import Iterator

from pydantic import BaseModel

from questionnaires.checks import walk
from questionnaires.checks.issue import Issue, error
from questionnaires.model import Questionnaire
from questionnaires.positions import Path
from questionnaires.text import Text

LONGEST = 2000  # characters; a long explanation has about 800
MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>|&(?:[A-Za-z]{2,8}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")


def check(questionnaire: Questionnaire) -> Iterator[Issue]:
    """Every text of a definition."""
    declared = questionnaire.languages.available
    yield from check_texts(questionnaire, declared, needed=declared)


def check_texts(
    part: BaseModel, declared: tuple[str, ...], *, needed: tuple[str, ...]
) -> Iterator[Issue]:
    """Every text in all languages that are `needed`, in `declared` ones alone, and plain."""
    for path, text in walk.texts(part):
        yield from _missing(path, text, needed)
        yield from _undeclared(path, text, declared)
        for language, words in text.items():
            yield from _words((*path, language), words)


def _missing(path: Path, text: Text, needed: tuple[str, ...]) -> Iterator[Issue]:
    if missing := [language for language in needed if language not in text]:
        said = f"This text is missing in: {', '.join(missing)}."
        remedy = f"Every text is needed in: {', '.join(needed)}."
        yield error("missing-language", path, said, remedy)


def _undeclared(path: Path, text: Text, declared: tuple[str, ...]) -> Iterator[Issue]:
    for language in text.languages:
        if language not in declared:
            said = f"The language '{language}' is not declared."
            remedy = "Add it to languages.available, or remove this text."
            yield Issue("error", "unknown-language", (*path, language), said, remedy, at_key=True)


def _words(path: Path, words: str) -> Iterator[Issue]:
    if not words.strip():
        yield error("empty-text", path, "This text is empty.", "Write it, or leave its key out.")
    if found := MARKUP.search(words):
        said = f"'{found[0][:40]}' looks like markup; texts are shown letter by letter."
        yield error("markup", path, said, "Write plain text.")
    if len(words) > LONGEST:
        said = f"This text has {len(words):,} characters; at most {LONGEST:,} are possible."
        yield error("text-too-long", path, said, "Shorten it, or split it.")
