"""How a page looks to everybody: light, dark and narrow, with what axe finds wrong in each."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

NARROW: ViewportSize = {"width": 320, "height": 640}  # 320 is 1280 at 400 %
WIDE: ViewportSize = {"width": 1280, "height": 720}

# Dark differs from light in colours alone, and narrow in everything but colours.
VIOLATIONS: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS = VIOLATIONS | {"runOnly": ["color-contrast", "link-in-text-block"]}
ALL_BUT_COLOURS = VIOLATIONS | {"rules": {"color-contrast": {"enabled": False}}}


def unfold_everything(page: Page) -> None:
    """Show what a reader can unfold."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")


def overflow(page: Page) -> int:
    """CSS pixels by which the page is wider than its window; 0 where it fits."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(wide))


def violations(
    page: Page, options: dict[str, Any] = VIOLATIONS
) -> list[tuple[str, str, list[str]]]:
    """What axe complains about: rule, address, and the first elements."""
    is_there = page.evaluate("'axe' in window")  # half a megabyte, sent to each page once
    response = (Axe("") if is_there else Axe()).run(page, options=options).response
    assert response["passes"], "axe must have looked at something"
    return [
        (violation["id"], page.url, [node["html"] for node in violation["nodes"]][:3])
        for violation in response["violations"]
    ]


def colour_violations(page: Page) -> Iterator[tuple[str, str, list[str]]]:
    """What axe finds in the light page, and in its colours when it is dark."""
    page.emulate_media(color_scheme="light")
    yield from violations(page)
    page.emulate_media(color_scheme="dark")
    yield from violations(page, COLOURS)
    page.emulate_media(color_scheme="light")


def is_for_everybody(page: Page) -> None:
    """Axe finds nothing and nothing is cut off in any look; leaves the page unfolded and narrow."""
    unfold_everything(page)
    page.set_viewport_size(WIDE)
    found = [*colour_violations(page)]
    assert not found, found
    assert overflow(page) == 0, page.url
    page.set_viewport_size(NARROW)
    found = violations(page, ALL_BUT_COLOURS)
    assert not found, found
    assert overflow(page) == 0, page.url
