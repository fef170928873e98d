"""Rounds of kill -9: a victim dies at a step that chance chose, and what is left is counted."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlalchemy import select

from survey.db.engine import reading, writing_session
from survey.db.tables import inbox, submissions
from survey.domain.inbox import Outcome, Submission
from survey.keeper.keys import KeyFolder
from tests import attacks
from tests.anonymity import victims
from tests.anonymity.town import START, Town, answers, found_town
from tests.anonymity.victims import Orders, Work, submission_id
from tests.anonymity.wave import opened
from tests.postgres import TEMPLATE, Cluster

PEOPLE = 24
TOMORROW = START.replace(day=START.day + 1)
HEADS = {"bauamt": 16, "hauptamt": 12, "archiv": 6}

Target = Literal["process", "server"]


@dataclass(frozen=True)
class Counts:
    """What many rounds left: everything but the first three has to be 0.

    `acknowledged`: answers that were thanked for, or (turning, closing) had been before. `lost` of
    these are gone, `doubled` are there twice, `alone` are codes spent without their answer or the
    other way round.
    """

    rounds: int = 0
    killed: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    alone: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.rounds + other.rounds,
            self.killed + other.killed,
            self.acknowledged + other.acknowledged,
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.alone + other.alone,
        )

    @property
    def keeps_the_promise(self) -> bool:
        """Whether nothing was lost, doubled or torn apart."""
        return (self.lost, self.doubled, self.alone) == (0, 0, 0)


@dataclass(frozen=True)
class Stage:
    """A town that every round begins with: its folder, and its database on a server (or none)."""

    folder: Path
    slips: tuple[str, ...]
    cluster: Cluster | None = None
    database: str = ""

    @property
    def url(self) -> str:
        """The URL of its database; empty for SQLite."""
        return self.cluster.url(self.database) if self.cluster else ""

    def copy(self, to: Path) -> "Stage":
        """The same town once more."""
        shutil.copytree(self.folder, to)
        if self.cluster is None:
            return replace(self, folder=to)
        name = f"round_{uuid4().hex}"
        self.cluster.create(name, self.database)
        return replace(self, folder=to, database=name)

    def town(self) -> Town:
        """The town, as a process sees it that has just started."""
        return Town.at(self.folder, self.url)

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder)
        if self.cluster:
            self.cluster.drop(self.database)


def empty_stage(folder: Path, cluster: Cluster | None = None) -> Stage:
    """A town in which nobody has answered yet, and the slips that people drew."""
    name = f"stage_{uuid4().hex}" if cluster else ""
    url = cluster.create(name, TEMPLATE) if cluster else ""
    town = found_town(folder, heads=HEADS, database=url)
    town.engine.dispose()
    drawn = [slip for unit in HEADS for slip in town.slips[unit]]
    return Stage(folder, tuple(drawn[-PEOPLE:]), cluster, name)


def answered_stage(empty: Stage, folder: Path) -> Stage:
    """The same town after everybody has answered."""
    stage = empty.copy(folder)
    town = stage.town()
    assert set(town.send(_forms(town, stage.slips))) == {Outcome.ACCEPTED}
    town.engine.dispose()
    return stage


def closing_stage(answered: Stage, folder: Path) -> Stage:
    """The same town when somebody has asked for its closing."""
    stage = answered.copy(folder)
    town = stage.town()
    with writing_session(town.engine) as session:
        town.request(session, "close")
    town.engine.dispose()
    return stage


def submitting(stage: Stage, folder: Path, target: Target = "process") -> Counts:
    """Kill while people answer; then everybody sends once more, and the campaign is closed."""
    total = Counts()
    for part, remains in _rounds(victims.submitting, stage, folder, START, target):
        town = part.town()
        stored = _sealed(town)
        acknowledged = set(remains.acknowledged)
        alone = abs(town.spent() - town.count(inbox))
        alone += abs(town.count(submissions) - town.count(inbox))
        town.send(_forms(town, part.slips))
        total += Counts(
            1,
            remains.killed,
            len(acknowledged),
            len(acknowledged - stored.keys()),
            _more_than_once(stored),
            alone,
        )
        total += _finally(town)
    return total


def turning(stage: Stage, folder: Path, target: Target = "process") -> Counts:
    """Kill while the key is turned; the next keeper finishes it, and the campaign is closed."""
    total = Counts()
    for part, remains in _rounds(victims.turning, stage, folder, TOMORROW, target):
        town = part.town()
        town.clock.now = TOMORROW
        keeper = town.keeper()
        keeper.run_once()
        stored = _sealed(town)
        assert len(keeper.keys.ids()) == 1  # the older one is destroyed, too
        lost = PEOPLE - len(stored)
        total += Counts(1, remains.killed, PEOPLE, lost, _more_than_once(stored))
        total += _finally(town)
    return total


def closing(stage: Stage, folder: Path, target: Target = "process") -> Counts:
    """Kill while the campaign is closed; the next keeper finishes it."""
    total = Counts()
    for part, remains in _rounds(victims.closing, stage, folder, START, target):
        town = part.town()
        alone = 0
        if town.status() == "open":
            alone = PEOPLE - town.count(inbox) + len(town.responses())
        total += Counts(1, remains.killed, PEOPLE, alone=alone)
        total += _finally(town)
    return total


def _rounds(
    work: Work, stage: Stage, folder: Path, now: datetime, target: Target
) -> Iterator[tuple[Stage, victims.Remains]]:
    """Each round dies at another step: half of them just before it, half inside it."""
    with _part(stage, folder / "first") as first:
        steps = victims.run(work, _orders(first, now)).steps
        _check_done(work, stage, first)
    for number in range(attacks.ROUNDS):
        die_at = 1 + _chance(number) % steps
        with _part(stage, folder / f"round-{number}") as part:
            orders = replace(_orders(part, now), die_at=die_at, announce=number % 2 == 1)
            if target == "process" or part.cluster is None:
                remains = victims.run(work, orders)
            else:
                orders = replace(orders, spared=True)
                remains = victims.run(work, orders, strike=part.cluster.kill)
                if not part.cluster.is_running:
                    part.cluster.start()
            yield part, remains


def _check_done(work: Work, before: Stage, after: Stage) -> None:
    """Whoever is not killed does all of the work, so that killing hits something."""
    town, original = after.town(), before.town()
    done: dict[Work, Callable[[], bool]] = {
        victims.submitting: lambda: town.spent() == PEOPLE,
        victims.turning: lambda: _keys(town).isdisjoint(_keys(original)),
        victims.closing: lambda: len(town.responses()) == PEOPLE,
    }
    assert done[work](), work
    town.engine.dispose()
    original.engine.dispose()


def _keys(town: Town) -> set[bytes]:
    return KeyFolder(town.settings.key_folder).ids()


@contextmanager
def _part(stage: Stage, folder: Path) -> Iterator[Stage]:
    part = stage.copy(folder)
    yield part
    part.remove()


def _orders(stage: Stage, now: datetime) -> Orders:
    return Orders(stage.folder, now, stage.slips, database=stage.url)


def _chance(number: int) -> int:
    """The same for the same round, so that a failure can be repeated."""
    return int.from_bytes(hashlib.sha256(b"round %d" % number).digest()[:4], "big")


def _forms(town: Town, slips: Sequence[str]) -> list[Submission]:
    return [town.form(slip, stamp, submission_id(stamp)) for stamp, slip in enumerate(slips)]


def _sealed(town: Town) -> Counter[int]:
    """Whose answers the inbox holds, and how often, for somebody who has the private keys."""
    folder = KeyFolder(town.settings.key_folder)
    keys = [folder.read(key_id) for key_id in folder.ids()]
    with reading(town.engine) as connection:
        rows = connection.scalars(select(inbox.c.sealed)).all()
    found = [opened(keys, row) for row in rows]
    return Counter(stamp for stamp in found if stamp is not None)


def _finally(town: Town) -> Counts:
    """Close, and compare what is stored with what everybody sent."""
    assert town.ask("close").state == "done"
    assert town.status() == "closed"
    stored = Counter(values for _, values in town.responses())
    sent = Counter(tuple(answers(stamp)) for stamp in range(PEOPLE))
    left = town.spent() + town.count(inbox) + town.count(submissions)
    town.engine.dispose()
    return Counts(lost=(sent - stored).total(), doubled=(stored - sent).total(), alone=left)


def _more_than_once(stored: Counter[int]) -> int:
    return sum(count - 1 for count in stored.values())
