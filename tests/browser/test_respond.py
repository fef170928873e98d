"""Answering in a real browser, with and without JavaScript."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Dialog, Error, Page, Request, expect

from survey.web.assets import STATIC
from tests.browser.answering import ANSWERS, LAST_PART, SECTIONS, Person
from tests.browser.conftest import Server, visiting
from tests.survey.web.factories import Asked

pytestmark = pytest.mark.browser

REVIEW = "Das wird gespeichert"
QUESTION = "In meinem Team kann ich Fehler offen ansprechen."


@pytest.fixture(scope="session")
def slips(server: Server) -> Asked:
    return server.town.ask("befragung", codes=40)


@pytest.fixture(scope="session")
def drawn(slips: Asked) -> Iterator[int]:
    return iter(range(len(slips.codes)))


@pytest.fixture
def slip(drawn: Iterator[int]) -> int:
    """The number of a slip that nobody else has drawn."""
    return next(drawn)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    with visiting(browser, server) as made:
        yield made


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


def test_conditions_are_live(page: Page, slips: Asked, slip: int) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    page.evaluate("location.hash = 's2'")
    years, manager = page.locator("#q-years"), page.locator("#q-lea_01")
    expect(manager).to_be_hidden()
    person.choose({"lea_00": "1"})
    expect(manager).to_be_visible()
    expect(years).to_be_visible()
    person.choose({"lea_01": "1"})
    expect(years).to_be_hidden()
    person.choose({"lea_01": "5"})
    expect(years).to_be_visible()
    person.choose({"lea_00": "0"})
    expect(manager).to_be_hidden()
    expect(years).to_be_hidden()


FORM = """<form id="answers">
<input type="radio" name="a" value="1"><input type="radio" name="a_2" value="1">
<input type="number" name="n">
<p class="options"><input type="checkbox" name="m_1" value="1"></p>
<p data-if='{"item": "a", "in": [1]}'>1</p><p data-if='{"item": "a", "in": [2]}'>2</p>
<p data-if='{"item": "n", "in": [0]}'>3</p><p data-if='{"item": "m", "in": [1]}'>4</p>
</form>"""


def test_the_script_reads_conditions_as_the_server_does(page: Page) -> None:
    """An empty field is no nought, and `a_2` no category of `a`."""
    page.set_content(FORM)
    page.add_script_tag(path=STATIC / "respond.js")
    shown = page.locator("[data-if]:visible")
    expect(shown).to_have_count(0)
    page.locator("[name=a_2]").check()
    expect(shown).to_have_count(0)
    for name in ("a", "m_1"):
        page.locator(f"[name={name}]").check()
    page.locator("[name=n]").fill("0")
    page.locator("[name=n]").blur()
    expect(shown).to_have_text(["1", "3", "4"])


def test_answers_that_exclude_one_another_give_way(page: Page, slips: Asked, slip: int) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    page.evaluate("location.hash = 's3'")
    person.choose({"wish_1": "1", "wish_2": "1"})
    person.choose({"wish_3": "1"})
    assert person.chosen() == {"wish_3": "1"}
    person.choose({"wish_1": "1"})
    assert person.chosen() == {"wish_1": "1"}


def test_open_questions_are_named_once_and_nobody_is_forced(
    page: Page, slips: Asked, slip: int
) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    person.press("Weiter")
    hint = page.locator(".open-hint").filter(visible=True)
    expect(hint).to_contain_text("2 Fragen sind noch offen.")
    person.press("Zur ersten offenen Frage")
    expect(page.locator("#q-tru_01")).to_be_in_viewport()
    person.choose({"tru_01": "4"})
    person.press("Weiter")
    expect(hint).to_contain_text("1 Frage ist noch offen.")
    person.press("Trotzdem weiter")
    expect(page.get_by_role("heading", name="Führung")).to_be_visible()


def test_leaving_with_unsent_answers_is_warned_of(page: Page, slips: Asked, slip: int) -> None:
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    person.choose({"tru_01": "4"})
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_event("dialog") if not warned else None
    assert warned == ["beforeunload"]
    assert person.chosen()["tru_01"] == "4"


def test_when_the_server_cannot_be_reached_the_answers_stay(
    page: Page, slips: Asked, slip: int
) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    page.evaluate("location.hash = 's3'")
    person.choose(LAST_PART)
    page.route("**/review", lambda route: route.abort())
    person.press("Weiter zur Prüfung")
    expect(page.get_by_text("Der Server ist gerade nicht erreichbar.")).to_be_visible()
    page.unroute("**/review")
    person.press("Weiter zur Prüfung")
    expect(page.get_by_role("heading", name=REVIEW)).to_be_visible()
    expect(page.get_by_text("Der Server ist gerade nicht erreichbar.")).to_be_hidden()


def test_answers_that_do_not_fit_are_named_and_kept(page: Page, slips: Asked, slip: int) -> None:
    person = Person(page)
    person.open(slips, slip)
    person.press("Befragung starten")
    page.evaluate("location.hash = 's2'")
    person.choose({"lea_00": "1", "lea_01": "5"})
    page.locator("#i-years").fill("99")
    page.evaluate("location.hash = 's3'")
    person.choose(LAST_PART)
    person.press("Weiter zur Prüfung")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Es sind noch alle da.")
    summary.get_by_role("link").click()
    expect(page.locator("#i-years")).to_be_visible()
    expect(page.locator("#i-years")).to_have_value("99")
    page.locator("#i-years").fill("9")
    page.evaluate("location.hash = 's3'")
    person.press("Weiter zur Prüfung")
    expect(page.get_by_role("row", name="Wie lange arbeiten Sie zusammen?")).to_contain_text("9")


def test_a_mouse_is_not_needed(page: Page, slips: Asked, slip: int) -> None:
    """Tab, arrows, space and enter lead from the slip to the thanks."""
    page.goto(f"/b/{slips.slug}#{slips.codes[slip]}")
    press_when_focused(page, "Befragung starten")
    page.locator("#s1").wait_for()
    for part in range(1, SECTIONS + 1):
        tab_to(page, f"#s{part} input")
        page.keyboard.press("Space")
        for _ in range(2):
            if press_when_focused(page, "weiter"):
                break
    expect(page.get_by_role("heading", name=REVIEW)).to_be_visible()
    expect(page.get_by_role("heading", name=REVIEW)).to_be_focused()
    press_when_focused(page, "Absenden")
    expect(page.get_by_role("heading", name="Danke")).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(selector)


def press_when_focused(page: Page, name: str) -> bool:
    """Tab to the control with this name and press enter; whether the page moved on."""
    before = page.url
    for _ in range(80):
        page.keyboard.press("Tab")
        text = page.evaluate("document.activeElement.innerText || ''")
        if re.search(name, text, re.IGNORECASE):
            page.keyboard.press("Enter")
            page.wait_for_function(
                "(was) => location.href !== was || document.querySelector('.hinted')", arg=before
            )
            return page.url != before
    raise AssertionError(name)


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
