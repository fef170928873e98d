"""A real Chromium, and a real server on a data folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.survey.web.factories import Town

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-background-networking")
SERVE = "import sys; from survey.cli import main; main(sys.argv[1:])"


@dataclass(frozen=True)
class Server:
    """Where the server answers, and what it answers from."""

    url: str
    town: Town


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
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


@contextmanager
def visiting(browser: Browser, **options: object) -> Iterator[Page]:
    """A page in a fresh context; options as in Playwright's new_context."""
    context: BrowserContext = browser.new_context(locale="de-DE", **options)  # type: ignore[arg-type]  # passed on as they are
    try:
        yield context.new_page()
    finally:
        context.close()
