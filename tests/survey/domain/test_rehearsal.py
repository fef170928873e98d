"""The rehearsal says beforehand what closing and release then do, and knows no response."""

import inspect
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires import registry
from questionnaires.text import Text
from questionnaires.variables import variables
from reports.counting import tally
from reports.disclosure.values import Shown
from reports.release import Group, ReleaseFacts
from reports.releasing import make_release
from reports.responses import GroupColumn, ResponseTable
from survey.domain import plan_checks, rehearsal, rehearsal_draws, rehearsal_outcomes
from survey.domain.merging import merge
from survey.domain.rehearsal import RATES, Forecast, Rehearsal, rehearse
from survey.domain.rehearsal_draws import _distribution
from survey.domain.rehearsal_outcomes import Stage
from survey.errors import RefusedError
from tests.survey.domain.plans import plan

SMALL_TOWN = {
    "id": "haus",
    "name": "Stadt Musterheim",
    "units": [
        {"id": "bauamt", "name": "Bauamt", "eligible": 60},
        {"id": "hauptamt", "name": "Hauptamt", "eligible": 21},
        {"id": "archiv", "name": "Archiv", "eligible": 6},
        {"id": "buecherei", "name": "Bücherei", "eligible": 9},
    ],
}
WORD_ORDER = ("no", "unlikely", "uncertain", "likely", "certain")


def unit(outlook: Rehearsal, name: str) -> Forecast:
    return next(one for one in outlook.units if one.unit == name)


def units_of(*heads: int) -> dict[str, Any]:
    below = [{"id": f"u{i}", "name": f"U{i}", "eligible": n} for i, n in enumerate(heads)]
    return {"id": "haus", "name": "Haus", "units": below}


def test_every_outcome_of_a_unit_adds_up() -> None:
    for rate in RATES:
        outlook = rehearse(plan(units=SMALL_TOWN), rate)
        for one in outlook.units:
            assert one.scales + one.merged + one.hidden == pytest.approx(1)
            assert one.items <= one.scales
            assert (one.merged > 0) == (one.into is not None)


def test_the_same_plan_always_gives_the_same_answer() -> None:
    first = rehearse(plan(units=SMALL_TOWN), 0.6)
    rehearsal._rehearse.cache_clear()
    assert rehearse(plan(units=SMALL_TOWN), 0.6) == first


def test_it_takes_a_plan_and_a_rate_and_no_database() -> None:
    assert list(inspect.signature(rehearse).parameters) == ["plan", "rate"]
    for module in (rehearsal, rehearsal_draws, rehearsal_outcomes):
        source = inspect.getsource(module)
        assert "sqlalchemy" not in source
        assert "survey.db" not in source


def test_a_unit_below_the_threshold_is_never_shown_as_the_plan_already_warned() -> None:
    agreed = plan(units=SMALL_TOWN)
    warned = {finding.path for finding in plan_checks.warnings(agreed)}
    assert warned == {"archiv"}
    for rate in (*RATES, 1.0):
        outlook = rehearse(agreed, rate)
        for name in warned:
            one = unit(outlook, name)
            assert (one.scales, one.verdict, one.into) == (0, "no", "haus")


@given(
    heads=st.lists(st.integers(1, 90), min_size=1, max_size=6),
    rate=st.sampled_from([0.2, 0.5, 0.9, 1.0]),
)
@settings(max_examples=12)
def test_what_the_plan_warns_of_is_never_promised(heads: list[int], rate: float) -> None:
    agreed = plan(units=units_of(*heads))
    outlook = rehearse(agreed, rate)
    for finding in plan_checks.warnings(agreed):
        assert unit(outlook, finding.path).scales == 0


def test_a_higher_rate_never_makes_the_outlook_worse_for_large_units() -> None:
    chances = [unit(rehearse(plan(units=units_of(40, 40, 40)), r), "u1").scales for r in RATES]
    assert all(one <= other for one, other in pairwise(chances))
    words = [rehearsal.verdict(chance) for chance in (0.0, 0.1, 0.5, 0.8, 0.99)]
    assert tuple(words) == WORD_ORDER


def test_when_everybody_answers_it_is_what_closing_and_release_do() -> None:
    outlook = rehearse(plan(units=SMALL_TOWN), 1.0)
    shown = {one.unit for one in outlook.units if one.scales == 1}
    assert shown == {"haus", "bauamt", "hauptamt"}
    assert unit(outlook, "archiv").into == unit(outlook, "buecherei").into == "haus"


@given(people=st.integers(1, 400), rate=st.fractions(Fraction(1, 50), Fraction(49, 50)))
def test_numbers_are_drawn_from_the_binomial_distribution(people: int, rate: Fraction) -> None:
    low, cumulated = _distribution(people, float(rate))
    exact = {
        k: comb(people, k) * rate**k * (1 - rate) ** (people - k)
        for k in range(low, low + len(cumulated))
    }
    assert float(sum(exact.values())) == pytest.approx(1, abs=1e-9)
    before = [0.0, *cumulated]
    for place, k in enumerate(exact):
        drawn = (before[place + 1] - before[place]) / cumulated[-1]
        assert drawn == pytest.approx(float(exact[k]), abs=1e-9)


