"""The whole weighted to head counts: from released values, as anybody can work it out (R6)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from scipy import stats

from reports.build import build
from reports.disclosure.values import HIDDEN, Shown, show
from reports.disclosure.weighting import weighted
from reports.documents.rows import render_csv
from reports.release import Group, Release
from reports.report import Figure, Part, Table
from reports.statistics.distribution import Distribution
from reports.statistics.weighting import weighted_mean
from tests.reports.towns import INSTRUMENT, Town, town_of, towns

UNEVEN = town_of(60, 30, 45, asked=(64, 300, 90), moods=("mixed", "agree", "mixed"))


def released(town: Town) -> Release:
    return town.release(by_head_counts=True)


def paper(tree: Group, groups: dict[str, dict[str, Any]], scale: str) -> list[tuple[float, ...]]:
    """Per stratum people, n, score, sd and the worst rounding: with pencil, from the document."""

    def read(group: Group) -> tuple[int, int, int, int | None] | None:
        found, people = groups[group.id]["scales"][scale], group.head_count
        n, score, sd = found["n"], found["mean_0_100"], found["sd_0_100"]
        if people is None or isinstance(n, dict) or isinstance(score, dict):
            return None
        if n >= 30 and not 5 < score < 95:
            return None
        return people, n, score, None if isinstance(sd, dict) else sd

    def strata(group: Group) -> Iterator[tuple[float, ...]]:
        mine = read(group)
        assert mine is not None
        people, n, total, spread = mine[0], mine[1], mine[1] * mine[2], mine[3]
        inside = [(part, found) for part in group.children if (found := read(part)) is not None]
        for part, found in inside:
            yield from strata(part)
            people, n, total = people - found[0], n - found[1], total - found[1] * found[2]
        if n > 0:
            own = spread if not inside else None
            whole = read(tree)
            assert whole is not None
            yield max(n, people), n, total / n, -1 if (sd := own or whole[3]) is None else sd

    return [*strata(tree)] if read(tree) else []


@given(towns())
@pytest.mark.attack
def test_attack_every_weighted_score_follows_from_the_document(town: Town) -> None:
    """Nobody learns from it what the rest of the report does not tell."""
    document = released(town).to_document()
    groups = {town.tree.id: document, **document["groups"].get("unit", {})}
    for scale, found in document["weighted"].items():
        strata = paper(town.tree, groups, scale)
        if len(strata) < 2:
            assert found == {"mean_0_100": {"hidden": True}, "ci95_0_100": {"hidden": True}}
            continue
        people = sum(one[0] for one in strata)
        score = sum(one[0] * one[2] for one in strata) / people
        assert abs(found["mean_0_100"] - min(95, max(5, score))) <= 0.5 + 1e-9
        assert isinstance(found["ci95_0_100"], dict) is any(one[3] < 0 for one in strata)


def test_it_is_near_the_mean_from_all_answers() -> None:
    """The exact stratified mean lies within the rounding of four scores, and the error grows."""
    found = released(UNEVEN).weighted["trust"]
    tallies = UNEVEN.tallies()
    units = [
        (Distribution.of_scores(tallies[part.id].scales["trust"]), part.eligible or 0)
        for part in UNEVEN.tree.children
    ]
    exact = weighted_mean(units)
    assert exact is not None
    assert exact.ci95 is not None
    assert isinstance(found.score, Shown)
    assert isinstance(found.interval, Shown)
    points = [25 * (value - 1) for value in (exact.mean, *exact.ci95)]
    assert found.score.value == pytest.approx(points[0], abs=1)
    assert found.interval.value == pytest.approx(points[1:], abs=1)
    assert found.score != UNEVEN.release().whole.scales["trust"].score  # 30 of 300 were mild


def test_the_interval_is_the_stratified_one_with_rounding_as_chance() -> None:
    release = released(UNEVEN)
    square, people = 0.0, 454
    for part in UNEVEN.tree.children:
        scale, asked = release.groups[part.id].scales["trust"], part.eligible or 0
        assert isinstance(scale.sd, Shown)
        assert isinstance(scale.n, Shown)
        n, share = scale.n.value, asked / people
        square += share**2 * ((1 - n / asked) * scale.sd.value**2 / n + 1 / 12)
    found = release.weighted["trust"]
    assert isinstance(found.interval, Shown)
    width = found.interval.value[1] - found.interval.value[0]
    assert width == pytest.approx(2 * stats.t(135 - 3).ppf(0.975) * square**0.5, abs=1)


def test_where_all_units_answered_alike_the_whole_is_as_it_is() -> None:
    """Then the shares of the rounded units cancel out; one of them is hidden."""
    town = town_of(40, 20, 8, 5, asked=(80, 40, 16, 10))
    release = released(town)
    assert not isinstance(release.groups["d"].scales["trust"].score, Shown)
    assert release.weighted["trust"].score == release.whole.scales["trust"].score


def test_a_clipped_unit_counts_among_what_is_left() -> None:
    scales = {name: result.scales["trust"] for name, result in released(UNEVEN).groups.items()}
    clipped = scales | {"b": replace(scales["b"], score=show(95), sd=HIDDEN)}
    unknown = scales | {"b": replace(scales["b"], score=HIDDEN)}
    assert weighted(UNEVEN.tree, clipped) == weighted(UNEVEN.tree, unknown)
    assert weighted(UNEVEN.tree, clipped) != weighted(UNEVEN.tree, scales)


def test_nothing_where_the_whole_or_all_its_parts_are_not_known() -> None:
    scales = {name: result.scales["trust"] for name, result in released(UNEVEN).groups.items()}
    hidden = replace(scales["a"], score=HIDDEN)
    assert weighted(UNEVEN.tree, dict.fromkeys(scales, hidden)).score is HIDDEN
    alone = scales | dict.fromkeys("abc", hidden)
    assert weighted(UNEVEN.tree, alone).score is HIDDEN
    unknown = Group("all", "Musterheim", children=(Group("a", "a"), Group("b", "b", 9)))
    assert weighted(unknown, scales).score is HIDDEN


def test_a_release_keeps_it_and_one_without_is_as_it_was() -> None:
    release = released(UNEVEN)
    again = Release.from_json(release.to_json())
    assert again.weighted == release.weighted
    assert again.to_json() == release.to_json()
    assert "weighted" in release.of_group("all")
    assert "weighted" not in release.of_group("a")
    assert "weighted" not in UNEVEN.release().to_document()
    score = release.weighted["trust"].score
    assert isinstance(score, Shown)
    assert f"all,Musterheim,weighted,trust,mean_0_100,{score.value}" in render_csv(release)


def table(release: Release, group: str, language: str) -> tuple[Part, Table]:
    report = build(release, INSTRUMENT, group, language)
    part = next(part for part in report.parts if part.id == "dimensions")
    return part, next(block.table for block in part.blocks if isinstance(block, Figure))


@pytest.mark.parametrize(("language", "column"), [("en", "By head counts"), ("de", "Nach Köpfen")])
def test_the_report_of_the_whole_says_it_with_its_interval(language: str, column: str) -> None:
    release = released(UNEVEN)
    _, found = table(release, "all", language)
    place, one = found.columns.index(column) - 1, release.weighted["trust"]
    assert isinstance(one.score, Shown)
    assert isinstance(one.interval, Shown)
    low, high = one.interval.value
    assert found.rows[0].cells[place].text == f"{one.score.value} ({low}–{high})"
    assert column not in table(release, "a", language)[1].columns
    assert column not in table(UNEVEN.release(), "all", language)[1].columns
