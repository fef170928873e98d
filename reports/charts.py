"""The charts of a report, each by itself: what a picture of it needs when it leaves the report.

A picture stands on a slide or in a paper without the text around it, so a chart brings along
whose results it shows, the keys of its colours and marks, and the same in words.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from reports.report import Block, Figure, Key, Legend, Report, Table
from reports.wording.words import Words


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure, or a table that is read as a heat map.

    `name` is its address inside the report: the part, and a running number where the part has
    several. `context` says whose results it shows; `alt` says in words what is drawn.
    """

    name: str
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
    legend = Legend("", ())
    for part in report.parts:
        count = 0
        for block in part.blocks:
            if isinstance(block, Legend):
                legend = block
            elif _is_drawn(block):
                count += 1
                yield block, _chart(report, f"{part.id}-{count}", block, legend)


def _is_drawn(block: Block) -> bool:
    return isinstance(block, Figure) or (isinstance(block, Table) and block.kind == "heatmap")


def _chart(report: Report, name: str, block: Block, legend: Legend) -> Chart:
    context = _context(report)
    if isinstance(block, Figure):
        shared = Legend("", ()) if block.legend else legend
        keys = block.legend or (legend.keys if block.kind == "stacks" else ())
        title = shared.title if keys else ""
        return Chart(name, report.language, block.title, context, block.alt, block, keys, title)
    if not isinstance(block, Table):
        raise TypeError(block)
    alt = _read_aloud(report.language, block)
    return Chart(
        name, report.language, block.caption, context, alt, block, legend.keys, legend.title
    )


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


def one_line(text: str) -> str:
    """A text on one line, without characters that steer and that no file format takes."""
    kept = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join("".join(kept).split())
