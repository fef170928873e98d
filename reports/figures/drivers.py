"""Drivers: what goes along with the outcome, by the weight of correlation times room.

The numbers and their heads are those of the figure's table, so that they are written as there.
"""

from matplotlib.patches import Rectangle

from reports.figures import style
from reports.figures.lettering import height, wrap
from reports.figures.sheet import Sheet
from reports.figures.style import INK, MARGIN, MUTED, SMALL, TEXT
from reports.report import DriverRow, Figure, Row, Table

LABEL = 150.0  # width of the names
COLUMN = 70.0  # width of each number at the right
BAR = 15.0
LEAST = 26.0
NUMBER = 26.0  # room for a weight beside its bar


def draw(sheet: Sheet, figure: Figure) -> None:
    """A bar for each weight, its two factors beside it."""
    rows = [row for row in figure.rows if isinstance(row, DriverRow)]
    factors = _factors(figure.table)
    left = MARGIN + LABEL + 12
    width = sheet.inner - LABEL - 12 - len(factors) * COLUMN - NUMBER
    _heads(sheet, figure.table, factors, left)
    highs = [max(LEAST, height(wrap(row.label, LABEL)) + 8) for row in rows]
    tall, most = sum(highs), max((row.weight for row in rows), default=0) or 1
    axes = sheet.frame((left, sheet.y, width, tall), (0, most), (tall, 0))
    top = 0.0
    for row, high in zip(rows, highs, strict=True):
        middle = top + high / 2
        axes.add_patch(
            Rectangle(
                (0, middle - BAR / 2), row.weight, BAR, facecolor=style.ACCENT, label="weight"
            )
        )
        end = left + row.weight / most * width
        _write(sheet, _told(figure.table, row), (end, sheet.y + middle), factors)
        top += high
    axes.axvline(0, color=style.LINE, linewidth=1)
    sheet.y += tall


def _factors(table: Table) -> tuple[int, ...]:
    """The columns of numbers before the last one, which is the weight."""
    return tuple(range(len(table.columns) - 2))


def _told(table: Table, row: DriverRow) -> Row:
    """The row of the table, which has further ones, that says the same."""
    numbers = [row.correlation, row.room, row.weight]
    same = (one for one in table.rows if [cell.number for cell in one.cells] == numbers)
    return next(one for one in same if one.head == row.label)


def _heads(sheet: Sheet, table: Table, factors: tuple[int, ...], left: float) -> None:
    name, *others, weight = table.columns
    right = sheet.width - MARGIN
    wrapped = [wrap(head, COLUMN - 6, SMALL) for head in others]
    over_bars = wrap(weight, right - len(factors) * COLUMN - left - 6, SMALL)
    names = wrap(name, LABEL, SMALL)
    tall = max(height(lines, SMALL) for lines in (*wrapped, over_bars, names))
    for place, lines in enumerate(wrapped):
        x = right - (len(others) - 1 - place) * COLUMN
        top = sheet.y + tall - height(lines, SMALL)
        sheet.lines(x, top, lines, size=SMALL, colour=MUTED, align="right")
    for x, lines in ((MARGIN, names), (left, over_bars)):
        top = sheet.y + tall - height(lines, SMALL)
        sheet.lines(x, top, lines, size=SMALL, colour=MUTED)
    sheet.y += tall + 4


def _write(sheet: Sheet, told: Row, end: tuple[float, float], factors: tuple[int, ...]) -> None:
    x, y = end
    lines = wrap(told.head, LABEL)
    sheet.lines(MARGIN, y - height(lines) / 2, lines)
    sheet.line(x + 5, y, told.cells[len(factors)].text, bold=True)
    for place in factors:
        right = sheet.width - MARGIN - (len(factors) - 1 - place) * COLUMN
        cell = told.cells[place]
        colour = MUTED if cell.is_hidden else INK
        sheet.line(right, y, cell.text, size=TEXT, colour=colour, align="right")