def test_a_whole_state_administration_does_not_overflow() -> None:
    outlook = rehearse(plan(units=units_of(1_000_000, 900_000)), 0.4)
    assert unit(outlook, "u0").items == 1


def test_too_few_for_any_result_is_foretold() -> None:
    outlook = rehearse(plan(units=units_of(6, 5)), 0.4)
    assert outlook.unopened > 0.9
    assert unit(outlook, "haus").verdict in ("no", "unlikely")


def test_without_slips_there_is_the_whole_alone_from_thirty() -> None:
    whole = {"id": "haus", "name": "Haus", "eligible": 60}
    outlook = rehearse(plan(access="open", units=whole), 0.4)
    assert [one.unit for one in outlook.units] == ["haus"]
    assert 0 < outlook.units[0].scales < 0.5


def test_without_head_counts_it_says_what_is_missing() -> None:
    with pytest.raises(RefusedError, match="no head counts"):
        rehearse(plan(access="open", units=None), 0.6)


@pytest.mark.parametrize("rate", [0, -1, 1.5, float("nan")])
def test_a_rate_is_more_than_nothing_and_at_most_everybody(rate: float) -> None:
    with pytest.raises(RefusedError, match="no response rate"):
        rehearse(plan(units=SMALL_TOWN), rate)


def test_a_suggested_merger_does_what_it_promises() -> None:
    outlook = rehearse(plan(units=SMALL_TOWN), 0.75)
    first = outlook.suggestions[0]
    assert first.units == ("archiv", "buecherei")
    assert first.before == outlook.people_shown < first.after
    joined = SMALL_TOWN | {
        "units": [
            *SMALL_TOWN["units"][:2],
            {"id": "beide", "name": "Archiv und Bücherei", "eligible": 15},
        ]
    }
    again = rehearse(plan(units=joined), 0.75)
    assert abs(again.people_shown - first.after) <= 2  # another id, another luck
    assert unit(again, "beide").verdict in ("likely", "certain")


def test_nothing_is_suggested_where_everything_is_shown() -> None:
    assert rehearse(plan(units=units_of(80, 90, 100)), 0.75).suggestions == ()


def test_two_units_are_not_joined_into_what_they_are_together_already() -> None:
    assert rehearse(plan(units=units_of(6, 90)), 0.75).suggestions == ()


FINE = registry.get("change-climate")


def released(tree: Group, draw: Mapping[str, int], threshold: int) -> tuple[set[str], set[str]]:
    """The groups that show a dimension and a single question when `draw` is closed and released.

    The invented answers differ enough that only numbers of people can hide anything.
    """
    stored = merge(tree, draw, threshold)
    homes = Counter[str]()
    for name, home in stored.items():
        homes[home] += draw[name]
    values, index = list(homes), np.repeat(np.arange(len(homes)), list(homes.values()))
    columns = variables(FINE)
    random = np.random.default_rng(7)
    said = [random.choice(column.codes, size=len(index)) for column in columns]
    answers = np.stack(said, axis=1).astype(np.int8)
    group = GroupColumn(tuple(values), index.astype(np.int32))
    table = ResponseTable(FINE, columns, answers, {"unit": group})
    made = make_release(
        FINE,
        tree,
        tally([table], FINE, ["unit"]).groups["unit"],
        threshold,
        ReleaseFacts(title=Text({"de": "Probe"})),
    )
    return (
        {name for name, one in made.groups.items() if _any_shown(one.scales, "score")},
        {name for name, one in made.groups.items() if _any_shown(one.items, "categories")},
    )


def _any_shown(results: Mapping[str, Any], name: str) -> bool:
    return any(isinstance(getattr(one, name), Shown) for one in results.values())


@given(
    draw=st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(lambda all_: sum(all_) >= 10),
    threshold=st.sampled_from([5, 7, 10]),
    deep=st.booleans(),
)
@settings(max_examples=15)
def test_the_rules_of_the_rehearsal_are_those_of_closing_and_release(
    draw: list[int], threshold: int, *, deep: bool
) -> None:
    leaves = [Group(f"u{i}", f"U{i}", 100) for i in range(4)]
    tree = Group("haus", "Haus", None, tuple(leaves))
    if deep:
        inner = (Group("a", "A", None, tuple(leaves[:2])), Group("b", "B", None, tuple(leaves[2:])))
        tree = Group("haus", "Haus", None, inner)
    counts = {f"u{i}": n for i, n in enumerate(draw)}
    outcome = Stage(tree, threshold, threshold, 10).outcome(counts)
    scales, items = released(tree, counts, threshold)
    # Chance agreement and bounds may hide more than numbers of people do, never less.
    assert scales <= outcome.scales
    assert items <= outcome.items
    large = {g.id for g in tree.walk() if all(counts.get(one.id, 99) >= 20 for one in g.walk())}
    assert outcome.scales & large == scales & large
