"""Drawing: a chart becomes a figure of Matplotlib, and that a file.

Equal charts give equal bytes: no dates, no random ids, our own fonts, and none of the settings
that a machine or a person may have made for Matplotlib. Nothing here keeps state between pictures.
"""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib import figure as mpl_figure

from reports.charts import Chart, PictureFormat
from reports.figures import distribution, drivers, heatmap, profile, trend
from reports.figures.keys import head
from reports.figures.sheet import Sheet
from reports.figures.style import MUTED, RESOLUTION, SETTINGS, SMALL
from reports.report import Figure, Table, TrendRow
from reports.wording.lines import one_line
from reports.wording.words import Words

COMPRESSION: Final = {"compress_level": 6}  # the highest takes twice as long and saves 2 percent
TALLEST: Final = 16_000  # dots; a taller PNG is made coarser, so that it needs less memory

DRAW: Final[dict[str, Callable[[Sheet, Figure], None]]] = {
    "profile": profile.draw,
    "stacks": distribution.draw,
    "trend": trend.draw,
    "drivers": drivers.draw,
}


def picture(chart: Chart, form: PictureFormat) -> bytes:
    """The chart as a PNG or SVG file, which says in its metadata what it shows."""
    with _own_settings():
        drawn = _drawn(chart)
        return _png(drawn, chart) if form == PictureFormat.PNG else _svg(drawn, chart)


def draw(chart: Chart) -> mpl_figure.Figure:
    """The chart as a figure of Matplotlib, 17 cm wide and as high as it needs."""
    with _own_settings():
        return _drawn(chart)


@contextmanager
def _own_settings() -> Iterator[None]:
    with mpl.rc_context(), warnings.catch_warnings():
        # A sign that no font has is drawn as a box; that is no reason to withhold a chart.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


def _drawn(chart: Chart) -> mpl_figure.Figure:
    if isinstance(chart.drawn, Figure):
        sheet = Sheet()
        head(sheet, chart)
        DRAW[chart.drawn.kind](sheet, chart.drawn)
    else:
        sheet = Sheet(heatmap.width(chart.drawn))
        head(sheet, chart)
        heatmap.draw(sheet, chart.drawn)
    if _has_dashes(chart):
        sheet.y += 4
        sheet.paragraph(f"–: {Words(chart.language).say('not shown')}", size=SMALL, colour=MUTED)
    return sheet.finish()


def _has_dashes(chart: Chart) -> bool:
    """Whether a value is not shown, and only a dash says so."""
    if isinstance(chart.drawn, Table):
        return any(cell.is_hidden for row in chart.drawn.rows for cell in row.cells)
    trends = (row for row in chart.drawn.rows if isinstance(row, TrendRow))
    return any(point.score is None for row in trends for point in row.points)


def _png(drawn: mpl_figure.Figure, chart: Chart) -> bytes:
    written = io.BytesIO()
    resolution = min(RESOLUTION, TALLEST / drawn.get_figheight())
    said = {
        "Title": one_line(chart.title),
        "Description": one_line(f"{chart.context}. {chart.alt}"),
        "Language": chart.language,
        "Software": None,
    }
    drawn.savefig(written, format="png", dpi=resolution, metadata=said, pil_kwargs=COMPRESSION)
    return written.getvalue()


def _svg(drawn: mpl_figure.Figure, chart: Chart) -> bytes:
    """An SVG has its title and description twice: as Dublin Core, and as screen readers read."""
    written = io.StringIO()
    title, alt = one_line(chart.title), one_line(f"{chart.context}. {chart.alt}")
    said = {
        "Title": title,
        "Description": alt,
        "Language": chart.language,
        "Date": None,
        "Creator": "Pegel",
    }
    drawn.savefig(written, format="svg", metadata=said)
    marked = f'<svg role="img" aria-labelledby="title description" xml:lang="{chart.language}" '
    before, title_tag, after = written.getvalue().partition(f"<title>{escape(title)}</title>")
    named = (
        f'<title id="title">{escape(title)}</title>\n <desc id="description">{escape(alt)}</desc>'
    )
    if not title_tag:
        raise ValueError("Matplotlib wrote no title")
    return f"{before.replace('<svg ', marked, 1)}{named}{after}".encode()
