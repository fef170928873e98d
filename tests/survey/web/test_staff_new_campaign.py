"""Breakdowns in the form of a new campaign, and what it says of waves that are not compared."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.db.engine import reading_session, writing_session
from survey.domain import campaigns
from survey.domain.plan_loading import make_plan
from survey.domain.plans import Plan
from tests.survey.web.factories import Town
from tests.survey.web.staff import Staff, at_work, plan_of_town
from tests.survey.web.test_staff_campaigns import create, form

NEW = "/staff/campaigns/new"
TENURE, LEADS = "breakdowns.change-climate.tenure", "breakdowns.change-climate.leads"
TODAY = datetime.now(UTC).date()
DAYS = {"from": str(TODAY), "to": str(TODAY + timedelta(days=20))}
BOX = re.compile(r'type="checkbox" name="(breakdowns[^"]+)"[^>]*?( checked)?(?: aria|>)')
YAML = f"""\
title: {{de: Befragung 2026}}
questionnaire: change-climate@1.1.0
languages: [de, en, de-simple]
period: {{from: {TODAY}, to: {DAYS["to"]}}}
organisation: {{de: Stadt Musterheim}}
units:
  id: stadt-musterheim
  name: Stadt Musterheim
  units:
    - {{id: bauamt, name: Bauamt, eligible: 34}}
    - id: zentrale-dienste
      name: Zentrale Dienste
      units:
        - {{id: hauptamt, name: Hauptamt, eligible: 21}}
        - {{id: standesamt, name: Standesamt, eligible: 6}}
breakdowns: [tenure, leads]
readers: {{report: [hr]}}
"""


@pytest.fixture
def erika(client: TestClient[Any], town: Town) -> Staff:
    return at_work(client, town)


def boxes(page: str) -> dict[str, bool]:
    """The checkboxes of breakdowns, by their name: whether each is ticked."""
    return {name: bool(ticked) for name, ticked in BOX.findall(page)}


def carried(page: str) -> dict[str, str]:
    """What the page of the check hands on to the next step."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    units = re.search(r'<textarea name="units"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert units is not None
    return hidden | {"units": units[1]}


def stored(town: Town, slug: str) -> Plan:
    with reading_session(town.engine) as session:
        return campaigns.plan_of(campaigns.get(session, slug))


def test_every_questionnaire_offers_its_questions_in_its_words(erika: Staff) -> None:
    page = erika.get(NEW)
    assert list(boxes(page)) == [
        TENURE,
        LEADS,
        "breakdowns.change-climate.workday",
        "breakdowns.digital-maturity.leads",
        "breakdowns.digital-maturity.workday",
    ]
    assert not any(boxes(page).values())
    assert f'for="{TENURE}">Wie lange arbeiten Sie schon in dieser Verwaltung?</label>' in page
    assert "Kleine Gruppen bleiben verborgen" in page
    assert "How long have you worked in this administration?" in erika.get(f"{NEW}?lang=en")


def test_the_plan_is_that_of_an_equal_file(erika: Staff, town: Town) -> None:
    from_file = erika.post(NEW, {"way": "file", "plan": YAML, "step": "check"}).text
    ticked = form(questionnaire="change-climate", **DAYS, **{LEADS: "on", TENURE: "on"})
    checked = erika.post(NEW, ticked).text
    hashes = [re.findall(r'class="hash">([0-9a-f-]{19})<', page) for page in (from_file, checked)]
    assert hashes[0] == hashes[1] != []
    created = erika.post(NEW, carried(checked) | {"step": "create"})
    slug = created.headers["location"].rpartition("/")[2]
    assert stored(town, slug).breakdowns == ("tenure", "leads")
    said = "Wie lange arbeiten Sie schon in dieser Verwaltung?, Leiten Sie andere Beschäftigte?"
    for page in (checked, erika.get(f"/staff/campaigns/{slug}")):
        assert f"<dt>Aufgliederungen des Ganzen</dt><dd>{said}</dd>" in page
    suggested = boxes(erika.get(NEW))
    assert [name for name, is_ticked in suggested.items() if is_ticked] == [TENURE, LEADS]


def test_ticks_of_another_questionnaire_plan_nothing_and_are_kept(erika: Staff, town: Town) -> None:
    ticked = form(questionnaire="pulse", **{TENURE: "on"})
    checked = erika.post(NEW, ticked).text
    assert "<dt>Aufgliederungen des Ganzen</dt><dd>keine</dd>" in checked
    edited = erika.post(NEW, carried(checked) | {"step": "edit"}).text
    assert boxes(edited)[TENURE]
    assert 'id="questionnaire-pulse" checked' in edited
    place = create(erika, questionnaire="pulse", **{TENURE: "on"})
    assert stored(town, place.rpartition("/")[2]).breakdowns == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"access": "open", TENURE: "on"},
            "Entfernen Sie die Aufgliederungen, oder wählen Sie Zettel.",
        ),
        (
            {TENURE: "on", "breakdowns.change-climate.shoe": "on"},
            "Diese Frage gibt es im Fragebogen nicht. Entfernen Sie die Aufgliederung.",
        ),
    ],
)
def test_what_cannot_be_broken_down_is_said_at_its_place(
    erika: Staff, changes: dict[str, str], said: str
) -> None:
    response = erika.post(NEW, form(questionnaire="change-climate", purpose="Neugier", **changes))
    page = response.text
    assert response.status_code == 422
    assert re.search(f'<a class="kern-link" href="#breakdowns"><span>[^<]*{said}</span>', page)
    assert re.search(r'<fieldset [^>]*--error" id="breakdowns" tabindex="-1"', page)
    assert '<details class="more" open>' in page
    assert boxes(page)[TENURE]
    assert 'value="Neugier"' in page


# waves of a series


def wave(town: Town, slug: str, first: date, readers: list[str]) -> None:
    """A released campaign of the series, with its first day."""
    period = {"from": str(first), "to": str(first + timedelta(days=9))}
    content = plan_of_town(slug, period=period, series="klima", readers={"report": readers})
    with writing_session(town.engine) as session:
        made = campaigns.create(
            session, make_plan(content), now=datetime.now(UTC), trust=town.trust
        )
        made.status = "released"


def test_who_plans_and_who_looks_is_told_what_is_not_compared(erika: Staff, town: Town) -> None:
    wave(town, "zuvor", date(2025, 1, 6), ["staff-council"])
    wave(town, "zugleich", TODAY, ["hr"])
    wave(town, "danach", TODAY + timedelta(days=1), ["hr"])
    planned = {"questionnaire": "change-climate", "series": "klima"} | DAYS
    checked = erika.post(NEW, form(**planned)).text
    page = erika.get(create(erika, **planned))
    for said in (
        "„Erste Welle“ aus derselben Reihe beginnt am selben Tag",
        "Reihe, ab 6.\N{NO-BREAK SPACE}Januar 2025, wird nicht verglichen",
        "(dort: der Personalrat)",
    ):
        assert checked.count(said) == page.count(said) == 1, said
    apart = erika.post(NEW, form(**planned | {"series": "andere"})).text
    assert "aus derselben Reihe" not in apart
