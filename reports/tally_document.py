"""The shape of a tally file, field by field (docs/tallies.md)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST = 1 << 53  # what every program that reads JSON keeps exact

Code = Annotated[int, Field(ge=-MOST, le=MOST)]  # negative: a missing kind
Count = Annotated[int, Field(ge=0, le=MOST)]
Counts = tuple[Count, ...]
Matrix = tuple[Counts, ...]
Strict = ConfigDict(strict=True, extra="forbid", frozen=True)


class VersionPart(BaseModel):
    """Which version the tallies are of."""

    model_config = Strict
    id: str
    version: str
    fingerprint: str


class CompletePart(BaseModel):
    """Rows that answered all items of a scale: per item sums and squares, rows by sum of points."""

    model_config = Strict
    sums: Counts
    squares: Counts
    points: tuple[tuple[Count, Count], ...]


class ScalePart(BaseModel):
    """Persons by (items answered, sum), and complete rows."""

    model_config = Strict
    people: tuple[tuple[Count, Count, Count], ...]
    complete: CompletePart


class GroupPart(BaseModel):
    """One group: rows, answers by code, scales."""

    model_config = Strict
    n: Count
    items: dict[str, tuple[tuple[Code, Count], ...]]
    scales: dict[str, ScalePart]


class CellPart(GroupPart):
    """A cell in which columns cross."""

    values: tuple[str | None, ...]


class CrossingPart(BaseModel):
    """The cells in which columns cross."""

    model_config = Strict
    columns: tuple[str, ...]
    cells: tuple[CellPart, ...]


class ProductsPart(BaseModel):
    """Products of the items of a scale."""

    model_config = Strict
    n: Count
    sums: Counts
    products: Matrix
    pair_products: Matrix
    pair_sums: Matrix
    pair_counts: Matrix


class PairPart(BaseModel):
    """Sums of two scales by items answered in both: n, a, b, aa, bb, ab."""

    model_config = Strict
    scales: tuple[str, str]
    cells: tuple[tuple[Count, Count, Count, Count, Count, Count, Count, Count], ...]


class RelationsPart(BaseModel):
    """How items, and how scores, go together."""

    model_config = Strict
    scales: dict[str, ProductsPart]
    pairs: tuple[PairPart, ...]


class TallyDocument(BaseModel):
    """The whole file."""

    model_config = Strict
    format: Literal["tally/1"]
    questionnaire: VersionPart
    whole: GroupPart
    relations: RelationsPart | None
    groups: dict[str, dict[str, GroupPart]]
    crossing: CrossingPart | None
