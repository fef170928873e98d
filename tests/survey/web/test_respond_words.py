"""Every word that the pages of people who answer can say exists in German."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

import survey
from survey.web.assets import TEMPLATES
from survey.web.forms import FOREIGN, MESSAGES
from survey.web.languages import LOCALE

FOLDERS = ("respond", "items", "errors")
FILES = ("layouts/respond.html", "macros/cards.html", "macros/notices.html", "macros/plan.html")
CALL = re.compile(
    r"""(?:\b_|speech\.words|\bgettext|\bsay)\(\s*(?:"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)')"""
)
PLURAL = re.compile(r'ngettext\(\s*"([^"]+)"')
INFORMAL = re.compile(r"\b(du|dein|dir|User|Token|Submit)\b", re.IGNORECASE)


def sources() -> Iterator[str]:
    for folder in FOLDERS:
        for path in (TEMPLATES / folder).rglob("*.html"):
            yield path.read_text()
    for file in FILES:
        yield (TEMPLATES / file).read_text()
    yield (Path(survey.__file__).parent / "web" / "forms.py").read_text()


def said() -> set[str]:
    found = {FOREIGN, *MESSAGES.values()}
    for source in sources():
        found |= {double or single for double, single in CALL.findall(source)}
        found |= set(PLURAL.findall(source))
    return found


def german() -> dict[str, list[str]]:
    with (LOCALE / "de" / "LC_MESSAGES" / "respond.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    made: dict[str, list[str]] = {}
    for message in catalogue:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts = message.string
            made[key] = [texts] if isinstance(texts, str) else list(texts or [""])
    return made


def test_every_message_has_a_german_text() -> None:
    catalogue = german()
    assert len(said()) > 100
    assert said() - set(catalogue) == set()
    assert [key for key, texts in catalogue.items() if not all(texts)] == []


def test_no_german_text_is_left_over() -> None:
    assert set(german()) - said() == set()


def test_both_languages_put_in_the_same_values() -> None:
    for key, texts in german().items():
        for text in texts:
            assert sorted(re.findall(r"%\(\w+\)s|%s", text)) == sorted(
                re.findall(r"%\(\w+\)s|%s", key)
            ), key


def test_german_pages_address_people_politely_and_plainly() -> None:
    for texts in german().values():
        for text in texts:
            assert not INFORMAL.search(text), text
