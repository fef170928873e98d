"""Who gets in: every route of the application, every kind of visitor."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from survey.app import create_app
from survey.db.accounts import Account, StaffSession
from survey.db.engine import reading_session, writing_session
from survey.domain import sessions
from survey.web.assets import TEMPLATES
from survey.web.guards import HOME, safe_next
from survey.web.throttle import PER_PLACE, WINDOW, Throttle
from tests.survey.web.factories import Town
from tests.survey.web.staff import NAME, PASSWORD, Staff, at_work, hire

Client = TestClient[Any]

# The only pages of the staff that need no session; every other route is tried as one that does.
ENTRANCE = {
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("GET", "/staff/login/code"),
    ("POST", "/staff/login/code"),
    ("GET", "/staff/invitation"),
    ("POST", "/staff/invitation"),
}
RESPONDENTS = ("/", "/healthz", "/static/", "/b/")
VALUES = {"slug": "befragung", "unit": "bauamt", "kind": "json", "path": "elsewhere"}


def table(app: Litestar) -> set[tuple[str, str]]:
    """Method and path of every route that is no respondent's."""
    found: set[tuple[str, str]] = set()
    for route in app.routes:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        if path == "/" or path.startswith(RESPONDENTS[1:]):
            continue
        methods: set[str] = getattr(route, "methods", set())
        found |= {(method, path) for method in methods if method != "OPTIONS"}
    return found


def address(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], found[1]), path)


def inside(client: Client) -> list[tuple[str, str]]:
    """Method and path of every route that needs a session."""
    return sorted(table(client.app) - ENTRANCE)


def test_the_entrance_is_there_and_most_is_inside(client: Client) -> None:
    assert table(client.app) >= ENTRANCE
    assert len(inside(client)) > 20


def test_without_a_session_every_way_leads_to_the_login(client: Client, town: Town) -> None:
    town.ask("befragung")
    for method, path in inside(client):
        response = client.request(method, address(path))
        assert response.status_code == 303, path
        assert response.headers["location"].startswith("/staff/login"), path
        assert "Befragung 2026" not in response.text


def test_the_entrance_shows_nothing_of_the_house(client: Client, town: Town) -> None:
    town.ask("befragung")
    for method, path in ENTRANCE:
        response = client.request(method, path)
        assert response.status_code in (200, 303, 404, 422), path
        assert "Befragung 2026" not in response.text


def test_a_role_that_nobody_knows_is_refused_everywhere(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    with writing_session(town.engine) as session:
        session.scalars(select(Account)).one().role = "none"
    for method, path in inside(client):
        response = client.request(method, address(path), data={"_check": erika.check})
        assert response.status_code == 403, path


def test_a_post_without_the_secret_of_the_session_is_refused(client: Client, town: Town) -> None:
    town.ask("befragung")
    at_work(client, town)
    for method, path in inside(client):
        for check in ("", "wrong") if method == "POST" else ():
            response = client.post(address(path), data={"_check": check})
            assert response.status_code == 403, path
    with reading_session(town.engine) as session:
        assert session.scalars(select(StaffSession)).all() != []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}]
)
@pytest.mark.parametrize("path", ["/staff/login", "/staff/campaigns/befragung/close"])
def test_a_post_from_another_site_is_refused(
    client: Client, town: Town, path: str, headers: dict[str, str]
) -> None:
    town.ask("befragung")
    erika = at_work(client, town)
    assert erika.post(path, headers=headers).status_code == 403


def test_the_secret_may_come_in_a_header(client: Client, town: Town) -> None:
    erika = at_work(client, town)
    headers = {"X-Pegel-Check": erika.check}
    assert client.post("/staff/logout", headers=headers).status_code == 303


def test_after_the_login_one_is_where_one_wanted_to_go(client: Client, town: Town) -> None:
    hire(town)
    town.ask("befragung")
    there = client.get("/staff/campaigns/befragung?lang=en").headers["location"]
    assert there == "/staff/login?lang=en&next=%2Fstaff%2Fcampaigns%2Fbefragung"
    page = client.get(there).text
    onward = re.search(r'name="next" value="([^"]+)"', page)
    assert onward is not None
    response = Staff(client).log_in(onward=onward[1])
    assert response.headers["location"] == "/staff/campaigns/befragung"
    assert client.get("/staff/campaigns/befragung").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example/staff/campaigns",
        "/staff/campaigns//evil",
        "/\\evil.example",
        "/staff/campaigns/\r\nSet-Cookie: a=b",
        "/staff/campaigns/../../b/befragung",
        "/b/befragung",
        "/staff/login",
        "/staff/campaigns-of-others",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_the_login(path: str) -> None:
    assert safe_next(path) == HOME


