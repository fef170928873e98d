"""The whole weighted to head counts: from released values, as anybody can work it out (R6)."""

from dataclasses import replace

import pytest
from scipy import stats

from reports.build import build
from reports.disclosure.results import Weighted
from reports.disclosure.values import HIDDEN, Shown, show
from reports.disclosure.weighting import weighted
from reports.documents.rows import render_csv
from reports.release import Group, Release
from reports.report import Figure, Part, Sentence, Table
from reports.statistics.distribution import Distribution
from reports.statistics.weighting import weighted_mean
from tests.reports.pencil import not_from_paper
from tests.reports.towns import INSTRUMENT, Town, town_of

UNEVEN = town_of(60, 30, 45, asked=(64, 300, 90), moods=("mixed", "agree", "mixed"))


def released(town: Town) -> Release:
    return town.release(by_head_counts=True)


def test_it_follows_from_the_document() -> None:
    assert not not_from_paper(UNEVEN, released(UNEVEN))


def test_what_does_not_follow_is_noticed() -> None:
    release = released(UNEVEN)
    one = release.weighted["trust"]
    assert isinstance(one.score, Shown)
    for other in (
        Weighted(show(one.score.value + 1), one.interval),
        Weighted(one.score),
        Weighted(),
    ):
        changed = replace(release, weighted={**release.weighted, "trust": other})
        assert not_from_paper(UNEVEN, changed) == ["trust"]


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


def test_it_says_where_weighting_changes_most_and_nothing_where_it_changes_nothing() -> None:
    release = released(UNEVEN)
    away = {
        name: one.score.value - whole.value
        for name, one in release.weighted.items()
        if isinstance(one.score, Shown)
        and isinstance(whole := release.whole.scales[name].score, Shown)
    }
    name = max(away, key=lambda one: abs(away[one]))
    score, whole = release.weighted[name].score, release.whole.scales[name].score
    assert isinstance(score, Shown)
    assert isinstance(whole, Shown)
    said = f"Weighting changes {name} most: {score.value} instead of {whole.value} points."
    assert said in sentences(release, "all")
    alike = {one: Weighted(scale.score) for one, scale in release.whole.scales.items()}
    for other, group in ((replace(release, weighted=alike), "all"), (release, "a")):
        assert not any("Weighting changes" in one for one in sentences(other, group))


def sentences(release: Release, group: str) -> list[str]:
    part, _ = table(release, group, "en")
    return [block.text for block in part.blocks if isinstance(block, Sentence)]
