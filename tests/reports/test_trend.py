"""The development of a group: what is said and drawn about earlier waves."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.model import Questionnaire
from reports.build import build
from reports.documents.html import render_body
from reports.release import Release
from reports.report import Figure, Part, Points, ProfileRow, TrendRow
from tests.reports.pages import Page, numbers
from tests.reports.series import BRIDGE, EQUIVALENT, after, series, version, wave
from tests.reports.towns import INSTRUMENT, Town, town_of, towns

HIDDEN = {"hidden": True}


def part(release: Release, asked: Questionnaire, group: str = "all", language: str = "de") -> Part:
    return next(one for one in build(release, asked, group, language).parts if one.id == "trend")


def figure(found: Part) -> Figure:
    return next(block for block in found.blocks if isinstance(block, Figure))


def rows(found: Part) -> dict[str, TrendRow]:
    return {row.label: row for row in figure(found).rows if isinstance(row, TrendRow)}


def said(found: Part) -> list[str]:
    points = next(block for block in found.blocks if isinstance(block, Points))
    return [str(sentence) for sentence in points.entries]


def marks(release: Release, asked: Questionnaire, name: str) -> list[tuple[str, int]]:
    """What stands beside the score of the whole on its line."""
    profiles = (
        block.rows
        for block in build(release, asked, "all", "de").blocks()
        if isinstance(block, Figure) and block.kind == "profile"
    )
    lines = [row for rows in profiles for row in rows if isinstance(row, ProfileRow)]
    return [(mark.kind, mark.value) for row in lines if row.label == name for mark in row.marks]


def changed(release: Release, now: dict[str, int], **past: dict[str, Any]) -> Release:
    """The release with other scores of the whole, now and in the wave before."""
    document = json.loads(release.to_json())
    for name, score in now.items():
        document["scales"][name]["mean_0_100"] = score
    for name, values in past.items():
        document["waves"][-1]["groups"]["all"][name] |= values
    return Release.from_json(json.dumps(document))


BEFORE, NOW = series((60, 70), (60, 80))
TWO = after(NOW, BEFORE)


def judged(score: int, g: float, p: float) -> dict[str, Any]:
    return {"mean_0_100": score, "hedges_g": g, "p_holm_scales": p}


def test_a_change_is_told_with_its_two_signs_and_hardly_any_without_size() -> None:
    values = {"trust": judged(41, 0.31, 0.004), "worry": judged(60, -0.12, 0.4)}
    release = changed(TWO, {"trust": 47, "worry": 58}, **values)
    assert said(part(release, INSTRUMENT)) == [
        "trust: von 41 auf 47 Punkte gestiegen, ein kleiner Unterschied, kaum Zufall.",
        "Kann Zufall sein: worry (−2)",
    ]
    english = said(part(release, INSTRUMENT, language="en"))
    assert english[1] == "May be chance: worry (−2)"


def test_the_verdict_is_the_frozen_one_and_not_made_again() -> None:
    """The same scores with another verdict in the release are told in other words."""
    fall = changed(TWO, {"trust": 41, "worry": 58}, trust=judged(47, -0.9, 0.05))
    assert said(part(fall, INSTRUMENT))[0].endswith(" und trust (−6, groß)")
    fall = changed(TWO, {"trust": 41, "worry": 58}, trust=judged(47, -0.9, 0.049))
    assert said(part(fall, INSTRUMENT))[0] == (
        "trust: von 47 auf 41 Punkte gefallen, ein großer Unterschied, kaum Zufall."
    )


def test_without_a_test_a_change_may_be_chance() -> None:
    no_test = {"mean_0_100": 40, "hedges_g": HIDDEN, "p_holm_scales": HIDDEN}
    release = changed(TWO, {"trust": 50, "worry": 58}, trust=no_test, worry={"mean_0_100": 58})
    assert said(part(release, INSTRUMENT)) == [
        "Kann Zufall sein: trust (+10)",
        "Unverändert seit 9/2024: worry",
    ]


def test_equivalent_waves_are_joined_and_marked_on_the_profile() -> None:
    release = changed(TWO, {"trust": 47}, trust={"mean_0_100": 41})
    row = rows(part(release, INSTRUMENT))["trust"]
    assert [(point.wave, point.score, point.link) for point in row.points] == [
        ("9/2024", 41, None),
        ("9/2025", 47, "solid"),
    ]
    assert marks(release, INSTRUMENT, "trust") == [("previous", 41)]


def test_a_bridge_is_dashed_between_common_items_and_no_mark() -> None:
    then, now = series((60, 70), (60, 80), said=BRIDGE)
    release = changed(after(now, then), {"trust": 50}, trust={"common_0_100": [61, 64]})
    assert now.questionnaire is not None
    found = part(release, now.questionnaire)
    last = rows(found)["trust"].points[-1]
    assert (last.link, last.common) == ("dashed", (61, 64))
    assert last.note == "auf 2 gemeinsamen Fragen von 61 auf 64"
    assert said(found)[0] == "Kann Zufall sein: trust (+3 auf gemeinsamen Fragen)"
    table = figure(found).table
    assert [cell.text for cell in table.rows[1].cells] == ["61", "64", "+3, kann Zufall sein"]
    assert marks(release, now.questionnaire, "trust") == []


def test_a_break_is_a_gap_with_its_reason_in_words() -> None:
    then, now = series((60, 70), (60, 80), said={"scales": {"trust": "break"}})
    assert now.questionnaire is not None
    found = part(after(now, then), now.questionnaire)
    notes = {name: row.points[-1].note for name, row in rows(found).items()}
    assert notes == {
        "trust": "nicht vergleichbar: so sagt es der Fragebogen",
        "worry": "nicht vergleichbar: "
        "der Fragebogen sagt nicht, dass er sich mit 1.0.0 vergleichen lässt",
    }
    assert said(found) == ["Hier lässt sich nichts mit 9/2024 vergleichen."]
    assert notes["trust"] in figure(found).alt
    body = render_body(build(after(now, then), now.questionnaire, "all", "de"))
    assert body.count('class="report-gap"') == 2 + 1  # two dimensions, and the key
    assert 'class="report-way' not in body


def test_the_drawing_has_a_line_for_each_kind_of_link() -> None:
    first, second, third = series((60, 70), (60, 75), (60, 80), said=BRIDGE)
    assert third.questionnaire is not None
    release = after(third, first, second)
    body = render_body(build(release, third.questionnaire, "all", "en"))
    assert body.count('class="report-way"') == 2 + 1
    assert body.count("report-way-dashed") == 1 + 1
    assert body.count('class="report-dot-common"') == 2


def test_a_new_language_is_noted() -> None:
    german = INSTRUMENT.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    german = json.loads(re.sub(r'\{"en": ("[^"]*")\}', r'{"en": \1, "fr": \1}', json.dumps(german)))
    german |= {"status": "active", "version": "1.1.0", "comparability": [{"to": "1.0.0"}]}
    german["comparability"][0] |= EQUIVALENT
    german["languages"]["available"] = ["en", "fr"]
    bilingual = Questionnaire.model_validate(german)
    release = after(wave(town_of(60, 80), 2026, bilingual), wave(town_of(60, 70), 2025))
    found = part(release, bilingual, language="en")
    assert said(found)[-1].startswith("New in 9/2026: French.")
    assert {row.points[-1].link for row in rows(found).values()} == {"solid"}


def test_a_wave_that_was_not_cosigned_says_so_and_one_that_does_not_say_is_not_blamed() -> None:
    first, second, third = series((60, 70), (60, 75), (60, 80))
    unsigned = replace(first.release, facts=replace(first.release.facts, cosigned=False))
    release = after(third, replace(first, release=unsigned), second)
    told = said(part(release, INSTRUMENT))
    assert told[-1] == "Vom Personalrat nicht mitgezeichnet: 9/2024"
    document = release.to_document()
    for one in document["waves"]:
        del one["cosigned"]  # as the first versions wrote it
    assert said(part(Release.from_json(json.dumps(document)), INSTRUMENT)) == told[:-1]


def test_the_last_six_waves_are_drawn_and_the_table_has_all() -> None:
    now, *earlier = (
        replace(NOW, release=replace(NOW.release, facts=replace(NOW.release.facts, first_day=day)))
        for day in ("2026-01-01", *(f"2025-{month:02}-01" for month in range(1, 9)))
    )
    found = part(after(now, *earlier), INSTRUMENT)
    drawn = rows(found)["trust"].points
    assert [point.wave for point in drawn] == [f"{n}/2025" for n in range(4, 9)] + ["1/2026"]
    assert [point.link for point in drawn] == [None] + ["solid"] * 5  # nothing left of the first
    assert len(figure(found).table.columns) == 1 + 9 + 1


@pytest.mark.parametrize(
    ("count", "years"), [(4, [2024, 2025, 2026, 2027]), (5, [2024, 2026, 2028])]
)
def test_many_waves_are_named_in_turn_and_the_last_one_always(count: int, years: list[int]) -> None:
    *earlier, now = series(*[(60, 70)] * count)
    body = render_body(build(after(now, *earlier), INSTRUMENT, "all", "de"))
    names = re.findall(r'y="139" text-anchor="middle">([^<]+)', body)
    assert names == [f"9/{year}" for year in years] * 2  # in the panel of each dimension


def test_waves_of_one_month_are_told_apart_by_their_days() -> None:
    now = replace(NOW.release.facts, first_day="2024-09-20")
    release = replace(after(NOW, BEFORE), facts=now)
    points = rows(part(release, INSTRUMENT))["trust"].points
    assert [point.wave for point in points] == ["01.09.24", "20.09.24"]


def test_a_first_wave_has_no_development() -> None:
    parts = build(NOW.release, INSTRUMENT, "all", "de").parts
    assert "trend" not in [one.id for one in parts]


# Ticks of the axis, two common questions, days, and versions.
FIXED = {0.0, 50.0, 100.0, 2.0, 9.0, 1.0, 30.0, 2024.0, 2025.0, 2026.0, 1.1}


def told(release: Release, group: str) -> set[float]:
    """A group's scores in all waves, both ends of its bridges, and the steps to the last wave."""
    document, found = release.of_group(group), set[float]()
    for name, scale in document["scales"].items():
        past = [wave["groups"][group][name] for wave in document["waves"]]
        scores = [one["mean_0_100"] for one in (*past, scale)]
        bridges = [one["common_0_100"] for one in past]
        found |= numbers(json.dumps([scores, bridges]))
        last = [ends for ends in (scores[-2:], bridges[-1]) if isinstance(ends, list)]
        found |= {float(abs(old - new)) for old, new in last if HIDDEN not in (old, new)}
    return found


