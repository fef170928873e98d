"""Two hosts: a path of the one does not exist on the other, and nobody else's name is served."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.settings import Settings
from tests.survey.web.application import application
from tests.survey.web.factories import Town
from tests.survey.web.staff import Staff, at_work, hire

RESPONDENTS, STAFF = "umfrage.musterheim.example", "pegel.intern.musterheim.example"
TWO = {"base_url": f"https://{RESPONDENTS}", "staff_url": f"https://{STAFF}"}
BY_HTTPS = Settings(base_url=TWO["base_url"], staff_url=TWO["staff_url"]).secure_cookies
STAFF_PATHS = (
    "/staff",
    "/staff/login",
    "/staff/campaigns",
    "/staff/invitation?token=x",
    "/staff/x/y",
)
RESPONDENT_PATHS = ("/b/befragung", "/b/befragung/trial", "/b/befragung/thanks", "/b/unbekannt")
DETOURS = (
    "//staff/login",
    "/./staff/login",
    "/b/../staff/login",
    "/b//../../staff/login",
    "/%73taff/login",
    "/STAFF/login",
    "/static/../staff/login",
    "/staff%2Flogin",
)


@contextmanager
def serving(town: Town, host: str, **settings: Any) -> Iterator[TestClient[Any]]:  # noqa: ANN401  # values of settings
    """The application with changed settings, reached under a host name."""
    changed = town.settings.model_copy(update=settings)
    with TestClient(application(changed), base_url=f"https://{host}") as client:
        client.headers["Accept-Language"] = "de"
        client.follow_redirects = False
        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "HEAD"])
def test_on_the_respondents_host_staff_pages_are_nowhere(town: Town, method: str) -> None:
    with serving(town, RESPONDENTS, **TWO) as client:
        nowhere = client.request(method, "/there-is-nothing")
        assert nowhere.status_code == 404
        for path in (*STAFF_PATHS, *DETOURS):
            asked = client.request(method, path)
            assert asked.status_code == 404, path
            assert asked.content == nowhere.content
            assert asked.headers == nowhere.headers


def test_on_the_staff_host_respondents_pages_are_nowhere(town: Town) -> None:
    town.ask("befragung")
    with serving(town, STAFF, **TWO) as client:
        pages = [client.get(path) for path in (*RESPONDENT_PATHS, "/there-is-nothing")]
        pages += [client.post(f"{path}/form") for path in RESPONDENT_PATHS]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


def test_each_host_has_its_own_pages(town: Town) -> None:
    town.ask("befragung")
    with serving(town, RESPONDENTS, **TWO) as client:
        assert client.get("/b/befragung").status_code == 200
        home = client.get("/")
        assert home.status_code == 200
        assert "staff" not in home.text
        assert STAFF not in home.text
    with serving(town, STAFF, **TWO) as client:
        assert client.get("/staff/login").status_code == 200
        assert client.get("/").headers["location"] == "/staff/login"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"{RESPONDENTS}.evil.example",
        f"evil.{RESPONDENTS}",
        "127.0.0.1",
        "localhost",
        "[::1]",
        f"{RESPONDENTS}@evil.example",
        "<script>",
        "[",
        "a:b",
        "",
    ],
)
def test_an_unknown_host_is_sent_away_without_an_echo(town: Town, host: str) -> None:
    town.ask("befragung")
    with serving(town, RESPONDENTS, **TWO) as client:
        for path in ("/", "/b/befragung", "/staff/login", "/static/pegel.css"):
            page = client.get(path, headers={"Host": host})
            assert page.status_code == 421
            assert page.text == "There are no pages under this name.\n"
            assert page.headers["cache-control"] == "no-store"
            assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("host", [RESPONDENTS.upper(), f"{RESPONDENTS}:443", f"{RESPONDENTS}."])
def test_a_host_is_known_however_it_is_written(town: Town, host: str) -> None:
    with serving(town, RESPONDENTS, **TWO) as client:
        assert client.get("/", headers={"Host": host}).status_code == 200


def test_two_host_names_in_one_request_are_none(town: Town) -> None:
    with serving(town, RESPONDENTS, **TWO) as client:
        twice = [("Host", RESPONDENTS), ("Host", STAFF)]
        assert client.get("/", headers=twice).status_code == 421


def test_whether_it_lives_can_be_asked_under_any_name(town: Town) -> None:
    with serving(town, "127.0.0.1:8000", **TWO) as client:
        assert client.get("/healthz").text == "ok"


def test_two_ports_of_one_name_are_two_hosts(town: Town) -> None:
    two = {"base_url": "http://localhost:8000", "staff_url": "http://localhost:8001"}
    with serving(town, RESPONDENTS, **two) as client:
        for port, path, code in (
            (8000, "/staff/login", 404),
            (8001, "/staff/login", 200),
            (8001, "/b/x", 404),
            (8002, "/staff/login", 421),
        ):
            assert client.get(path, headers={"Host": f"localhost:{port}"}).status_code == code


def test_by_default_one_address_has_everything(town: Town) -> None:
    with serving(town, RESPONDENTS) as client:
        assert client.get("/").text.count("/staff/login") == 1
        for host in ("pegel.example", "localhost:8000", "192.0.2.1"):
            assert client.get("/staff/login", headers={"Host": host}).status_code == 200


def test_one_public_address_has_everything_under_its_own_name(town: Town) -> None:
    with serving(town, RESPONDENTS, base_url=TWO["base_url"]) as client:
        assert client.get("/staff/login").status_code == 200
        assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 200
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("two", [{}, TWO])
def test_a_server_for_one_audience_has_nothing_for_the_other(
    town: Town, two: dict[str, str]
) -> None:
    town.ask("befragung")
    for serves, host, shown, hidden in (
        ("respond", RESPONDENTS, "/b/befragung", "/staff/login"),
        ("staff", STAFF, "/staff/login", "/b/befragung"),
    ):
        with serving(town, host, serves=serves, **two) as client:
            assert client.get(shown).status_code == 200
            assert client.get(hidden).status_code == 404
    with serving(town, STAFF, serves="respond", **TWO) as client:
        assert client.get("/staff/login").status_code == 421


def test_the_respondents_host_sets_no_cookie_and_reads_none(town: Town) -> None:
    hire(town)
    town.ask("befragung")
    with serving(town, STAFF, **TWO, secure_cookies=BY_HTTPS) as client:
        cookie = Staff(client).log_in().headers["set-cookie"]
    assert "Secure" in cookie
    assert "Domain" not in cookie
    with serving(town, RESPONDENTS, **TWO) as client:
        for path in ("/", "/b/befragung", "/b/befragung/trial", "/staff/login", "/nothing"):
            page = client.get(path, headers={"Cookie": cookie.partition(";")[0]})
            assert "set-cookie" not in page.headers
            assert "erika" not in page.text


def test_staff_pages_lead_to_the_respondents_host(town: Town) -> None:
    asked = town.ask("befragung", status="draft")
    with serving(town, STAFF, **TWO) as client:
        page = at_work(client, town).get(f"/staff/campaigns/{asked.slug}")
    assert f'href="https://{RESPONDENTS}/b/befragung/trial' in page
    assert f"https://{STAFF}/b/" not in page


def test_the_planted_fault_of_forgetting_the_hosts_is_noticed(town: Town) -> None:
    with serving(town, RESPONDENTS, **TWO) as client:
        client.app.asgi_handler = client.app.asgi_handler._app._app
        assert client.get("/staff/login").status_code == 200
