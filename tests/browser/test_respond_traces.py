"""Attack 13: what stays in the browser, and what leaves it; and that the watch would notice."""

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.browser.answering import Person
from tests.browser.conftest import Server, visiting

pytestmark = pytest.mark.browser

PLANTED = {
    "a cookie": "document.cookie = 'seen=1'",
    "local storage": "localStorage.setItem('seen', '1')",
    "session storage": "sessionStorage.setItem('seen', '1')",
    "a database": "new Promise((done) => { indexedDB.open('seen').onsuccess = () => done() })",
    "a cache": "caches.open('seen').then(() => null)",
    "an inline style": "document.body.setAttribute('style', 'color: red')",
    "an inline script": "document.body.append(Object.assign(document.createElement('script'),"
    " {textContent: 'window.seen = 1'}))",
    "an image from elsewhere": "new Promise((done) => { const image = new Image();"
    " image.onload = image.onerror = () => done(); image.src = 'https://zaehler.example/1.png' })",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_trace_is_noticed(browser: Browser, server: Server, fault: str) -> None:
    with pytest.raises(AssertionError):
        leave(browser, server, PLANTED[fault])


def leave(browser: Browser, server: Server, planted: str) -> None:
    """Visit a page, and have it do something that it must not do."""
    with visiting(browser, server) as page:
        page.goto("/")
        page.evaluate(planted)


@pytest.mark.parametrize("script", [True, False])
def test_no_request_of_the_whole_way_names_the_page_before_or_carries_a_cookie(
    browser: Browser, server: Server, *, script: bool
) -> None:
    asked = server.town.ask(f"spuren-{script}".lower(), codes=1)
    sent: list[Request] = []
    with visiting(browser, server, java_script_enabled=script) as page:
        page.on("request", lambda request: sent.append(request))  # noqa: PLW0108  # Playwright marks its handlers, which a builtin refuses
        person = Person(page)
        person.open(asked)
        page.locator("#code").fill(asked.codes[0])
        person.press("Befragung starten")
        person.fill_in()
        person.press("Absenden")
        expect(page.get_by_role("heading", name="Danke")).to_be_visible()
        for request in sent:
            headers = request.all_headers()
            assert not headers.get("referer")
            assert "cookie" not in headers
            assert asked.codes[0] not in request.url
    paths = {request.url.removeprefix(server.url).partition("?")[0] for request in sent}
    assert {f"/b/{asked.slug}/{step}" for step in ("form", "review", "submit", "thanks")} <= paths