def texts(release: Release, asked: Questionnaire, group: str) -> list[str]:
    page = Page(render_body(build(release, asked, group, "en")))
    return [text for place, text in page.texts if place == "trend"]


def strange(found: list[str], known: set[float]) -> list[str]:
    return [text for text in found if not numbers(text) <= known | FIXED]


NEXT = version("1.1.0", BRIDGE)


@settings(max_examples=25)
@given(towns(), towns(), st.sampled_from((INSTRUMENT, NEXT)))
def test_every_number_is_a_released_one_of_the_group_or_a_step_between_two(
    before: Town, now: Town, between: Questionnaire
) -> None:
    release = after(wave(now, 2026, NEXT), wave(before, 2024), wave(before, 2025, between))
    for group, result in release.groups.items():
        found = texts(release, NEXT, group)
        assert not strange(found, told(release, group))
        assert bool(found) is result.is_shown


def test_another_number_is_noticed() -> None:
    known = told(TWO, "all")
    other = next(score for score in range(6, 95) if score not in known | FIXED)
    assert not strange(texts(TWO, INSTRUMENT, "all"), known)
    assert strange(texts(changed(TWO, {"trust": other}), INSTRUMENT, "all"), known)


@pytest.mark.parametrize("then", [(60, 30), (60, 3), (60,)])
def test_hidden_then_or_not_there_then_look_the_same(then: tuple[int, ...]) -> None:
    """Unit b is shown, or hidden, or not yet planned in the wave before."""
    release = after(wave(town_of(60, 30), 2026), wave(town_of(*then), 2025))
    found = {name: row.points for name, row in rows(part(release, INSTRUMENT, "b")).items()}
    nothing = all(points[0].score is None and not points[1].note for points in found.values())
    assert nothing is (then != (60, 30))
