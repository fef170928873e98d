"""Every page state, for everybody: axe, narrow, zoomed, dark, forced colours, little motion."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.answering import LAST_PART, Person
from tests.browser.conftest import Server, visiting
from tests.browser.looks import colour_violations, overflow, violations
from tests.survey.web.factories import Asked

pytestmark = pytest.mark.browser

State = tuple[str, Page]
_numbers = count()


@pytest.fixture(scope="session")
def asked(server: Server) -> Asked:
    return server.town.ask("fuer-alle", codes=40)


@pytest.fixture(scope="session")
def others(server: Server) -> None:
    server.town.ask("noch-nicht", status="draft")
    server.town.ask("vorbei", status="closed")


def states(page: Page, asked: Asked) -> Iterator[State]:
    """Every state of every page that somebody who answers can meet, one after the other."""
    for name, address in (
        ("home", "/"),
        ("nothing there", "/nichts"),
        ("not open", "/b/noch-nicht"),
        ("closed", "/b/vorbei"),
        ("thanks", "/b/fuer-alle/thanks"),
        ("trial", "/b/fuer-alle/trial"),
        ("trial thanks", "/b/fuer-alle/trial/thanks"),
        ("plain language", "/b/fuer-alle?lang=de-simple"),
        ("english", "/b/fuer-alle?lang=en"),
    ):
        page.goto(address)
        yield name, page
    yield from answering(page, asked)


def answering(page: Page, asked: Asked) -> Iterator[State]:
    person = Person(page)
    page.goto(f"/b/{asked.slug}")
    page.locator("#code").fill("0000")
    person.press("Befragung starten")
    yield "code unknown", page
    number = next(_numbers)
    person.open(asked, number)
    page.locator("summary").click()
    yield "start", page
    person.press("Befragung starten")
    person.press("Weiter")
    yield "part 1, with hint", page
    person.press("Trotzdem weiter")
    person.choose({"lea_00": "1", "lea_01": "5"})
    page.locator("#i-years").fill("99")
    yield "part 2", page
    person.press("Weiter")
    person.choose(LAST_PART)
    yield "part 3", page
    person.press("Weiter zur Prüfung")
    page.get_by_role("alert").wait_for()
    yield "errors", page
    page.locator("#i-years").fill("9") if page.locator("#i-years").is_visible() else None
    page.evaluate("location.hash = 's2'")
    page.locator("#i-years").fill("9")
    page.evaluate("location.hash = 's3'")
    person.press("Weiter zur Prüfung")
    page.locator("#review").wait_for()
    page.locator("#review summary").click()
    yield "review", page
    person.press("Absenden")
    page.get_by_role("heading", name="Danke").wait_for()
    person.open(asked, number)
    person.press("Befragung starten")
    yield "code used", page


@dataclass
class Seen:
    """What was found wrong with the states, each with the state's name."""

    states: list[str] = field(default_factory=list)
    violations: list[tuple[str, str, str, list[str]]] = field(default_factory=list)
    too_wide: list[tuple[str, int]] = field(default_factory=list)


@pytest.fixture(scope="session")
def seen(browser: Browser, server: Server, asked: Asked, others: None) -> Seen:  # noqa: ARG001  # must be there first
    """Every state, looked at once: with axe in light and dark, and on narrow screens."""
    found = Seen()
    with visiting(browser, server) as page:
        for name, shown in states(page, asked):
            found.states.append(name)
            found.violations += [(name, *violation) for violation in colour_violations(shown)]
            for width in (320, 390):  # 320 is 1280 at 400 %
                shown.set_viewport_size({"width": width, "height": 256})
                if overflow(shown):
                    found.too_wide.append((name, width))
            shown.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_axe_finds_nothing_in_light_or_dark(seen: Seen) -> None:
    assert len(seen.states) >= 17
    assert seen.violations == []


def test_nothing_is_wider_than_a_phone_or_400_percent(seen: Seen) -> None:
    assert seen.too_wide == []


def test_without_javascript_axe_finds_nothing_in_the_review(
    browser: Browser, server: Server, asked: Asked
) -> None:
    """axe itself is a script; the page that people without one get is posted by hand."""
    with visiting(browser, server) as page:
        page.goto(f"/b/{asked.slug}/trial")
        page.evaluate("document.getElementById('answers').submit()")
        page.get_by_role("heading", name="Das würde gespeichert").wait_for()
        assert violations(page) == []
        page.get_by_role("button", name="Antworten ändern").click()
        page.get_by_role("heading", name="Ihr Team").wait_for()
        assert violations(page) == []


def test_text_spacing_that_people_set_breaks_nothing(
    browser: Browser, server: Server, asked: Asked
) -> None:
    """WCAG 1.4.12, and text at 200 %."""
    css = (
        "* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
        " word-spacing: 0.16em !important } html { font-size: 200% !important }"
    )
    with visiting(browser, server, bypass_csp=True) as page:
        page.goto(f"/b/{asked.slug}/trial")
        page.add_style_tag(content=css)
        assert not overflow(page)


def looks(option: Locator) -> bytes:
    return option.screenshot(animations="disabled")


@pytest.mark.parametrize("forced", ["active", "none"])
@pytest.mark.parametrize("field", ["i-tru_01.4", "i-wish_1.1"])
def test_what_is_chosen_looks_chosen(
    browser: Browser, server: Server, asked: Asked, forced: str, field: str
) -> None:
    """KERN paints the dot with a colour that forced colours take away; axe does not notice."""
    with visiting(browser, server, forced_colors=forced) as page:
        page.goto(f"/b/{asked.slug}/trial{'#s3' if 'wish' in field else ''}")
        option = page.locator(f'[id="{field}"]')
        before = looks(option)
        option.check(force=True)
        option.evaluate("(element) => element.blur()")
        page.mouse.move(0, 0)
        assert looks(option) != before


@pytest.mark.parametrize("forced", ["active", "none"])
def test_focus_is_seen(browser: Browser, server: Server, asked: Asked, forced: str) -> None:
    with visiting(browser, server, forced_colors=forced) as page:
        page.goto(f"/b/{asked.slug}")
        start = page.locator(".panel--start")
        before = looks(start)
        page.get_by_role("button", name="Befragung starten").focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert looks(start) != before


def test_who_wants_little_motion_gets_none(browser: Browser, server: Server, asked: Asked) -> None:
    with visiting(browser, server, reduced_motion="reduce") as page:
        page.goto(f"/b/{asked.slug}")
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].map((e) => getComputedStyle(e)).filter((s) =>"
            " parseFloat(s.animationDuration) > 0.001 || parseFloat(s.transitionDuration) > 0.001"
            " || s.scrollBehavior === 'smooth').length"
        )
        assert moving == 0


def test_a_part_shows_its_number_its_heading_and_nothing_of_the_others(
    browser: Browser, server: Server, asked: Asked
) -> None:
    with visiting(browser, server) as page:
        page.goto(f"/b/{asked.slug}/trial#s2")
        expect(page.get_by_text("Teil 2 von 3").filter(visible=True)).to_have_count(1)
        expect(page.locator(".part").filter(visible=True)).to_have_count(1)
        expect(page.get_by_role("heading", name="Führung")).to_be_visible()


def test_on_paper_there_are_no_buttons(browser: Browser, server: Server, asked: Asked) -> None:
    with visiting(browser, server) as page:
        page.goto(f"/b/{asked.slug}")
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="Befragung starten")).to_be_hidden()
        expect(
            page.get_by_role("heading", name="Was mit Ihren Antworten geschieht")
        ).to_be_visible()
