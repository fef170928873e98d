"""Distribution: every item as a bar of 100 percent, its text above, its share beside it."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.figures import style
from reports.figures.lettering import height, measure, wrap
from reports.figures.sheet import Sheet
from reports.figures.style import CAP_HEIGHT, INK, MARGIN, MUTED, SMALL, TEXT
from reports.report import Figure, Segment, StackRow

BAR = 19.0
BESIDE = 105.0  # what stands at the right of a bar
GAP = 12.0
AIR = 3.0  # around a number in its segment
SEPARATOR = 1.5


def draw(sheet: Sheet, figure: Figure) -> None:
    """All rows, one below the other."""
    for row in figure.rows:
        if isinstance(row, StackRow):
            _row(sheet, row)


def _row(sheet: Sheet, row: StackRow) -> None:
    is_hidden = not row.segments
    lines = wrap(row.label, sheet.inner)
    sheet.y += sheet.lines(MARGIN, sheet.y, lines, colour=MUTED if is_hidden else INK) + 3
    bar = sheet.inner - BESIDE
    axes = sheet.frame((MARGIN, sheet.y, bar, BAR), (0, 100), (0, BAR))
    for segment in row.segments:
        _segment(axes, segment, bar)
    if is_hidden:
        axes.add_patch(Rectangle((0, BAR / 2 - 2), 100, 4, facecolor=style.RAIL, label="hidden"))
    _beside(sheet, row, MARGIN + bar + 8)
    sheet.y += BAR
    if any(segment.tone == "plain" for segment in row.segments):
        _parts(sheet, row, bar)
    sheet.y += GAP


def _segment(axes: Axes, segment: Segment, bar: float) -> None:
    fill, on_fill = style.TONES[segment.tone]
    axes.add_patch(
        Rectangle(
            (segment.start, 0), segment.percent, BAR, facecolor=fill, edgecolor=style.PAPER,
            linewidth=SEPARATOR, label=segment.label,
        )
    )  # fmt: skip
    number = str(segment.percent)
    if measure(number, TEXT, bold=True) + AIR > segment.percent / 100 * bar:
        return
    axes.text(
        segment.start + segment.percent / 2, BAR / 2 - TEXT * CAP_HEIGHT / 2, number,
        fontproperties=style.font(bold=True), color=on_fill, ha="center", va="baseline",
    )  # fmt: skip


def _beside(sheet: Sheet, row: StackRow, x: float) -> None:
    """The share and what it is a share of; for a hidden row, that it is hidden."""
    lines = wrap(row.share_label if row.segments else row.share, BESIDE - 8, SMALL)
    shown = [row.share] if row.segments and row.share else []
    share = measure(row.share, TEXT, bold=True) + 4 if shown else 0
    if shown and share + measure(row.share_label, SMALL) <= BESIDE - 8:
        sheet.line(x, sheet.y + BAR / 2, row.share, bold=True)
        sheet.line(x + share, sheet.y + BAR / 2, row.share_label, size=SMALL, colour=MUTED)
        return
    tall = height(shown) + height(lines, SMALL)
    top = sheet.y + (BAR - tall) / 2
    top += sheet.lines(x, top, shown, bold=True)
    sheet.lines(x, top, lines, size=SMALL, colour=MUTED)


def _parts(sheet: Sheet, row: StackRow, width: float) -> None:
    """What the parts of a bar are, where no colour says it."""
    said = "; ".join(f"{part.label}: {part.percent}\N{NO-BREAK SPACE}%" for part in row.segments)
    sheet.y += 3
    lines = wrap(said, width, SMALL)
    sheet.y += sheet.lines(MARGIN, sheet.y, lines, size=SMALL, colour=MUTED)
