"""Attack 4: kill -9 in the middle of submitting, turning and closing, again and again: of the web
process, of the keeper, and of the database server itself.
"""

from pathlib import Path

import pytest

from survey.db.tables import inbox
from tests.anonymity import kills, victims
from tests.anonymity.kills import Counts, Stage
from tests.anonymity.town import START
from tests.anonymity.victims import Orders
from tests.attacks import ROUNDS


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("empty") / "town"
    cluster = request.getfixturevalue("mortal") if request.param == "postgres" else None
    return kills.empty_stage(folder, cluster)


@pytest.fixture(scope="module")
def answered(empty: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return kills.answered_stage(empty, tmp_path_factory.mktemp("answered") / "town")


@pytest.fixture(scope="module")
def asked(answered: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return kills.closing_stage(answered, tmp_path_factory.mktemp("asked") / "town")


def _holds(counts: Counts) -> bool:
    assert counts.rounds == ROUNDS
    assert counts.killed >= ROUNDS / 3
    assert counts.acknowledged
    return counts.keeps_the_promise


def test_killed_while_submitting_nothing_acknowledged_is_lost_and_nothing_doubled(
    empty: Stage, tmp_path: Path
) -> None:
    counts = kills.submitting(empty, tmp_path)
    assert _holds(counts), counts


def test_killed_while_turning_the_next_keeper_finishes_it_and_nothing_is_lost(
    answered: Stage, tmp_path: Path
) -> None:
    counts = kills.turning(answered, tmp_path)
    assert _holds(counts), counts


def test_killed_while_closing_the_next_keeper_finishes_it_and_nothing_is_lost(
    asked: Stage, tmp_path: Path
) -> None:
    counts = kills.closing(asked, tmp_path)
    assert _holds(counts), counts


@pytest.mark.parametrize("empty", ["postgres"], indirect=True)
def test_when_the_server_is_killed_while_people_answer_nothing_acknowledged_is_lost(
    empty: Stage, tmp_path: Path
) -> None:
    counts = kills.submitting(empty, tmp_path, "server")
    assert _holds(counts), counts


@pytest.mark.parametrize("empty", ["postgres"], indirect=True)
def test_when_the_server_is_killed_under_the_keeper_nothing_is_lost(
    answered: Stage, asked: Stage, tmp_path: Path
) -> None:
    turned = kills.turning(answered, tmp_path / "turn", "server")
    closed = kills.closing(asked, tmp_path / "close", "server")
    assert _holds(turned), turned
    assert _holds(closed), closed


def test_the_attack_notices_a_code_that_is_spent_without_its_response(
    empty: Stage, tmp_path: Path
) -> None:
    """Planted fault: codes are spent in a transaction of their own, before the answers."""
    first = empty.copy(tmp_path / "first")
    one = Orders(first.folder, START, empty.slips[:1], database=first.url)
    steps = victims.run(victims.submitting_in_two_steps, one).steps
    first.remove()
    alone = 0
    for die_at in range(steps, 0, -1):
        part = empty.copy(tmp_path / str(die_at))
        orders = Orders(part.folder, START, empty.slips[:1], die_at, database=part.url)
        victims.run(victims.submitting_in_two_steps, orders)
        town = part.town()
        alone += town.spent() != town.count(inbox)
        town.engine.dispose()
        part.remove()
        if alone:
            return
    pytest.fail("The planted fault was not found.")


def test_the_attack_notices_a_response_that_is_stored_before_its_code_is_spent(
    empty: Stage, tmp_path: Path
) -> None:
    """Planted fault: nobody is told apart, so whoever sends again is stored again."""
    part = empty.copy(tmp_path / "twice")
    town = part.town()
    forms = [town.form(slip, stamp) for stamp, slip in enumerate(part.slips[:12])]
    town.send(forms)
    with town.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE access_codes SET spent = (1 = 0)")
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(part.slips[:12])])
    stored = kills._sealed(town)
    assert kills._more_than_once(stored) == len(forms)
    town.engine.dispose()
    part.remove()
