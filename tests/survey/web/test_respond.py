import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import func, select

from questionnaires.model import Questionnaire
from survey.db.campaigns import Status
from survey.db.engine import reading
from survey.db.tables import access_codes, campaign_keys, inbox
from survey.domain.sealing import unpack, unseal
from tests.survey.web.factories import Asked, Town, every_kind
from tests.survey.web.forms import ANSWERS, begin, forms_of, review, send

Client = TestClient[Any]


def stored(town: Town) -> list[tuple[str | None, tuple[int, ...]]]:
    """What the sealed inbox holds, opened with the key as the keeper opens it."""
    with reading(town.engine) as connection:
        rows = connection.execute(select(inbox.c.key_id, inbox.c.sealed)).all()
    opened = [unpack(unseal(town.keys.read(row.key_id), row.sealed)) for row in rows]
    return [(one.unit, tuple(one.values)) for one in opened]


def spent(town: Town) -> int:
    with reading(town.engine) as connection:
        counting = select(func.count()).where(access_codes.c.spent.is_(True))
        return connection.scalar(counting) or 0


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


@pytest.mark.parametrize("code", ["", "ABCD", "0000-0000-0000-0000", "<script>alert(1)</script>"])
def test_an_unknown_code_comes_back_in_its_field(client: Client, town: Town, code: str) -> None:
    asked = town.ask("befragung")
    page = begin(client, asked, code)
    assert page.status_code == 422
    assert "Dieser Code ist nicht bekannt." in page.text
    assert forms_of(page)["/b/befragung/form"]["_code"] == code
    assert "<script>alert" not in page.text


def test_a_code_of_another_survey_is_unknown_here(client: Client, town: Town) -> None:
    town.ask("befragung")
    other = town.ask("andere")
    asked = Asked("befragung", 1, ())
    assert begin(client, asked, other.codes[0]).status_code == 422


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


