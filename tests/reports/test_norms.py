"""A result beside norms: mid-ranks, whole points, and nothing from what is hidden."""

import json
from dataclasses import replace
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from questionnaires import norms_file
from questionnaires.norms import Norms
from reports.build import build
from reports.disclosure.values import HIDDEN, show
from reports.documents.html import render_document
from reports.norms import Standing, percentile, scale_standings
from reports.release import Release
from reports.report import Figure, Points, Report, Table
from tests.reports.pages import numbers_of_its_own
from tests.reports.towns import INSTRUMENT, town_of

FILE = """\
format: norms/1
questionnaire: test@1.0.0
sources:
  town:
    citation: "Musterheim 2025."
    licence: {id: CC0-1.0, holder: nobody, ship: true, note: "Published by Musterheim."}
norms:
  - source: town
    population: {en: "Invented towns"}
    year: 2025
    centre: median-of-organisations
    organisations: 6
    scales:
      trust: {statistic: mean_0_100, value: 52.5, among: [30, 40, 50.4, 54.6, 60, 70]}
    items:
      q1: {statistic: percent_favourable, value: 41.5}
  - source: town
    population: {en: "Invented towns"}
    year: 2025
    centre: mean-of-people
    scales:
      trust: {statistic: mean_0_100, value: 48.0}
"""


@pytest.fixture(scope="module")
def norms() -> Norms:
    found, findings = norms_file.read(FILE.encode(), "x", INSTRUMENT)
    assert found
    assert not findings
    return found


@pytest.fixture(scope="module")
def release(norms: Norms) -> Release:
    return replace(town_of(10, 30, 40, 50, asked=(12, 40, 60, 80)).release(), norms=norms)


@given(
    st.lists(st.integers(0, 20), min_size=5, max_size=40),
    st.integers(0, 20),
)
def test_a_percentile_is_the_mid_rank(among: list[int], value: int) -> None:
    expected = stats.percentileofscore(among, value, kind="mean")
    assert percentile(value, among) == pytest.approx(expected, abs=1e-9)


def test_below_five_organisations_no_place_is_told() -> None:
    assert percentile(50, [1, 2, 3, 4]) is None


def test_a_released_score_is_compared_in_whole_points(release: Release, norms: Norms) -> None:
    whole = release.whole.scales["trust"]
    score = show(55)
    group = replace(release.whole, scales={"trust": replace(whole, score=score, sd=show(20))})
    median, mean = scale_standings(group, norms, "trust")
    assert median.difference == 2  # 52.5 reads 53
    assert median.percentile == pytest.approx(100 * 3.5 / 6)  # 54.6 reads 55, so half of it
    assert median.quarter == 3
    assert (mean.difference, mean.percentile) == (7, None)


@pytest.mark.parametrize(("place", "quarter"), [(24.4, 1), (24.6, 2), (74.6, 4), (100.0, 4)])
def test_a_quarter_goes_with_the_percentile_as_it_is_read(
    norms: Norms, place: float, quarter: int
) -> None:
    median = norms.norms[0]
    assert Standing(median, median.scales["trust"], percentile=place).quarter == quarter


def test_no_place_in_steps_of_five_and_no_difference_from_a_clipped_value(
    release: Release, norms: Norms
) -> None:
    whole = release.whole.scales["trust"]

    def beside(score: int, *, coarse: bool) -> tuple[float | None, float | None]:
        result = replace(whole, score=show(score), sd=HIDDEN if coarse else show(20))
        group = replace(release.whole, scales={"trust": result})
        standing = scale_standings(group, norms, "trust")[0]
        return standing.difference, standing.percentile

    assert beside(60, coarse=True) == (7, None)
    assert beside(95, coarse=False) == (None, None)
    assert beside(5, coarse=False) == (None, None)


def test_what_is_hidden_has_a_norm_and_no_difference(release: Release) -> None:
    hidden = {name: replace(one, score=HIDDEN) for name, one in release.whole.scales.items()}
    document = replace(
        release, groups={**release.groups, release.tree.id: replace(release.whole, scales=hidden)}
    ).to_document()
    median, mean = document["norms"]["scales"]["trust"]
    marker = {"hidden": True}
    assert (median["value"], mean["value"]) == (53, 48)
    assert (median["difference"], median["percentile"], median["quarter"]) == (marker,) * 3
    assert mean["difference"] == marker


