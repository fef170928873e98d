"""Breakdowns of the whole beside units, against an attacker who tries every union of people."""

from hypothesis import given

from tests.reports.crossing_attacker import pinned_down, variables, worked_out
from tests.reports.crossings import CrossedTown, crossed_towns


def everything(town: CrossedTown) -> list[str]:
    """All that the attacker finds."""
    found = variables(town, town.release())
    return [fault for one in found for fault in (*worked_out(one), *pinned_down(one))]


@given(crossed_towns())
def test_nothing_below_the_rules_can_be_worked_out_or_pinned_down(town: CrossedTown) -> None:
    assert not everything(town)