def test_a_used_code_gets_no_further_and_shows_no_answers(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    first = forms_of(review(client, asked, asked.codes[0]))["send"]
    second = forms_of(review(client, asked, asked.codes[0]))["send"]
    assert send(client, asked, first).status_code == 303
    for page in (
        send(client, asked, second),
        review(client, asked, asked.codes[0]),
        begin(client, asked, asked.codes[0], **ANSWERS),
    ):
        assert page.status_code in (409, 422)
        assert "schon benutzt" in page.text
        assert "stimme eher zu" not in page.text
    assert len(stored(town)) == 1


def test_a_code_that_was_altered_after_the_review_keeps_the_answers(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    page = send(client, asked, fields | {"_code": "0000-0000-0000-0000"})
    assert page.status_code == 409
    assert "Ihre Antworten wurden nicht gespeichert." in page.text
    assert "stimme eher zu" in page.text
    assert stored(town) == []


def test_a_survey_that_closes_meanwhile_keeps_the_answers_on_the_page(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    town.set_status(asked, "closed")
    page = send(client, asked, fields)
    assert page.status_code == 409
    assert "Die Befragung ist beendet" in page.text
    assert "stimme eher zu" in page.text
    assert 'action="/b/befragung/submit"' not in page.text


def test_sending_is_accepted_for_an_hour_after_the_period(client: Client, town: Town) -> None:
    asked = town.ask("befragung", until=datetime.now(UTC).date())
    now = datetime.now(UTC)
    due = now.replace(hour=23, minute=0, second=0, microsecond=0)
    client.app.state.clock = lambda: due + timedelta(minutes=30)
    assert "Die Befragung ist beendet" in client.get("/b/befragung").text
    assert review(client, asked, asked.codes[0]).status_code == 200


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("draft", 403, "Die Befragung hat noch nicht begonnen"),
        ("signed", 403, "Die Befragung hat noch nicht begonnen"),
        ("closed", 200, "Die Befragung ist beendet"),
        ("released", 200, "Die Befragung ist beendet"),
        ("purged", 200, "Die Befragung ist beendet"),
    ],
)
def test_before_and_after_the_survey_there_is_a_page_that_says_so(
    client: Client, town: Town, status: Status, code: int, said: str
) -> None:
    asked = town.ask("befragung", status=status)
    page = client.get("/b/befragung")
    assert (page.status_code, said in page.text) == (code, True)
    for post in (begin(client, asked, "x"), review(client, asked, "x")):
        assert post.status_code in (403, 409)
        assert said in post.text


def test_nothing_is_stored_before_opening(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    town.set_status(asked, "draft")
    client.app.state.announcements.find("befragung")
    assert send(client, asked, fields).status_code == 403
    assert stored(town) == []


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


def test_more_answers_than_people_could_give_are_refused(client: Client, town: Town) -> None:
    units = {"id": "haus", "name": "Stadt Musterheim", "eligible": 1}
    asked = town.ask("link", access="open", units=units)
    answers = {"tru_01": "4"}
    pages = [
        send(client, asked, forms_of(review(client, asked, answers=answers))["send"])
        for _ in range(4)
    ]
    assert [page.status_code for page in pages] == [303, 303, 303, 409]
    page = pages[-1]
    assert "nimmt keine Antworten mehr an" in page.text
    assert "stimme eher zu" in page.text


def test_answers_that_do_not_fit_come_back_in_the_form_with_what_is_wrong(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    page = review(client, asked, asked.codes[0], ANSWERS | {"years": "99", "wish_3": "1"})
    assert page.status_code == 422
    assert "Bitte geben Sie eine ganze Zahl innerhalb der Grenzen ein" in page.text
    assert "Zwei dieser Antworten schließen einander aus" in page.text
    assert 'href="#q-years"' in page.text
    assert "<title>Fehler: " in page.text
    assert 'aria-describedby="h-years e-years" aria-invalid="true"' in page.text
    assert 'id="q-wish" aria-describedby="e-wish"' in page.text
    kept = forms_of(page)["answers"]
    assert kept["tru_01"] == "4"
    assert kept["years"] == "99"
    assert kept["_code"] == asked.codes[0]


def test_a_foreign_form_is_refused_at_the_last_post_too(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    for change in (
        {"_fingerprint": "0" * 64},
        {"unit": "hauptamt"},
        {"_submission": ""},
        {"_submission": "x" * 65},
        {"tru_01": "7"},
    ):
        page = send(client, asked, fields | change)
        assert page.status_code == 422, change
        assert "Es sind noch alle da." in page.text
    assert stored(town) == []


def test_change_answers_brings_the_filled_form_back(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    shown = review(client, asked, asked.codes[0])
    back = client.post("/b/befragung/form", data=forms_of(shown)["change"])
    assert back.status_code == 200
    sent = forms_of(back)["answers"]
    assert {name: sent[name] for name in ANSWERS} == ANSWERS


def test_the_review_can_be_had_alone_for_the_script(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    client.headers["Pegel-Part"] = "1"
    part = review(client, asked, asked.codes[0], {"tru_01": "1"}).text
    assert part.lstrip().startswith('<section class="part" id="review"')
    assert "<html" not in part
    assert 'href="#q-tru_02"' in part


def test_open_questions_are_named_and_lead_back(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    page = review(client, asked, asked.codes[0], {"tru_01": "1", "lea_00": "0"})
    assert "5 Fragen sind offen" in page.text
    for card in ("tru_02", "steer", "steer_target"):
        assert f'formaction="/b/befragung/form#q-{card}"' in page.text
    assert "nicht gezeigt (Filter)" in page.text


def test_a_maturity_item_is_asked_on_two_cards_and_reviewed_in_words(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    form = begin(client, asked, asked.codes[0], steer="3")
    for card in ("steer", "steer_target"):
        assert form.text.count(f' id="q-{card}"') == 1
    assert ' id="i-steer.3" checked' in form.text
    page = review(client, asked, asked.codes[0], {"steer": "3", "steer_target": "-8"})
    assert "Wer plant Neues? – heute (Ist)" in page.text
    assert "Stufe 3: Alle planen gemeinsam." in page.text
    assert "Wer plant Neues? – in drei Jahren (Soll)" in page.text
    assert "steer_target = -8" in page.text
    wrong = review(client, asked, asked.codes[0], {"steer": "3", "steer_target": "4"})
    assert wrong.status_code == 422
    assert 'id="q-steer_target" aria-describedby="e-steer_target"' in wrong.text
    assert ' id="i-steer.3" checked' in wrong.text


def test_without_a_target_nobody_is_asked_about_today(client: Client, town: Town) -> None:
    content = every_kind().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for item in content["items"]:
        item.pop("target", None)
    content["scales"] = [scale for scale in content["scales"] if "target_of" not in scale]
    town.ask("befragung", questionnaire=Questionnaire.model_validate(content))
    form = client.get("/b/befragung/trial").text
    assert "Welche Stufe passt am besten?" in form
    assert "Heute" not in form


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


def test_when_storing_fails_the_form_can_be_sent_again(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    with town.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE submissions RENAME TO elsewhere")
    page = send(client, asked, fields)
    assert page.status_code == 503
    assert "Ihre Antworten sind noch nicht gespeichert" in page.text
    with town.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO submissions")
    assert send(client, asked, forms_of(page)["send"]).status_code == 303
    assert len(stored(town)) == 1


def test_while_a_campaign_is_interrupted_the_answers_wait_on_the_page(
    client: Client, town: Town
) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    with town.engine.begin() as connection:
        connection.execute(campaign_keys.update().values(is_current=False))
    page = send(client, asked, fields)
    assert page.status_code == 503
    assert "Die Befragung ist unterbrochen" in page.text
    assert (stored(town), spent(town)) == ([], 0)
    with town.engine.begin() as connection:
        connection.execute(campaign_keys.update().values(is_current=True))
    assert send(client, asked, forms_of(page)["send"]).status_code == 303


def test_under_a_foreign_key_nothing_is_taken(client: Client, town: Town) -> None:
    asked = town.ask("befragung")
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    with town.engine.begin() as connection:
        connection.execute(campaign_keys.update().values(public_key=bytes(range(32))))
    page = send(client, asked, fields)
    assert page.status_code == 409
    assert "Die Befragung wurde angehalten" in page.text
    assert "stimme eher zu" in page.text
    assert 'action="/b/befragung/submit"' not in page.text
    assert (stored(town), spent(town)) == ([], 0)


def test_a_survey_that_was_opened_before_its_first_day_takes_answers(
    client: Client, town: Town
) -> None:
    first = datetime.now(UTC).date() + timedelta(days=3)
    period = {"from": first.isoformat(), "to": (first + timedelta(days=9)).isoformat()}
    asked = town.ask("befragung", period=period)
    fields = forms_of(review(client, asked, asked.codes[0]))["send"]
    assert send(client, asked, fields).status_code == 303
    assert len(stored(town)) == 1
