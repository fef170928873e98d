"""Attack 12: every role, and nobody, on every route of the staff, made from the route table.

A route that is not listed here fails, and so does one that lets in another role than it should.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from litestar import Router, get
from litestar.params import FromPath
from litestar.testing import TestClient

from survey.app import create_app
from survey.db.accounts import Account
from survey.db.engine import writing_session
from survey.domain import sessions
from survey.domain.permissions import ROLES, Deed, Role, may
from survey.web import campaigns as campaign_pages
from survey.web.guards import COOKIE, DEED
from tests.survey.domain import people
from tests.survey.web.application import application
from tests.survey.web.factories import Town
from tests.survey.web.staff import released_wave

Client = TestClient[Any]
Route = tuple[str, str]

# What each route is, as this test knows it: whoever adds or changes one has to say so here, too.
ANYBODY = {
    ("GET", "login"),
    ("POST", "login"),
    ("GET", "login/code"),
    ("POST", "login/code"),
    ("GET", "invitation"),
    ("POST", "invitation"),
}
CAMPAIGN = "campaigns/{slug}"
ROUTES: dict[Deed, set[Route]] = {
    "use-own-account": {
        ("GET", "{path}"),
        ("POST", "logout"),
        ("GET", "account"),
        ("GET", "account/password"),
        ("POST", "account/password"),
        ("GET", "account/second-factor"),
        ("POST", "account/second-factor"),
        ("POST", "account/sessions"),
    },
    "manage-accounts": {
        ("GET", "accounts"),
        ("POST", "accounts"),
        ("POST", "accounts/deactivate"),
        ("POST", "accounts/revoke"),
    },
    "see-campaigns": {
        ("GET", ""),
        ("GET", "campaigns"),
        ("GET", CAMPAIGN),
        ("GET", f"{CAMPAIGN}/state"),
    },
    "create": {("GET", "campaigns/new"), ("POST", "campaigns/new")},
    "rehearse": {("GET", f"{CAMPAIGN}/rehearsal")},
    "sign": {
        ("GET", f"{CAMPAIGN}/sign"),
        ("POST", f"{CAMPAIGN}/sign"),
        ("POST", f"{CAMPAIGN}/agree"),
    },
    "issue-slips": {("POST", f"{CAMPAIGN}/slips"), ("POST", f"{CAMPAIGN}/second-run")},
    "open": {("POST", f"{CAMPAIGN}/open")},
    "prolong": {("POST", f"{CAMPAIGN}/prolong")},
    "close-early": {("POST", f"{CAMPAIGN}/close")},
    "enter-left-over": {("POST", f"{CAMPAIGN}/left-over")},
    "release": {("POST", f"{CAMPAIGN}/release")},
    "read-report": {
        ("GET", f"{CAMPAIGN}/report"),
        ("GET", f"{CAMPAIGN}/report/{{unit}}"),
        ("GET", f"{CAMPAIGN}/report/{{unit}}/{{kind}}"),
        ("GET", f"{CAMPAIGN}/report/{{unit}}/charts/{{name}}"),
    },
    "read-certificate": {
        ("GET", f"{CAMPAIGN}/certificate"),
        ("GET", f"{CAMPAIGN}/certificate/pdf"),
        ("GET", f"{CAMPAIGN}/certificate/plan.json"),
        ("GET", f"{CAMPAIGN}/certificate/questionnaire.json"),
        ("GET", f"{CAMPAIGN}/papers"),
        ("GET", f"{CAMPAIGN}/papers/{{name}}"),
    },
}
VALUES = {
    "slug": "befragung",
    "unit": "bauamt",
    "kind": "json",
    "path": "elsewhere",
    "name": "elsewhere",
}
FIELDS = {"act": "prolong", "role": "hr", "stock": "all", "step": "check"}


def table(client: Client) -> dict[Route, Deed | None]:
    """Method and path of every route of the staff, with the deed that it declares."""
    found: dict[Route, Deed | None] = {}
    for route in client.app.routes:
        if not re.match("/staff(/|$)", route.path):
            continue
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path.removeprefix("/staff")).lstrip("/")
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods - {"OPTIONS"}:
                found[str(method), path] = handler.opt.get(DEED)
    return found


def address(path: str) -> str:
    return f"/staff/{path.format(**VALUES)}".rstrip("/")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town.at(tmp_path / "data")
    yield made
    made.engine.dispose()


@pytest.fixture
def client(town: Town) -> Iterator[Client]:
    with TestClient(application(town.settings), base_url="http://pegel.example") as made:
        made.headers["Accept-Language"] = "de"
        made.follow_redirects = False
        yield made


@pytest.fixture
def tokens(town: Town) -> dict[Role, int]:
    """An account for each role; gives its id."""
    now, made = datetime.now(UTC), {}
    with writing_session(town.engine) as session:
        for role in ROLES:
            if role == "council":
                account, _ = people.elect(session, role, secret=town.trust.secret, now=now)
            else:
                account = people.hire(session, f"person-{role}", role, now=now)
            made[role] = account.id
    return made


def enter(town: Town, client: Client, account_id: int) -> dict[str, str]:
    """A fresh session in the browser; gives the secret of its forms."""
    with writing_session(town.engine) as session:
        account = session.get_one(Account, account_id)
        login = sessions.start_session(session, account, now=datetime.now(UTC), confirmed=True)
        client.cookies.clear()
        client.cookies.set(COOKIE, login.token)
        return {"_check": login.csrf_token}


def test_every_route_is_listed_with_the_deed_it_declares(client: Client) -> None:
    listed: dict[Route, Deed | None] = dict.fromkeys(ANYBODY)
    listed |= {route: deed for deed, routes in ROUTES.items() for route in routes}
    assert table(client) == listed


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_exactly_where_it_may(
    client: Client, town: Town, tokens: dict[Role, int], role: Role
) -> None:
    town.ask("befragung", questionnaire=None)
    for deed, routes in ROUTES.items():
        for method, path in sorted(routes):
            check = enter(town, client, tokens[role])
            response = client.request(method, address(path), data=FIELDS | check)
            if may(role, deed):
                assert response.status_code != 403, (role, method, path)
            else:
                assert response.status_code == 403, (role, method, path)
                assert "Ihr Konto darf das nicht" in response.text
                assert "Befragung 2026" not in response.text


@pytest.mark.parametrize(("method", "path"), sorted(r for each in ROUTES.values() for r in each))
def test_nobody_gets_in_without_a_session(
    client: Client, town: Town, method: str, path: str
) -> None:
    town.ask("befragung")
    response = client.request(method, address(path), data=FIELDS)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/staff/login")


def test_results_are_read_by_those_whom_the_plan_names_and_by_no_administrator(
    client: Client, town: Town, tokens: dict[Role, int]
) -> None:
    released_wave(town, "befragung")  # its plan names human resources
    for role, account_id in tokens.items():
        enter(town, client, account_id)
        for _, path in sorted(ROUTES["read-report"]):
            for kind in ("html", "csv", "json"):
                page = f"/staff/{path.format(**VALUES | {'kind': kind})}"
                read = 404 if path.endswith("/charts/{name}") else 200  # there is no such chart
                expected = read if role == "hr" else 403
                assert client.get(page).status_code == expected, (role, page)
        assert ("Bericht lesen" in client.get("/staff/campaigns/befragung").text) is (role == "hr")


def test_a_planted_route_without_a_deed_is_noticed_and_refused(
    town: Town, tokens: dict[Role, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    @get("/staff/campaigns/{slug:str}/answers", sync_to_thread=False)
    def answers(slug: FromPath[str]) -> str:
        return slug

    known = campaign_pages.campaigns_router
    planted = Router("/", route_handlers=[answers])
    monkeypatch.setattr(
        campaign_pages,
        "campaigns_router",
        lambda: Router("/", route_handlers=[known(), planted]),
    )
    with TestClient(create_app(town.settings), base_url="http://pegel.example") as client:
        client.headers["Accept-Language"] = "de"
        client.follow_redirects = False
        with pytest.raises(AssertionError):
            test_every_route_is_listed_with_the_deed_it_declares(client)
        for account_id in tokens.values():
            enter(town, client, account_id)
            assert client.get("/staff/campaigns/befragung/answers").status_code == 403
