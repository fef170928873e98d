"""`pegel serve` as real processes that say all they can, and every folder they may write to."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.proxies import PATIENCE, free_port
from tests.survey.web.factories import Asked, Town

# The command itself, with every logger turned up as somebody might who looks for a fault.
TALKATIVE = """
import functools, logging, sys
import granian
from granian.log import LogLevels
from survey import cli
from survey.cli import serve
serve.LOGGING["root"]["level"] = "DEBUG"
serve.LOGGING["loggers"] = {
    name: {"level": "DEBUG"} for name in ("_granian", "sqlalchemy", "asyncio", "litestar")
}
class Server(granian.Granian):
    def __init__(self, *args, **options):
        super().__init__(*args, **(options | {"log_level": LogLevels.debug} | %s))
granian.Granian = Server
%s
cli.main(sys.argv[1:])
"""
# A fault that somebody could build in: lines that name who asked for what.
ACCESS_LOG = {"log_access": True, "log_access_format": "%(addr)s %(path)s"}


@dataclass(frozen=True)
class House:
    """A running server, the campaign that it asks, and where it may leave something."""

    folder: Path
    port: int
    town: Town
    asked: Asked
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """End the server with everything that it started."""
        self.process.terminate()
        self.process.wait(PATIENCE)

    @property
    def said(self) -> str:
        """Everything that its processes have said."""
        return (self.folder / "said.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def house(
    folder: Path,
    *,
    workers: int = 1,
    keeper: bool = True,
    options: str = "{}",
    fault: str = "",
    codes: int = 20,
) -> Iterator[House]:
    """A house with one open campaign by slips, on the database that the settings name.

    `fault` is a line of Python that changes the program before it starts.

    Every file that its processes may write by themselves lies below `folder`: data, temporary
    files, home, working folder, and what they say.
    """
    for name in ("temporary", "home", "here"):
        (folder / name).mkdir(parents=True)
    town = Town.at(folder / "data")
    asked = town.ask("befragung", codes=codes)
    port = free_port()
    command = [
        sys.executable,
        "-P",
        "-c",
        TALKATIVE % (options, fault),
        "serve",
        "--port",
        str(port),
    ]
    environment = {"PATH": os.environ["PATH"], "PEGEL_DATA": str(folder / "data")}
    environment |= {"TMPDIR": str(folder / "temporary"), "HOME": str(folder / "home")}
    environment |= {"PEGEL_DATABASE_URL": town.settings.database_url, "PYTHONUNBUFFERED": "1"}
    with (
        (folder / "said.log").open("wb") as said,
        subprocess.Popen(
            [*command, "--workers", str(workers), "--keeper" if keeper else "--no-keeper"],
            cwd=folder / "here",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert b"Pegel answers" in first, (folder / "said.log").read_text()
            said.write(first)
            yield House(folder, port, town, asked, process)
        finally:
            process.terminate()
            process.wait(PATIENCE)
            town.engine.dispose()
