"""The plans of Musterheim: two finished waves by slips, one open one, one open link."""

from datetime import date, timedelta
from typing import Any

FIRST_QUESTIONNAIRE = "change-climate@1.0.0"
QUESTIONNAIRE = "change-climate@1.1.0"
THRESHOLD = 7
FINISHED_AGO = timedelta(days=60)  # when the last finished wave began
FIRST_AGO = timedelta(days=425)  # when the first one began
# How far the town stood from the second wave in the first one, in levels of a scale: since then
# people were told more and asked more, and the reorganisation has made them anxious.
FIRST_STANDING = {"transparency": -0.35, "participation": -0.2, "anxiety": -0.25, "trust": -0.1}

TREE: tuple[tuple[str, str, tuple[tuple[str, str, int], ...]], ...] = (
    (
        "zentrale-dienste",
        "Fachbereich Zentrale Dienste",
        (
            ("hauptamt", "Hauptamt", 48),
            ("personalamt", "Personalamt", 24),
            ("informationstechnik", "Informationstechnik", 17),
        ),
    ),
    (
        "finanzen",
        "Fachbereich Finanzen",
        (("kaemmerei", "Kämmerei", 36), ("stadtkasse", "Stadtkasse", 14)),
    ),
    (
        "buerger-und-soziales",
        "Fachbereich Bürger und Soziales",
        (
            ("buergerbuero", "Bürgerbüro", 62),
            ("sozialamt", "Sozialamt", 70),
            ("jugendamt", "Jugendamt", 76),
            ("stadtbuecherei", "Stadtbücherei", 13),
            ("standesamt", "Standesamt", 6),
        ),
    ),
    (
        "bauen-und-betrieb",
        "Fachbereich Bauen und Betrieb",
        (("bauamt", "Bauamt", 74), ("bauhof", "Bauhof", 80)),
    ),
)

_ORGANISATION = {"de": "Stadt Musterheim", "en": "Town of Musterheim"}
_PURPOSE = {
    "de": "Wir möchten wissen, wie es Ihnen mit den Veränderungen im Rathaus geht. "
    "Aus den Ergebnissen vereinbaren wir Maßnahmen.",
    "en": "We want to know how you fare with the changes in the town hall. "
    "We will agree on measures from the results.",
    "de-simple": "Im Rathaus ändert sich viel. Wir möchten wissen: Wie geht es Ihnen damit?",
}
_CONTACTS = {
    "staff_council": "Personalrat der Stadt Musterheim, personalrat@musterheim.example",
    "data_protection": "Datenschutz der Stadt Musterheim, datenschutz@musterheim.example",
}


def head_counts() -> dict[str, int]:
    """People per unit."""
    return {unit: count for _, _, units in TREE for unit, _, count in units}


def first_wave(today: date) -> dict[str, Any]:
    """The plan of the wave a year before, with the first version and without breakdowns."""
    start, end = today - FIRST_AGO, today - FIRST_AGO + timedelta(days=28)
    title = {"de": "Veränderungsklima, erste Welle", "en": "Change climate, first wave"}
    return _by_slips("befragung-erste", title, start, end) | {
        "questionnaire": FIRST_QUESTIONNAIRE,
        "breakdowns": [],
    }


def finished_wave(today: date) -> dict[str, Any]:
    """The plan of the wave that has been released last."""
    return _by_slips(
        "befragung-zweite",
        {"de": "Veränderungsklima, zweite Welle", "en": "Change climate, second wave"},
        today - FINISHED_AGO,
        today - FINISHED_AGO + timedelta(days=28),
    )


def running_wave(today: date) -> dict[str, Any]:
    """The plan of the wave that is open now, by slips."""
    return _by_slips(
        "befragung",
        {"de": "Veränderungsklima, dritte Welle", "en": "Change climate, third wave"},
        today,
        today + timedelta(days=25),
    )


def open_link(today: date) -> dict[str, Any]:
    """The plan of a campaign that everybody with the link can answer."""
    return _plan(
        "netzwerk",
        {"de": "Veränderungsklima, offener Link", "en": "Change climate, open link"},
        today,
        today + timedelta(days=25),
    ) | {
        "access": "open",
        "units": {"id": "netzwerk", "name": "Netzwerktreffen Musterheim", "eligible": 60},
    }


def _by_slips(slug: str, title: dict[str, str], start: date, end: date) -> dict[str, Any]:
    units = [
        {
            "id": department,
            "name": name,
            "units": [{"id": i, "name": n, "eligible": count} for i, n, count in members],
        }
        for department, name, members in TREE
    ]
    return _plan(slug, title, start, end) | {
        "access": "slips",
        "units": {"id": "musterheim", "name": "Stadt Musterheim", "units": units},
        "breakdowns": ["tenure"],
    }


def _plan(slug: str, title: dict[str, str], start: date, end: date) -> dict[str, Any]:
    return {
        "slug": slug,
        "title": title,
        "questionnaire": QUESTIONNAIRE,
        "languages": ["de", "en", "de-simple"],
        "threshold": THRESHOLD,
        "period": {"from": start, "to": end},
        "organisation": _ORGANISATION,
        "purpose": _PURPOSE,
        "contacts": _CONTACTS,
        "series": "change-climate",
        "readers": {"report": ["hr"], "responses": ["research"]},
        "retention_days": 90,
    }
