"""Staff pages in a real browser: the way from the plan to the report, for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from survey.keeper import Keeper
from tests.browser.conftest import Server, Watch, serving
from tests.browser.looks import NARROW, is_for_everybody
from tests.survey.web.factories import Town
from tests.survey.web.staff import (
    NAME,
    PASSWORD,
    RELEASED,
    answered_wave,
    hire,
    keeper_of,
    released_wave,
    signed,
)

pytestmark = pytest.mark.browser

UNITS = "Bauamt; 34\nHauptamt; 21"
LIST = "/staff/campaigns"
CLOSED = "geschlossen"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A town with an account, and campaigns that are open, closed and released."""
    folder = tmp_path_factory.mktemp("house") / "data"
    town = Town.at(folder)
    hire(town)
    town.ask("offen", questionnaire=None)
    answered_wave(town, CLOSED)
    released_wave(town)
    with serving(folder) as url:
        yield Server(url, town)
    town.engine.dispose()


@pytest.fixture(scope="module")
def keeper(house: Server) -> Keeper:
    return keeper_of(house.town)


@contextmanager
def at_desk(browser: Browser, house: Server, **options: Any) -> Iterator[Page]:  # noqa: ANN401  # as Playwright's new_context takes them
    """A page of somebody who has logged in, watched for what a page must not do."""
    context = browser.new_context(**({"locale": "de-DE", "base_url": house.url} | options))
    watch = Watch(house.url)
    context.on("page", watch.over)
    page = context.new_page()
    try:
        page.goto("/staff/login")
        log_in(page)
        yield page
        assert watch.complaints == []
        cookies = [(one["name"], one["path"], one["sameSite"]) for one in context.cookies()]
        assert cookies in ([("pegel_staff", "/staff", "Strict")], [])
        assert context.storage_state()["origins"] == []
    finally:
        context.close()


@pytest.fixture
def page(browser: Browser, house: Server) -> Iterator[Page]:
    with at_desk(browser, house) as made:
        yield made


@pytest.fixture
def bare(browser: Browser, house: Server) -> Iterator[Page]:
    with at_desk(browser, house, java_script_enabled=False) as made:
        yield made


def log_in(page: Page) -> None:
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()


