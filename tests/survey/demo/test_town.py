"""Musterheim is as large as it is said to be, and its numbers are in the contract's shape."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from survey.demo import town
from survey.domain.plan_loading import make_plan


def test_twelve_units_from_6_to_80_people_in_two_levels() -> None:
    counts = town.head_counts()
    assert len(counts) == 12
    assert (min(counts.values()), max(counts.values())) == (6, 80)
    assert all(len(units) >= 2 for _, _, units in town.TREE)


PLANS = [town.first_wave, town.finished_wave, town.running_wave, town.open_link]


@pytest.mark.parametrize("make", PLANS)
def test_every_plan_of_the_town_is_valid(make: Callable[[date], dict[str, Any]]) -> None:
    plan = make_plan(make(date(2026, 11, 22)))
    assert plan.threshold == 7
