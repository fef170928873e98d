"""Waves of an invented town: the same instrument in versions, and releases at other times."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports.release import Release, ReleaseFacts
from reports.trending import Published, make_waves
from tests.reports.towns import INSTRUMENT, Town, town_of

Says = Mapping[str, object]

EQUIVALENT: Says = {"scales": {"trust": "equivalent", "worry": "equivalent"}}
BRIDGE: Says = {"scales": {"trust": {"bridge": ["q1", "q2"]}, "worry": "break"}}


def version(number: str, said: Says | None = None, to: str = "1.0.0") -> Questionnaire:
    """The instrument under another number, declaring `said` about an earlier version."""
    data = INSTRUMENT.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    declared: list[dict[str, Any]] = [{"to": to, **said}] if said else []
    return Questionnaire.model_validate(
        data | {"status": "active", "version": number, "comparability": declared}
    )


def wave(town: Town, year: int, questionnaire: Questionnaire = INSTRUMENT) -> Published:
    """The release of a town in a year."""
    made = Town(town.tree, town.rows, questionnaire).release()
    facts = ReleaseFacts(
        title=Text({"en": f"Survey {year}", "de": f"Befragung {year}"}),
        first_day=f"{year}-09-01",
        last_day=f"{year}-09-30",
        cosigned=True,
    )
    return Published(replace(made, facts=facts), questionnaire)


def after(now: Published, *earlier: Published) -> Release:
    """The release of the last wave with the earlier ones in it."""
    return replace(now.release, waves=make_waves(now, earlier))


def series(*sizes: tuple[int, ...], said: Says | None = None) -> tuple[Published, ...]:
    """A wave per year from 2024 on; the last one is version 1.1.0 where it says something."""
    questionnaires = [INSTRUMENT] * (len(sizes) - 1)
    questionnaires.append(version("1.1.0", said) if said else INSTRUMENT)
    towns = [town_of(*units, asked=tuple(n + 12 for n in units)) for units in sizes]
    return tuple(
        wave(town, 2024 + place, asked)
        for place, (town, asked) in enumerate(zip(towns, questionnaires, strict=True))
    )
