"""The servers that are measured, and runs on two of them in turns."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from socket import socket

from benchmarks.load import Load, cpu_seconds, drive, fetch, get

AT_A_TIME = 3  # rounds, so that neither side has the warm or the quiet machine alone

Server = tuple[int, int]  # port, process id


def in_turns(
    one: Server, ours: Sequence[bytes], other: Server, theirs: Sequence[bytes]
) -> tuple[Load, Load]:
    """Each request of both once, a third of them at a time; SystemExit when one is refused."""
    parts: tuple[list[Load], list[Load]] = ([], [])
    for turn in range(AT_A_TIME):
        parts[0].append(drive(*one, ours[turn::AT_A_TIME]))
        parts[1].append(drive(*other, theirs[turn::AT_A_TIME]))
    check([*parts[0], *parts[1]])
    return _sum(parts[0]), _sum(parts[1])


def _sum(loads: Sequence[Load]) -> Load:
    total = loads[0]
    for load in loads[1:]:
        statuses = total.statuses + load.statuses
        total = Load(statuses, total.seconds + load.seconds, total.cpu + load.cpu)
    return total


def check(loads: Sequence[Load]) -> None:
    """SystemExit when a request was refused: what was measured then is not what it says."""
    for load in loads:
        refused = {status for status in load.statuses if status >= 400}
        if refused:
            raise SystemExit(f"The benchmark was refused: {dict(load.statuses)}")


def line(name: str, load: Load) -> None:
    """Print one load."""
    print(f"  {name:40s} {load.cpu_each:7.2f} ms    {load.rate:7.0f} requests per second")


@contextmanager
def pegel_server(environment: dict[str, str], workers: int = 1) -> Iterator[Server]:
    """Pegel's web processes, without a keeper."""
    program = "from survey.cli import main; main()"
    port = _free_port()
    options = ["--no-keeper", "--port", str(port), "--workers", str(workers)]
    with _server([sys.executable, "-c", program, "serve", *options], port, environment) as server:
        yield server


@contextmanager
def peer_server(environment: dict[str, str]) -> Iterator[Server]:
    """What Pegel is measured against (see `benchmarks.peers`)."""
    port = _free_port()
    options = ["--interface", "asgi", "--factory", "--no-ws", "--log-level", "warning"]
    command = [sys.executable, "-m", "granian", *options, "--port", str(port)]
    with _server([*command, "benchmarks.peers:create_app"], port, environment) as server:
        yield server


@contextmanager
def _server(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield port, process.pid
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            fetch(port, get("/healthz"))
        except OSError:
            time.sleep(0.05)
        else:
            cpu_seconds(process.pid)
            return
    raise SystemExit("The server did not start.")


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
