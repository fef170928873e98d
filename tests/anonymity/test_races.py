"""Attack 6 and the races of attack 4: one code for many, two keepers, a turn among submissions."""

import asyncio
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from survey.db.tables import access_codes, inbox, submissions
from survey.domain import submitting
from survey.domain.inbox import Inbox, Outcome
from survey.keeper import KeeperRunsError, acts, keeper_lock
from tests.anonymity.town import Town, answers, found_town

PROCESSES = 4


def _another_process(town: Town) -> Town:
    """The same town with connections of its own, as another web process has them."""
    database = town.settings.database
    return replace(Town.at(town.data.parent, database), clock=town.clock)


def _from_many_processes(town: Town, sends: list[list[str]]) -> Counter[str]:
    """Each list of slips is sent by a web process of its own (an inbox with a writer)."""
    boxes = [_another_process(town).box() for _ in sends]

    async def sending() -> list[Outcome]:
        forms = [
            box.submit(town.form(slip, stamp))
            for box, slips in zip(boxes, sends, strict=True)
            for stamp, slip in enumerate(slips)
        ]
        return await asyncio.gather(*forms)

    outcomes = asyncio.run(sending())
    for box in boxes:
        box.close()
    return Counter(outcome.name for outcome in outcomes)


def test_fifty_posts_with_one_code_are_one_response(database: str, tmp_path: Path) -> None:
    town = found_town(tmp_path, database=database)
    slip = town.slips["kita"][0]
    outcomes = _from_many_processes(town, [[slip] * 13, [slip] * 13, [slip] * 12, [slip] * 12])
    assert outcomes == {"ACCEPTED": 1, "CODE_USED": 49}
    assert (town.count(inbox), town.count(submissions), town.spent()) == (1, 1, 1)


def test_a_planted_check_that_does_not_spend_is_noticed(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path, database=database)
    monkeypatch.setattr(submitting, "_take", lambda *_: None)
    outcomes = _from_many_processes(town, [[town.slips["kita"][0]] * 5] * PROCESSES)
    assert outcomes["ACCEPTED"] > 1


def test_one_submission_id_for_many_codes_is_stored_once(database: str, tmp_path: Path) -> None:
    town = found_town(tmp_path, database=database)
    forms = [town.form(slip, 1, b"the same") for slip in town.slips["kita"][:20]]
    outcomes = Counter(outcome.name for outcome in town.send(forms))
    assert outcomes == {"ACCEPTED": 1, "REPEATED": 19}
    assert (town.count(inbox), town.spent()) == (1, 1)


def test_turns_among_submissions_lose_and_double_nothing(database: str, tmp_path: Path) -> None:
    town = found_town(tmp_path, database=database)
    slips = [slip for unit in ("feuerwehr", "hauptamt") for slip in town.slips[unit]]
    ended = threading.Event()
    office = _another_process(town).keeper()._office
    turns = []

    def turning() -> None:
        while not ended.is_set():
            turns.append(acts.turn(office, town.campaign_id, now=town.clock()))

    keeper = threading.Thread(target=turning)
    keeper.start()
    boxes = [_another_process(town).box() for _ in range(2)]

    async def sending() -> list[Outcome]:
        waiting = iter(enumerate(slips))

        async def client(box: Inbox) -> list[Outcome]:
            return [await box.submit(town.form(slip, stamp)) for stamp, slip in waiting]

        found = await asyncio.gather(*(client(box) for box in boxes for _ in range(3)))
        return [one for many in found for one in many]

    try:
        outcomes = asyncio.run(sending())
    finally:
        ended.set()
        keeper.join()
        for box in boxes:
            box.close()
    assert len(turns) > 1
    assert sum(turned.moved for turned in turns) > 0
    assert set(outcomes) == {Outcome.ACCEPTED}
    assert town.ask("close").state == "done"
    stored = Counter(values for _, values in town.responses())
    assert stored == Counter(tuple(answers(stamp)) for stamp in range(len(slips)))


def test_late_answers_are_refused_and_leave_no_trace(database: str, tmp_path: Path) -> None:
    town = found_town(tmp_path, database=database)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"])])
    assert town.ask("close").state == "done"
    before = town.responses()
    late = town.form(town.slips["bauamt"][0], 999)
    assert town.send([late, late]) == [Outcome.CLOSED] * 2
    assert (town.responses(), town.count(inbox), town.count(access_codes)) == (before, 0, 0)


def test_a_second_keeper_is_told_so_and_ends(tmp_path: Path) -> None:
    with keeper_lock(tmp_path / "data"):
        with pytest.raises(KeeperRunsError), keeper_lock(tmp_path / "data"):
            pass
        second = subprocess.run(
            [sys.executable, "-c", "from survey.cli import main; main(['keeper'])"],
            env={"PEGEL_DATA": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 1
    assert "Another keeper works on" in second.stderr
    assert "Traceback" not in second.stderr
    with keeper_lock(tmp_path / "data"):
        pass


def test_keepers_on_two_hosts_exclude_each_other(postgres_url: str, tmp_path: Path) -> None:
    """Two hosts have folders of their own and one database; whoever dies lets the other in."""
    here = Town.at(tmp_path / "here", postgres_url)
    there = Town.at(tmp_path / "there", postgres_url)
    with (
        keeper_lock(here.data, engine=here.engine),
        pytest.raises(KeeperRunsError),
        keeper_lock(there.data, engine=there.engine),
    ):
        pytest.fail("two keepers at once")
    with keeper_lock(there.data, engine=there.engine):
        pass
