"""A real Chromium, and a real server on a data folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, sync_playwright

from tests.survey.web.factories import Asked, Town

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-background-networking")
SERVE = "import sys; from survey.cli import main; main(sys.argv[1:])"


# Every place in which a page can leave something behind in a browser.
KEPT = """async () => [
    document.cookie.length, localStorage.length, sessionStorage.length,
    (await indexedDB.databases()).length, (await caches.keys()).length,
    (await navigator.serviceWorker.getRegistrations()).length,
]"""


@dataclass(frozen=True)
class Server:
    """Where the server answers, and what it answers from."""

    url: str
    town: Town


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("There is no Chromium on this machine.")
    return path


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
    yield started
    started.close()


@pytest.fixture
def remembering_browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """With the back/forward cache, which Playwright turns off and people have."""
    started = playwright.chromium.launch(
        executable_path=chromium,
        args=list(ARGUMENTS),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield started
    started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("town") / "data"
    with serving(folder) as url:
        yield Server(url, Town.at(folder))


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`pegel serve` on a free port; gives its address."""
    Town.at(folder).engine.dispose()
    port = free_port()
    command = [sys.executable, "-c", SERVE, "serve", "--no-keeper", "--port", str(port)]
    with subprocess.Popen(
        command,
        env=os.environ | {"PEGEL_DATA": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert "http" in said, "The server did not start."
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Watch:
    """What a page did that it must not do."""

    origin: str
    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Note every request to elsewhere, every error and every breach of the policy."""
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._console)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.complaints.append(f"request to {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        expected = "Failed to load resource" in message.text  # a page that says 4xx to a person
        if message.type == "error" and not expected:
            self.complaints.append(f"console: {message.text}")


@contextmanager
def visiting(browser: Browser, server: Server, **options: Any) -> Iterator[Page]:  # noqa: ANN401  # as Playwright's new_context takes them
    """A page in a fresh context, watched; nothing of it may stay in the browser."""
    context = browser.new_context(**({"locale": "de-DE", "base_url": server.url} | options))
    watch = Watch(server.url)
    context.on("page", watch.over)
    page = context.new_page()
    try:
        yield page
        assert watch.complaints == []
        assert context.cookies() == []
        assert context.storage_state()["origins"] == []
        for left in (each for each in context.pages if each.url.startswith(server.url)):
            assert not any(left.evaluate(KEPT)), "something stays in the browser"
    finally:
        context.close()


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
