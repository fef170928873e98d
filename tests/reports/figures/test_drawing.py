"""What is drawn, read from Matplotlib's artists: lengths, places, numbers, and what is hidden."""

import re
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Picture
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from reports.figures import style
from reports.figures.drawing import draw
from reports.report import DriverRow, Figure, ProfileRow, StackRow, Table, TrendRow
from tests.reports.figures.factories import EVERY, HIDDEN

TICKS = {"0", "25", "50", "75", "100"}


@cache
def drawn(name: str) -> Picture:
    picture = draw(EVERY[name])
    FigureCanvasAgg(picture).draw()  # type: ignore[no-untyped-call]  # Matplotlib types it partly
    return picture


def frames(name: str) -> list[Axes]:
    """The axes with data, in the order of drawing; the first of all is the page."""
    return drawn(name).axes[1:]


def texts(picture: Picture) -> list[Text]:
    return [text for axes in picture.axes for text in axes.texts if text.get_text()]


def boxes(axes: Axes, label: str | None = None) -> list[Rectangle]:
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [box for box in found if label is None or box.get_label() == label]


def lines(axes: Axes, label: str) -> list[Line2D]:
    return [line for line in axes.lines if str(line.get_label()).startswith(label)]


def place(line: Line2D) -> tuple[float, float]:
    """Where a line begins, or a point lies."""
    return float(np.asarray(line.get_xdata())[0]), float(np.asarray(line.get_ydata())[0])


def rows(name: str) -> tuple[object, ...]:
    chart = EVERY[name].drawn
    assert isinstance(chart, Figure)
    return chart.rows


def colour(box: Rectangle) -> str:
    return to_hex(box.get_facecolor())


@cache
def extents(name: str) -> list[tuple[str, Bbox]]:
    """Every text with the place that it takes."""
    return [(text.get_text(), text.get_window_extent()) for text in texts(drawn(name))]


@pytest.mark.parametrize("name", EVERY)
def test_no_text_is_cut_off(name: str) -> None:
    whole = drawn(name).bbox
    for said, box in extents(name):
        assert whole.x0 <= box.x0 < box.x1 <= whole.x1, said
        assert whole.y0 <= box.y0 < box.y1 <= whole.y1, said


