"""Bridge values come from released items alone, the same way for every wave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.versions import Trend
from reports.bridging import bridge_value, bridge_values
from reports.disclosure.results import Change, GroupResult, ItemResult
from reports.disclosure.values import HIDDEN, Value, show
from reports.release import Group
from tests.reports.questionnaires import questionnaire, response_scale, scale
from tests.reports.series import BRIDGE, after, version, wave
from tests.reports.test_trend import figure, part, said
from tests.reports.towns import INSTRUMENT, Town

Answers = tuple[str, str, str]
Ends = tuple[int, int]

FAVOURABLE = {"method": "percent_favourable"}
SHARES = questionnaire(
    {"agree": response_scale(range(1, 6))},
    {"q1": "agree", "q2": "agree", "q3": "agree"},
    [
        scale("good", "q1", "-q2", score=FAVOURABLE),
        scale("bad", "q1", "q3", higher_is="worse", score=FAVOURABLE),
    ],
)


def group(**items: ItemResult) -> GroupResult:
    return GroupResult(HIDDEN, items, {})


def scores(**values: int | None) -> GroupResult:
    def score(value: int | None) -> Value[int]:
        return HIDDEN if value is None else show(value)

    return group(**{name: ItemResult(score=score(value)) for name, value in values.items()})


def test_a_bridge_value_is_the_mean_of_released_items_in_the_direction_of_the_scale() -> None:
    shown = scores(q1=61, q2=30, q3=90)
    assert bridge_value(shown, INSTRUMENT, "trust", ("q1", "q2")) == 66  # (61 + 70) / 2 = 65.5
    assert bridge_value(shown, INSTRUMENT, "trust", ("q1", "q3")) == 76


def test_a_hidden_item_hides_the_bridge_value() -> None:
    assert bridge_value(scores(q1=61, q2=None, q3=90), INSTRUMENT, "trust", ("q1", "q2")) is None
    assert bridge_value(scores(q1=61, q2=None, q3=90), INSTRUMENT, "trust", ("q1", "q3")) == 76


def test_a_bridge_over_other_items_or_of_another_scale_has_no_value() -> None:
    shown = scores(q1=61, q2=30, q4=50)
    assert bridge_value(shown, INSTRUMENT, "trust", ("q1", "q4")) is None
    assert bridge_value(shown, INSTRUMENT, "trust", ()) is None
    assert bridge_value(shown, INSTRUMENT, "gone", ("q1", "q2")) is None


def test_percent_favourable_is_bridged_on_shares() -> None:
    """q1 counts in two scales that disagree, so its shares are told as answered."""
    shown = group(
        q1=ItemResult(favourable=show(70), unfavourable=show(20)),
        q2=ItemResult(favourable=show(40), unfavourable=show(50)),
        q3=ItemResult(favourable=show(11), unfavourable=show(80)),
    )
    assert bridge_value(shown, SHARES, "good", ("q1", "q2")) == 55
    assert bridge_value(shown, SHARES, "bad", ("q1", "q3")) == 16  # (20 + 11) / 2 = 15.5


def test_all_waves_or_none() -> None:
    trend = Trend("trust", "bridge", ("q1", "q2"))
    whole, partly = scores(q1=61, q2=30, q3=9), scores(q1=50, q2=None, q3=9)
    assert bridge_values([(whole, INSTRUMENT), (whole, INSTRUMENT)], trend) == (66, 66)
    assert bridge_values([(whole, INSTRUMENT), (partly, INSTRUMENT)], trend) is None


# What ten people said to q1, to q2 (which is reversed) and to q3, from 1 to 5, and what that makes
# of 100 points. Over q1 and q2, which the bridge has in common: (45 + 35) / 2 and (60 + 40) / 2.
LOW = ("1234251343", "5245314435", "1232132312")  # 45, 100 - 65 and 25; all three 35
HIGH = ("5234351344", "4245314434", "4533544543")  # 60, 100 - 60 and 75; all three 58


def town(answers: Answers) -> Town:
    """Two units of thirty people each, who answer like these ten."""
    q1, q2, q3 = answers
    codes = zip(q1, q2, q3, "1234512345", "0101010101", strict=True)  # the last two in no bridge
    ten = [[int(code) for code in person] for person in codes]
    units = (Group("a", "Unit a"), Group("b", "Unit b"))
    return Town(Group("all", "Musterheim", children=units), {"a": ten * 3, "b": ten * 3})


@pytest.mark.parametrize(
    ("old", "new", "ends", "full", "change"),
    [(LOW, HIGH, (40, 50), (35, 58), "+10"), (HIGH, LOW, (50, 40), (58, 35), "−10")],
    ids=["risen", "fallen"],
)
def test_the_change_over_a_bridge_is_that_of_the_common_items(
    old: Answers, new: Answers, ends: Ends, full: Ends, change: str
) -> None:
    """The full scores stand apart: the item that is not in common tells of no change.

    Means of released items have no spread over people, so nobody can say that it is no chance.
    """
    asked = version("1.1.0", BRIDGE)
    release = after(wave(town(new), 2026, asked), wave(town(old), 2025))
    past = release.waves[0].groups["all"]["trust"]
    assert (past.published.score, release.whole.scales["trust"].score) == tuple(map(show, full))
    assert past.common == show(ends)
    assert past.change == Change()
    found = part(release, asked, language="en")
    assert said(found)[0] == f"May be chance: trust ({change} on common questions)"
    _, on_common, *_ = figure(found).table.rows
    assert [cell.text for cell in on_common.cells] == [*map(str, ends), f"{change}, may be chance"]


@given(st.lists(st.integers(0, 100), min_size=3, max_size=3))
def test_turning_every_item_turns_the_bridge_value(values: list[int]) -> None:
    mirrored = questionnaire(
        {"agree": response_scale(range(1, 6))},
        {"q1": "agree", "q2": "agree", "q3": "agree"},
        [scale("trust", "-q1", "q2", "-q3")],
    )
    one, two, three = values
    there = bridge_value(scores(q1=one, q2=two, q3=three), INSTRUMENT, "trust", ("q1", "q2", "q3"))
    back = bridge_value(scores(q1=one, q2=two, q3=three), mirrored, "trust", ("q1", "q2", "q3"))
    assert there is not None
    assert back is not None
    assert there + back == 100  # thirds are never halves
