"""Accounts in a real browser: an invitation, a second factor from the picture, the own account."""

from base64 import b32decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from survey.db.engine import writing_session
from survey.domain import invitations
from survey.domain.permissions import Role
from survey.domain.second_factor import STEP, Draft
from tests.browser.conftest import Server, Watch, serving
from tests.browser.looks import NARROW, is_for_everybody
from tests.survey.domain.people import PASSWORD, elect, hire
from tests.survey.web.factories import Town

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A town with an administrator, somebody who left, and a council."""
    folder = tmp_path_factory.mktemp("accounts") / "data"
    town = Town.at(folder)
    with writing_session(town.engine) as session:
        hire(session, "ada", "admin", now=now())
        hire(session, "erika", now=now())
        hire(session, "max", now=now()).is_active = False
        elect(session, "berta", secret=town.trust.secret, now=now())
    with serving(folder) as url:
        yield Server(url, town)
    town.engine.dispose()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def page(browser: Browser, house: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page without JavaScript, unless a test asks for more; watched for what it must not do."""
    options = getattr(request, "param", {"java_script_enabled": False})
    context = browser.new_context(**({"locale": "de-DE", "base_url": house.url} | options))
    watch = Watch(house.url)
    context.on("page", watch.over)
    try:
        yield context.new_page()
        assert watch.complaints == []
        assert context.storage_state()["origins"] == []
    finally:
        context.close()


def invited(house: Server, role: Role) -> str:
    with writing_session(house.town.engine) as session:
        token = invitations.invite(session, role, now=now())
    return f"{invitations.PATH}?token={token}"


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/staff/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden").click()


def key_on(page: Page) -> Draft:
    return Draft(b32decode(page.locator(".key").inner_text().replace(" ", "")))


def typed(draft: Draft, ahead: int = 0) -> str:
    """A code as apps show it, in two groups."""
    code = draft.code(now() + timedelta(seconds=ahead * STEP))
    return f"{code[:3]} {code[3:]}"


def test_a_council_accepts_signs_out_and_comes_back(page: Page, house: Server) -> None:
    page.goto(invited(house, "council"))
    draft = key_on(page)
    page.get_by_label("Name").fill("bruno")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_label("Code aus der App").fill(typed(draft))
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("heading", name="Mein Konto")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("Bitte notieren Sie diesen Tag")
    page.get_by_role("button", name="Abmelden").click()
    log_in(page, "bruno")
    expect(page.get_by_role("heading", name="Zweiter Faktor")).to_be_visible()
    page.get_by_label("Code aus der App").fill(typed(draft, ahead=1))
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", name="Befragungen")).to_be_visible()


def test_an_administrator_invites_and_revokes(page: Page) -> None:
    log_in(page, "ada")
    page.get_by_role("link", name="Konten").click()
    page.get_by_label("Datenschutz").check()
    page.get_by_role("button", name="Link erstellen").click()
    expect(page.locator("code.address")).to_contain_text("/staff/invitation?token=")
    page.get_by_role("button", name="Widerrufen").first.click()
    expect(page.get_by_role("status")).to_contain_text("Der Link ist widerrufen.")


def test_the_picture_is_drawn_and_holds_the_key(page: Page, house: Server) -> None:
    page.goto(invited(house, "council"))
    picture = page.get_by_role("img", name="QR-Code mit dem Schlüssel")
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] == box["height"] > 200
    assert page.locator(f'a[href*="secret={key_on(page).text}"]').count() == 1


@pytest.mark.parametrize("page", [{"viewport": NARROW}], ids=["narrow"], indirect=True)
def test_the_way_in_is_for_everybody_in_light_dark_and_narrow(page: Page, house: Server) -> None:
    for role in ("hr", "council"):
        page.goto(invited(house, role))
        is_for_everybody(page)
    page.get_by_label("Name").fill("bruno2")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_label("Code aus der App").fill("000 000")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_role("alert")).to_contain_text("Der Code gehört nicht")
    is_for_everybody(page)
    log_in(page, "berta")
    is_for_everybody(page)
    page.get_by_label("Code aus der App").fill("000 000")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("Dieser Code stimmt nicht.")
    is_for_everybody(page)


@pytest.mark.parametrize("page", [{"viewport": NARROW}], ids=["narrow"], indirect=True)
def test_inside_it_is_for_everybody_in_light_dark_and_narrow(page: Page) -> None:
    log_in(page, "ada")
    paths = ("", "?done=password", "/password", "/second-factor")
    for path in ("/staff/accounts", *(f"/staff/account{path}" for path in paths)):
        page.goto(path)
        is_for_everybody(page)
    page.goto("/staff/accounts")
    page.get_by_label("Personalrat").check()
    page.get_by_role("button", name="Link erstellen").click()
    is_for_everybody(page)
    page.goto("/staff/account/password")
    page.get_by_label("Bisheriges Passwort").fill("falsch")
    page.get_by_label("Neues Passwort").fill("anderer langer Satz")
    page.get_by_role("button", name="Passwort ändern").click()
    expect(page.get_by_role("alert")).to_contain_text("Das bisherige Passwort stimmt nicht.")
    is_for_everybody(page)


@pytest.mark.parametrize("page", [{"viewport": NARROW}], ids=["narrow"], indirect=True)
def test_a_second_factor_is_for_everybody_in_light_dark_and_narrow(
    page: Page, house: Server
) -> None:
    page.goto(invited(house, "hr"))
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Konto anlegen").click()
    page.get_by_role("link", name="Einschalten").click()
    page.get_by_label("Code aus der App").fill(typed(key_on(page)))
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Einschalten").click()
    expect(page.get_by_role("status")).to_contain_text("Der zweite Faktor ist eingeschaltet.")
    is_for_everybody(page)
    page.goto("/staff/account/second-factor")
    is_for_everybody(page)
