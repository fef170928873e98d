"""The report: one frozen tree of what is said and shown, the same for every kind of document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal[
    "unfavourable-2", "unfavourable-1", "neutral", "favourable-1", "favourable-2", "plain"
]
MarkKind: TypeAlias = Literal["whole", "rest", "previous", "norm", "target"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One or two sentences; `strong` is the part before them that stands out."""

    text: str
    strong: str = ""

    def __str__(self) -> str:
        return f"{self.strong} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: what is read, and the number behind it where there is one.

    `level` is the place on the fixed colour scale, 1 (unfavourable) to 6 (favourable).
    """

    text: str
    number: float | None = None
    level: int | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its head, indented by `depth`, and its cells."""

    head: str
    cells: tuple[Cell, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; `columns` names the head column first.

    `kind` says how it is read: as numbers, as a heat map, or as a list of facts without head row.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    kind: Literal["numbers", "heatmap", "facts"] = "numbers"

    @property
    def number_columns(self) -> frozenset[int]:
        """Places in `columns` below which numbers are compared with one another."""
        if self.kind != "numbers":
            return frozenset()
        return frozenset(
            place
            for row in self.rows
            for place, cell in enumerate(row.cells, 1)
            if cell.number is not None
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A value beside a score on the same line: what it is compared with."""

    kind: MarkKind
    value: int


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A scale on its line from 0 to 100; None where it is not shown."""

    label: str
    word: str
    score: int | None
    level: int | None
    interval: tuple[int, int] | None
    marks: tuple[Mark, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar: from `start`, `percent` wide."""

    label: str
    start: int
    percent: int
    tone: Tone


@dataclass(frozen=True, slots=True)
class StackRow:
    """An item as a bar of 100 percent, the favourable side at the right; no segments: hidden."""

    label: str
    segments: tuple[Segment, ...]
    share: str
    share_label: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One wave of a trend; `score` is None where it is not shown.

    `link` says how the line comes from the wave before: solid (equivalent), dashed (on common
    items), None at the beginning and where it is cut, for the reason in `note`. A dashed line runs
    between the scores of both waves on their common items, `common`, the earlier one first; the
    score itself begins anew.
    """

    wave: str
    score: int | None
    link: Literal["solid", "dashed"] | None = None
    note: str = ""
    common: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A scale through the waves, the oldest first."""

    label: str
    points: tuple[TrendPoint, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DriverRow:
    """A scale that goes along with the outcome: correlation (0..1) times points to the ideal.

    `room` is the distance from the favourable end, 0 to 100; `weight` is their product in whole
    points, by which rows are ordered.
    """

    label: str
    correlation: float
    room: int
    weight: int


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: a tone or a level, or the mark of a comparison."""

    mark: str
    label: str


FigureRows: TypeAlias = (
    tuple[ProfileRow, ...] | tuple[StackRow, ...] | tuple[TrendRow, ...] | tuple[DriverRow, ...]
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: what is drawn, the same as a table, and the same in words."""

    kind: Literal["profile", "stacks", "trend", "drivers"]
    title: str
    alt: str
    rows: FigureRows
    table: Table
    legend: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Legend:
    """The keys of a table's colours."""

    title: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A recommendation: where it starts from, its field of action, what to do."""

    scale: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Recommendations that fit the results."""

    entries: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    entries: tuple[Sentence, ...]


Block: TypeAlias = Sentence | Points | Figure | Table | Legend | Suggestions


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report with its heading; `id` is its address inside the document."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one group; the first part is the summary."""

    language: str
    title: str
    campaign: str
    group: str
    period: str
    stamps: tuple[str, ...]
    contents_title: str
    table_title: str
    parts: tuple[Part, ...]

    def blocks(self) -> Iterator[Block]:
        """Every block of every part, in the order of reading."""
        for part in self.parts:
            yield from part.blocks