def test_a_release_keeps_its_norms_and_one_without_is_as_it_was(release: Release) -> None:
    read = Release.from_json(release.to_json())
    assert read.norms == release.norms
    assert read.to_json() == release.to_json()
    plain = replace(release, norms=None)
    assert "norm" not in plain.to_json()
    assert Release.from_json(plain.to_json()).norms is None


def tables(report: Report) -> list[Table]:
    figures = [block.table for block in report.blocks() if isinstance(block, Figure)]
    return figures + [block for block in report.blocks() if isinstance(block, Table)]


def test_every_group_is_shown_beside_the_norm_by_name(release: Release) -> None:
    for group in release.planned():
        report = build(release, INSTRUMENT, group.id, "en")
        html = render_document(report)
        if not release.groups[group.id].is_shown:
            assert "Invented towns" not in html
            continue
        assert "Norm: median of 6 organisations (Invented towns, 2025)" in html
        assert "Norm: mean of people (Invented towns, 2025)" in html
        assert "Musterheim 2025. Published by Musterheim." in html
        figure = next(block for block in report.blocks() if isinstance(block, Figure))
        assert "norm" in {key.mark for key in figure.legend}


def test_differences_in_the_report_are_those_of_the_numbers_beside_them(release: Release) -> None:
    report = build(release, INSTRUMENT, release.tree.id, "de")
    (table,) = [one for one in tables(report) if one.caption == "Dimensionen neben den Normen"]
    (row,) = table.rows
    points, norm, difference, place, mean, from_mean = (cell.number for cell in row.cells)
    assert points is not None
    assert norm == floor(52.5 + 0.5)
    assert mean == 48
    assert (difference, from_mean) == (points - 53, points - 48)
    assert place == floor((percentile(points, [30, 40, 50, 55, 60, 70]) or 0) + 0.5)


TWO = FILE.replace("    items:", "      worry: {statistic: mean_0_100, value: 40}\n    items:")


def extremes(release: Release, language: str, **scores: int) -> list[str]:
    """What is said beside norms for both dimensions, where everybody has these scores."""
    found, _ = norms_file.read(TWO.encode(), "x", INSTRUMENT)
    document = replace(release, norms=found).to_document()
    for name, score in scores.items():
        document["scales"][name]["mean_0_100"] = score
    report = build(Release.from_json(json.dumps(document)), INSTRUMENT, release.tree.id, language)
    part = next(one for one in report.parts if one.id == "norms")
    points = next(block for block in part.blocks if isinstance(block, Points))
    return [str(sentence) for sentence in points.entries]


def test_what_lies_furthest_above_and_below_is_said(release: Release) -> None:
    norm = "Norm: Median von 6 Organisationen (Invented towns, 2025)"
    place = "Das liegt im obersten Viertel der Organisationen."
    assert extremes(release, "de", trust=60, worry=37) == [
        f"Am weitesten darüber: trust: 60 Punkte. {norm}: 53. {place}",
        f"Am weitesten darunter: worry: 37 Punkte. {norm}: 40.",
    ]
    norm = "Norm: median of 6 organisations (Invented towns, 2025)"
    assert extremes(release, "en", trust=54, worry=42) == [
        f"Furthest above: worry: 42 points. {norm}: 40.",
    ]
    (first_of_equals,) = extremes(release, "en", trust=52, worry=39)
    assert first_of_equals.startswith("Furthest below: trust: 52 points.")
    assert extremes(release, "en", trust=53, worry=40) == ["No dimension differs from the norm."]


@pytest.mark.parametrize(
    ("score", "quarter"),
    [
        *((29, "lowest"), (39, "lowest"), (40, "second lowest"), (52, "second highest")),
        *((54, "second highest"), (59, "second highest"), (60, "highest"), (71, "highest")),
    ],
)
def test_the_quarter_of_the_organisations_is_said(
    release: Release, score: int, quarter: str
) -> None:
    """Among 30, 40, 50, 55, 60 and 70: at 40 a quarter lies below, above 50 half, at 60 three."""
    (said,) = extremes(release, "en", trust=score, worry=40)
    assert said.endswith(f" That is in the {quarter} quarter of the organisations.")


def test_every_number_on_a_page_with_norms_is_in_the_release(release: Release) -> None:
    assert not numbers_of_its_own(release)
