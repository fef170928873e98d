"""The way of an answer in a real browser, with and without JavaScript."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, Request, expect

from tests.browser.answering import ANSWERS, LAST_PART, REVIEW, SECTIONS, Person
from tests.browser.conftest import Server, visiting
from tests.survey.web.factories import Asked

pytestmark = pytest.mark.browser

QUESTION = "In meinem Team kann ich Fehler offen ansprechen."


@pytest.fixture
def bare(browser: Browser, server: Server) -> Iterator[Page]:
    with visiting(browser, server, java_script_enabled=False) as made:
        yield made


def test_from_the_slip_to_the_thanks_within_the_click_budget(
    page: Page, slips: Asked, slip: int
) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    person.fill_in()
    expect(page.locator("#review")).to_contain_text("Bauamt")
    person.press("Absenden")
    expect(page.get_by_role("heading", name="Danke")).to_be_visible()
    assert person.clicks <= SECTIONS + 3


def test_the_code_leaves_the_address_bar_before_anything_else(
    page: Page, slips: Asked, slip: int
) -> None:
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    Person(page).open(slips, slip)
    assert page.url.endswith("/b/befragung")
    expect(page.locator("#code")).to_have_value(slips.codes[slip])
    assert not any(slips.codes[slip] in url for url in asked_for)
    page.get_by_role("link", name="English").click()
    expect(page.locator("#code")).to_have_value(slips.codes[slip])
    assert "#" not in page.url


def test_no_answer_leaves_the_browser_before_the_review(
    page: Page, slips: Asked, slip: int
) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    page.wait_for_load_state()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108  # Playwright marks its handlers, which a builtin refuses
    person.choose()
    person.press("Weiter")
    person.choose()
    page.locator("#i-years").fill("7")
    person.press("Weiter")
    expect(page.get_by_role("heading", name="Zum Schluss")).to_be_visible()
    page.go_back()
    page.go_forward()
    assert [request.url for request in sent if "/static/" not in request.url] == []


def test_back_and_forward_go_through_the_parts_and_keep_the_answers(
    page: Page, slips: Asked, slip: int
) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    person.fill_in()
    answers = person.chosen()
    assert ANSWERS.items() <= answers.items()
    page.go_back()
    expect(page.get_by_role("heading", name="Zum Schluss")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="Ihr Team")).to_be_visible()
    assert person.chosen() == answers
    for _ in range(SECTIONS):
        page.go_forward()
    expect(page.get_by_role("heading", name=REVIEW)).to_be_visible()
    person.press("Antworten ändern")
    expect(page.get_by_role("heading", name="Zum Schluss")).to_be_visible()
    assert person.chosen() == answers


def test_the_review_follows_what_is_changed(page: Page, slips: Asked, slip: int) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    person.fill_in()
    expect(page.locator("#review")).to_contain_text("über 3 Jahre")
    person.press("Antworten ändern")
    person.choose({"tenure": "1"})
    person.press("Weiter")
    expect(page.locator("#review")).to_contain_text("bis 3 Jahre")
    expect(page.locator("#review")).not_to_contain_text("über 3 Jahre")


def send_all(person: Person) -> None:
    person.fill_in()
    person.press("Absenden")
    expect(person.page.get_by_role("heading", name="Danke")).to_be_visible()


def shows_nothing(page: Page) -> None:
    """Go back as far as there is history, and insist: no question and no answer comes up."""
    for step in range(SECTIONS + 4):
        with suppress(Error):  # Chromium asks whether to send a form again, and shows nothing
            page.go_back(wait_until="commit")
        if step == 0:
            with suppress(Error):
                page.reload()
        page.wait_for_load_state()
        body = page.locator("body")
        expect(body).not_to_contain_text(QUESTION)
        expect(body).not_to_contain_text("stimme eher zu")


@pytest.mark.parametrize("script", [True, False])
def test_after_the_thanks_back_shows_nothing(
    remembering_browser: Browser, server: Server, slips: Asked, slip: int, *, script: bool
) -> None:
    with visiting(remembering_browser, server, java_script_enabled=script) as page:
        person = Person(page)
        person.open(slips, slip)
        if not script:
            page.locator("#code").fill(slips.codes[slip])
        person.press("Befragung starten")
        send_all(person)
        shows_nothing(page)


def test_without_javascript_everything_works(bare: Page, slips: Asked, slip: int) -> None:
    person = Person(bare)
    person.open(slips, slip)
    bare.locator("#code").fill(slips.codes[slip].lower().replace("-", " "))
    person.press("Befragung starten")
    person.choose({"tru_01": "4"})
    person.press("Weiter")
    expect(
        bare.get_by_text("Nur wenn „Haben Sie eine direkte Führungskraft?“: ja").first
    ).to_be_visible()
    person.choose({"lea_00": "0", "lea_01": "5"})
    person.press("Weiter")
    person.press("Weiter zur Prüfung")
    expect(bare.get_by_role("heading", name=REVIEW)).to_be_visible()
    expect(bare.get_by_role("row", name="hört mir zu")).to_contain_text("nicht gezeigt")
    bare.get_by_role("button", name=QUESTION).click()
    expect(bare.locator("#q-tru_02")).to_be_visible()
    assert person.chosen().items() >= {"tru_01": "4", "lea_00": "0"}.items()
    person.choose({"tru_02": "5"})
    bare.goto(f"{bare.url.split('#')[0]}#s3")
    person.press("Weiter zur Prüfung")
    expect(bare.get_by_role("row", name=QUESTION)).to_contain_text("stimme voll zu")
    person.press("Absenden")
    expect(bare.get_by_role("heading", name="Danke")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_changing_the_language_keeps_the_answers(
    browser: Browser, server: Server, slips: Asked, slip: int, *, script: bool
) -> None:
    with visiting(browser, server, java_script_enabled=script) as page:
        person = Person(page)
        person.open(slips, slip)
        page.locator("#code").fill(slips.codes[slip])
        person.press("Befragung starten")
        person.choose()
        before = person.chosen()
        page.get_by_label("English").check()
        expect(page.get_by_role("heading", name="Your team")).to_be_visible()
        expect(page.get_by_text(QUESTION)).to_be_hidden()
        page.get_by_label("Einfache Sprache").check()
        expect(page.get_by_text("Bei uns gilt, was wir sagen.")).to_be_visible()
        assert person.chosen() == before


def test_the_review_speaks_the_language_that_was_chosen(
    page: Page, slips: Asked, slip: int
) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    person.fill_in()
    page.get_by_label("English").check()
    expect(page.get_by_role("heading", name="This will be stored")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_an_open_link_needs_no_code(page: Page, server: Server) -> None:
    asked = server.town.ask("link", access="open")
    person = Person(page)
    person.open(asked)
    person.press("Befragung starten")
    person.choose()
    expect(page.get_by_text("Wie lange arbeiten Sie hier?")).to_be_hidden()
    page.evaluate("location.hash = 's3'")
    person.choose(LAST_PART)
    person.press("Weiter zur Prüfung")
    person.press("Absenden")
    expect(page.get_by_role("heading", name="Danke")).to_be_visible()


def test_a_trial_run_says_all_the_way_that_nothing_is_stored(page: Page, server: Server) -> None:
    asked = server.town.ask("entwurf", status="draft")
    person = Person(page)
    page.goto(f"/b/{asked.slug}")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Probelauf").click()
    trial = opened.value
    person = Person(trial)
    expect(trial.get_by_text("Probelauf")).to_be_visible()
    trial.evaluate("location.hash = 's3'")
    person.choose(LAST_PART)
    person.press("Weiter zur Prüfung")
    expect(trial.get_by_role("heading", name="Das würde gespeichert")).to_be_visible()
    person.press("Absenden (Probe)")
    expect(trial.get_by_role("heading", name="Es wurde nichts gespeichert")).to_be_visible()
