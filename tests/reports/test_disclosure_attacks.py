"""Holes in disclosure control that were found by attacking releases, each closed."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import floor

from questionnaires.model import Questionnaire
from reports.counting import tally
from reports.disclosure.results import ItemResult
from reports.disclosure.values import Shown, Suppressed
from reports.flat import flat_release
from reports.release import Release
from tests.reports.questionnaires import questionnaire, response_scale, scale, table

AGREE = {"agree": response_scale(range(1, 6))}
SPREAD = (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5)  # no category of one or two


def many(n: int) -> list[int]:
    return [SPREAD[place % len(SPREAD)] for place in range(n)]


def release(
    instrument: Questionnaire,
    units: Mapping[str, Sequence[Sequence[int]]],
    eligible: dict[str, int] | None = None,
) -> Release:
    rows = [(unit, row) for unit, found in units.items() for row in found]
    answers = [list(row) for _, row in rows]
    counted = tally(
        [table(instrument, answers, unit=[unit for unit, _ in rows])], instrument, ["unit"]
    )
    return flat_release(instrument, counted, 7, unit="unit", eligible=eligible)


ONE = questionnaire(AGREE, {"q": "agree"})


def test_the_whole_does_not_undo_the_clipping_of_a_unit() -> None:
    """40 of 40 agree; whole and other unit in whole percent leave 98 to 102 percent for them."""
    made = release(ONE, {"a": [[5]] * 40, "b": [[x] for x in many(60)], "c": [[1], [5]] * 40})
    shown = {name for name, group in made.groups.items() if group.items["q"].is_shown}
    assert "a" not in shown
    assert len({"b", "c"} & shown) == 1


def test_score_and_spread_do_not_take_joined_categories_apart() -> None:
    """21 answers, one of them alone in its category: n, score and spread would tell which."""
    made = release(ONE, {"a": [[x] for x in (1, 2, 2, *[3] * 6, *[4] * 6, *[5] * 6)]})
    item = made.whole.items["q"]
    assert isinstance(item.categories, Shown)
    assert any(len(cell.codes) > 1 for cell in item.categories.value)
    assert len(fitting(item, 21)) > 1


def fitting(item: ItemResult, n: int) -> list[tuple[int, ...]]:
    """Distributions of n answers that give what is shown of the joined categories."""
    assert isinstance(item.categories, Shown)
    counts = [round(cell.percent * n / 100) for cell in item.categories.value]
    parts = [
        [part for part in product(range(count + 1), repeat=len(cell.codes)) if sum(part) == count]
        for cell, count in zip(item.categories.value, counts, strict=True)
    ]
    codes = [code for cell in item.categories.value for code in cell.codes]
    found = []
    for choice in product(*parts):
        counted = [number for part in choice for number in part]
        total = sum(25 * (code - 1) * number for code, number in zip(codes, counted, strict=True))
        score = floor(Fraction(total, n) + Fraction(1, 2))
        if not isinstance(item.score, Shown) or item.score.value == score:
            found.append(tuple(counted))
    return found


def test_intervals_do_not_tell_a_number_that_is_hidden() -> None:
    """Two were silent, so n is hidden; the widths of some intervals would give it away."""
    instrument = questionnaire(AGREE, {"q": "agree", "r": "agree"}, [scale("both", "q", "r")])
    units = {"a": [[x, x] for x in many(22)], "b": [[x, x] for x in many(60)]}
    made = release(instrument, units, {"a": 24, "b": 80})
    group = made.groups["a"]
    assert isinstance(group.participation, Suppressed)
    assert group.scales["both"].is_shown
    assert isinstance(group.scales["both"].interval, Suppressed)
    assert isinstance(group.items["q"].interval, Suppressed)


def test_numbers_of_answers_do_not_repeat_a_hidden_filter() -> None:
    """24 of 25 were asked about their manager, so one has none: that is the filter's result."""
    asked = {"kind": "rating", "response": "agree", "show_if": {"item": "has", "in": [1]}}
    instrument = questionnaire(
        AGREE | {"yesno": response_scale((0, 1))},
        {"has": "yesno", "fair": asked, "open": asked},
        [scale("manager", "fair", "open")],
    )
    some = [[1, x, x] for x in many(60)] + [[0, -7, -7]] * 20
    made = release(
        instrument,
        {"a": [*([1, x, x] for x in many(24)), [0, -7, -7]], "b": some, "c": some},
    )
    group = made.groups["a"]
    assert isinstance(group.participation, Shown)
    assert not group.items["has"].is_shown
    for found in (group.items["fair"], group.scales["manager"]):
        assert found.is_shown
        assert isinstance(found.n, Suppressed)
        assert isinstance(found.interval, Suppressed)
    assert isinstance(made.whole.scales["manager"].n, Shown)


