"""Every word that the pages of the staff can say exists in German."""

import re
from collections.abc import Iterator
from pathlib import Path

import survey
from survey.web.assets import TEMPLATES
from survey.web.sentences import ERRORS, FINDINGS, PLACES
from tests.survey.web.catalogues import german

FOLDERS = (
    "accounts",
    "campaigns",
    "certificates",
    "notices",
    "rehearsal",
    "results",
    "staff",
)
FILES = ("layouts/staff.html", "layouts/staff_part.html", "macros/staff.html", "macros/plan.html")
MODULES = (
    "accounts",
    "campaigns",
    "certificates",
    "cosigning",
    "entrance",
    "new_campaign",
    "notices",
    "own_account",
    "rehearsal",
    "results",
    "slips",
)
CALL = re.compile(r"""(?:\b_|\bsay)\(\s*(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)')""")
PLURAL = re.compile(r'ngettext\(\s*"([^"]+)"')
FORBIDDEN = re.compile(
    r"\b(du|dir|dein\w*|user\w*|token\w*|submit\w*|login|logout|password)\b", re.IGNORECASE
)


def sources() -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((TEMPLATES / folder).rglob("*.html")):
            yield path.read_text()
    for file in FILES:
        yield (TEMPLATES / file).read_text()
    for module in MODULES:
        yield (Path(survey.__file__).parent / "web" / f"{module}.py").read_text()


def said() -> set[str]:
    found = set(PLACES)
    for sentences in (ERRORS, FINDINGS):
        found |= {text for pair in sentences.values() for text in pair if text}
    for source in sources():
        found |= {double or single for double, single in CALL.findall(source)}
        found |= set(PLURAL.findall(source))
    return found


def test_every_message_has_a_german_text() -> None:
    catalogue = german("staff")
    assert len(said()) > 200
    assert said() - set(catalogue) == set()
    assert [key for key, texts in catalogue.items() if not all(texts)] == []


def test_no_german_text_is_left_over() -> None:
    assert set(german("staff")) - said() == set()


def test_both_languages_put_in_the_same_values() -> None:
    for key, texts in german("staff").items():
        for text in texts:
            placed = set(re.findall(r"%\(\w+\)s", text))
            assert placed <= set(re.findall(r"%\(\w+\)s", key)), key


def test_german_pages_speak_politely_and_without_foreign_words() -> None:
    for texts in german("staff").values():
        for text in texts:
            assert not FORBIDDEN.search(text), text