@given(st.text())
def test_whatever_is_asked_for_is_a_staff_page(path: str) -> None:
    assert safe_next(path).startswith(HOME)
    assert safe_next(HOME + path).startswith(HOME)


def test_the_cookie_is_out_of_reach_and_gone_after_the_logout(client: Client, town: Town) -> None:
    hire(town)
    erika = Staff(client)
    cookie = erika.log_in().headers["set-cookie"]
    assert re.fullmatch(r"pegel_staff=[\w-]{43}; HttpOnly; Path=/staff; SameSite=strict", cookie), (
        cookie
    )
    erika.get("/staff/campaigns")
    token = client.cookies["pegel_staff"]
    gone = erika.post("/staff/logout").headers["set-cookie"]
    assert "Max-Age=0" in gone
    client.cookies.set("pegel_staff", token, path="/staff")
    assert client.get("/staff/campaigns").status_code == 303


def test_behind_tls_the_cookie_is_secure(town: Town) -> None:
    hire(town)
    settings = town.settings.model_copy(update={"secure_cookies": True})
    with TestClient(create_app(settings), base_url="https://pegel.example") as client:
        client.follow_redirects = False
        assert "; Secure" in Staff(client).log_in().headers["set-cookie"]


def test_the_token_is_stored_as_a_hash_only(client: Client, town: Town) -> None:
    at_work(client, town)
    token = client.cookies["pegel_staff"].encode()
    for path in town.settings.data.rglob("*"):
        assert path.is_dir() or token not in path.read_bytes()


def test_a_session_ends_by_itself(town: Town) -> None:
    hire(town)
    times = [datetime.now(UTC)]
    with TestClient(
        create_app(town.settings, clock=lambda: times[-1]), base_url="http://pegel.example"
    ) as client:
        client.follow_redirects = False
        Staff(client).log_in()
        assert client.get("/staff/campaigns").status_code == 200
        times.append(times[0] + sessions.SESSION_LENGTH + timedelta(seconds=1))
        assert client.get("/staff/campaigns").status_code == 303
        polling = client.get("/staff/campaigns/befragung/state", headers={"HX-Request": "true"})
        assert polling.status_code == 401
        login = "/staff/login?next=%2Fstaff%2Fcampaigns%2Fbefragung"
        assert polling.headers["hx-redirect"] == login


def test_a_wrong_password_says_nothing_about_the_name(client: Client, town: Town) -> None:
    hire(town)
    erika = Staff(client)
    for name, password in ((NAME, "falsch"), ("niemand", PASSWORD)):
        response = erika.log_in(name, password)
        assert response.status_code == 422
        assert "Name oder Passwort stimmt nicht." in response.text
        assert f'value="{name}"' in response.text
        assert password not in response.text


def test_who_guesses_is_stopped(client: Client, town: Town) -> None:
    hire(town)
    erika = Staff(client)
    answers = [erika.log_in(password=f"falsch {number}").status_code for number in range(PER_PLACE)]
    assert answers == [422] * PER_PLACE
    stopped = erika.log_in()
    assert stopped.status_code == 429
    assert "Bitte warten Sie 15 Minuten" in stopped.text
    assert "set-cookie" not in stopped.headers


def test_the_throttle_forgets_and_keeps_colleagues_apart() -> None:
    times = [0.0]
    throttle = Throttle(lambda: times[-1])
    for _ in range(PER_PLACE):
        throttle.failed("Erika", "192.0.2.1")
    assert not throttle.admits("erika", "192.0.2.1")
    assert throttle.admits("erika", "192.0.2.2")
    assert throttle.admits("max", "192.0.2.1")
    times.append(WINDOW)
    assert throttle.admits("erika", "192.0.2.1")


def test_where_places_cannot_be_told_apart_nobody_is_locked_out_by_them() -> None:
    throttle = Throttle(lambda: 0.0)
    for _ in range(PER_PLACE):
        throttle.failed("erika", None)
    assert throttle.admits("erika", None)


def test_staff_pages_have_the_same_protection_as_the_others(client: Client, town: Town) -> None:
    at_work(client, town)
    for path in ("/staff/login", "/staff/campaigns", "/staff/campaigns/new", "/staff/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"


def test_no_template_of_the_staff_needs_inline_script_or_style() -> None:
    for folder in ("accounts", "campaigns", "results", "staff", "layouts", "macros"):
        for path in (TEMPLATES / folder).rglob("*.html"):
            text = path.read_text()
            assert not re.search(r"\son\w+=|<style|\sstyle=|hx-on|hx-vals=.js|javascript:", text), (
                path
            )
