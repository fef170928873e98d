"""Every word that the pages of people who answer can say exists in German."""

import re
from collections.abc import Iterator
from pathlib import Path

import survey
from survey.web.assets import TEMPLATES
from survey.web.forms import FOREIGN, MESSAGES
from tests.survey.web.catalogues import german

FOLDERS = ("respond", "items", "errors")
FILES = ("layouts/respond.html", "macros/cards.html", "macros/notices.html", "macros/plan.html")
CALL = re.compile(
    r"""(?:\b_|speech\.words|\bgettext|\b_?say)\(\s*(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)')"""
)
PLURAL = re.compile(r'ngettext\(\s*"([^"]+)"')
INFORMAL = re.compile(r"\b(du|dein|dir|User|Token|Submit)\b", re.IGNORECASE)


def sources() -> Iterator[str]:
    for folder in FOLDERS:
        for path in (TEMPLATES / folder).rglob("*.html"):
            yield path.read_text()
    for file in FILES:
        yield (TEMPLATES / file).read_text()
    for file in ("forms.py", "review.py"):
        yield (Path(survey.__file__).parent / "web" / file).read_text()


def said() -> set[str]:
    found = {FOREIGN, *MESSAGES.values()}
    for source in sources():
        found |= {double or single for double, single in CALL.findall(source)}
        found |= set(PLURAL.findall(source))
    return found


def test_every_message_has_a_german_text() -> None:
    catalogue = german("respond")
    assert len(said()) > 100
    assert said() - set(catalogue) == set()
    assert [key for key, texts in catalogue.items() if not all(texts)] == []


def test_no_german_text_is_left_over() -> None:
    assert set(german("respond")) - said() == set()


def test_both_languages_put_in_the_same_values() -> None:
    for key, texts in german("respond").items():
        for text in texts:
            assert sorted(re.findall(r"%\(\w+\)s|%s", text)) == sorted(
                re.findall(r"%\(\w+\)s|%s", key)
            ), key


def test_german_pages_address_people_politely_and_plainly() -> None:
    for texts in german("respond").values():
        for text in texts:
            assert not INFORMAL.search(text), text
