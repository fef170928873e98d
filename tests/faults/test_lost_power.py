"""Power is lost between two requests to the disk: nothing acknowledged is lost or doubled."""

import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.exc import DatabaseError

from survey.errors import SurveyError
from tests.anonymity.town import Town, answers, found_town
from tests.anonymity.victims import submission_id
from tests.attacks import ROUNDS
from tests.faults.disk import Disk
from tests.faults.trace import Step, trace
from tests.faults.worker import SLIPS, STORED

HEADS = {"bauamt": 16, "hauptamt": 12}
PEOPLE = 24
MOST_TRIES = 200


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town in which nobody has answered yet, with the slips that will be used."""
    folder = tmp_path_factory.mktemp("town")
    town = found_town(folder, heads=HEADS)
    town.engine.dispose()
    drawn = [slip for unit in HEADS for slip in town.slips[unit]]
    (folder / SLIPS).write_text(json.dumps(drawn[-PEOPLE:]))
    return folder


@pytest.fixture(scope="module")
def day(town: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Step, ...]:
    """Everything that a whole day asked of the disk."""
    folder = tmp_path_factory.mktemp("day") / "town"
    shutil.copytree(town, folder)
    steps = trace(folder, folder.parent / "trace")
    assert told(steps) == ({*range(PEOPLE)}, True)
    return moved(steps, folder, town)


def moved(steps: tuple[Step, ...], before: Path, after: Path) -> tuple[Step, ...]:
    """The same steps in another folder."""

    def move(path: Path) -> Path:
        return after / path.relative_to(before) if path.is_relative_to(before) else path

    return tuple(
        Step(step.kind, move(step.path), step.offset, step.data, step.other and move(step.other))
        for step in steps
    )


def told(steps: tuple[Step, ...]) -> tuple[set[int], bool]:
    """The stamps that were acknowledged, and whether the campaign was said to be closed."""
    words = b"".join(step.data for step in steps if step.kind == "told").decode().split()
    return {int(word) for word in words if word.isdecimal()}, "closed" in words


def image(town: Path, steps: tuple[Step, ...], to: Path, chance: Random) -> Town:
    """The town as somebody finds it who switches the power on again."""
    disk = Disk(town / "data")
    disk.play(step for step in steps if step.path.is_relative_to(town / "data"))
    disk.write_image(to / "data", chance)
    return Town.at(to)


def check(found: Town, slips: list[str], acknowledged: set[int], *, closed: bool) -> None:
    """Go on after the fault: whatever was acknowledged is there, once, and the rest goes on."""
    found.clock.now = found.clock.now.replace(day=found.clock.now.day + 1)
    found.keeper().run_once()
    everybody = set(range(PEOPLE))
    if found.status() == "open":
        assert not closed
        sent = [found.form(slip, stamp, submission_id(stamp)) for stamp, slip in enumerate(slips)]
        outcomes = dict(enumerate(found.send(sent)))
        assert set(outcomes.values()) <= STORED
        assert {outcomes[stamp].name for stamp in acknowledged} <= {"REPEATED"}
        assert found.ask("close").state == "done"
        acknowledged = everybody
    stored = Counter(values for _, values in found.responses())
    expected = {tuple(answers(stamp)): stamp for stamp in everybody}
    assert set(stored.values()) == {1}
    assert {expected[values] for values in stored} >= acknowledged
    found.engine.dispose()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_nothing_acknowledged_is_lost_or_doubled(
    town: Path, day: tuple[Step, ...], tmp_path: Path, number: int
) -> None:
    chance = Random(hashlib.sha256(b"power %d" % number).digest())  # noqa: S311 # can be repeated
    before = day[: chance.randrange(len(day))]
    found = image(town, before, tmp_path / "image", chance)
    acknowledged, closed = told(before)
    check(found, json.loads((town / SLIPS).read_text()), acknowledged, closed=closed)


@pytest.mark.parametrize("unsynced", [".sqlite-wal", ".key"])
def test_a_forgotten_sync_would_be_noticed(
    town: Path, day: tuple[Step, ...], tmp_path: Path, unsynced: str
) -> None:
    """Planted faults: commits, or new keys, that do not wait for the disk."""
    faulty = tuple(step for step in day if step.kind != "sync" or step.path.suffix != unsynced)
    assert len(faulty) < len(day)
    slips = json.loads((town / SLIPS).read_text())
    for number in range(MOST_TRIES):
        chance = Random(number)  # noqa: S311 # can be repeated
        before = faulty[: chance.randrange(len(faulty))]
        found = image(town, before, tmp_path / str(number), chance)
        acknowledged, closed = told(before)
        try:
            check(found, slips, acknowledged, closed=closed)
        except (AssertionError, SurveyError, DatabaseError):
            return
    pytest.fail("The planted fault was not found.")
