"""Languages: which one a page speaks, and where its words come from."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel.dates import format_date

import survey
from reports.wording.catalogues import translations

LOCALE = Path(survey.__file__).parent / "locale"
NAMES = {"de": "Deutsch", "en": "English", "de-simple": "Einfache Sprache"}
INTERFACE = ("de", "en")
MOST_PREFERENCES = 20  # a header longer than this is not a person's


def interface_language(language: str) -> str:
    """The catalogue for a language of a questionnaire: "de-simple" is spoken to in German."""
    base = language.partition("-")[0]
    return base if base in INTERFACE else "en"


@lru_cache(maxsize=32)
def words(domain: str, language: str) -> NullTranslations:
    """The interface texts of a domain ("respond", "staff"); read once per process."""
    return translations(LOCALE, domain, interface_language(language))


def name_of(language: str) -> str:
    """What speakers of a language call it; the tag itself where it is not known."""
    return NAMES.get(language, language)


def long_date(day: date, language: str) -> str:
    """A date as people write it, 18. Dezember 2026, with day and month on one line."""
    written = format_date(day, format="long", locale=interface_language(language))
    return written.replace(" ", "\N{NO-BREAK SPACE}", 1)


def chosen(available: Sequence[str], asked: str | None, accepted: str | None) -> str:
    """The language to speak: as asked for, else as the browser prefers, else the first.

    `accepted` is an Accept-Language header; quality values are obeyed, nonsense is passed over.
    """
    if asked in available and asked is not None:
        return asked
    for tag in _preferences(accepted or ""):
        for language in available:
            if language.lower() == tag or tag.partition("-")[0] == language.lower():
                return language
    return available[0]


def _preferences(header: str) -> list[str]:
    """Language tags of an Accept-Language header in lower case, most wanted first."""
    weighed: list[tuple[float, int, str]] = []
    for part in header.split(",")[:MOST_PREFERENCES]:
        tag, _, parameters = part.strip().lower().partition(";")
        try:
            weight = float(parameters.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag and weight > 0:
            weighed.append((-weight, len(weighed), tag))
    return [tag for _, _, tag in sorted(weighed)]
