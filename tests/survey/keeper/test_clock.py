"""Whoever sets the clock of the machine ends no campaign, purges nothing and keeps no key alive."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.submitting import GRACE
from survey.keeper.clock import MOST_DRIFT, SteadyClock, boot_time
from survey.keeper.keeper import Keeper
from tests.anonymity.town import CLOSES, START, Clock, Town, found_town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Machine:
    """A clock on the wall that can be set, and seconds that cannot."""

    wall: Clock = field(default_factory=Clock)
    seconds: float = 1000.0

    def elapsed(self) -> float:
        return self.seconds

    def passes(self, time: timedelta) -> None:
        self.wall.now += time
        self.seconds += time.total_seconds()


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SteadyClock:
    return SteadyClock(machine.wall, machine.elapsed)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Fifteen have answered."""
    town = found_town(tmp_path)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:15])])
    return town


def _keeper(town: Town, machine: Machine) -> Keeper:
    return Keeper(town.settings, town.engine, machine.wall, machine.elapsed)


@pytest.mark.parametrize("jump", [30 * DAY, -30 * DAY, 6 * timedelta(minutes=1)])
def test_a_jump_is_not_followed(machine: Machine, clock: SteadyClock, jump: timedelta) -> None:
    machine.wall.now += jump
    clock.look()
    assert (clock.now(), clock.is_sure) == (START, False)
    machine.passes(HOUR / 2)
    clock.look()
    assert (clock.now(), clock.is_sure) == (START + HOUR / 2, False)


def test_a_clock_that_comes_back_is_believed_at_once(machine: Machine, clock: SteadyClock) -> None:
    machine.wall.now += DAY
    clock.look()
    machine.wall.now -= DAY
    clock.look()
    assert (clock.now(), clock.is_sure) == (START, True)


def test_a_clock_that_runs_evenly_for_an_hour_is_believed(
    machine: Machine, clock: SteadyClock, caplog: pytest.LogCaptureFixture
) -> None:
    machine.wall.now += DAY
    clock.look()
    for _ in range(60):
        assert not clock.is_sure
        machine.passes(HOUR / 60)
        clock.look()
    assert (clock.now(), clock.is_sure) == (START + DAY + HOUR, True)
    assert [record.message.partition(".")[0] for record in caplog.records] == [
        "The clock of this machine jumped by 1440 minutes forward",
        "The clock of this machine has run evenly for an hour; it is believed",
    ]


def test_a_clock_that_keeps_jumping_is_never_believed(machine: Machine, clock: SteadyClock) -> None:
    for _ in range(10):
        machine.wall.now += DAY
        machine.passes(HOUR * 0.9)
        clock.look()
        assert not clock.is_sure


@given(st.lists(st.floats(-299, 299), min_size=1, max_size=200))
def test_small_steps_move_the_time_by_no_more_than_a_little_in_an_hour(steps: list[float]) -> None:
    """Somebody who knows the limit sets the clock a little at every look."""
    machine = Machine()
    clock = SteadyClock(machine.wall, machine.elapsed)
    for step in steps:
        machine.wall.now += timedelta(seconds=step)
        machine.passes(timedelta(seconds=20))
        clock.look()
    real = timedelta(seconds=20 * len(steps))
    hours = real / HOUR + 1
    assert abs(clock.now() - START - real) <= MOST_DRIFT * hours


def test_a_slow_drift_is_followed(machine: Machine, clock: SteadyClock) -> None:
    for _ in range(48):
        machine.passes(HOUR)
        machine.wall.now += timedelta(seconds=20)
        clock.look()
        assert clock.is_sure
    assert abs(clock.now() - machine.wall.now) < timedelta(minutes=1)


def test_a_jump_closes_no_campaign(
    town: Town, machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = _keeper(town, machine)
    machine.wall.now = CLOSES + GRACE + DAY
    keeper.run_once()
    machine.passes(HOUR / 2)
    keeper.run_once()
    assert town.status() == "open"
    assert caplog.text.count("jumped by") == 1
    machine.passes(HOUR)
    keeper.run_once()
    assert town.status() == "closed"


def test_after_a_restart_the_wall_counts(town: Town, machine: Machine) -> None:
    machine.wall.now = CLOSES + GRACE + DAY
    _keeper(town, machine).run_once()
    assert town.status() == "closed"


def test_a_jump_purges_nothing(town: Town, machine: Machine) -> None:
    assert town.ask("close").state == "done"
    keeper = _keeper(town, machine)
    machine.wall.now += 365 * DAY
    keeper.run_once()
    assert (town.status(), len(town.responses())) == ("closed", 15)
    machine.wall.now -= 365 * DAY
    for _ in range(91):
        machine.passes(DAY)
        keeper.run_once()
    assert (town.status(), town.responses()) == ("purged", [])


@pytest.mark.parametrize("jump", [-10 * DAY, -HOUR, HOUR, 3 * DAY])
def test_a_jump_makes_no_turn_late(town: Town, machine: Machine, jump: timedelta) -> None:
    keeper = _keeper(town, machine)
    keeper.run_once()
    machine.passes(12 * HOUR)
    machine.wall.now += jump
    first = keeper.keys.ids()
    for _ in range(11):
        machine.passes(HOUR)
        keeper.run_once()
        if machine.seconds < 1000 + DAY.total_seconds():
            assert keeper.keys.ids() == first
    machine.passes(HOUR)
    keeper.run_once()
    assert keeper.keys.ids().isdisjoint(first)


def test_the_machine_s_own_seconds_go_on() -> None:
    later: Callable[[], float] = boot_time
    assert 0 < boot_time() <= later()
