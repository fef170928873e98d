"""Words that certificate and papers share: roles, acts, ways in, days, and how a plan is said."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from babel.dates import format_date

import survey
from reports.wording.catalogues import translations
from survey.db.campaigns import Status
from survey.db.signatures import Act
from survey.domain.plans import Access, Unit

DOMAIN = "papers"
LOCALE = Path(survey.__file__).parent / "locale"
LANGUAGES = ("de", "en")
Say = Callable[[str], str]


def known_language(language: str) -> str:
    """The language in which papers are written for readers of `language`."""
    base = language.partition("-")[0]
    return base if base in LANGUAGES else LANGUAGES[0]


def speaker(language: str) -> Say:
    """The texts of papers in one language."""
    return translations(LOCALE, DOMAIN, known_language(language)).gettext


def long_day(day: date, language: str) -> str:
    """A date as people write it: 18. Dezember 2026."""
    return format_date(day, format="long", locale=known_language(language))


def role_word(role: str, _: Say) -> str:
    """A role as a plan or an account names it."""
    words = {
        "hr": _("the human resources office"),
        "council": _("the staff council"),
        "staff-council": _("the staff council"),
        "privacy": _("the data protection officer"),
        "data-protection": _("the data protection officer"),
        "research": _("the research team"),
        "change": _("the change team"),
        "management": _("the head of the administration"),
        "staff": _("all staff"),
        "admin": _("the administrator of the accounts"),
    }
    return words.get(role, role)


def roles_words(roles: Sequence[str], _: Say) -> str:
    """Several roles; what is said where there is none."""
    return ", ".join(role_word(role, _) for role in roles) or _("nobody")


def act_word(act: Act, _: Say) -> str:
    """What somebody did."""
    words: dict[Act, str] = {
        "create": _("created the survey with its plan"),
        "sign": _("signed the plan"),
        "open": _("asked for the opening"),
        "prolong": _("prolonged the period"),
        "close-early": _("agreed to close before the last day"),
        "second-run": _("agreed to further slips"),
        "release": _("released the results"),
    }
    return words[act]


def status_word(status: Status, _: Say) -> str:
    """How far a campaign is."""
    words: dict[Status, str] = {
        "draft": _("in preparation"),
        "signed": _("signed, not open yet"),
        "open": _("open"),
        "closed": _("closed"),
        "released": _("closed, results released"),
        "purged": _("closed, single records deleted"),
    }
    return words[status]


def access_word(access: Access, _: Say) -> str:
    """How people get in."""
    words: dict[Access, str] = {
        "slips": _("by shuffled slips, each with a code that works once"),
        "shared-code": _("by one code for all; one person may answer more than once"),
        "open": _("by an open link; one person may answer more than once"),
    }
    return words[access]


def unit_rows(unit: Unit, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every unit of a tree with its head count, those below set in by dashes."""
    count = "" if unit.head_count is None else str(unit.head_count)
    yield f"{'– ' * depth}{unit.name}", count
    for below in unit.units:
        yield from unit_rows(below, depth + 1)
