"""Slips: paper with an access code, to be cut apart, mixed and drawn from a box.

The PDF is the only place where the codes stand. It has no serial number, no date, and no order
that means anything.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import segno
from babel.dates import format_date

import survey
from reports.release import short_hash
from reports.wording.catalogues import translations
from survey.db.campaigns import Campaign
from survey.domain.campaigns import plan_of
from survey.domain.standing import NOT_SIGNED, CoSigned
from survey.domain.typesetting import printable, typeset

TEMPLATE = "slips/slips.typ"
DOMAIN = "slips"
LOCALE = Path(survey.__file__).parent / "locale"
LANGUAGES = ("de", "en")
LONGEST_TITLE = 48  # what fits on a slip in two lines
LONGEST_UNIT = 36
QUIET_ZONE = 2  # modules; the slip's own white margin does the rest


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """What is printed for one stock; all texts are shown as they are."""

    title: str
    unit: str
    address: str
    codes: tuple[str, ...]
    plan_hash: str
    language: str = "de"
    cosigned: CoSigned = NOT_SIGNED
    shared: bool = False  # one code for everybody, on every slip


def slips_pdf(
    campaign: Campaign,
    stocks: Mapping[str | None, Sequence[str]],
    *,
    base_url: str,
    language: str = "de",
    cosigned: CoSigned = NOT_SIGNED,
) -> bytes:
    """The slips of several stocks (a unit, or None for the whole) in one accessible PDF.

    Each stock has its own instruction sheet first, then 12 slips on each A4 page, in random order.
    """
    plan = plan_of(campaign)
    names = {one.id: one.name for one in plan.units.walk()} if plan.units else {}
    whole = plan.units.name if plan.units else plan.title[language]
    return sheets_pdf(
        [
            SlipSheet(
                title=plan.title[language],
                unit=whole if unit is None else names[unit],
                address=f"{base_url.rstrip('/')}/b/{campaign.slug}",
                codes=tuple(codes),
                plan_hash=campaign.plan_hash,
                language=language,
                cosigned=cosigned,
                shared=plan.access == "shared-code",
            )
            for unit, codes in stocks.items()
        ]
    )


def sheets_pdf(sheets: Sequence[SlipSheet]) -> bytes:
    """Sheets (at least one, of one campaign) as PDF; SurveyError when it could not be made."""
    first = sheets[0]
    language = first.language if first.language in LANGUAGES else LANGUAGES[0]
    title = translations(LOCALE, DOMAIN, language).gettext("Slips: %(title)s")
    return typeset(
        TEMPLATE,
        {
            "language": language,
            "title": title % {"title": printable(first.title)},
            "words": _words(language) | (_shared_words(language) if first.shared else {}),
            "sheets": [_content(sheet) for sheet in sheets],
        },
    )


def _content(sheet: SlipSheet) -> dict[str, object]:
    """What the template shows, as plain values."""
    language = sheet.language if sheet.language in LANGUAGES else LANGUAGES[0]
    _ = translations(LOCALE, DOMAIN, language).gettext
    title, unit = printable(sheet.title), printable(sheet.unit)
    shuffled = list(sheet.codes)
    secrets.SystemRandom().shuffle(shuffled)
    return {
        "title": _("Slips: %(title)s") % {"title": title},
        "campaign": _short(title, LONGEST_TITLE),
        "unit": f"{_short(unit, LONGEST_UNIT)} · {_signed(sheet, language, short=True)}",
        "address": re.sub(r"^https?://", "", sheet.address),
        "facts": [
            [_("Unit"), unit],
            [_("Slips in this file"), str(len(shuffled))],
            [_("Address"), sheet.address],
            [_("Check number of the plan"), short_hash(sheet.plan_hash)],
            [_("Co-signature"), _signed(sheet, language)],
        ],
        "steps": (_shared_steps if sheet.shared else _steps)(len(shuffled), language),
        "slips": [{"code": code, "qr": _qr(f"{sheet.address}#{code}")} for code in shuffled],
    }


def _signed(sheet: SlipSheet, language: str, *, short: bool = False) -> str:
    """Who signed the plan; on the slip itself there is no room for the day."""
    _ = translations(LOCALE, DOMAIN, language).gettext
    by, day = sheet.cosigned.by, sheet.cosigned.day
    if by == "none" or day is None:
        return _("not co-signed")
    if short:
        return _("co-signed") if by == "council" else _("signed without an account")
    said = {
        "council": _("by the staff council on %(day)s (account %(name)s, since %(since)s)"),
        "operator": _("signed on the command line on %(day)s, without an account"),
    }[by]
    since = sheet.cosigned.since or day
    return said % {
        "day": format_date(day, format="long", locale=language),
        "name": sheet.cosigned.name,
        "since": format_date(since, format="long", locale=language),
    }


def _steps(count: int, language: str) -> list[str]:
    _ = translations(LOCALE, DOMAIN, language).gettext
    return [
        _("Print this file once, then delete it. Cut the slips apart. There are %(count)d of them.")
        % {"count": count},
        _("Mix the slips and put them into a box. Do not read them, do not number them."),
        _(
            "Let everybody of this unit draw a slip from the box. Do not hand slips out yourself, "
            "and do not write down who has drawn."
        ),
        _("Count the slips that are left over when everybody has drawn."),
        _("Enter that number on the page of the survey. Results are only released after that."),
        _("Destroy the slips that are left over, unread, with a paper shredder."),
    ]


def _shared_steps(count: int, language: str) -> list[str]:
    _ = translations(LOCALE, DOMAIN, language).gettext
    return [
        _("Print this file once, then delete it. Cut the slips apart. There are %(count)d of them.")
        % {"count": count},
        _("Give a slip to everybody who is asked. All slips carry the same code."),
        _("Keep the code among the people who are asked: whoever knows it can answer."),
    ]


def _words(language: str) -> dict[str, str]:
    _ = translations(LOCALE, DOMAIN, language).gettext
    return {
        "lead": _("This page is for you, the person who hands the slips out. Do not cut it up."),
        "fact": _("What"),
        "value": _("Here"),
        "steps": _("What to do"),
        "promise": _("What everybody should know"),
        "promise-text": _(
            "Each slip opens the survey once. Nobody knows who has drawn which slip, and the "
            "server keeps neither this file nor the codes."
        ),
        "qr": _("QR code with the address of the survey and the code of this slip"),
        "sentences": _(
            "Draw this slip yourself; nobody knows which one you have. It is best to answer with "
            "your own phone on the mobile network."
        ),
    }


def _shared_words(language: str) -> dict[str, str]:
    _ = translations(LOCALE, DOMAIN, language).gettext
    return {
        "promise-text": _(
            "Everybody has the same code, so it tells nothing about who has answered. It does not "
            "keep anybody from answering twice; results are given for the whole only."
        ),
        "sentences": _(
            "Everybody has the same code. It is best to answer with your own phone on the mobile "
            "network."
        ),
    }


def _qr(address: str) -> str:
    return str(segno.make_qr(address, error="m").svg_inline(border=QUIET_ZONE))


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
