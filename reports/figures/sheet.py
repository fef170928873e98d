"""The sheet that a chart is drawn on: fixed width, and as high as what it holds.

Places are in points from the left and from the top. A drawing goes from top to bottom and moves
`y` on; the height is known when everything is on the sheet.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from reports.figures import style
from reports.figures.lettering import height, wrap
from reports.figures.style import CAP_HEIGHT, INK, LEADING, MARGIN, TEXT, WIDTH

PER_INCH = 72


class Sheet:
    """A figure of Matplotlib that grows downwards."""

    def __init__(self, width: float = WIDTH) -> None:
        self.width = width
        self.y = MARGIN
        self.figure = Figure(figsize=(width / PER_INCH, 1), dpi=PER_INCH, facecolor=style.PAPER)
        self.page = self.figure.add_axes((0, 0, 1, 1))
        self.page.set_axis_off()
        self._frames: list[tuple[Axes, tuple[float, float, float, float]]] = []

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.width - 2 * MARGIN

    def line(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
    ) -> Text:
        """A line of text whose capital letters have their middle at `y`."""
        return self.page.text(
            x, y + size * CAP_HEIGHT / 2, text, fontproperties=style.font(size, bold=bold),
            color=colour, ha=align, va="baseline",
        )  # fmt: skip

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        size: float = TEXT,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
    ) -> float:
        """Lines of text below `y`; gives the height that they take."""
        for place, text in enumerate(lines):
            middle = y + (place + 0.5) * size * LEADING
            self.line(x, middle, text, size=size, colour=colour, bold=bold, align=align)
        return height(lines, size)

    def paragraph(
        self, text: str, *, size: float = TEXT, colour: str = INK, bold: bool = False
    ) -> None:
        """A text over the whole width, and on to the place below it."""
        lines = wrap(text, self.inner, size, bold=bold)
        self.y += self.lines(MARGIN, self.y, lines, size=size, colour=colour, bold=bold)

    def frame(
        self,
        place: tuple[float, float, float, float],
        across: tuple[float, float],
        down: tuple[float, float],
    ) -> Axes:
        """Axes at (left, top, width, height) whose data run `across` and, bottom to top, `down`.

        They have neither frame nor ticks.
        """
        axes = self.figure.add_axes((0, 0, 1, 1), label=str(len(self._frames)))
        axes.set_axis_off()
        axes.set_xlim(*across)
        axes.set_ylim(*down)
        self._frames.append((axes, place))
        return axes

    def finish(self) -> Figure:
        """The figure, cut below what it holds."""
        tall = self.y + MARGIN
        self.figure.set_size_inches(self.width / PER_INCH, tall / PER_INCH)
        self.page.set_xlim(0, self.width)
        self.page.set_ylim(tall, 0)
        for axes, (left, top, wide, high) in self._frames:
            bottom = 1 - (top + high) / tall
            axes.set_position((left / self.width, bottom, wide / self.width, high / tall))
        return self.figure
