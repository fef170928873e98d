"""`pegel serve` as a process: it answers, it ends, and nothing survives it."""

import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest

from survey.keeper import keeper_lock
from tests.survey.cli.commands import Pegel

PEGEL = [sys.executable, "-P", "-c", "from survey.cli import main; main()"]
PATIENCE = 60.0  # seconds, before something that must happen counts as failed


class Server(NamedTuple):
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    data: Path

    def children(self) -> dict[int, str]:
        """Process ids and command lines of everything that it started."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        pids = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
        return {
            pid: Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            for pid in pids
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _has_ended(pid: int) -> bool:
    """Wait until a process has ended, whoever started it."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], PATIENCE)[0])
    finally:
        os.close(descriptor)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of one's own, to end it."""
    (tmp_path / "html.py").write_text("raise SystemExit('a file of the working folder was run')")
    with _serving(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests that leave it running."""
    with _serving(tmp_path_factory.mktemp("shared")) as running:
        yield running


@contextmanager
def _serving(folder: Path, *options: str) -> Iterator[Server]:
    data, port = folder / "data", _free_port()
    with subprocess.Popen(
        [*PEGEL, "serve", "--port", str(port), *options],
        env=os.environ | {"PEGEL_DATA": str(data)},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in said, process.communicate()[1]
        yield Server(process, port, data)
        process.kill()


def test_it_ends_at_once_with_everything_it_started_and_no_line_names_a_visitor(
    server: Server,
) -> None:
    started = server.children()
    assert any("survey.keeper" in command for command in started.values())
    for path in ("", "healthz", "b/no-such-survey", "b/no-such-survey/submit", "%00", "b/%ff"):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("GET", f"/{path}", headers={"User-Agent": "canary-of-musterheim"})
        connection.getresponse().read()
        connection.close()
    server.process.send_signal(signal.SIGTERM)
    said = "".join(server.process.communicate(timeout=PATIENCE))
    assert server.process.returncode == 0
    assert all(_has_ended(pid) for pid in started)
    with keeper_lock(server.data):
        pass
    for word in ("canary", "127.0.0.1", "no-such-survey", "Traceback"):
        assert word not in said


def test_when_it_is_killed_neither_keeper_nor_web_process_survives(server: Server) -> None:
    started = server.children()
    server.process.kill()
    assert all(_has_ended(pid) for pid in started)


def test_a_keeper_that_dies_is_started_again(shared: Server) -> None:
    (keeper,) = [pid for pid, command in shared.children().items() if "survey.keeper" in command]
    os.kill(keeper, signal.SIGKILL)
    assert shared.process.stderr is not None
    assert "started again" in shared.process.stderr.readline()


def test_a_port_that_is_taken_is_named(shared: Server, pegel: Pegel) -> None:
    again = pegel("serve", "--port", str(shared.port))
    assert (again.code, again.out) == (1, "")
    assert again.err.startswith(f"pegel: Cannot listen on 127.0.0.1, port {shared.port}")
    assert again.err.count("\n") == 1


@pytest.mark.parametrize(
    ("only", "codes"),
    [
        ("respond", {"/b/x/trial/thanks": 404, "/staff/login": 404}),
        ("staff", {"/staff/login": 200}),
    ],
)
def test_one_audience_can_have_processes_of_its_own(
    tmp_path: Path, only: str, codes: dict[str, int]
) -> None:
    with _serving(tmp_path, "--only", only, "--no-keeper") as running:
        for path, code in {"/healthz": 200, **codes}.items():
            connection = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
            connection.request("GET", path)
            assert connection.getresponse().status == code, path
            connection.close()
        assert not any("survey.keeper" in command for command in running.children().values())


def test_an_audience_that_does_not_exist_is_wrong_use(pegel: Pegel) -> None:
    assert pegel("serve", "--only", "nobody").code == 2


def test_an_old_database_is_left_alone(pegel: Pegel) -> None:
    pegel.data.mkdir()
    old = sqlite3.connect(pegel.data / "pegel.sqlite")
    old.execute("CREATE TABLE something (id INTEGER)")
    old.close()
    answer = pegel("serve", "--port", str(_free_port()))
    assert answer.code == 1
    assert "pegel db upgrade" in answer.err
    assert "Traceback" not in answer.err


def test_a_patient_keeper_gives_up_waiting_when_it_is_stopped(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with keeper_lock(tmp_path), keeper_lock(tmp_path, stop):
        pass


@pytest.mark.parametrize("command", [["serve"], ["keeper"], ["init"], ["report", "x"]])
def test_a_file_that_is_no_database_is_named(pegel: Pegel, command: list[str]) -> None:
    pegel.data.mkdir()
    (pegel.data / "pegel.sqlite").write_bytes(b"not a database, but somebody's file" * 100)
    port = ["--port", str(_free_port())] if command == ["serve"] else []
    ended = (pegel.apart if command == ["keeper"] else pegel)(*command, *port)
    assert ended.code == 1
    assert ended.out == ""
    assert "pegel.sqlite cannot be used (file is not a database)" in ended.err
