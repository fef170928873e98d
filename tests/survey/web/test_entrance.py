"""Getting in: the password, then the code; an invitation makes one account, and only once."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from survey.app import create_app
from survey.db.accounts import StaffSession
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, invitations, second_factor, sessions
from survey.domain.permissions import Role
from survey.domain.second_factor import STEP, Draft
from survey.web.own_account import OWN
from tests.survey.domain.people import PASSWORD, elect
from tests.survey.domain.people import hire as hire_as
from tests.survey.web.factories import Town
from tests.survey.web.staff import Staff

Client = TestClient[Any]
LINK = invitations.PATH
CODE = "/staff/login/code"
NOW = datetime.now(UTC)
SOON = timedelta(seconds=STEP)  # the next code, which a clock that is right takes too


def invited(town: Town, role: Role) -> str:
    with writing_session(town.engine) as session:
        return invitations.invite(session, role, now=datetime.now(UTC))


def elected(town: Town) -> Draft:
    """Berta of the staff council; gives what her app holds. Her last code is some minutes old."""
    with writing_session(town.engine) as session:
        before = datetime.now(UTC) - timedelta(minutes=5)
        return elect(session, "berta", secret=town.trust.secret, now=before)[1]


def code(draft: Draft, ahead: timedelta = timedelta()) -> str:
    return draft.code(datetime.now(UTC) + ahead)


def wrong(draft: Draft) -> str:
    return code(draft, timedelta(hours=1))


def key_on(page: str) -> Draft:
    """The key that a page shows, as somebody types it."""
    from base64 import b32decode

    found = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert found is not None
    return Draft(b32decode(found[1].replace(" ", "")))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def location(response: Any) -> str:  # noqa: ANN401 - the client's response
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def test_the_password_alone_leads_to_the_code_and_no_further(client: Client, town: Town) -> None:
    draft = elected(town)
    berta = Staff(client)
    there = location(berta.log_in("berta", PASSWORD, onward="/staff/campaigns/befragung"))
    assert there == f"{CODE}?next=%2Fstaff%2Fcampaigns%2Fbefragung"
    for path in ("/staff/campaigns", OWN, f"{OWN}/second-factor", "/staff/accounts"):
        assert location(client.get(path)).startswith("/staff/login")
    page = client.get(there).text
    assert 'autocomplete="one-time-code"' in page
    onward = hidden(page, "next")
    before = client.cookies["pegel_staff"]
    given = client.post(CODE, data={"code": code(draft), "next": onward})
    assert location(given) == "/staff/campaigns/befragung"
    assert client.cookies["pegel_staff"] != before
    assert client.get(OWN).status_code == 200
    with reading_session(town.engine) as session:
        assert [one.confirmed for one in session.scalars(select(StaffSession))] == [True]


def test_a_code_is_refused_the_second_time_and_when_it_is_wrong(client: Client, town: Town) -> None:
    draft, berta = elected(town), Staff(client)
    used = code(draft)
    berta.log_in("berta", PASSWORD)
    assert client.post(CODE, data={"code": used}).status_code == 303
    client.cookies.clear()
    berta.log_in("berta", PASSWORD)
    for typed in (used, wrong(draft), "", "abcdef"):
        response = client.post(CODE, data={"code": typed})
        assert response.status_code == 422
        assert "Dieser Code stimmt nicht." in response.text
        assert f'value="{typed or "-"}"' not in response.text
    assert location(client.get("/staff/campaigns")) == "/staff/login"


def test_who_guesses_codes_is_stopped_in_every_process(town: Town, client: Client) -> None:
    draft, berta = elected(town), Staff(client)
    berta.log_in("berta", PASSWORD)
    for _ in range(accounts.CODES_PER_ACCOUNT):
        assert client.post(CODE, data={"code": wrong(draft)}).status_code == 422
    with TestClient(create_app(town.settings), base_url="http://pegel.example") as other:
        other.follow_redirects = False
        Staff(other).log_in("berta", PASSWORD)
        stopped = other.post(CODE, data={"code": code(draft)}, headers={"Accept-Language": "de"})
    assert stopped.status_code == 429
    assert "Bitte warten Sie 15 Minuten" in stopped.text


def test_without_a_password_there_is_no_page_for_codes(client: Client, town: Town) -> None:
    draft = elected(town)
    assert location(client.get(CODE)) == "/staff/login"
    assert location(client.post(CODE, data={"code": code(draft)})) == "/staff/login"
    client.cookies.set("pegel_staff", "x" * 43, path="/staff")
    assert location(client.post(CODE, data={"code": code(draft)})) == "/staff/login"


def test_the_way_from_password_to_code_is_open_for_ten_minutes(town: Town) -> None:
    draft, times = elected(town), [datetime.now(UTC)]
    app = create_app(town.settings, clock=lambda: times[-1])
    with TestClient(app, base_url="http://pegel.example") as client:
        client.follow_redirects = False
        Staff(client).log_in("berta", PASSWORD)
        times.append(times[0] + sessions.PENDING_LENGTH)
        given = client.post(CODE, data={"code": draft.code(times[-1])})
        assert location(given) == "/staff/login"


def test_an_account_that_was_ended_is_out_at_once(client: Client, town: Town) -> None:
    with writing_session(town.engine) as session:
        hire_as(session, "erika", now=NOW)
    erika = Staff(client)
    erika.log_in("erika", PASSWORD)
    erika.get(OWN)
    with writing_session(town.engine) as session:
        accounts.deactivate(session, accounts.find_account(session, "erika"))
    assert location(client.get(OWN)).startswith("/staff/login")
    answer = erika.log_in("erika", PASSWORD)
    assert answer.status_code == 422
    assert "Name oder Passwort stimmt nicht." in answer.text


@pytest.mark.parametrize("role", ["admin", "hr", "privacy", "research"])
def test_a_link_makes_an_account_once(client: Client, town: Town, role: Role) -> None:
    link = invited(town, role)
    page = client.get(LINK, params={"token": link})
    assert "Sie sind eingeladen." in page.text
    assert 'autocomplete="new-password"' in page.text
    assert "Zweiter Faktor" not in page.text
    data = {"link": link, "name": "erika", "password": "kurz"}
    short = client.post(LINK, data=data)
    assert short.status_code == 422
    assert "weniger als 12 Zeichen" in short.text
    assert "kurz" not in short.text
    assert location(client.post(LINK, data=data | {"password": PASSWORD})) == OWN
    assert client.get(OWN).status_code == 200
    for again in (client.get(LINK, params={"token": link}), client.post(LINK, data=data)):
        assert again.status_code == 404
        assert "Dieser Link gilt nicht mehr" in again.text
    with reading_session(town.engine) as session:
        assert accounts.find_account(session, "erika").role == role


def test_a_council_sets_up_its_second_factor_with_the_link(client: Client, town: Town) -> None:
    link = invited(town, "council")
    page = client.get(LINK, params={"token": link}).text
    draft = key_on(page)
    assert re.search(r'<img class="qr" src="data:image/svg\+xml[^"]+" alt="QR-Code [^"]+"', page)
    assert f"secret={draft.text}" in page
    data = {"link": link, "name": "berta", "password": PASSWORD, "draft": hidden(page, "draft")}
    missed = client.post(LINK, data=data | {"code": wrong(draft)})
    assert missed.status_code == 422
    assert "Der Code gehört nicht zu diesem Schlüssel" in missed.text
    assert key_on(missed.text) == draft
    data["draft"] = hidden(missed.text, "draft")
    made = client.post(LINK, data=data | {"code": f" {code(draft)[:3]} {code(draft)[3:]}"})
    assert location(made) == OWN
    own = client.get(OWN).text
    assert "Bitte notieren Sie diesen Tag" in own
    with reading_session(town.engine) as session:
        berta = accounts.find_account(session, "berta")
    assert second_factor.since(berta, secret=town.trust.secret) is not None
    client.cookies.clear()
    assert location(Staff(client).log_in("berta", PASSWORD)).startswith(CODE)


def test_whoever_looks_at_a_councils_link_first_learns_nothing_of_its_key(
    client: Client, town: Town
) -> None:
    link = invited(town, "council")
    peeped = client.get(LINK, params={"token": link}).text
    page = client.get(LINK, params={"token": link}).text
    assert key_on(peeped) != key_on(page)
    data = {"link": link, "name": "berta", "password": PASSWORD, "draft": hidden(page, "draft")}
    assert client.post(LINK, data=data | {"code": code(key_on(peeped))}).status_code == 422


@pytest.mark.parametrize("draft", ["", "AAAA", "of another link"])
def test_a_council_cannot_do_without(client: Client, town: Town, draft: str) -> None:
    link, other = invited(town, "council"), invited(town, "council")
    elsewhere = client.get(LINK, params={"token": other}).text
    given = hidden(elsewhere, "draft") if draft == "of another link" else draft
    data = {"link": link, "name": "berta", "password": PASSWORD, "draft": given}
    answer = client.post(LINK, data=data | {"code": code(key_on(elsewhere))})
    assert answer.status_code == 422
    with reading_session(town.engine) as session:
        assert accounts.list_accounts(session) == []


def test_the_link_is_in_no_page_but_its_own_form(client: Client, town: Town) -> None:
    link = invited(town, "hr")
    page = client.get(LINK, params={"token": link})
    assert page.text.count(link) == 3  # the form's hidden field, and the switch of two languages
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
