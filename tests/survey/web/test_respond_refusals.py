"""What is not taken, and why: the person reads what is wrong, and keeps the answers."""

from typing import Any

import pytest
from litestar.testing import TestClient

from survey.db.campaigns import Status
from survey.db.tables import campaign_keys
from tests.survey.web.factories import Asked, Town, spent, stored
from tests.survey.web.forms import ANSWERS, begin, forms_of, review, send

Client = TestClient[Any]


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
