"""What is said about those who did not answer, and about shares, follows from rounded values."""

from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reports.build import build
from reports.disclosure.values import Shown, Suppressed
from reports.report import Figure, Sentence
from reports.statistics.intervals import wilson, wilson_of
from tests.reports.towns import INSTRUMENT, Town, town_of, towns


@settings(max_examples=40)
@given(towns())
def test_bounds_follow_from_score_and_participation(town: Town) -> None:
    for result in town.release().groups.values():
        for scale in result.scales.values():
            bounds, took_part = scale.bounds, result.participation
            if isinstance(bounds, Suppressed):
                continue
            assert isinstance(took_part, Shown)
            assert isinstance(scale.score, Shown)
            assert isinstance(scale.n, Shown)
            assert took_part.value.eligible is not None
            asked, n, score = took_part.value.eligible, scale.n.value, scale.score.value
            assert asked >= 20
            assert asked - n >= 3
            assert n < 30 or 5 < score < 95
            low, high = bounds.value
            step = 5 if n < 20 else 1
            assert low % step == high % step == 0
            assert abs(low - n * score / asked) <= step / 2
            assert abs(high - (n * score + 100 * (asked - n)) / asked) <= step / 2


@settings(max_examples=40)
@given(towns())
def test_the_interval_of_a_share_follows_from_the_rounded_share(town: Town) -> None:
    for result in town.release().groups.values():
        for item in result.items.values():
            found, share, n = item.favourable_interval, item.favourable, item.n
            if isinstance(found, Suppressed):
                continue
            assert isinstance(share, Shown)
            assert isinstance(n, Shown)
            assert n.value < 30 or 5 < share.value < 95
            low, high = found.value
            widest = wilson(share.value * n.value, 100 * n.value)
            assert widest is not None
            assert low <= share.value <= high
            exact = wilson_of(share.value / 100, n.value)
            assert round(exact[0]) <= low <= high <= round(exact[1])


@given(st.integers(0, 40), st.integers(1, 40), st.floats(0, 0.9))
def test_the_limits_of_a_share_are_where_the_test_turns(count: int, n: int, sampled: float) -> None:
    share, z = min(count, n) / n, float(stats.norm.ppf(0.975))
    for limit in wilson_of(share, n, sampled):
        p = limit / 100
        away = z * sqrt((1 - sampled) * max(0.0, p * (1 - p)) / n)
        assert abs(share - p) == pytest.approx(away, abs=1e-6)


TOLD = town_of(30, 40, 50, asked=(40, 60, 80)).release()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "de",
            (
                "Nicht alle haben geantwortet. Hätten alle, die nicht geantwortet haben, "
                "ganz unten oder ganz oben geantwortet, läge trust zwischen {low} und {high} "
                "Punkten statt bei {score}."
            ),
        ),
        (
            "en",
            (
                "Not everybody answered. If all who did not answer had given the lowest "
                "or the highest answers, trust would be between {low} and {high} points instead "
                "of {score}."
            ),
        ),
    ],
)
def test_what_the_silent_could_change_is_said(language: str, said: str) -> None:
    found = TOLD.groups["a"].scales["trust"]
    assert isinstance(found.score, Shown)
    score = found.score.value
    report = build(TOLD, INSTRUMENT, "a", language)
    part = next(part for part in report.parts if part.id == "dimensions")
    told = [str(block) for block in part.blocks if isinstance(block, Sentence)]
    low, high = int(30 * score / 40 + 0.5), int((30 * score + 1000) / 40 + 0.5)
    assert told[-1] == said.format(low=low, high=high, score=score)


def test_how_far_people_are_apart_is_said_in_words() -> None:
    moods = ("mixed", "agree", "mixed")
    report = build(town_of(30, 40, 50, moods=moods).release(), INSTRUMENT, "b", "en")
    figure = next(block for block in report.blocks() if isinstance(block, Figure))
    place = figure.table.columns.index("People are") - 1
    told = [(row.cells[place - 1].number, row.cells[place].text) for row in figure.table.rows]
    assert [text for sd, text in told if sd is not None and sd < 13] == ["close together"]
    everybody = build(TOLD, INSTRUMENT, "all", "en")
    figure = next(block for block in everybody.blocks() if isinstance(block, Figure))
    for row in figure.table.rows:
        sd, text = row.cells[place - 1].number, row.cells[place].text
        assert sd is not None
        assert text == ("far apart" if sd >= 25 else "of different views")
