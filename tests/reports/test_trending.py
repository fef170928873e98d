"""Earlier waves in a release: copies of what was published, where both waves show it (R11)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.model import Questionnaire
from reports.disclosure.values import Shown, show
from reports.documents.rows import render_csv
from reports.release import Group, Release
from reports.trending import Published
from reports.waves import Past
from tests.reports.questionnaires import questionnaire, response_scale, scale
from tests.reports.series import BRIDGE, EQUIVALENT, after, series, version, wave
from tests.reports.towns import INSTRUMENT, Town, town_of, towns
from tests.reports.two_means import hedges_g, p_value

HIDDEN = {"hidden": True}


def past(release: Release, name: str = "trust", group: str = "all", place: int = -1) -> Past:
    return release.waves[place].groups[group][name]


def numbers(release: Release, group: str, name: str) -> dict[str, Any]:
    """A scale of an earlier wave as it stands in the JSON."""
    found: dict[str, Any] = _document(release, group)["waves"][-1]["groups"][group][name]
    return found


def test_the_old_value_stands_in_the_new_release() -> None:
    old, new = series((30, 40), (30, 50))
    found = past(after(new, old))
    assert found.published.score == old.release.whole.scales["trust"].score
    assert found.published.n == old.release.whole.scales["trust"].n


def test_a_release_without_earlier_waves_is_written_as_before() -> None:
    (only,) = series((30, 40))
    assert "waves" not in only.release.to_document()
    assert after(only).to_json() == only.release.to_json()


def test_a_release_with_waves_reads_back_as_it_was_written() -> None:
    for said in (EQUIVALENT, BRIDGE, None):
        release = after(*reversed(series((30, 40), (30, 50), said=said)))
        again = Release.from_json(release.to_json())
        assert again.to_json() == release.to_json()
        assert again.waves == release.waves


def test_csv_has_the_earlier_waves_by_their_first_day() -> None:
    old, new = series((30, 3), (30, 40))
    score = past(after(new, old), group="all").published.score
    assert isinstance(score, Shown)
    lines = render_csv(after(new, old)).splitlines()
    assert f"all,Musterheim,wave 2024-09-01,trust,mean_0_100,{score.value}" in lines
    assert "b,Unit b,wave 2024-09-01,trust,mean_0_100,hidden" in lines


def test_a_group_alone_tells_of_no_other() -> None:
    release = after(*reversed(series((30, 40), (30, 50))))
    assert [*_document(release, "b")["waves"][0]["groups"]] == ["b"]


@pytest.mark.attack
@given(towns(), towns())
def test_attack_every_number_is_in_the_old_release_and_hidden_stays_hidden(
    before: Town, now: Town
) -> None:
    """Nobody learns from the new release what the old one did not show."""
    old, new = wave(before, 2025), wave(now, 2026, version("1.1.0", BRIDGE))
    release = after(new, old)
    for group, scales in release.to_document()["waves"][0]["groups"].items():
        for name, found in scales.items():
            shown = _shown(old.release, group, name) and _shown(new.release, group, name)
            if not shown:
                assert all(value == HIDDEN for value in found.values())
                continue
            published = _document(old.release, group)["scales"][name]
            for key in ("n", "mean_0_100", "sd_0_100", "ci95_0_100"):
                assert found[key] == published[key]
            assert found["hedges_g"] == found["p_holm_scales"] == HIDDEN  # no line goes on
            if name == "worry" or not _items_shown(old.release, new.release, group):
                assert found["common_0_100"] == HIDDEN
            else:
                assert found["common_0_100"] == [
                    _mean(old.release, group),
                    _mean(new.release, group),
                ]


def _document(release: Release, group: str) -> dict[str, Any]:
    return release.of_group(group)


def _shown(release: Release, group: str, name: str) -> bool:
    known = release.groups.get(group)
    return known is not None and known.scales[name].is_shown


def _items_shown(old: Release, new: Release, group: str) -> bool:
    return all(
        isinstance(release.groups[group].items[item].score, Shown)
        for release in (old, new)
        for item in ("q1", "q2")
    )


def _mean(release: Release, group: str) -> int:
    """Of the released q1 and of q2, which is reversed; halves upwards."""
    items = _document(release, group)["items"]
    total = items["q1"]["mean_0_100"] + 100 - items["q2"]["mean_0_100"]
    return int((total + 1) // 2)


@settings(max_examples=30)
@given(towns(), towns(), st.sampled_from(("Bauamt", "Hauptamt")))
def test_the_id_is_the_node_whatever_it_is_called(before: Town, now: Town, name: str) -> None:
    """Units that were renamed keep their line, and their names are not in it."""
    old, new = wave(before, 2025), wave(now, 2026)
    renamed = Published(replace(old.release, tree=_renamed(before.tree, name)), old.questionnaire)
    assert after(new, old).to_json() == after(new, renamed).to_json()


def _renamed(group: Group, name: str) -> Group:
    return replace(group, name=name, children=tuple(_renamed(one, name) for one in group.children))


@pytest.mark.parametrize("then", [(30, 40), (3, 40), (30, 3)])
def test_hidden_then_and_hidden_now_and_new_look_the_same(then: tuple[int, ...]) -> None:
    """Unit b is hidden in one of the waves, or in both; c is new."""
    old = series(then)[0]
    new = wave(town_of(*(30 if n > 3 else 3 for n in reversed(then)), 40), 2026)
    release = after(new, old)
    nothing = numbers(release, "c", "trust")
    assert set(map(str, nothing.values())) == {str(HIDDEN)}
    for unit in ("a", "b"):
        if not (_shown(old.release, unit, "trust") and _shown(new.release, unit, "trust")):
            assert numbers(release, unit, "trust") == nothing


def test_silence_cuts_the_line_and_says_so() -> None:
    old, new = wave(town_of(30, 40), 2025), wave(town_of(30, 50), 2026, version("2.0.0"))
    step = after(new, old).waves[0].steps["trust"]
    assert (step.line, [reason.code for reason in step.reasons]) == ("break", ["silent"])
    found = past(after(new, old))
    assert isinstance(found.published.score, Shown)
    assert not isinstance(found.change.p, Shown)


def test_a_version_that_is_lost_cuts_the_line_and_says_so() -> None:
    old, new = series((30, 40), (30, 50))
    lost = replace(old, questionnaire=None)
    step = after(new, lost).waves[0].steps["trust"]
    assert (step.line, [str(reason) for reason in step.reasons]) == (
        "break",
        ["what was asked in 1.0.0 is not stored as it was"],
    )


def test_a_bridge_runs_between_the_common_items_of_both_waves() -> None:
    old, new = series((60, 70), (60, 80), said=BRIDGE)
    release = after(new, old)
    assert release.waves[0].steps["trust"].items == ("q1", "q2")
    assert past(release).common.value == (  # type: ignore[union-attr]  # shown in so large a town
        _mean(old.release, "all"),
        _mean(new.release, "all"),
    )


def test_each_step_of_a_longer_series_stands_for_itself() -> None:
    """What the middle release said about its past is what the last one says about it, too."""
    first, second, third = series((30, 40), (30, 45), (30, 50), said=BRIDGE)
    release = after(third, first, second)
    assert [one.steps["trust"].line for one in release.waves] == ["equivalent", "bridge"]
    assert [one.first_day for one in release.waves] == ["2024-09-01", "2025-09-01"]
    assert past(release, place=0) == past(after(second, first))


FEW, MORE = town_of(60, 70), town_of(100, 30, moods=("mixed", "agree"))


@pytest.mark.parametrize(("then", "now"), [(FEW, MORE), (MORE, FEW)], ids=["risen", "fallen"])
def test_the_verdict_is_that_of_the_released_values(then: Town, now: Town) -> None:
    """Of the rounded means, spreads and numbers; rounding counts; two scales are two chances."""
    old, new = wave(then, 2025), wave(now, 2026)
    release, p = after(new, old), {}
    for name in ("trust", "worry"):
        one, other = summary(new.release, name), summary(old.release, name)
        assert (one[0] > other[0]) is (now is MORE)
        assert past(release, name).change.hedges_g == show(round(hedges_g(one, other), 2))
        p[name] = p_value(one, other, 2 / 12)
    smaller, larger = sorted(p, key=lambda name: p[name])
    adjusted = {smaller: 2 * p[smaller], larger: max(2 * p[smaller], p[larger])}
    for name, expected in adjusted.items():
        assert past(release, name).change.p == show(round(expected, 3))


def summary(release: Release, name: str) -> tuple[int, int, int]:
    """Mean, spread and number as they are shown."""
    found = _document(release, "all")["scales"][name]
    return found["mean_0_100"], found["sd_0_100"], found["n"]


def test_no_verdict_without_spread_and_number() -> None:
    old, new = series((30, 12), (30, 12))
    small = past(after(new, old), group="b")
    assert isinstance(small.published.score, Shown)
    assert not isinstance(small.change.hedges_g, Shown)


def about(*labels: str, words: str = "How old are you?", language: str = "en") -> Questionnaire:
    """An instrument that asks for an age in categories."""
    points = [{"value": at, "label": {"en": label}} for at, label in enumerate(labels)]
    plain = questionnaire(
        {"agree": response_scale(range(1, 6)), "age": {"level": "ordinal", "points": points}},
        {"q1": "agree", "q2": "agree"},
        [scale("trust", "q1", "q2")],
        {"age": "age"},
    )
    data = json.loads(plain.canonical.replace('"en"', f'"{language}"'))
    data["demographics"][0]["text"] = {language: words}
    return Questionnaire.model_validate(data)


ASKED = about("young", "old")
NOT_ASKED = questionnaire(
    {"agree": response_scale(range(1, 6))},
    {"q1": "agree", "q2": "agree"},
    [scale("trust", "q1", "q2")],
)
THEN: dict[str, tuple[Questionnaire | None, bool]] = {
    "the same": (ASKED, True),
    "typed otherwise": (about("young", "old", words="How old are you ?"), True),
    "other words": (about("young", "old", words="How long have you been here?"), False),
    "other labels": (about("below 30", "from 30"), False),
    "labels the other way round": (about("old", "young"), False),
    "another category": (about("young", "old", "oldest"), False),
    "no language in common": (about("young", "old", language="no"), False),
    "not asked": (NOT_ASKED, False),
    "lost": (None, False),
}


@pytest.mark.parametrize("then", THEN)
def test_a_category_goes_on_only_where_the_same_was_asked(then: str) -> None:
    """The id is the code; another meaning of it is another group."""
    asked, same = THEN[then]
    release = _with_ages()
    for old, new in ((asked, ASKED), (ASKED, asked)):
        found = after(Published(release, new), Published(release, old))
        assert isinstance(past(found, group="age=1").published.score, Shown) is same
        assert isinstance(past(found, group="a").published.score, Shown)  # a unit is its id


def _with_ages() -> Release:
    """A release with a breakdown; its categories have the values of two units."""
    made = wave(town_of(30, 40), 2026).release
    ages = Group("age", "age", children=(Group("age=0", "0"), Group("age=1", "1")))
    groups = {**made.groups, "age=0": made.groups["a"], "age=1": made.groups["b"]}
    return replace(made, breakdowns=(ages,), groups=groups)


def test_no_test_of_targets_counts_among_those_of_today() -> None:
    """A target has no line, so nobody tests it; the others are adjusted without it."""
    asked = INSTRUMENT.model_copy(
        update={
            "scales": tuple(
                one.model_copy(update={"target_of": "trust"} if one.id == "worry" else {})
                for one in INSTRUMENT.scales
            )
        }
    )
    towns_of = [town_of(*sizes) for sizes in ((40, 40), (40, 50))]
    plain, aimed = (
        after(wave(towns_of[1], 2025, one), wave(towns_of[0], 2024, one))
        for one in (INSTRUMENT, asked)
    )
    assert isinstance(past(plain, "worry").change.p, Shown)
    assert not isinstance(past(aimed, "worry").change.p, Shown)
    alone, together = past(aimed).change.p, past(plain).change.p
    assert isinstance(alone, Shown)
    assert isinstance(together, Shown)
    assert alone.value < together.value
