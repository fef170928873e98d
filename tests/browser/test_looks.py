"""A fault that only one look has is noticed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looks import is_for_everybody

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="de"><title>Musterheim</title>
<style>
body {{ color: #000; background: #fff }}
@media (prefers-color-scheme: dark) {{ body {{ color: #fff; background: #000 }} }}
{style}
</style>
<main><h1>Musterheim</h1>{body}</main></html>"""
PALE = "p { color: #777; background: #666 }"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_page_without_a_fault_passes(page: Page) -> None:
    page.set_content(PAGE.format(style="", body="<p>Guten Tag</p>"))
    is_for_everybody(page)


@pytest.mark.parametrize(
    ("style", "body", "found"),
    [
        (f"@media (prefers-color-scheme: light) {{ {PALE} }}", "<p>Guten Tag</p>", "contrast"),
        (f"@media (prefers-color-scheme: dark) {{ {PALE} }}", "<p>Guten Tag</p>", "contrast"),
        ("@media (max-width: 40rem) { p { width: 400px } }", "<p>Guten Tag</p>", "about:blank"),
        ("p { width: 1400px }", "<p>Guten Tag</p>", "about:blank"),
        ("@media (min-width: 40rem) { input { display: none } }", "<input>", "label"),
        ("", "<details><summary>Mehr</summary><input></details>", "label"),
    ],
    ids=("light", "dark", "narrow", "wide", "narrow alone", "folded"),
)
def test_a_fault_in_one_look_is_noticed(page: Page, style: str, body: str, found: str) -> None:
    page.set_content(PAGE.format(style=style, body=body))
    with pytest.raises(AssertionError, match=found):
        is_for_everybody(page)
