"""Heat map: groups by scales, the number printed in every cell, the colours fixed for all."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.figures import style
from reports.figures.lettering import balanced, height, measure, wrap
from reports.figures.sheet import Sheet
from reports.figures.style import CAP_HEIGHT, INK, LEADING, MARGIN, MUTED, SMALL, TEXT
from reports.report import Cell, Row, Table

NAMES = (135.0, 230.0)  # least and greatest width of the names of groups
WIDE = 62.0  # a cell that is wide enough
INDENT = 9.0  # for each step down the tree
NARROWEST = 30.0  # a cell
CELL = 20.0  # its least height
HEAD_LINES = 4  # more lines, or broken words: the heads stand upright
UPRIGHT = 110.0  # length of an upright head
SEPARATOR = 1.5


def width(table: Table) -> float:
    """How wide the sheet has to be: wider than usual only for very many columns."""
    return max(style.WIDTH, 2 * MARGIN + NAMES[0] + NARROWEST * (len(table.columns) - 1))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells begin, from the left, and how wide one is."""

    left: float
    cell: float

    def middle(self, place: int) -> float:
        """The middle of a column."""
        return self.left + (place + 0.5) * self.cell


def draw(sheet: Sheet, table: Table) -> None:
    """The heads of the columns, and a row for each group."""
    columns = len(table.columns) - 1
    least, most = NAMES
    names = min(most, max(least, sheet.inner - columns * WIDE))
    grid = _Grid(MARGIN + names, (sheet.inner - names) / columns)
    _heads(sheet, table, grid)
    heads = [_named(row, names) for row in table.rows]
    highs = [max(CELL, height(lines, SMALL) + 8) for lines in heads]
    tall = sum(highs)
    axes = sheet.frame((grid.left, sheet.y, sheet.inner - names, tall), (0, columns), (tall, 0))
    top = 0.0
    for row, lines, high in zip(table.rows, heads, highs, strict=True):
        middle = sheet.y + top + (high - height(lines, SMALL)) / 2
        sheet.lines(MARGIN + _indent(row), middle, lines, size=SMALL, bold=row.depth == 0)
        for place, one in enumerate(row.cells):
            _cell(axes, one, place, top, high)
        top += high
    sheet.y += tall


def _heads(sheet: Sheet, table: Table, grid: _Grid) -> None:
    """Over their columns; upright where they would need broken words or too many lines."""
    heads = table.columns[1:]
    longest = max(measure(word, SMALL) for head in heads for word in head.split())
    wrapped = [wrap(head, grid.cell - 4, SMALL) for head in heads]
    if longest <= grid.cell - 4 and max(map(len, wrapped)) <= HEAD_LINES:
        tall = max(height(lines, SMALL) for lines in wrapped)
        for place, lines in enumerate(wrapped):
            top = sheet.y + tall - height(lines, SMALL)
            sheet.lines(grid.middle(place), top, lines, size=SMALL, align="center")
    else:
        tall = _upright(sheet, heads, max(longest, UPRIGHT), grid)
    bottom = sheet.y + tall - SMALL * LEADING / 2
    sheet.line(MARGIN, bottom, table.columns[0], size=SMALL, colour=MUTED)
    sheet.y += tall + 4


def _upright(sheet: Sheet, heads: tuple[str, ...], length: float, grid: _Grid) -> float:
    """Heads that are read from below, at least `length` long; gives their height."""
    while any(height(wrap(head, length, SMALL), SMALL) > grid.cell for head in heads):
        length *= 1.1
    wrapped = [balanced(head, length, SMALL) for head in heads]
    tall = max(measure(line, SMALL) for lines in wrapped for line in lines)
    for place, lines in enumerate(wrapped):
        first = grid.middle(place) - (len(lines) - 1) / 2 * SMALL * LEADING
        for step, text in enumerate(lines):
            said = sheet.line(0, 0, text, size=SMALL)
            said.set_rotation(90)
            x = first + step * SMALL * LEADING + SMALL * CAP_HEIGHT / 2
            said.set(position=(x, sheet.y + tall), rotation_mode="anchor")
    return tall


def _named(row: Row, names: float) -> tuple[str, ...]:
    return wrap(row.head, names - 8 - _indent(row), SMALL, bold=row.depth == 0)


def _indent(row: Row) -> float:
    return INDENT * min(max(row.depth - 1, 0), 4)


def _cell(axes: Axes, cell: Cell, place: int, top: float, high: float) -> None:
    fill, ink = (style.SOFT, MUTED) if cell.level is None else style.level_colours(cell.level)
    axes.add_patch(
        Rectangle(
            (place, top), 1, high, facecolor=fill, edgecolor=style.PAPER, linewidth=SEPARATOR,
            label="hidden" if cell.is_hidden else cell.text,
        )
    )  # fmt: skip
    axes.text(
        place + 0.5, top + high / 2 + TEXT * CAP_HEIGHT / 2, cell.text,
        fontproperties=style.font(bold=not cell.is_hidden),
        color=ink if cell.level is not None or cell.is_hidden else INK, ha="center", va="baseline",
    )  # fmt: skip