class Hands:
    """Counts what somebody presses and fills in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.fields = 0

    def press(self, name: str, *, role: Any = "button", within: str = "main") -> None:  # noqa: ANN401  # one of Playwright's role names
        self.clicks += 1
        self.page.locator(within).get_by_role(role, name=name, exact=True).click()

    def unfold(self, name: str) -> None:
        self.clicks += 1
        self.page.locator("summary", has_text=name).click()

    def fill(self, label: str, text: str) -> None:
        self.fields += 1
        self.page.get_by_label(label).first.fill(text)


def new_campaign(page: Page, title: str) -> Hands:
    """From the list to the page of a new campaign."""
    page.goto(LIST)
    hands = Hands(page)
    hands.press("Neue Befragung", role="link")
    hands.fill("Titel", title)
    hands.fill("Erster Tag", "2026-01-05")
    hands.fill("Letzter Tag", "2099-01-30")
    hands.fill("Bereiche und Personenzahlen", UNITS)
    hands.press("Plan prüfen")
    hands.press("Befragung anlegen")
    return hands


def save_slips(hands: Hands, tmp_path: Path) -> Path:
    with hands.page.expect_download() as download:
        hands.press("Alle Zettel ausgeben und speichern")
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    return saved


def has_focus(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_focused()


def test_from_the_new_plan_to_printed_slips_within_the_click_budget(
    page: Page, house: Server, keeper: Keeper, tmp_path: Path
) -> None:
    hands = new_campaign(page, "Befragung im Januar")
    signed(house.town, "befragung-im-januar")
    has_focus(page, "Es ist mitgezeichnet.")
    assert save_slips(hands, tmp_path).read_bytes().startswith(b"%PDF")
    has_focus(page, "Die Zettel sind ausgegeben.")
    hands.unfold("Öffnen …")
    hands.press("Ja, jetzt öffnen")
    has_focus(page, "Die Befragung wird geöffnet …")
    keeper.do_jobs()
    has_focus(page, "Die Befragung ist geöffnet.")
    assert hands.clicks <= 6
    assert hands.fields <= 4
    assert page.url.endswith("/staff/campaigns/befragung-im-januar")
    expect(page.get_by_role("link", name="/b/befragung-im-januar")).to_be_visible()


def test_the_same_way_without_javascript(
    bare: Page, house: Server, keeper: Keeper, tmp_path: Path
) -> None:
    hands = new_campaign(bare, "Ohne Skript")
    signed(house.town, "ohne-skript")
    bare.reload()
    save_slips(hands, tmp_path)
    hands.unfold("Öffnen …")
    hands.press("Ja, jetzt öffnen")
    expect(bare.get_by_role("heading", name="Die Befragung wird geöffnet …")).to_be_visible()
    keeper.do_jobs()
    hands.press("Seite neu laden", role="link")
    expect(bare.locator(".head")).to_contain_text("geöffnet")
    assert hands.clicks <= 7


def test_left_over_slips_are_entered_in_place(page: Page) -> None:
    page.goto(f"{LIST}/offen")
    page.locator("summary", has_text="Zahlen jetzt eintragen").click()
    page.get_by_label("Bauamt").fill("4")
    page.get_by_role("button", name="Übrige Zettel eintragen").click()
    has_focus(page, "Die übrigen Zettel sind eingetragen.")
    expect(page.get_by_label("Bauamt")).to_have_value("4")
    assert page.url.endswith("/offen")


def test_closing_and_releasing_by_keyboard_alone(page: Page, house: Server, keeper: Keeper) -> None:
    house.town.ask("tastatur")
    page.goto(f"{LIST}/tastatur")
    page.locator("summary", has_text="Schließen …").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ja, jetzt schließen")).to_be_focused()
    page.keyboard.press("Enter")
    has_focus(page, "Die Befragung wird geschlossen …")
    keeper.do_jobs()
    has_focus(page, "Die Befragung ist geschlossen.")


def test_from_the_list_to_the_report_in_one_click(page: Page) -> None:
    page.goto(LIST)
    page.get_by_role("link", name="Bericht Erste Welle").click()
    expect(page.get_by_role("heading", name="Gesamtbericht")).to_be_visible()
    page.locator("summary", has_text="Bereich wählen").click()
    page.get_by_role("navigation", name="Bereiche").get_by_role("link", name="Archiv").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Archiv")


def test_a_session_that_is_over_leads_to_the_login_and_back(page: Page) -> None:
    page.goto(f"{LIST}/{RELEASED}/report")
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    log_in(page)
    expect(page.get_by_role("heading", name="Gesamtbericht")).to_be_visible()


def test_after_the_logout_back_shows_nothing(page: Page) -> None:
    page.goto(f"{LIST}/{RELEASED}/report")
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()


PAGES = (
    LIST,
    f"{LIST}/new",
    f"{LIST}/offen",
    f"{LIST}/{CLOSED}",
    f"{LIST}/{RELEASED}",
    f"{LIST}/{RELEASED}/report",
    f"{LIST}/{RELEASED}/report/archiv",
    f"{LIST}/offen/report",
    f"{LIST}/nirgends",
)


def test_every_page_is_for_everybody_in_light_dark_and_narrow(
    browser: Browser, house: Server
) -> None:
    with at_desk(browser, house, viewport=NARROW) as page:
        for path in PAGES:
            page.goto(path)
            is_for_everybody(page)


def test_the_way_to_a_new_campaign_is_for_everybody_in_light_dark_and_narrow(
    browser: Browser, house: Server
) -> None:
    with at_desk(browser, house, viewport=NARROW) as page:
        page.goto(f"{LIST}/new")
        page.get_by_label("Bereiche und Personenzahlen").fill("Standesamt; 6\nBauamt")
        for button in ("Plan prüfen", "Plan prüfen", "Befragung anlegen"):
            page.get_by_role("button", name=button).click()
            is_for_everybody(page)
            if page.locator("#errors").is_visible():
                page.get_by_label("Titel").fill("Unter der Lupe")
                tick_a_breakdown(page)
                page.get_by_label("Bereiche und Personenzahlen").fill("Standesamt; 6\nBauamt; 30")


def tick_a_breakdown(page: Page) -> None:
    """By keyboard; only the questionnaire that is chosen shows what it can be broken down by."""
    breakdown = page.get_by_label("Wie lange arbeiten Sie schon in dieser Verwaltung?")
    page.get_by_label("Digitallotsen-Puls").check()
    expect(breakdown).to_be_hidden()
    page.get_by_label("Veränderungsklima").press("Space")
    page.keyboard.press("Tab")
    expect(breakdown).to_be_focused()
    page.keyboard.press("Space")
    expect(breakdown).to_be_checked()


def test_the_doors_are_for_everybody_in_light_dark_and_narrow(
    browser: Browser, house: Server
) -> None:
    context = browser.new_context(locale="de-DE", base_url=house.url, viewport=NARROW)
    page = context.new_page()
    for path in ("/staff/login", "/staff/invitation?token=alt"):
        page.goto(path)
        is_for_everybody(page)
    page.goto("/staff/login")
    page.get_by_label("Name").fill("niemand")
    page.get_by_label("Passwort").fill("falsch")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("Name oder Passwort stimmt nicht.")
    is_for_everybody(page)
    context.close()
