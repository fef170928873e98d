"""Comparisons follow from what is released, and tell of nobody who must not be known about."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from reports.build import build
from reports.disclosure.comparisons import LARGEST_ERROR, LEAST_UNITS, against_rest, among_units
from reports.disclosure.results import AgainstRest, ScaleResult
from reports.disclosure.values import HIDDEN, Shown, Suppressed, Value, show
from reports.release import Group, Release
from reports.report import Points, Report, Table
from reports.statistics.comparison import holm
from tests.reports.attacker import questions
from tests.reports.towns import INSTRUMENT, THRESHOLD, Town, town_of, towns
from tests.reports.two_means import hedges_g, p_value


def whole_number(value: Value[int]) -> int:
    assert isinstance(value, Shown)
    return value.value


@pytest.mark.attack
@given(towns())
def test_everybody_else_is_fit_and_near_the_truth(town: Town) -> None:
    release = town.release()
    for question in questions(town, release):
        for group, found in release.against_rest.items():
            if question.is_item or isinstance(found[question.name].score, Suppressed):
                continue
            told = found[question.name]
            others = question.join(question.members["all"] - question.members[group])
            n, score = others.total(), whole_number(told.score)
            assert whole_number(told.n) == n >= THRESHOLD
            assert n - max(others.values()) >= 2
            assert n >= 20  # of fewer, rounding moves the score too far where seven are the least
            mean = sum(float(value) * people for value, people in others.items()) / n
            assert abs(score - 25 * (mean - 1)) <= float(LARGEST_ERROR) + 0.5


@pytest.mark.attack
@given(towns())
def test_a_verdict_is_that_of_the_rounded_values(town: Town) -> None:
    release = town.release()
    for group, found in release.against_rest.items():
        own = release.groups[group].scales
        p: dict[str, float] = {}
        for name, told in found.items():
            if isinstance(told.p, Suppressed):
                assert told == AgainstRest(told.n, told.score, difference=told.difference)
                continue
            score, rest = whole_number(own[name].score), whole_number(told.score)
            assert whole_number(told.difference) == score - rest
            n, others = whole_number(own[name].n), whole_number(told.n)
            mine = score, whole_number(own[name].sd), n
            theirs = rest, whole_number(told.sd), others
            assert told.hedges_g == show(round(hedges_g(mine, theirs), 2))
            p[name] = p_value(mine, theirs, (2 * ((n + others) / others) ** 2 + 1) / 12)
        for name, adjusted in zip(p, holm([*p.values()]), strict=True):
            assert found[name].p == show(round(adjusted, 3))


def scale(n: int | None, score: int, sd: int | None) -> ScaleResult:
    return ScaleResult(
        n=HIDDEN if n is None else show(n),
        score=show(score),
        sd=HIDDEN if sd is None else show(sd),
    )


def compared(group: ScaleResult, whole: ScaleResult) -> AgainstRest:
    return against_rest({"a": group}, {"a": whole}, THRESHOLD)["a"]


def test_the_rest_is_what_the_group_leaves_of_everybody() -> None:
    """Everybody: 40 with 60 +- 20 and 60 with 50 +- 20, which is 54 +- 20.6."""
    found = compared(scale(40, 60, 20), scale(100, 54, 21))
    assert (found.n, found.score, found.difference) == (show(60), show(50), show(10))
    assert found.sd == show(21)
    assert found.hedges_g == show(0.48)  # exact J with 98 degrees of freedom
    assert found.interval == show((2, 18))


@pytest.mark.parametrize(
    ("group", "whole"),
    [
        (scale(None, 60, 20), scale(100, 54, 21)),
        (scale(40, 60, 20), scale(None, 54, 21)),
        (scale(40, 60, 20), scale(46, 59, 21)),  # 6 others
        (scale(60, 60, 20), scale(100, 54, 21)),  # rounding moves 40 others by 2 points
        (scale(40, 95, 20), scale(100, 54, 21)),  # 95 and more
        (scale(100, 60, 20), scale(100, 60, 20)),  # nobody else
    ],
)
def test_where_the_rest_cannot_be_told_nothing_is_said(
    group: ScaleResult, whole: ScaleResult
) -> None:
    assert compared(group, whole) == AgainstRest()


def test_a_small_rest_is_told_in_steps_of_five_and_without_a_verdict() -> None:
    """5 of 20 with 60 in steps of 5, and 50 of all: 46.7 of the others, known within 1.5 points."""
    found = against_rest({"a": scale(5, 60, None)}, {"a": scale(20, 50, 20)}, 5)["a"]
    assert found == AgainstRest(show(15), show(45), difference=show(15))


def test_a_small_rest_that_is_not_known_well_enough_is_not_told() -> None:
    """6 of 20 move the other 14 by (6 * 2.5 + 20 * 0.5) / 14, which is more than 1.5 points."""
    assert (
        against_rest({"a": scale(6, 60, None)}, {"a": scale(20, 50, 20)}, 5)["a"] == AgainstRest()
    )


def test_without_a_spread_there_is_a_difference_and_no_verdict() -> None:
    found = compared(scale(15, 60, None), scale(100, 54, 21))
    assert found == AgainstRest(show(85), show(53), difference=show(7))


def test_units_are_ranked_from_five_of_them() -> None:
    scores: dict[str, Value[int]] = {
        "a": show(40),
        "b": show(50),
        "c": HIDDEN,
        "d": show(50),
        "e": show(70),
    }
    assert among_units(scores).n == HIDDEN
    assert set(among_units(scores).percentiles.values()) == {HIDDEN}
    found = among_units({**scores, "f": show(60)})
    assert found.n == show(LEAST_UNITS)
    assert found.quartiles == show((50, 50, 60))
    assert found.percentiles == {
        "a": show(10),
        "b": show(40),
        "c": HIDDEN,
        "d": show(40),
        "e": show(90),
        "f": show(70),
    }


def test_the_document_has_the_tree_of_the_contract() -> None:
    document = town_of(30, 40, 5, asked=(40, 60, 80)).release().to_document()
    found = document["comparisons"]["unit"]["trust"]
    contract = {"two_groups", "welch_anova", "kruskal", "eta_squared", "games_howell"}
    assert contract | {"icc1", "icc2", "against_rest", "percentile"} <= found.keys()
    ours = {"difference", "t", "df", "p", "p_holm", "p_bh", "hedges_g"}
    assert ours <= found["against_rest"]["a"].keys()
    assert str(found["against_rest"]["c"]).count("hidden") == len(found["against_rest"]["c"]) + 2


BIG = town_of(30, 40, 50, asked=(40, 60, 80)).release()


def changed(group: str, **said: dict[str, Any]) -> Release:
    """The release with other comparisons of a group."""
    document = json.loads(BIG.to_json())
    for name, values in said.items():
        found = document["comparisons"]["unit"][name]["against_rest"][group]
        document["groups"]["unit"][group]["scales"][name]["mean_0_100"] = values["score"]
        found["rest"]["mean_0_100"] = values["rest"]
        found["difference_0_100"] = values["score"] - values["rest"]
        found["hedges_g"], found["p_holm_scales"] = values["g"], values["p"]
    return Release.from_json(json.dumps(document))


def sentences(report: Report) -> list[str]:
    part = next(part for part in report.parts if part.id == "comparison")
    return [str(one) for block in part.blocks if isinstance(block, Points) for one in block.entries]


LARGE = {"score": 62, "rest": 40, "g": 0.81, "p": 0.049}
CHANCE = {"score": 31, "rest": 32, "g": -0.2, "p": 0.05}


def test_a_difference_is_said_with_two_signs_in_german() -> None:
    assert sentences(build(changed("a", trust=LARGE, worry=CHANCE), INSTRUMENT, "a", "de")) == [
        "trust: 22 Punkte mehr als alle anderen (62 zu 40), ein großer Unterschied, kaum Zufall.",
        "worry (−1): Der Unterschied kann Zufall sein.",
    ]


def test_a_difference_is_said_with_two_signs_in_english() -> None:
    less = {"score": 40, "rest": 41, "g": -0.19, "p": 0.001}
    assert sentences(build(changed("a", trust=CHANCE, worry=less), INSTRUMENT, "a", "en")) == [
        "worry: 1 point less than all others (40 to 41), hardly a difference, hardly chance.",
        "trust (−1): The difference may be chance.",
    ]


@pytest.mark.parametrize(
    ("g", "size"),
    [
        *((0.19, "hardly a difference"), (0.2, "a small difference"), (0.49, "a small difference")),
        *((0.5, "a medium difference"), (0.79, "a medium difference"), (0.8, "a large difference")),
    ],
)
def test_sizes_begin_where_the_method_says(g: float, size: str) -> None:
    more = {"score": 62, "rest": 50, "g": g, "p": 0.049}
    less = {"score": 50, "rest": 62, "g": -g, "p": 0.049}
    said = sentences(build(changed("a", trust=more, worry=less), INSTRUMENT, "a", "en"))
    assert said == [
        f"trust: 12 points more than all others (62 to 50), {size}, hardly chance.",
        f"worry: 12 points less than all others (50 to 62), {size}, hardly chance.",
    ]


def test_larger_differences_come_first() -> None:
    small = {"score": 62, "rest": 50, "g": 0.4, "p": 0.001}
    less = {"score": 30, "rest": 50, "g": -0.7, "p": 0.001}
    said = sentences(build(changed("a", trust=small, worry=less), INSTRUMENT, "a", "en"))
    assert [one.partition(":")[0] for one in said] == ["worry", "trust"]


def test_without_numbers_of_answers_everybody_is_the_yardstick() -> None:
    release = town_of(30, 40, asked=(31, 42)).release()
    report = build(release, INSTRUMENT, "a", "en")
    score, whole = (
        whole_number(result.scales["trust"].score)
        for result in (release.groups["a"], release.whole)
    )
    part = next(part for part in report.parts if part.id == "comparison")
    table = next(block for block in part.blocks if isinstance(block, Table))
    assert table.columns == ("Dimension", "Here", "Musterheim", "Difference")
    assert [cell.number for cell in table.rows[0].cells] == [score, whole, score - whole]
    assert sentences(report)[0].endswith("Whether that is chance cannot be told.")


def branched() -> Release:
    """Two units in a branch and three beside it; of the branch itself nobody is a part."""
    found = town_of(30, 31, 32, 33, 34)
    first, second, *others = found.tree.children
    branch = Group("x", "Branch x", children=(first, second))
    return Town(replace(found.tree, children=(branch, *others)), found.rows).release()


def among(release: Release, group: str) -> Table:
    blocks = build(release, INSTRUMENT, group, "en").blocks()
    tables = [block for block in blocks if isinstance(block, Table)]
    return next(table for table in tables if table.caption == "Among the units")


def test_a_unit_sees_its_place_and_those_with_units_inside_do_not() -> None:
    release = branched()
    assert {group: among(release, group).columns[-1] for group in ("all", "x", "a", "c")} == {
        "all": "Middle half",
        "x": "Middle half",
        "a": "Place of this unit",
        "c": "Place of this unit",
    }
    assert {row.cells[0].number for row in among(release, "a").rows} == {5}


@pytest.mark.parametrize(
    ("percentile", "place"),
    [(24, "lowest quarter"), (25, "middle"), (75, "middle"), (76, "highest quarter")],
)
def test_a_place_is_told_in_quarters(percentile: int, place: str) -> None:
    document = branched().to_document()
    document["comparisons"]["unit"]["trust"]["percentile"]["a"] = percentile
    trust, _ = among(Release.from_json(json.dumps(document)), "a").rows
    assert (trust.head, trust.cells[-1].text) == ("trust", place)


def test_what_rounding_may_have_made_is_no_certain_difference() -> None:
    """A point may have been a tenth before rounding, however many answered."""
    for size in (1_000, 10_000, 100_000):
        near = compared(scale(size, 61, 20), scale(3 * size, 60, 20))
        assert isinstance(near.p, Shown)
        assert near.p.value >= 0.05
    far = compared(scale(10_000, 63, 20), scale(30_000, 60, 20))
    assert isinstance(far.p, Shown)
    assert far.p.value < 0.001
