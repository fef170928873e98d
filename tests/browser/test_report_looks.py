"""The report as a file, with every part that it can have: for everybody, and in forced colours."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from reports.build import build
from reports.documents.html import render_document
from reports.report import Report
from tests.browser.looks import is_for_everybody
from tests.reports import test_breakdowns, test_drivers, test_maturity
from tests.reports.figures.test_palette import contrast
from tests.reports.series import BRIDGE, after, series

pytestmark = pytest.mark.browser

# What is drawn on the paper itself; numbers on coloured areas have a colour of their own.
DRAWN = (
    ":is(text, line, circle, .report-rail, .report-interval, .report-weight)"
    ":not([class*=report-on-])"
)
PAINTS = """selector => [...document.querySelectorAll('.report svg ' + selector)].map(one => {
    const style = getComputedStyle(one)
    return [one.outerHTML, style.fill, style.stroke]
})"""
PAPER = "getComputedStyle(document.body).backgroundColor"
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
ENOUGH = 3.0  # WCAG 1.4.11: contrast of what has to be seen


def with_maturity() -> Report:
    return build(test_maturity.RELEASE, test_maturity.INSTRUMENT, "all", "de")


def with_drivers() -> Report:
    return build(test_drivers.BIG, test_drivers.instrument(), "all", "de")


def with_waves() -> Report:
    *before, now = series((60, 70), (60, 80), (70, 80), said=BRIDGE)
    assert now.questionnaire is not None
    return build(after(now, *before), now.questionnaire, "all", "de")


def with_breakdowns() -> Report:
    town = test_breakdowns.town(c1=60, c2=50, c3=2, none=20)
    return build(town.release(), town.instrument, "all", "en")


REPORTS = (with_maturity, with_drivers, with_waves, with_breakdowns)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def pale(page: Page) -> list[str]:
    """What is drawn so that hardly anybody sees it when colours are forced, on black or white."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        paper = as_hex(page.evaluate(PAPER))
        drawn = page.evaluate(PAINTS, DRAWN)
        assert drawn
        for element, *paints in drawn:
            seen = [contrast(as_hex(one), paper) for one in paints if one.startswith("rgb(")]
            if max(seen, default=1) < ENOUGH:
                found.append(f"{scheme}: {element}")
    page.emulate_media(forced_colors="none", color_scheme="light")
    return found


def as_hex(colour: str) -> str:
    """A colour as browsers tell it: `rgb(18, 24, 31)`."""
    return "#{:02x}{:02x}{:02x}".format(*map(int, re.findall(r"\d+", colour)))


@pytest.mark.parametrize("made", REPORTS)
def test_every_part_of_a_report_is_for_everybody(page: Page, made: Callable[[], Report]) -> None:
    page.set_content(render_document(made()))
    is_for_everybody(page)
    assert pale(page) == []


def test_what_keeps_its_own_colour_is_noticed(page: Page) -> None:
    page.set_content(render_document(with_maturity()))
    page.add_style_tag(content=".report-interval { fill: #1b2733 !important }")
    found = pale(page)
    assert found
    assert all(one.startswith('dark: <rect class="report-interval"') for one in found)
