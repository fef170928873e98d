"""Run every benchmark: `make bench`. Processor time is the server's; ratios are of one run."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import socket

from benchmarks.load import Load, cpu_seconds, drive, fetch, get, memory_mib, post
from benchmarks.town import SLUG, Form, Town, build
from survey.domain.answering import CODE, LANGUAGE
from survey.settings import Settings

PAGES = 400
SUBMITS = 2_400
PATHS = 400
AT_A_TIME = 3  # rounds, so that neither side has the warm or the quiet machine alone


def main() -> None:
    """Measure, and print what was measured."""
    with tempfile.TemporaryDirectory(prefix="pegel-bench-") as folder:
        settings = Settings(data=Path(folder), database="", keys=None)
        town = build(settings)
        environment = os.environ | {"PEGEL_DATA": folder}
        environment.pop("PEGEL_DATABASE", None)
        with _pegel(environment) as pegel, _peers(environment) as peers:
            _form_page(town, pegel, peers)
            _submits(town, pegel, peers)
            _path(town, pegel, peers)
            print(f"\nMemory of the web process after all this: {memory_mib(pegel[1]):.0f} MiB")
            print("  (at most 120)")
    _imports()


Server = tuple[int, int]  # port, process id


def _form_page(town: Town, pegel: Server, peers: Server) -> None:
    asks = [
        post(f"/b/{SLUG}/form", [(LANGUAGE, "de"), (CODE, code)]) for code in town.codes[:PAGES]
    ]
    ours, bare = _both(pegel, asks, peers, [get("/bare/form")] * PAGES)
    print("\nForm page (38 items, 3 demographics, 3 languages), processor time per request")
    _line("Pegel: code looked up, form served", ours)
    _line("its bare template rendered", bare)
    print(f"  Pegel / bare = {ours.cpu_each / bare.cpu_each:.2f}   (at most 1.3)")


def _submits(town: Town, pegel: Server, peers: Server) -> None:
    forms = town.forms(SUBMITS)
    others = town.forms(SUBMITS // 4)
    ours, parse = _both(
        pegel,
        [post(f"/b/{SLUG}/submit", form) for form in forms],
        peers,
        [post("/parse-only", form) for form in forms],
    )
    alone = drive(*peers, [post("/one-transaction", form) for form in others])
    print("\nDurable submit, 32 clients")
    _line("Pegel: parsed, sealed, stored, synced", ours)
    _line("only parsed", parse)
    _line("one transaction per submit (Core)", alone)
    print(f"  Pegel / only parsed, by processor time: {100 * parse.cpu_each / ours.cpu_each:.0f} %")
    print(f"  Pegel / only parsed, by requests per second: {100 * ours.rate / parse.rate:.0f} %")
    print("  (at least 30 %)")
    print(f"  Pegel / one transaction, by requests per second: {ours.rate / alone.rate:.1f}")
    print(f"  Pegel / one transaction, by processor time: {alone.cpu_each / ours.cpu_each:.1f}")
    print("  (at least 4)")


def _path(town: Town, pegel: Server, peers: Server) -> None:
    """Start, form with code, review, send, thanks: as many requests as a browser makes."""
    forms = town.forms(PATHS)
    code = [[field for field in form if field[0] in (CODE, LANGUAGE)] for form in forms]
    steps: dict[str, Sequence[bytes]] = {
        "start": [get(f"/b/{SLUG}?lang=de")] * PATHS,
        "form": [post(f"/b/{SLUG}/form", fields) for fields in code],
        "review": [post(f"/b/{SLUG}/review", _without_id(form)) for form in forms],
        "send": [post(f"/b/{SLUG}/submit", form) for form in forms],
        "thanks": [get(f"/b/{SLUG}/thanks?lang=de")] * PATHS,
    }
    print("\nWhole path of a respondent, processor time per completed response")
    ours = {name: drive(*pegel, asks) for name, asks in steps.items()}
    least = {
        name: drive(*peers, [get(f"/bare/{name}")] * PATHS)
        for name in ("start", "form", "review", "thanks")
    } | {"send": drive(*peers, [post("/parse-only", form) for form in forms])}
    for name, load in ours.items():
        print(f"  {name:8s} {load.cpu_each:7.2f} ms    bare {least[name].cpu_each:7.2f} ms")
    whole = sum(load.cpu_each for load in ours.values())
    bare = sum(load.cpu_each for load in least.values())
    print(f"  {'all':8s} {whole:7.2f} ms    bare {bare:7.2f} ms")
    print(f"  Pegel / bare = {whole / bare:.2f}   (at most 2)")
    _check([*ours.values()])


def _without_id(form: Form) -> Form:
    return [field for field in form if field[0] != "_submission"]


def _imports() -> None:
    program = "import sys, survey.app; survey.app; print(*sorted(sys.modules))"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    heavy = {"numpy", "scipy", "scipy.stats", "matplotlib"} & set(loaded)
    print(f"\nHeavy modules in a web process: {', '.join(sorted(heavy)) or 'none'}")


def _both(
    pegel: Server, ours: Sequence[bytes], peers: Server, theirs: Sequence[bytes]
) -> tuple[Load, Load]:
    """Both sides in turns."""
    parts: tuple[list[Load], list[Load]] = ([], [])
    for turn in range(AT_A_TIME):
        parts[0].append(drive(*pegel, ours[turn::AT_A_TIME]))
        parts[1].append(drive(*peers, theirs[turn::AT_A_TIME]))
    _check([*parts[0], *parts[1]])
    return _sum(parts[0]), _sum(parts[1])


def _sum(loads: Sequence[Load]) -> Load:
    total = loads[0]
    for load in loads[1:]:
        statuses = total.statuses + load.statuses
        total = Load(statuses, total.seconds + load.seconds, total.cpu + load.cpu)
    return total


def _check(loads: Sequence[Load]) -> None:
    for load in loads:
        refused = {status for status in load.statuses if status >= 400}
        if refused:
            raise SystemExit(f"The benchmark was refused: {dict(load.statuses)}")


def _line(name: str, load: Load) -> None:
    print(f"  {name:40s} {load.cpu_each:7.2f} ms    {load.rate:7.0f} requests per second")


@contextmanager
def _pegel(environment: dict[str, str]) -> Iterator[Server]:
    program = "from survey.cli import main; main()"
    port = _free_port()
    command = [sys.executable, "-c", program, "serve", "--no-keeper", "--port", str(port)]
    with _server(command, port, environment) as server:
        yield server


@contextmanager
def _peers(environment: dict[str, str]) -> Iterator[Server]:
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


if __name__ == "__main__":
    main()
