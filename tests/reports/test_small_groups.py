"""What is said about those who did not answer, and about shares, follows from rounded values."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reports.build import build
from reports.disclosure.results import GroupResult, ItemResult, ScaleResult
from reports.disclosure.values import Shown, Suppressed
from reports.report import Figure, Sentence
from reports.statistics.intervals import wilson_of
from tests.reports.towns import INSTRUMENT, Town, town_of, towns

Z = float(stats.norm.ppf(0.975))


@pytest.mark.attack
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


def sampled(result: GroupResult, n: int) -> float:
    """The share of those asked that answered, as far as it is shown."""
    took_part = result.participation
    asked = took_part.value.eligible if isinstance(took_part, Shown) else None
    return n / asked if asked else 0.0


def is_rounded(shown: tuple[int, int], middle: float, half: float) -> bool:
    """Whether an interval in 0 to 100 is `middle` and `half` of it, rounded once."""
    exact = max(0.0, middle - half), min(100.0, middle + half)
    return all(
        abs(told - one) <= 0.5 + 1e-9  # halves to either side
        for told, one in zip(shown, exact, strict=True)
    )


@pytest.mark.attack
@given(towns())
def test_the_interval_of_a_share_is_wilson_s_of_the_rounded_share(town: Town) -> None:
    for result in town.release().groups.values():
        for item in result.items.values():
            found, share, n = item.favourable_interval, item.favourable, item.n
            if isinstance(found, Suppressed):
                continue
            assert isinstance(share, Shown)
            assert isinstance(n, Shown)
            assert n.value < 30 or 5 < share.value < 95
            s, spread = share.value / 100, Z**2 * (1 - sampled(result, n.value)) / n.value
            middle = 100 * (s + spread / 2) / (1 + spread)
            half = 100 * sqrt(spread * (s * (1 - s) + spread / 4)) / (1 + spread)
            assert is_rounded(found.value, middle, half)


@pytest.mark.attack
@given(towns())
def test_the_interval_of_a_score_is_student_s_of_the_rounded_score_and_spread(town: Town) -> None:
    for result in town.release().groups.values():
        cells: list[ScaleResult | ItemResult] = [*result.scales.values(), *result.items.values()]
        for one in cells:
            found, score, sd, n = one.interval, one.score, one.sd, one.n
            if isinstance(found, Suppressed):
                continue
            assert isinstance(score, Shown)
            assert isinstance(sd, Shown)
            assert isinstance(n, Shown)
            assert n.value >= 20
            error = sd.value * sqrt((1 - sampled(result, n.value)) / n.value)
            half = float(stats.t.ppf(0.975, n.value - 1)) * error
            assert is_rounded(found.value, score.value, half)


@given(st.integers(0, 40), st.integers(1, 40), st.floats(0, 0.9))
def test_the_limits_of_a_share_are_where_the_test_turns(count: int, n: int, sampled: float) -> None:
    share = min(count, n) / n
    for limit in wilson_of(share, n, sampled):
        p = limit / 100
        away = Z * sqrt((1 - sampled) * max(0.0, p * (1 - p)) / n)
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
