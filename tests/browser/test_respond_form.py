"""The form in a real browser: what it shows, asks and says while somebody fills it in."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from survey.web.assets import STATIC
from tests.browser.answering import LAST_PART, REVIEW, SECTIONS, Person
from tests.survey.web.factories import Asked

pytestmark = pytest.mark.browser


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
