"""The way of an answer over the pages: from the first look to the thanks, and as a trial."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.db.campaigns import Status
from tests.survey.web.factories import Asked, Town, spent, stored
from tests.survey.web.forms import ANSWERS, begin, forms_of, review, send

Client = TestClient[Any]


def test_the_start_page_says_who_asks_what_is_stored_and_who_reads_it(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung", series="jedes-jahr")
    page = client.get("/b/befragung").text.replace("\N{NO-BREAK SPACE}", " ")
    for said in (
        "Stadt Musterheim",
        "Wie geht es Ihnen im Rathaus?",
        "etwa 2 Minuten, 3 Teile",
        "Freiwillig",
        "kann einen Zettel nur einer Gruppe von mindestens 7 Antworten zuordnen",
        "darum liest sie nur das Forschungsteam",
        "Nicht schützen kann Pegel",
        "Gruppen ab 7 gültigen Antworten",
        "die Personalstelle und alle Beschäftigten",
        "Ergebnissen der anderen Befragungen der Reihe „jedes-jahr“",
        "personalrat@musterheim.example",
        "datenschutz@musterheim.example",
        "ohne Mitzeichnung",
        'href="/b/befragung?lang=en"',
        'href="/b/befragung?lang=de-simple"',
    ):
        assert said in page, said
    assert re.search(r"<code class=\"hash\">[0-9a-f]{4}(-[0-9a-f]{4}){3}</code>", page)
    assert asked.codes[0] not in page


def test_without_slips_the_start_page_promises_what_holds_there(client: Client, town: Town) -> None:
    town.ask("link", access="open")
    page = client.get("/b/link").text
    assert "nach Ihrem Bereich und nach Angaben zur Person wird nicht gefragt" in page
    assert "für das ganze Haus und ab 30 Antworten" in page
    assert "Verglichen mit" not in page
    assert 'name="_code"' not in page


@pytest.mark.parametrize(
    ("accept", "address", "said"),
    [
        ("en-GB,en;q=0.9,de;q=0.1", "/b/befragung", "Start the survey"),
        ("fr", "/b/befragung", "Befragung starten"),
        ("en", "/b/befragung?lang=de-simple", "Unsere Fragen"),
        (";q=x,,*", "/b/befragung?lang=xx", "Befragung starten"),
    ],
)
def test_the_language_is_as_asked_for_or_as_the_browser_prefers(
    client: Client, town: Town, accept: str, address: str, said: str
) -> None:
    town.ask("befragung")
    assert said in client.get(address, headers={"Accept-Language": accept}).text


def test_the_code_is_checked_and_not_spent_before_the_last_click(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    page = begin(client, asked, f"  {asked.codes[0].lower().replace('-', ' ')} ")
    assert page.status_code == 200
    assert "Teil " in page.text
    assert review(client, asked, asked.codes[0]).status_code == 200
    assert spent(town) == 0
    assert stored(town) == []


def test_what_is_stored_is_what_the_review_showed(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    shown = review(client, asked, asked.codes[0])
    raw = re.search(r'<pre class="raw"[^>]*>(.*?)</pre>', shown.text, re.DOTALL)
    assert raw is not None
    lines = dict(line.split(" = ") for line in raw[1].strip().splitlines())
    assert lines.pop("unit") == "bauamt"
    for said in ("Bauamt", "stimme eher zu", "keine Angabe", "12 Jahre", "Gespräche"):
        assert said in shown.text

    done = send(client, asked, forms_of(shown)["send"])

    assert done.status_code == 303
    assert stored(town) == [("bauamt", tuple(int(value) for value in lines.values()))]
    thanks = client.get(done.headers["location"])
    assert "Danke" in thanks.text
    assert thanks.headers["clear-site-data"] == '"cache", "storage"'


def test_the_thanks_name_nothing_of_the_person(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    done = send(client, asked, forms_of(review(client, asked, asked.codes[0]))["send"])
    assert done.headers["location"] == "/b/befragung/thanks?lang=de"
    thanks = client.get(done.headers["location"]).text
    assert asked.codes[0] not in thanks
    assert "Bauamt" not in thanks


def test_the_same_form_twice_is_stored_once_and_thanked_twice(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    assert [send(client, asked, fields).status_code for _ in range(3)] == [303] * 3
    assert len(stored(town)) == 1


def test_a_form_that_was_sent_is_not_shown_to_who_goes_back(client: Client, town: Town) -> None:
    """Without JavaScript the browser offers to send the form with the answers once more."""
    asked = town.ask("link", access="open")
    form = forms_of(begin(client, asked))["answers"] | {"tru_01": "4"}
    shown = client.post("/b/link/review", data=form)
    assert "stimme eher zu" in shown.text
    assert send(client, asked, forms_of(shown)["send"]).status_code == 303
    again = client.post("/b/link/review", data=form)
    assert again.status_code == 303
    assert again.headers["location"] == "/b/link/thanks?lang=de"


def test_each_form_has_a_submission_id_of_its_own(client: Client, town: Town) -> None:
    asked = town.ask("link", access="open")
    ids = {forms_of(begin(client, asked))["answers"]["_submission"] for _ in range(5)}
    assert len(ids) == 5


def test_an_open_link_asks_no_code_no_unit_and_no_demographics(client: Client, town: Town) -> None:
    asked = town.ask("link", access="open")
    form = begin(client, asked)
    assert 'name="tenure"' not in form.text
    assert 'type="hidden" name="_code"' not in form.text
    answers = {name: value for name, value in ANSWERS.items() if name != "tenure"}
    shown = review(client, asked, answers=answers)
    assert "Ihr Bereich" not in shown.text
    assert send(client, asked, forms_of(shown)["send"]).status_code == 303
    ((unit, values),) = stored(town)
    assert (unit, values[-1]) == (None, -7)


def test_a_shared_code_is_never_spent(client: Client, town: Town) -> None:
    asked = town.ask("gemeinsam", access="shared-code")
    answers = {name: value for name, value in ANSWERS.items() if name != "tenure"}
    for _ in range(2):
        shown = review(client, asked, asked.codes[0], answers)
        assert send(client, asked, forms_of(shown)["send"]).status_code == 303
    assert len(stored(town)) == 2
    assert begin(client, asked, "0000-0000-0000-0000").status_code == 422


def test_sending_is_accepted_for_an_hour_after_the_period(client: Client, town: Town) -> None:
    asked = town.ask("befragung", until=datetime.now(UTC).date())
    now = datetime.now(UTC)
    due = now.replace(hour=23, minute=0, second=0, microsecond=0)
    client.app.state.clock = lambda: due + timedelta(minutes=30)
    assert "Die Befragung ist beendet" in client.get("/b/befragung").text
    assert review(client, asked, asked.codes[0]).status_code == 200


def test_a_survey_that_was_opened_before_its_first_day_takes_answers(
    client: Client, town: Town
) -> None:
    first = datetime.now(UTC).date() + timedelta(days=3)
    period = {"from": first.isoformat(), "to": (first + timedelta(days=9)).isoformat()}
    asked = town.ask("befragung", period=period)
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    assert send(client, asked, fields).status_code == 303
    assert len(stored(town)) == 1


@pytest.mark.parametrize("status", ["draft", "open", "closed"])
def test_a_trial_run_goes_all_the_way_and_stores_nothing(
    client: Client, town: Town, status: Status
) -> None:
    asked = town.ask("befragung", status=status)
    trial = Asked("befragung/trial", asked.campaign_id, ())
    form = client.get("/b/befragung/trial")
    assert "Probelauf" in form.text
    shown = review(client, trial)
    assert "Das würde gespeichert" in shown.text
    assert client.post("/b/befragung/trial/form", data=forms_of(shown)["change"]).status_code == 200
    done = send(client, trial, forms_of(shown)["send"])
    assert done.headers["location"] == "/b/befragung/trial/thanks?lang=de"
    assert "Es wurde nichts gespeichert" in client.get(done.headers["location"]).text
    assert stored(town) == []
    assert send(client, trial, forms_of(shown)["send"] | {"tru_01": "9"}).status_code == 422


def test_a_trial_knows_no_code(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    page = client.post(
        "/b/befragung/trial/form", data={"_code": asked.codes[0], "tru_01": "4"}
    ).text
    assert asked.codes[0] not in page
