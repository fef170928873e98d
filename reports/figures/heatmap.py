"""Heat map: groups by scales, the number printed in every cell, the colours fixed for all."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.figures import style
from reports.figures.lettering import height, measure, wrap
from reports.figures.sheet import Sheet
from reports.figures.style import CAP_HEIGHT, INK, LEADING, MARGIN, MUTED, SMALL, TEXT
from reports.report import Cell, Row, Table

NAMES = 135.0  # width of the names of groups
INDENT = 9.0  # for each step down the tree
NARROWEST = 30.0  # a cell
CELL = 20.0  # its least height
HEAD_LINES = 4  # more lines, or broken words: the heads stand upright
UPRIGHT = 110.0  # length of an upright head
SEPARATOR = 1.5


def width(table: Table) -> float:
    """How wide the sheet has to be: wider than usual only for very many columns."""
    return max(style.WIDTH, 2 * MARGIN + NAMES + NARROWEST * (len(table.columns) - 1))


def draw(sheet: Sheet, table: Table) -> None:
    """The heads of the columns, and a row for each group."""
    columns = len(table.columns) - 1
    cell = (sheet.inner - NAMES) / columns
    _heads(sheet, table, cell)
    highs = [_height(row) for row in table.rows]
    tall = sum(highs)
    axes = sheet.frame((MARGIN + NAMES, sheet.y, cell * columns, tall), (0, columns), (tall, 0))
    top = 0.0
    for row, high in zip(table.rows, highs, strict=True):
        _name(sheet, row, sheet.y + top + high / 2)
        for place, one in enumerate(row.cells):
            _cell(axes, one, place, top, high)
        top += high
    sheet.y += tall


def _heads(sheet: Sheet, table: Table, cell: float) -> None:
    """Over their columns; upright where they would need broken words or too many lines."""
    heads = table.columns[1:]
    longest = max(measure(word, SMALL) for head in heads for word in head.split())
    wrapped = [wrap(head, cell - 4, SMALL) for head in heads]
    if longest <= cell - 4 and max(map(len, wrapped)) <= HEAD_LINES:
        tall = max(height(lines, SMALL) for lines in wrapped)
        for place, lines in enumerate(wrapped):
            x = MARGIN + NAMES + (place + 0.5) * cell
            top = sheet.y + tall - height(lines, SMALL)
            sheet.lines(x, top, lines, size=SMALL, align="center")
    else:
        tall = _upright(sheet, heads, cell)
    bottom = sheet.y + tall - SMALL * LEADING / 2
    sheet.line(MARGIN, bottom, table.columns[0], size=SMALL, colour=MUTED)
    sheet.y += tall + 4


def _upright(sheet: Sheet, heads: tuple[str, ...], cell: float) -> float:
    """Heads that are read from below; gives their height."""
    length = max(UPRIGHT, *(measure(word, SMALL) for head in heads for word in head.split()))
    while any(height(wrap(head, length, SMALL), SMALL) > cell for head in heads):
        length *= 1.1
    wrapped = [wrap(head, length, SMALL) for head in heads]
    tall = max(measure(line, SMALL) for lines in wrapped for line in lines)
    for place, lines in enumerate(wrapped):
        middle = MARGIN + NAMES + (place + 0.5) * cell
        first = middle - (len(lines) - 1) / 2 * SMALL * LEADING
        for step, text in enumerate(lines):
            said = sheet.line(0, 0, text, size=SMALL)
            said.set_rotation(90)
            x = first + step * SMALL * LEADING + SMALL * CAP_HEIGHT / 2
            said.set(position=(x, sheet.y + tall), rotation_mode="anchor")
    return tall


def _height(row: Row) -> float:
    return max(CELL, height(_named(row)) + 6)


def _named(row: Row) -> tuple[str, ...]:
    bold = row.depth == 0
    return wrap(row.head, NAMES - 8 - _indent(row), SMALL, bold=bold)


def _indent(row: Row) -> float:
    return INDENT * min(max(row.depth - 1, 0), 4)


def _name(sheet: Sheet, row: Row, y: float) -> None:
    lines = _named(row)
    top = y - height(lines, SMALL) / 2
    sheet.lines(MARGIN + _indent(row), top, lines, size=SMALL, bold=row.depth == 0)


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
