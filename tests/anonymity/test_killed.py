"""Attack 4: kill -9 in the middle of submitting, turning and closing, again and again."""

import hashlib
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from survey.db.engine import writing_session
from survey.db.tables import access_codes, campaign_keys, inbox, submissions
from survey.domain.inbox import Outcome
from tests.anonymity import victims
from tests.anonymity.town import START, Town, answers, found_town
from tests.anonymity.victims import Orders, Work, submission_id

ROUNDS = int(os.environ.get("PEGEL_ROUNDS", "10"))
PEOPLE = 40
TOMORROW = START.replace(day=START.day + 1)
HEADS = {"bauamt": 25, "hauptamt": 20, "archiv": 6}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """A town in which nobody has answered yet, and its slips."""
    folder = tmp_path_factory.mktemp("empty")
    town = found_town(folder, heads=HEADS)
    town.engine.dispose()
    drawn = [slip for unit in HEADS for slip in town.slips[unit]]
    return folder, tuple(drawn[-PEOPLE:])


@pytest.fixture(scope="module")
def answered(
    empty: tuple[Path, tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[str, ...]]:
    """The same town after everybody has answered; a closing is asked for."""
    folder = tmp_path_factory.mktemp("answered") / "town"
    shutil.copytree(empty[0], folder)
    town = Town.at(folder)
    forms = [town.form(slip, stamp, submission_id(stamp)) for stamp, slip in enumerate(empty[1])]
    assert set(town.send(forms)) == {Outcome.ACCEPTED}
    town.engine.dispose()
    return folder, empty[1]


def _copy(original: Path, to: Path) -> Path:
    shutil.copytree(original, to, dirs_exist_ok=True)
    return to


def _deaths(work: Work, orders: Orders) -> list[Orders]:
    """Where the victims of all rounds die: each round at another step, half of them inside it."""
    steps = victims.run(work, orders).steps
    return [
        Orders(
            orders.folder.parent / f"round-{number}",
            orders.now,
            orders.slips,
            die_at=1 + _chance(number) % steps,
            announce=number % 2 == 1,
        )
        for number in range(ROUNDS)
    ]


def _chance(number: int) -> int:
    """The same for the same round, so that a failure can be repeated."""
    return int.from_bytes(hashlib.sha256(b"round %d" % number).digest()[:4], "big")


def _every_answer_once(town: Town) -> None:
    """Close the campaign, and find each person's answers exactly as they were sent, once."""
    assert town.ask("close").state == "done"
    stored = Counter(values for _, values in town.responses())
    assert stored == Counter(tuple(answers(stamp)) for stamp in range(PEOPLE))
    assert (town.count(inbox), town.count(access_codes), town.count(submissions)) == (0, 0, 0)
    assert (town.count(campaign_keys), town.keeper().keys.ids()) == (0, set())


def test_killed_while_submitting_nothing_acknowledged_is_lost_and_nothing_doubled(
    empty: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    folder, slips = empty
    first = Orders(_copy(folder, tmp_path / "first"), START, slips)
    for orders in _deaths(victims.submitting, first):
        remains = victims.run(victims.submitting, _in_copy_of(folder, orders))
        town = Town.at(orders.folder)
        rows = town.count(inbox)
        assert rows == town.count(submissions) == town.spent()
        assert len(remains.acknowledged) <= rows
        sent = [town.form(slip, stamp, submission_id(stamp)) for stamp, slip in enumerate(slips)]
        again = dict(enumerate(town.send(sent)))
        assert {again[stamp] for stamp in remains.acknowledged} <= {Outcome.REPEATED}
        assert Counter(again.values())[Outcome.REPEATED] == rows
        assert Counter(again.values())[Outcome.ACCEPTED] == PEOPLE - rows
        _every_answer_once(town)
        town.engine.dispose()


def test_killed_while_turning_the_next_keeper_finishes_it_and_nothing_is_lost(
    answered: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    folder, _ = answered
    for orders in _deaths(victims.turning, Orders(_copy(folder, tmp_path / "first"), TOMORROW)):
        victims.run(victims.turning, _in_copy_of(folder, orders))
        town = Town.at(orders.folder)
        town.clock.now = TOMORROW
        keeper = town.keeper()
        keeper.run_once()
        assert town.count(inbox) == PEOPLE
        assert (town.count(campaign_keys), len(keeper.keys.ids())) == (1, 1)
        _every_answer_once(town)
        town.engine.dispose()


def test_killed_while_closing_the_next_keeper_finishes_it_and_nothing_is_lost(
    answered: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    folder = _copy(answered[0], tmp_path / "asked")
    town = Town.at(folder)
    with writing_session(town.engine) as session:
        town.request(session, "close")
    town.engine.dispose()
    for orders in _deaths(victims.closing, Orders(_copy(folder, tmp_path / "first"), START)):
        victims.run(victims.closing, _in_copy_of(folder, orders))
        town = Town.at(orders.folder)
        if town.status() == "open":
            assert (town.count(inbox), town.responses()) == (PEOPLE, [])
        _every_answer_once(town)
        assert town.status() == "closed"
        town.engine.dispose()


def test_the_attack_notices_a_code_that_is_spent_without_its_response(
    empty: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    """Planted fault: codes are spent in a transaction of their own, before the answers."""
    folder, slips = empty
    first = Orders(_copy(folder, tmp_path / "first"), START, slips[:1])
    steps = victims.run(victims.submitting_in_two_steps, first).steps
    for die_at in range(steps, 0, -1):
        orders = Orders(tmp_path / f"{die_at}", START, slips[:1], die_at)
        victims.run(victims.submitting_in_two_steps, _in_copy_of(folder, orders))
        if Town.at(orders.folder).spent() != Town.at(orders.folder).count(inbox):
            return
    pytest.fail("The planted fault was not found.")


def _in_copy_of(folder: Path, orders: Orders) -> Orders:
    _copy(folder, orders.folder)
    return orders
