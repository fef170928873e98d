"""Durable submits per second: SQLite and PostgreSQL, one web process and two."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import post
from benchmarks.servers import in_turns, peer_server, pegel_server
from benchmarks.town import SLUG, build
from survey.settings import Settings
from tests.postgres import new_cluster, programs

SUBMITS = 2_400


def main() -> None:
    """Measure each beside a server that only parses, in turns."""
    print("\nDurable submits, 32 clients: requests per second (only parsed, in the same minutes)")
    for name, found in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        if name == "PostgreSQL" and programs() is None:
            print("  PostgreSQL: no server is installed")
            continue
        for workers in (1, 2):
            with found() as settings:
                _measure(name, settings, workers)


def _measure(name: str, settings: Settings, workers: int) -> None:
    town = build(settings)
    environment = os.environ | {
        "PEGEL_DATA": str(settings.data),
        "PEGEL_DATABASE_URL": settings.database_url,
    }
    forms = town.forms(SUBMITS)
    with pegel_server(environment, workers) as ours, peer_server(environment) as others:
        stored, parsed = in_turns(
            ours,
            [post(f"/b/{SLUG}/submit", form) for form in forms],
            others,
            [post("/parse-only", form) for form in forms],
        )
    share = 100 * stored.rate / parsed.rate
    print(
        f"  {name:11s} {workers} web: {stored.rate:6.0f}  ({parsed.rate:6.0f}; {share:3.0f} %)"
        f"   {stored.cpu_each:5.2f} ms of processor each"
    )


@contextmanager
def _sqlite() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="pegel-bench-") as folder:
        yield Settings(data=Path(folder), database="", keys=None)


@contextmanager
def _postgres() -> Iterator[Settings]:
    """A server that waits for the disk, as it has to."""
    place = tempfile.TemporaryDirectory(prefix="pegel-bench-")
    with place as folder, new_cluster(durable=True) as cluster:
        yield Settings(data=Path(folder), database=cluster.migrated("bench"), keys=None)
