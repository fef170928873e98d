"""The charts of a report, each by itself: what a picture of it needs when it leaves the report.

A picture stands on a slide or in a paper without the text around it, so a chart brings along
whose results it shows, the keys of its colours and marks, and the same in words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from slugify import slugify

from reports.report import Block, Figure, Key, Legend, Report, Table
from reports.wording.lines import UMLAUTS, one_line
from reports.wording.words import Words

HEATMAP: Final = "heatmap"
NO_LEGEND: Final = Legend("", ())
LONGEST_NAME: Final = 60  # characters of a title in the name of a file


class PictureFormat(StrEnum):
    """What a picture of a chart is written as."""

    PNG = "png"
    SVG = "svg"


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure, or a table that is read as a heat map.

    `name` is its address inside the report, the part and a running number; `file` is what a file
    of it is called, without suffix. `context` says whose results it shows; `alt` says in words
    what is drawn.
    """

    name: str
    file: str
    language: str
    title: str
    context: str
    alt: str
    drawn: Figure | Table
    keys: tuple[Key, ...]
    keys_title: str = ""


def charts(report: Report) -> tuple[Chart, ...]:
    """Every chart of a report, in the order of reading."""
    return tuple(chart for _, chart in located(report))


def located(report: Report) -> Iterator[tuple[Block, Chart]]:
    """Every chart of a report with the block of the report that it shows."""
    legend, total = NO_LEGEND, 0
    for part in report.parts:
        count = 0
        for block in part.blocks:
            if isinstance(block, Legend):
                legend = block
            elif isinstance(block, Figure) or (isinstance(block, Table) and block.kind == HEATMAP):
                count, total = count + 1, total + 1
                yield block, _chart(report, (f"{part.id}-{count}", total), block, legend)


def _chart(report: Report, place: tuple[str, int], drawn: Figure | Table, legend: Legend) -> Chart:
    """`legend` is the last one before the chart; a figure may have keys of its own."""
    if isinstance(drawn, Figure):
        title, alt = drawn.title, drawn.alt
        if drawn.legend or drawn.kind != "stacks":
            legend = Legend("", drawn.legend)
    else:
        title, alt = drawn.caption, _read_aloud(report.language, drawn)
    name, number = place
    said = slugify(title, max_length=LONGEST_NAME, word_boundary=True, replacements=UMLAUTS)
    file = f"{number:02}-{said}".rstrip("-")
    context = _context(report)
    return Chart(name, file, report.language, title, context, alt, drawn, legend.keys, legend.title)


def _context(report: Report) -> str:
    said = [report.campaign, report.group, report.period, *report.stamps]
    return " · ".join(dict.fromkeys(one for one in map(one_line, said) if one))


def _read_aloud(language: str, table: Table) -> str:
    """A heat map in words: every row with every value."""
    say = Words(language).say
    rows = (
        say(
            "{name}: {list}.",
            name=row.head,
            list=", ".join(
                say("{name} not shown", name=column)
                if cell.is_hidden
                else say("{name} {score}", name=column, score=cell.text)
                for column, cell in zip(table.columns[1:], row.cells, strict=True)
            ),
        )
        for row in table.rows
    )
    return " ".join(rows)
