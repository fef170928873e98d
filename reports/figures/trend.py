"""Trend: every scale through the waves in a panel of its own, all on the same scale.

A line joins two waves only where both are shown and may be compared; a dashed one runs between the
scores on common items. A hidden value is a dash at the foot of its wave, never a point on a line.
"""

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from reports.figures import style
from reports.figures.keys import draw_gap, draw_way
from reports.figures.lettering import height, measure, wrap
from reports.figures.sheet import Sheet
from reports.figures.style import ACCENT, CAP_HEIGHT, INK, LEADING, MARGIN, MUTED, SMALL, TEXT
from reports.report import Figure, TrendRow

PANELS = 2  # beside each other
BETWEEN = 22.0
AXIS = 22.0  # width of the numbers of the axis
PLOT = 100.0  # height
LOW, HIGH = -6.0, 116.0  # room for a point at 0 and a number above 100
TICKS = (0, 25, 50, 75, 100)
POINT = 6.5
OVER, UNDER = 6.5, -6.5 - TEXT * CAP_HEIGHT  # from a point to the foot of its number
NUMBER = 22  # points of the score that a number and the air around it are high
HALO = withStroke(linewidth=2.5, foreground=style.PAPER)
SIDE = 0.5  # room beside the first and the last wave, in waves


def draw(sheet: Sheet, figure: Figure) -> None:
    """The panels, row by row."""
    rows = [row for row in figure.rows if isinstance(row, TrendRow)]
    panels = min(PANELS, len(rows)) if _fits(sheet, rows) else 1
    width = (sheet.inner - (panels - 1) * BETWEEN) / panels
    for first in range(0, len(rows), panels):
        beside = rows[first : first + panels]
        titles = max(height(wrap(row.label, width, bold=True)) for row in beside)
        top = sheet.y
        ends = [
            _panel(sheet, row, (MARGIN + place * (width + BETWEEN), top), width, titles)
            for place, row in enumerate(beside)
        ]
        sheet.y = max(ends) + 10


def _fits(sheet: Sheet, rows: list[TrendRow]) -> bool:
    """Whether the names of the waves have room in a narrow panel."""
    width = (sheet.inner - (PANELS - 1) * BETWEEN) / PANELS - AXIS
    return all(
        measure(word, SMALL) <= width / len(row.points) - 3
        for row in rows
        for point in row.points
        for word in point.wave.split()
    )


def _panel(
    sheet: Sheet, row: TrendRow, corner: tuple[float, float], width: float, titles: float
) -> float:
    """One scale; gives the place below it."""
    left, top = corner
    sheet.lines(left, top, wrap(row.label, width, bold=True), bold=True)
    top += titles + 2
    across = (-SIDE, len(row.points) - 1 + SIDE)
    axes = sheet.frame((left + AXIS, top, width - AXIS, PLOT), across, (LOW, HIGH))
    for tick in TICKS:
        axes.axhline(tick, color=style.LINE, linewidth=0.8, zorder=0)
        y = top + PLOT * (HIGH - tick) / (HIGH - LOW)
        sheet.line(left + AXIS - 4, y, str(tick), size=SMALL, colour=MUTED, align="right")
    _lines(axes, row)
    _points(axes, row)
    end = _waves(sheet, row, left + AXIS, top + PLOT + 2, (width - AXIS) / len(row.points))
    return _notes(sheet, row, left, end, width)


def _lines(axes: Axes, row: TrendRow) -> None:
    """What joins two waves that are both shown: a line, or the sign of a gap."""
    for place, (before, point) in enumerate(pairwise(row.points)):
        if before.score is None or point.score is None:
            continue
        if point.link is None:
            draw_gap(axes, place + 0.5, 0, 100)
            continue
        ends = point.common or (before.score, point.score)
        draw_way(axes, point.link, (place, place + 1), ends)
        if point.common:
            _common(axes, (place, place + 1), point.common)


def _common(axes: Axes, places: tuple[int, int], ends: tuple[int, int]) -> None:
    """The scores of both waves on their common items, as rings."""
    axes.plot(
        places, ends, marker="o", markersize=POINT - 1, markerfacecolor=style.PAPER,
        markeredgecolor=ACCENT, markeredgewidth=1.3, linestyle="none", label="common",
        clip_on=False,
    )  # fmt: skip


def _points(axes: Axes, row: TrendRow) -> None:
    for place, point in enumerate(row.points):
        is_hidden = point.score is None
        axes.annotate(
            "–" if is_hidden else str(point.score), (place, point.score or 0),
            xytext=(0, UNDER if _stands_under(row, place) else OVER), textcoords="offset points",
            fontproperties=style.font(bold=True), color=MUTED if is_hidden else INK, ha="center",
            va="baseline", annotation_clip=False, path_effects=[HALO],
        )  # fmt: skip
        if point.score is not None:
            axes.plot(
                [place], [point.score], marker="o", markersize=POINT, color=ACCENT,
                markeredgecolor=style.PAPER, linestyle="none", label="score", clip_on=False,
            )  # fmt: skip


def _stands_under(row: TrendRow, place: int) -> bool:
    """Whether a score is written under its point, because a ring lies where it would stand."""
    score = row.points[place].score
    after = row.points[place + 1].common if place + 1 < len(row.points) else None
    before = row.points[place].common
    rings = [*([before[1]] if before else []), *([after[0]] if after else [])]
    has_room = score is not None and score >= NUMBER
    return has_room and any(0 < ring - (score or 0) <= NUMBER for ring in rings)


def _waves(sheet: Sheet, row: TrendRow, left: float, top: float, step: float) -> float:
    """The names of the waves below their points; gives the place below them."""
    wrapped = [wrap(point.wave, step - 3, SMALL) for point in row.points]
    for place, lines in enumerate(wrapped):
        x = left + (place + 0.5) * step
        sheet.lines(x, top, lines, size=SMALL, colour=MUTED, align="center")
    return top + max(height(lines, SMALL) for lines in wrapped)


def _notes(sheet: Sheet, row: TrendRow, left: float, top: float, width: float) -> float:
    """Why a line is cut or dashed, said for its wave; gives the place below."""
    said = [f"{point.wave}: {point.note}" for point in row.points if point.note]
    for note in (*said, row.note):
        lines = wrap(note, width, SMALL)
        top += sheet.lines(left, top + 3, lines, size=SMALL, colour=MUTED) + 1
    return top + SMALL * (LEADING - 1)
