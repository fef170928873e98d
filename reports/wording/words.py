"""Words and numbers in the reader's language."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from gettext import NullTranslations
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from reports.wording.catalogues import translations

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "report"


@dataclass(frozen=True)
class Words:
    """Sentences, lists, dates and numbers in one language (BCP 47 tag of the questionnaire)."""

    language: str

    @cached_property
    def catalogue(self) -> NullTranslations:
        """The interface texts."""
        return translations(FOLDER, DOMAIN, self.language)

    @cached_property
    def locale(self) -> Locale:
        """What Babel knows about the language; a variant shares that of its language."""
        return Locale.parse(self.language.partition("-")[0])

    def say(self, message: str, **values: object) -> str:
        """`message` (English) in this language, with its {placeholders} filled."""
        return self.catalogue.gettext(message).format(**values)

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """The singular or plural form that fits `n`."""
        return self.catalogue.ngettext(one, many, n).format(n=n, **values)

    def several(self, names: list[str]) -> str:
        """A list in words: a, b and c."""
        return format_list(names, locale=self.locale)

    def day(self, iso: str) -> str:
        """An ISO date as people write it."""
        return format_date(date.fromisoformat(iso), format="long", locale=self.locale)

    def short_day(self, iso: str) -> str:
        """An ISO date in digits, for charts."""
        return format_date(date.fromisoformat(iso), format="short", locale=self.locale)

    def month(self, iso: str) -> str:
        """The month of an ISO date in digits, for charts."""
        return format_skeleton("yM", date.fromisoformat(iso), locale=self.locale)

    def language_name(self, tag: str) -> str:
        """What a language of a questionnaire is called."""
        primary, _, variant = tag.partition("-")
        if variant == "simple":
            return self.say("plain language")
        return Locale.parse(primary).get_display_name(self.locale) or tag

    def hundredths(self, value: float) -> str:
        """A number with two decimals."""
        return format_decimal(value, format="0.00", locale=self.locale)

    def plain(self, value: float) -> str:
        """A number with as many decimals as it has."""
        return format_decimal(value, locale=self.locale)

    def percent(self, value: int) -> str:
        """A whole percentage."""
        return self.say("{value} %", value=value)

    def share(self, value: int) -> str:
        """A share of all answers; the ends of what a release shows stand for what lies beyond."""
        sign = {5: "≤ ", 95: "≥ "}.get(value, "")
        return f"{sign}{self.percent(value)}"
