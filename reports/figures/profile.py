"""Profile: every scale on its line from 0 to 100, with interval and what it is compared with."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.figures import style
from reports.figures.keys import SHAPES, draw_mark, draw_point
from reports.figures.lettering import height, wrap
from reports.figures.sheet import Sheet
from reports.figures.style import INK, MARGIN, MUTED, SMALL, TEXT
from reports.report import Figure, MarkKind, ProfileRow

LABEL = 150.0  # width of the names
BESIDE = 110.0  # width of score and word
LEAST = 28.0  # height of a row
LANE = 11.0  # a further kind of mark lies this much above or below the line
TICKS = (0, 25, 50, 75, 100)
NUMBER = 22.0  # width of a score


def draw(sheet: Sheet, figure: Figure) -> None:
    """All rows above one axis."""
    rows = [row for row in figure.rows if isinstance(row, ProfileRow)]
    lanes = _lanes(rows)
    highs = [_height(row, lanes) for row in rows]
    tall = sum(highs)
    left, width = MARGIN + LABEL + 12, sheet.inner - LABEL - BESIDE - 28
    axes = sheet.frame((left, sheet.y, width, tall), (0, 100), (tall, 0))
    for tick in TICKS:
        axes.axvline(tick, color=style.LINE, linewidth=0.8, zorder=0)
    top = 0.0
    for row, high in zip(rows, highs, strict=True):
        _draw_row(axes, row, top + high / 2, lanes)
        _write_row(sheet, row, sheet.y + top + high / 2, left + width + 16)
        top += high
    sheet.y += tall
    for tick in TICKS:
        sheet.line(left + tick / 100 * width, sheet.y + 8, str(tick), size=SMALL, colour=MUTED, align="center")  # fmt: skip  # noqa: E501
    sheet.y += 14


def _lanes(rows: list[ProfileRow]) -> dict[MarkKind, float]:
    """How far from the line each kind of mark lies, so that none can hide another or the score."""
    there = {mark.kind for row in rows for mark in row.marks}
    beside = [kind for kind in SHAPES if kind in there and kind != "whole"]
    places: dict[MarkKind, float] = {"whole": 0.0}
    for place, kind in enumerate(beside):
        places[kind] = (1 + place // 2) * (-LANE, LANE)[place % 2]
    return places


def _height(row: ProfileRow, lanes: dict[MarkKind, float]) -> float:
    label = height(wrap(row.label, LABEL)) + height(wrap(row.note, LABEL, SMALL), SMALL)
    word = height(wrap(row.word, BESIDE - NUMBER, SMALL), SMALL)
    marks = 2 * max((abs(lanes[mark.kind]) for mark in row.marks), default=0) + 16
    return max(LEAST, label + 8, word + 8, marks)


def _draw_row(axes: Axes, row: ProfileRow, y: float, lanes: dict[MarkKind, float]) -> None:
    axes.add_patch(Rectangle((0, y - 2), 100, 4, facecolor=style.RAIL, zorder=0.5))
    if row.interval:
        low, high = row.interval
        axes.add_patch(
            Rectangle((low, y - 6.5), high - low, 13, facecolor=style.INTERVAL, label="interval")
        )
    for mark in row.marks:
        draw_mark(axes, mark.kind, mark.value, y + lanes[mark.kind])
    if row.score is not None:
        draw_point(axes, row.level, row.score, y)


def _write_row(sheet: Sheet, row: ProfileRow, y: float, right: float) -> None:
    """The name at the left; score and word, or that it is hidden, at the right."""
    lines, notes = wrap(row.label, LABEL), wrap(row.note, LABEL, SMALL)
    top = y - (height(lines) + height(notes, SMALL)) / 2
    top += sheet.lines(MARGIN, top, lines)
    sheet.lines(MARGIN, top, notes, size=SMALL, colour=MUTED)
    said = "–" if row.score is None else str(row.score)
    sheet.line(right + NUMBER - 6, y, said, size=TEXT + 1, bold=True, align="right",
               colour=MUTED if row.score is None else INK)  # fmt: skip
    words = wrap(row.word, BESIDE - NUMBER, SMALL)
    sheet.lines(right + NUMBER, y - height(words, SMALL) / 2, words, size=SMALL, colour=MUTED)
