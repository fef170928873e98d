"""My account: only its owner changes password and second factor, and ends sessions."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.app import create_app
from survey.db.accounts import Account
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, sessions
from survey.web.own_account import FACTOR, OWN
from survey.web.own_account import PASSWORD as PASSWORD_PAGE
from tests.survey.web.factories import Town
from tests.survey.web.staff import NAME, PASSWORD, Staff, at_work
from tests.survey.web.test_entrance import (
    CODE,
    SOON,
    code,
    elected,
    hidden,
    key_on,
    location,
    wrong,
)

Client = TestClient[Any]
NEW = "anderer langer Satz"


def erika_of(town: Town) -> Account:
    with reading_session(town.engine) as session:
        return accounts.find_account(session, NAME)


def elsewhere(town: Town) -> Client:
    """Another browser of Erika's, logged in."""
    other = TestClient(create_app(town.settings), base_url="http://pegel.example")
    other.follow_redirects = False
    assert Staff(other).log_in().status_code == 303
    return other


def test_the_page_says_who_one_is_and_keeps_no_device(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    page = erika.get(OWN)
    assert NAME in page
    assert "Personalamt" in page
    assert "Bitte schalten Sie den zweiten Faktor ein" in page
    assert "seit weniger als einer Stunde" in page
    assert "testclient" not in page


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(
    client: Client, town: Town
) -> None:
    erika, other = at_work(client, town), elsewhere(town)
    page = erika.get(PASSWORD_PAGE)
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="new-password"' in page
    missed = erika.post(PASSWORD_PAGE, {"password": "falsch", "new": NEW})
    assert missed.status_code == 422
    assert "Das bisherige Passwort stimmt nicht." in missed.text
    short = erika.post(PASSWORD_PAGE, {"password": PASSWORD, "new": "kurz"})
    assert "weniger als 12 Zeichen" in short.text
    assert other.get(OWN).status_code == 200
    done = erika.post(PASSWORD_PAGE, {"password": PASSWORD, "new": NEW})
    assert location(done) == f"{OWN}?done=password"
    assert "Das Passwort ist geändert." in erika.get(f"{OWN}?done=password")
    assert location(other.get(OWN)).startswith("/staff/login")
    assert Staff(other).log_in().status_code == 422
    assert Staff(other).log_in(password=NEW).status_code == 303


def test_a_stolen_session_cannot_guess_the_password_for_long(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PASSWORDS_PER_NAME", 3)
    erika = at_work(client, town)
    answers = [
        erika.post(PASSWORD_PAGE, {"password": f"falsch {number}", "new": NEW}).status_code
        for number in range(4)
    ]
    assert answers == [422, 422, 422, 429]


def switch_on(erika: Staff, password: str = PASSWORD) -> Any:  # noqa: ANN401 - key and response
    page = erika.get(FACTOR)
    draft = key_on(page)
    fields = {"draft": hidden(page, "draft"), "code": code(draft), "password": password}
    return draft, erika.post(FACTOR, fields | {"step": "on"})


def test_the_second_factor_is_switched_on_by_password_and_first_code(
    client: Client, town: Town
) -> None:
    erika, other = at_work(client, town), elsewhere(town)
    _, refused = switch_on(erika, "falsch")
    assert refused.status_code == 422
    assert erika_of(town).second_factor is None
    draft, done = switch_on(erika)
    assert location(done) == f"{OWN}?done=on"
    assert "Der zweite Faktor ist eingeschaltet." in erika.get(f"{OWN}?done=on")
    assert location(other.get(OWN)).startswith("/staff/login")
    assert location(Staff(other).log_in()).startswith(CODE)
    assert other.post(CODE, data={"code": code(draft, SOON)}).status_code == 303


def test_a_wrong_first_code_keeps_the_key_on_the_page(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    page = erika.get(FACTOR)
    draft = key_on(page)
    fields = {"draft": hidden(page, "draft"), "password": PASSWORD, "step": "on"}
    missed = erika.post(FACTOR, fields | {"code": wrong(draft)})
    assert missed.status_code == 422
    assert key_on(missed.text) == draft
    over = erika.post(FACTOR, fields | {"draft": "", "code": code(draft)})
    assert "Der Schlüssel auf der Seite ist abgelaufen." in over.text
    assert key_on(over.text) != draft
    assert erika_of(town).second_factor is None


def test_moving_and_switching_off_need_the_code_in_use(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    draft, _ = switch_on(erika)
    page = erika.get(FACTOR)
    new = key_on(page)
    fields = {"draft": hidden(page, "draft"), "code": code(new), "step": "on"}
    refused = erika.post(FACTOR, fields | {"old-code": wrong(draft)})
    assert refused.status_code == 422
    assert erika.post(FACTOR, {"step": "off", "off-code": wrong(draft)}).status_code == 422
    moved = erika.post(FACTOR, fields | {"old-code": code(draft, SOON)})
    assert location(moved) == f"{OWN}?done=on"
    assert erika.post(FACTOR, {"step": "off", "off-code": code(draft)}).status_code == 422
    off = erika.post(FACTOR, {"step": "off", "off-code": code(new, SOON)})
    assert location(off) == f"{OWN}?done=off"
    assert erika_of(town).second_factor is None
    assert client.get(OWN).status_code == 200


def test_a_council_can_move_its_second_factor_but_not_switch_it_off(
    client: Client, town: Town
) -> None:
    draft, berta = elected(town), Staff(client)
    berta.log_in("berta", "regen tasse laterne")
    client.post(CODE, data={"code": code(draft)})
    assert "Ausschalten" not in berta.get(FACTOR)
    refused = berta.post(FACTOR, {"step": "off", "off-code": code(draft, SOON)})
    assert refused.status_code == 422
    assert "gilt nur mit seinem zweiten Faktor" in refused.text


def test_a_tampered_second_factor_gets_no_new_one(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    switch_on(erika)
    with writing_session(town.engine) as session:
        session.get_one(Account, erika_of(town).id).second_factor = b"x" * 68
    _, refused = switch_on(erika)
    assert refused.status_code == 422
    assert erika_of(town).second_factor == b"x" * 68


def test_sessions_are_ended_one_by_one_and_all_others(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    others = [elsewhere(town), elsewhere(town)]
    keys = re.findall(r'name="session" value="([0-9a-f]{64})"', erika.get(OWN))
    assert len(keys) == 2
    assert location(erika.post(f"{OWN}/sessions", {"session": keys[0]})) == f"{OWN}?done=session"
    assert sorted(one.get(OWN).status_code for one in others) == [200, 303]
    erika.post(f"{OWN}/sessions", {"session": "no key"})
    erika.post(f"{OWN}/sessions", {"session": "others"})
    assert [one.get(OWN).status_code for one in others] == [303, 303]
    assert client.get(OWN).status_code == 200


def test_nobody_ends_the_session_of_somebody_else(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    with writing_session(town.engine) as session:
        made = accounts.create_account(session, "max", NEW, now=datetime.now(UTC))
        login = sessions.start_session(session, made, now=datetime.now(UTC))
    erika.post(f"{OWN}/sessions", {"session": sessions.hash_token(login.token).hex()})
    erika.post(f"{OWN}/sessions", {"session": "others"})
    with reading_session(town.engine) as session:
        assert sessions.find_session(session, login.token, now=datetime.now(UTC)) is not None