@pytest.mark.parametrize("name", EVERY)
def test_no_text_runs_into_another(name: str) -> None:
    for (one, first), (other, second) in combinations(extents(name), 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        # Extents have room for accents and tails of letters, which need not be there.
        assert across < 0.5 or down < 4, (one, other)


@pytest.mark.parametrize("name", EVERY)
def test_no_text_is_smaller_than_9_points(name: str) -> None:
    assert min(float(text.get_fontsize()) for text in texts(drawn(name))) >= 9


@pytest.mark.parametrize("name", EVERY)
def test_every_number_occurs_in_the_report(name: str) -> None:
    chart = EVERY[name]
    told = set(re.findall(r"\d+", repr(replace(chart, name="", file=""))))
    said = {number for text in texts(drawn(name)) for number in re.findall(r"\d+", text.get_text())}
    assert said - TICKS <= told
    assert said


@pytest.mark.parametrize("name", EVERY)
def test_letters_are_from_the_fonts_that_we_ship(name: str) -> None:
    from matplotlib.font_manager import findfont

    for text in texts(drawn(name)):
        assert findfont(text.get_fontproperties()).startswith(str(style.FONTS))


def test_pictures_are_as_wide_as_the_text_of_a_page() -> None:
    widths = {name: round(drawn(name).get_figwidth() * 2.54, 2) for name in EVERY}
    assert widths.pop("heatmap-wide") > 17
    assert set(widths.values()) == {17.0}


def test_a_segment_is_as_wide_as_its_percentage_and_set_apart_by_white() -> None:
    for row, axes in zip(rows("stacks"), frames("stacks"), strict=True):
        assert isinstance(row, StackRow)
        assert axes.get_xlim() == (0, 100)
        segments = [] if not row.segments else boxes(axes)
        assert [(box.get_label(), box.get_x(), box.get_width()) for box in segments] == [
            (part.label, part.start, part.percent) for part in row.segments
        ]
        for box, part in zip(segments, row.segments, strict=True):
            assert colour(box) == style.TONES[part.tone][0]
            assert to_hex(box.get_edgecolor()) == "#ffffff"
            assert box.get_linewidth() > 1


def test_numbers_stand_in_their_segments_where_they_fit() -> None:
    for row, axes in zip(rows("stacks"), frames("stacks"), strict=True):
        assert isinstance(row, StackRow)
        said = {text.get_text(): text for text in axes.texts}
        assert set(said) == {str(part.percent) for part in row.segments if part.percent > 1}
        for part in row.segments:
            if part.percent > 1:
                text = said[str(part.percent)]
                assert text.get_position()[0] == part.start + part.percent / 2
                left, right = axes.transData.transform([(part.start, 0), (part.start + part.percent, 0)])  # fmt: skip  # noqa: E501
                extent = text.get_window_extent()
                assert left[0] < extent.x0 < extent.x1 < right[0]


def test_what_no_colour_says_is_said_in_words() -> None:
    said = " ".join(text.get_text() for text in texts(drawn("stacks")))
    assert "im Rathaus: 40\N{NO-BREAK SPACE}%" in said.replace(" %", "\N{NO-BREAK SPACE}%")


def test_a_hidden_item_has_neither_segment_nor_number() -> None:
    axes = frames("stacks")[-1]
    assert [box.get_label() for box in boxes(axes)] == ["hidden"]
    assert not axes.texts
    assert "nicht gezeigt" in [text.get_text() for text in texts(drawn("stacks"))]


def test_scores_intervals_and_marks_lie_at_their_values() -> None:
    (axes,) = frames("profile")
    every = [row for row in rows("profile") if isinstance(row, ProfileRow)]
    assert axes.get_xlim() == (0, 100)
    scores = [place(line)[0] for line in lines(axes, "score")]
    assert scores == [row.score for row in every if row.score is not None]
    intervals = [(box.get_x(), box.get_x() + box.get_width()) for box in boxes(axes, "interval")]
    assert intervals == [row.interval for row in every if row.interval]
    marks = [(str(line.get_label()), place(line)[0]) for line in lines(axes, "mark ")]
    assert marks == [(f"mark {mark.kind}", mark.value) for row in every for mark in row.marks]


def test_marks_differ_by_shape_and_hide_neither_each_other_nor_the_score() -> None:
    (axes,) = frames("profile")
    first = lines(axes, "mark ")[:5]
    assert len({line.get_marker() for line in first}) == 5
    heights = sorted(
        place(line)[1]
        for line in (*first, lines(axes, "score")[0])
        if line.get_label() != "mark whole"  # a line through the score, which sticks out
    )
    assert min(high - low for low, high in pairwise(heights)) >= 10


def test_a_point_has_the_colour_of_its_level_and_its_number_beside_it() -> None:
    (axes,) = frames("profile")
    points = lines(axes, "score")
    shown = [row for row in rows("profile") if isinstance(row, ProfileRow) and row.level]
    assert [line.get_markerfacecolor() for line in points] == [
        style.LEVELS[(row.level or 0) - 1][0] for row in shown
    ]
    said = [text.get_text() for text in texts(drawn("profile"))]
    assert all(str(row.score) in said for row in shown)
    assert "–" in said


@pytest.mark.parametrize("name", ["heatmap", "heatmap-wide", "heatmap-few"])
def test_every_cell_has_its_number_and_the_colour_of_its_level(name: str) -> None:
    (axes,) = frames(name)
    table = EVERY[name].drawn
    assert isinstance(table, Table)
    cells = [cell for row in table.rows for cell in row.cells]
    assert [text.get_text() for text in axes.texts] == [cell.text for cell in cells]
    for box, cell in zip(boxes(axes), cells, strict=True):
        is_hidden = cell == HIDDEN
        assert colour(box) == (style.SOFT if is_hidden else style.LEVELS[(cell.level or 0) - 1][0])
        assert to_hex(box.get_edgecolor()) == "#ffffff"
        assert box.get_width() == 1


def test_heads_without_room_stand_upright() -> None:
    def upright(name: str) -> int:
        return sum(text.get_rotation() == 90 for text in texts(drawn(name)))

    assert upright("heatmap-few") == 0
    assert upright("heatmap-wide") >= 16


def test_a_line_joins_shown_waves_only_and_as_they_may_be_compared() -> None:
    for row, axes in zip(rows("trend"), frames("trend"), strict=True):
        assert isinstance(row, TrendRow)
        scores = [point.score for point in row.points]
        expected = [
            (place, point.common or (scores[place], scores[place + 1]), point.link)
            for place, point in enumerate(row.points[1:])
            if point.link and None not in (scores[place], scores[place + 1])
        ]
        joined = [line for line in axes.lines if line.get_label() in ("solid", "dashed")]
        assert [
            (place(line)[0], tuple(np.asarray(line.get_ydata())), line.get_label())
            for line in joined
        ] == expected
        assert [line.get_linestyle() for line in joined] == [
            {"solid": "-", "dashed": "--"}[str(line.get_label())] for line in joined
        ]
        said = ["–" if score is None else str(score) for score in scores]
        assert [text.get_text() for text in axes.texts] == said
        rings = [tuple(np.asarray(line.get_ydata())) for line in lines(axes, "common")]
        assert rings == [point.common for point in row.points if point.common]
        assert len(lines(axes, "score")) == sum(score is not None for score in scores)


def test_a_cut_is_marked_and_its_reason_is_told() -> None:
    first, second, hidden = frames("trend")
    assert [len(lines(axes, "gap")) for axes in (first, second, hidden)] == [0, 1, 0]
    said = [text.get_text() for text in texts(drawn("trend"))]
    assert "Herbst 2026: Die Antworten haben sich geändert." in said
    assert "–: nicht gezeigt" in said


def test_no_number_of_a_trend_lies_on_a_ring() -> None:
    for axes in frames("trend"):
        boxes_of_numbers = [text.get_window_extent() for text in axes.texts]
        for line in lines(axes, "common"):
            for ring in axes.transData.transform(np.asarray(line.get_xydata())):
                assert not any(box.contains(*ring) for box in boxes_of_numbers)


def test_a_weight_is_as_long_as_it_is_heavy() -> None:
    (axes,) = frames("drivers")
    every = [row for row in rows("drivers") if isinstance(row, DriverRow)]
    assert [box.get_width() for box in boxes(axes, "weight")] == [row.weight for row in every]
    assert axes.get_xlim() == (0, max(row.weight for row in every))
    said = [text.get_text() for text in texts(drawn("drivers"))]
    assert {"0,62", "48", "30"} <= set(said)


@pytest.mark.parametrize("name", EVERY)
def test_title_context_and_every_key_are_there(name: str) -> None:
    chart = EVERY[name]
    said = " ".join(text.get_text() for text in drawn(name).axes[0].texts)
    assert chart.title in said
    assert chart.context in said
    assert all(key.label in said for key in chart.keys)


def test_words_of_ours_are_in_the_language_of_the_report() -> None:
    english = draw(replace(EVERY["trend"], language="en"))
    assert "–: not shown" in [text.get_text() for text in texts(english)]


def test_what_is_no_formula_is_no_formula() -> None:
    chart = replace(EVERY["drivers"], title=r"5 $ und 6 $, \alpha_1^2")
    assert r"5 $ und 6 $, \alpha_1^2" in [text.get_text() for text in texts(draw(chart))]
