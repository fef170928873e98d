"""Every chart of a report is there to be drawn, and nothing that the report does not show."""

from dataclasses import replace

from hypothesis import given, settings

from reports.build import build
from reports.charts import charts
from reports.report import Figure, Table
from reports.wording.lines import one_line
from tests.reports.test_build import example
from tests.reports.towns import INSTRUMENT, Town, towns


def test_every_figure_and_every_heat_map_is_a_chart() -> None:
    report = example("change-climate")
    drawn = [
        block
        for block in report.blocks()
        if isinstance(block, Figure) or (isinstance(block, Table) and block.kind == "heatmap")
    ]
    found = charts(report)
    assert [chart.drawn for chart in found] == drawn
    assert len({chart.name for chart in found}) == len({one.file for one in found}) == len(found)
    assert [found[0].name, found[0].file] == [
        "dimensions-1",
        "01-dimensionen-von-0-bis-100-punkten",
    ]
    first = next(chart for chart in found if chart.name == "questions-1")
    assert first.file.endswith("-vertrauen")


def test_a_chart_says_whose_results_it_shows_and_what_the_report_is_stamped_with() -> None:
    report = example("change-climate")
    context = charts(report)[0].context
    assert report.stamps
    for said in (report.campaign, report.group, report.period, *report.stamps):
        assert said in context


def test_bars_have_the_keys_of_their_part_and_profiles_their_own() -> None:
    keys = {
        chart.name: {key.mark for key in chart.keys} for chart in charts(example("change-climate"))
    }
    assert keys["dimensions-1"] == {"point", "interval"}
    assert "favourable-2" in keys["questions-1"]


@settings(max_examples=25)
@given(town=towns())
def test_hidden_groups_have_no_charts_and_heat_maps_are_read_aloud(town: Town) -> None:
    release = town.release()
    for group in release.planned():
        report = build(release, INSTRUMENT, group.id, "en")
        found = charts(report)
        assert bool(found) == release.groups[group.id].is_shown
        for chart in found:
            if isinstance(chart.drawn, Table):
                values = [cell for row in chart.drawn.rows for cell in row.cells]
                hidden = sum(cell.is_hidden for cell in values)
                assert chart.alt.count("not shown") == hidden
                assert all(cell.text in chart.alt for cell in values if not cell.is_hidden)
                assert chart.keys


def test_texts_lose_what_steers_and_nothing_else() -> None:
    assert one_line("Stadt\n\x00Musterheim\u202e  „Süd“") == "Stadt Musterheim „Süd“"
    report = replace(example("change-climate"), campaign="Be\x0bfragung", stamps=())
    assert charts(report)[0].context.startswith("Be fragung")