NESTED = questionnaire(
    AGREE,
    {"q": "agree", "r": "agree", "s": "agree"},
    [scale("three", "q", "r", "s"), scale("two", "q", "r")],
)


def test_scales_with_common_items_do_not_give_the_last_one_away() -> None:
    """All of a unit gave the same answer to s, which is three times `three` less twice `two`."""
    mixed = [[x, 6 - x if x > 2 else x, y] for x, y in zip(many(60), many(60)[::-1], strict=True)]
    made = release(NESTED, {"a": [[*row[:2], 5] for row in mixed[:25]], "b": mixed, "c": mixed})
    group = made.groups["a"]
    assert not group.items["s"].is_shown
    assert not (group.scales["three"].is_shown and group.scales["two"].is_shown)
    assert made.whole.scales["three"].is_shown
    assert made.whole.scales["two"].is_shown


def test_a_scale_of_one_item_is_a_single_question() -> None:
    """The promise is: dimensions from 7, single questions from 20; and never nearly all alike."""
    instrument = questionnaire(AGREE, {"q": "agree"}, [scale("sole", "q")])
    made = release(instrument, {"a": [[x] for x in many(15)], "b": [[x] for x in many(60)]})
    assert not made.groups["a"].is_shown
    favourable = [[4], [5]] * 12
    made = release(instrument, {"a": favourable, "b": [[x] for x in many(60)]})
    assert not made.groups["a"].is_shown


def test_a_scale_of_one_item_does_not_take_joined_categories_apart() -> None:
    instrument = questionnaire(AGREE, {"q": "agree"}, [scale("sole", "q")])
    made = release(instrument, {"a": [[x] for x in (1, 2, 2, *[3] * 6, *[4] * 6, *[5] * 6)]})
    assert made.whole.scales["sole"].is_shown
    assert not made.whole.items["q"].is_shown


def test_a_share_of_favourable_answers_does_not_give_items_away() -> None:
    """Every answer to two hidden items is "4": means of 75 leave room, shares of 100 do not."""
    percent = scale("agreed", "q", "r", "s") | {"score": {"method": "percent_favourable"}}
    instrument = questionnaire(AGREE, {"q": "agree", "r": "agree", "s": "agree"}, [percent])
    mixed = [[x, x, x] for x in many(60)]
    made = release(instrument, {"a": [[4, 4, x] for x in many(25)], "b": mixed, "c": mixed})
    group = made.groups["a"]
    assert group.scales["agreed"].is_shown
    assert not any(group.items[name].is_shown for name in "qrs")


def test_categories_do_not_pin_a_hidden_unit_down() -> None:
    """The score alone leaves 40 points of room; the categories of the remainder leave 17."""
    instrument = questionnaire({"three": response_scale((1, 2, 3))}, {"q": "three"})
    counts = {
        "a": (17, 41, 17),
        "b": (1, 59, 0),  # all but one say the same, so b is hidden
        "c": (19, 25, 14),
        "d": (11, 18, 6),
        "e": (7, 9, 12),
        "f": (5, 13, 0),
        "g": (4, 4, 2),
        "h": (2, 4, 1),
    }
    units = {
        name: [[code] for code, n in enumerate(found, 1) for _ in range(n)]
        for name, found in counts.items()
    }
    made = release(instrument, units)
    assert made.whole.items["q"].is_shown
    left = sorted(
        row[0]
        for name, rows in units.items()
        if not made.groups[name].items["q"].is_shown
        for row in rows
    )
    room = sum(left[-60:]) - sum(left[:60])
    assert 50 * room / 60 >= 25
