"""Run every benchmark: `make bench`. Processor time is the server's; ratios are of one run."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import crowd, databases, disclosure, tallies, utility
from benchmarks.load import drive, get, memory_mib, post
from benchmarks.servers import Server, check, in_turns, line, peer_server, pegel_server
from benchmarks.town import SLUG, Form, Town, build
from survey.domain.answering import CODE, LANGUAGE
from survey.settings import Settings

PAGES = 400
SUBMITS = 2_400
PATHS = 400


def main() -> None:
    """Measure, and print what was measured."""
    with tempfile.TemporaryDirectory(prefix="pegel-bench-") as folder:
        settings = Settings(data=Path(folder), database="", keys=None)
        town = build(settings)
        environment = os.environ | {"PEGEL_DATA": folder}
        environment.pop("PEGEL_DATABASE", None)
        environment.pop("PEGEL_DATABASE_URL", None)
        with pegel_server(environment) as pegel, peer_server(environment) as peers:
            _form_page(town, pegel, peers)
            _submits(town, pegel, peers)
            _path(town, pegel, peers)
            print(f"\nMemory of the web process after all this: {memory_mib(pegel[1]):.0f} MiB")
            print("  (at most 120)")
    databases.main()
    crowd.main()
    disclosure.main()
    utility.main()
    tallies.main()
    _imports()


def _form_page(town: Town, pegel: Server, peers: Server) -> None:
    asks = [
        post(f"/b/{SLUG}/form", [(LANGUAGE, "de"), (CODE, code)]) for code in town.codes[:PAGES]
    ]
    ours, bare = in_turns(pegel, asks, peers, [get("/bare/form")] * PAGES)
    print("\nForm page (38 items, 3 demographics, 3 languages), processor time per request")
    line("Pegel: code looked up, form served", ours)
    line("its bare template rendered", bare)
    print(f"  Pegel / bare = {ours.cpu_each / bare.cpu_each:.2f}   (at most 1.3)")


def _submits(town: Town, pegel: Server, peers: Server) -> None:
    forms = town.forms(SUBMITS)
    others = town.forms(SUBMITS // 4)
    ours, parse = in_turns(
        pegel,
        [post(f"/b/{SLUG}/submit", form) for form in forms],
        peers,
        [post("/parse-only", form) for form in forms],
    )
    alone = drive(*peers, [post("/one-transaction", form) for form in others])
    print("\nDurable submit, 32 clients")
    line("Pegel: parsed, sealed, stored, synced", ours)
    line("only parsed", parse)
    line("one transaction per submit (Core)", alone)
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
    check([*ours.values()])


def _without_id(form: Form) -> Form:
    return [field for field in form if field[0] != "_submission"]


def _imports() -> None:
    program = "import sys, survey.app; survey.app; print(*sorted(sys.modules))"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    heavy = {"numpy", "scipy", "scipy.stats", "matplotlib"} & set(loaded)
    print(f"\nHeavy modules in a web process: {', '.join(sorted(heavy)) or 'none'}")


if __name__ == "__main__":
    main()
