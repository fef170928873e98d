"""Head of a picture: title, whose results it shows, and the keys of its colours and marks."""

from collections.abc import Callable
from typing import Final, TypeAlias

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from reports.charts import Chart
from reports.figures import style
from reports.figures.lettering import measure, wrap
from reports.figures.sheet import Sheet
from reports.figures.style import INK, MARGIN, MUTED, PAPER, SMALL, TITLE
from reports.report import MarkKind

BOX = 9.0  # width of a key
STROKE = 22.0  # width of the key of a line
AIR = 5.0  # between a key and its word
POINT = 8.5  # width of a score's point
RING = 1.5
KEY_ROW = 14.0
APART = 9.0  # between keys

# What a score is compared with: the shape tells which, so that no colour is needed.
SHAPES: Final[dict[MarkKind, str]] = {
    "whole": "|",
    "rest": "v",
    "previous": "<",
    "norm": "s",
    "target": "^",
}
Dashes: TypeAlias = tuple[float, tuple[float, ...]] | None
LINES: Final[dict[str, Dashes]] = {"solid": None, "dashed": (0, (4, 2.5))}
GAP: Final[Dashes] = (0, (1, 2))


def head(sheet: Sheet, chart: Chart) -> None:
    """Title, context and keys, at the top of the sheet."""
    sheet.paragraph(chart.title, size=TITLE, bold=True)
    sheet.y += 1
    sheet.paragraph(chart.context, size=SMALL, colour=MUTED)
    sheet.y += 6
    if not chart.keys:
        return
    if chart.keys_title:
        sheet.paragraph(chart.keys_title, size=SMALL, colour=MUTED)
    _legend(sheet, chart)
    sheet.y += 6


def _legend(sheet: Sheet, chart: Chart) -> None:
    """The keys beside each other, in as many rows as they need."""
    x = MARGIN
    sheet.y += KEY_ROW / 2
    for key in chart.keys:
        sign = (STROKE if key.mark in LINES else BOX) + AIR
        taken = sign + measure(key.label, SMALL)
        if x > MARGIN and x + taken > sheet.width - MARGIN:
            x, sheet.y = MARGIN, sheet.y + KEY_ROW
        draw_key(sheet.page, key.mark, x + (sign - AIR) / 2, sheet.y)
        lines = wrap(key.label, sheet.width - MARGIN - x - sign, SMALL)
        sheet.lines(x + sign, sheet.y - SMALL * style.LEADING / 2, lines, size=SMALL)
        sheet.y += (len(lines) - 1) * SMALL * style.LEADING
        x += taken + APART
    sheet.y += KEY_ROW / 2


def draw_key(axes: Axes, mark: str, x: float, y: float) -> None:
    """The sign of a key of a legend, with its middle at (x, y); none for a word alone."""
    for kinds, draw in _KEYS:
        if mark in kinds:
            draw(axes, mark, x, y)


def draw_mark(axes: Axes, kind: MarkKind, x: float, y: float) -> None:
    """What a score is compared with, by its shape."""
    is_line = kind == "whole"
    axes.plot(
        [x], [y], marker=SHAPES[kind], markersize=20 if is_line else 7, markeredgecolor=INK,
        markerfacecolor=PAPER, markeredgewidth=2.2 if is_line else RING, linestyle="none",
        label=f"mark {kind}", clip_on=False,
    )  # fmt: skip


def draw_point(axes: Axes, level: int | None, x: float, y: float) -> None:
    """A score, coloured by its level."""
    axes.plot(
        [x], [y], marker="o", markersize=POINT, markeredgecolor=INK, markeredgewidth=1,
        markerfacecolor=style.level_colours(level)[0], linestyle="none", label="score",
        clip_on=False, zorder=4,
    )  # fmt: skip


def draw_way(axes: Axes, link: str, across: tuple[float, float], down: tuple[float, float]) -> None:
    """The line from one wave to the next."""
    axes.add_line(
        Line2D(across, down, linestyle=LINES[link], color=style.ACCENT, linewidth=2, label=link)
    )


def draw_gap(axes: Axes, x: float, top: float, bottom: float) -> None:
    """The sign that the values at its left and right may not be compared."""
    axes.add_line(
        Line2D((x, x), (top, bottom), linestyle=GAP, color=MUTED, linewidth=1.2, label="gap")
    )


def _mark(axes: Axes, mark: str, x: float, y: float) -> None:
    draw_mark(axes, next(kind for kind in SHAPES if kind == mark), x, y)
    axes.lines[-1].set_markersize(min(axes.lines[-1].get_markersize(), 12))


def _score(axes: Axes, mark: str, x: float, y: float) -> None:  # noqa: ARG001 - one of its kind
    draw_point(axes, 4, x, y)


def _interval(axes: Axes, mark: str, x: float, y: float) -> None:  # noqa: ARG001 - one of its kind
    axes.add_patch(Rectangle((x - BOX / 2, y - 6), BOX, 12, facecolor=style.INTERVAL))


def _line(axes: Axes, mark: str, x: float, y: float) -> None:
    draw_way(axes, mark, (x - STROKE / 2, x + STROKE / 2), (y, y))


def _gap(axes: Axes, mark: str, x: float, y: float) -> None:  # noqa: ARG001 - one of its kind
    draw_gap(axes, x, y - BOX / 2, y + BOX / 2)


def _box(axes: Axes, mark: str, x: float, y: float) -> None:
    fills = {f"level-{level}": one[0] for level, one in enumerate(style.LEVELS, start=1)}
    fills |= {tone: one[0] for tone, one in style.TONES.items()}
    axes.add_patch(
        Rectangle((x - BOX / 2, y - BOX / 2), BOX, BOX, facecolor=fills[mark], label=f"key {mark}")
    )


_KEYS: Final[tuple[tuple[frozenset[str], Callable[[Axes, str, float, float], None]], ...]] = (
    (frozenset(SHAPES), _mark),
    (frozenset({"point"}), _score),
    (frozenset({"interval"}), _interval),
    (frozenset(LINES), _line),
    (frozenset({"gap"}), _gap),
    (frozenset({*(f"level-{level}" for level in range(1, 7)), *style.TONES}), _box),
)
