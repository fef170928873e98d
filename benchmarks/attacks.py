"""What the attacks find, in figures: `python -m benchmarks.attacks [rounds]`.

The same code as the tests in tests/anonymity/, on SQLite and on PostgreSQL: how many responses a
code may belong to, how often the best of all guesses is right, what chance alone would give, and
what kill -9 leaves behind.
"""

import contextlib
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import tests.attacks
from questionnaires import registry
from tests.anonymity import kills
from tests.anonymity.conftest import database_on, new_hoarder
from tests.anonymity.guessing import attacks, figures
from tests.anonymity.kills import Counts, Stage
from tests.anonymity.wave import WHOLE, Wave, run_wave
from tests.postgres import Cluster, programs


def main() -> None:
    """Mount the attacks, and print what they found."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else tests.attacks.ROUNDS
    logging.disable(logging.ERROR)  # the victims complain, as they should
    shipped = registry.FOLDER
    try:
        with _clusters() as clusters:
            print("Linking codes to responses: 300 people, 5 units, threshold 7, 2 turns")
            print(
                f"{'':54s}{'candidates':>16s}{'':>9s}{'success':>16s}{'':>8s}{'beyond':>9s}\n"
                f"{'database':12s}{'copies, known beside the code':42s}{'fewest':>8s}{'median':>8s}"
                f"{'guesses':>9s}{'best':>8s}{'mean':>8s}{'chance':>8s}{'chance':>9s}"
            )
            for cluster in clusters:
                with _folder() as folder, _wave(folder, cluster) as wave:
                    _print_linking(wave)
            print(f"\nkill -9, {rounds} rounds each, {kills.PEOPLE} people")
            print(
                f"{'database':12s}{'killed':14s}{'while':12s}{'killed':>8s}{'acknowledged':>14s}"
                f"{'lost':>6s}{'doubled':>9s}{'code without answer':>21s}"
            )
            tests.attacks.ROUNDS = rounds
            for cluster in clusters:
                with _folder() as folder:
                    _print_kills(folder, cluster)
    finally:
        registry.FOLDER = shipped


def _print_linking(wave: Wave) -> None:
    found = attacks(wave)
    for attack in found:
        told = figures(attack)
        rates = (told.best, told.average, told.chance, told.most)
        print(
            f"{wave.database:12s}{attack.moment:42s}{attack.fewest:8d}{attack.usual:8.0f}"
            f"{told.guesses:9d}" + "".join(f"{100 * rate:6.1f} %" for rate in rates)
        )
    beyond = [one for attack in found for one in attack.found]
    print(f"{wave.database:12s}guesses beyond chance: {len(beyond)}")
    for one in beyond:
        print(f"    {one}")


def _print_kills(folder: Path, cluster: Cluster | None) -> None:
    empty = kills.empty_stage(folder / "empty", cluster)
    answered = kills.answered_stage(empty, folder / "answered")
    asked = kills.closing_stage(answered, folder / "asked")
    works: list[tuple[str, str, Callable[..., Counts], Stage]] = [
        ("submitting", "web process", kills.submitting, empty),
        ("turning", "keeper", kills.turning, answered),
        ("closing", "keeper", kills.closing, asked),
    ]
    name = "postgresql" if cluster else "sqlite"
    for work, victim, attack, stage in works:
        _line(name, victim, work, attack(stage, folder / work))
        if cluster:
            _line(name, "server", work, attack(stage, folder / f"{work}-server", "server"))


def _line(database: str, victim: str, work: str, counts: Counts) -> None:
    print(
        f"{database:12s}{victim:14s}{work:12s}{counts.killed:8d}{counts.acknowledged:14d}"
        f"{counts.lost:6d}{counts.doubled:9d}{counts.alone:21d}",
        flush=True,
    )


@contextlib.contextmanager
def _clusters() -> Iterator[list[Cluster | None]]:
    """None for SQLite, and a server where one is installed."""
    if programs() is None:
        print("PostgreSQL is not installed, so there are no figures for it.")
        yield [None]
        return
    with new_hoarder() as cluster:
        yield [None, cluster]


@contextlib.contextmanager
def _wave(folder: Path, cluster: Cluster | None) -> Iterator[Wave]:
    if cluster is None:
        yield run_wave(folder, script=WHOLE)
        return
    with database_on(cluster) as url:
        yield run_wave(folder, script=WHOLE, cluster=cluster, database=url)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pegel-attacks-") as name:
        yield Path(name)


if __name__ == "__main__":
    main()
