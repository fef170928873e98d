"""What is made of answers: scales, maturity levels, recommendations."""

from typing import Annotated, Literal

from pydantic import Field

from questionnaires.model.basics import Direction, Field_, Identifier, Many, Model, Slug
from questionnaires.text import Text


class ScaleItem(Model):
    """The link of an item to a scale; reverse sits here, an item may count in two scales."""

    ref: Identifier
    reverse: bool = False


class Score(Model):
    """How answers become a person's score."""

    method: Literal["mean", "sum", "percent_favourable"] = "mean"
    min_valid: Annotated[int, Field(ge=1)] | None = None
    output: Literal["points", "percent"] = "points"


class Scale(Model):
    """Items that measure one construct.

    With `target_of` it is made of the target states of the maturity items of that other scale.
    """

    id: Identifier
    title: Text
    description: Text | None = None
    concept: Slug | None = None
    target_of: Identifier | None = None
    higher_is: Direction = "better"
    items: Annotated[tuple[ScaleItem, ...], Field(strict=False, min_length=1)]
    score: Score = Score()

    @property
    def min_valid(self) -> int:
        """Answers a person needs for a score; by default at least half of the items."""
        return self.score.min_valid or (len(self.items) + 1) // 2


class Criterion(Model):
    """A bound on a scale or item value (0-100) that a maturity level asks for."""

    scale: Identifier | None = None
    item: Identifier | None = None
    at_least: Annotated[float, Field(ge=0, le=100)] | None = None
    at_most: Annotated[float, Field(ge=0, le=100)] | None = None


class MaturityLevel(Model):
    """One level and what a group must reach for it."""

    rank: Annotated[int, Field(ge=1)]
    id: Slug
    title: Text
    criteria: Many[Criterion] = ()


class Maturity(Model):
    """Levels for groups, never for one person."""

    basis: Literal["group"]
    levels: Annotated[tuple[MaturityLevel, ...], Field(strict=False, min_length=2)]
    basis_of_thresholds: Literal["expert", "norm", "regulation"]


class When(Model):
    """The range of a scale's 0-100 value in which a recommendation applies: from <= x < below."""

    scale: Identifier
    from_: Annotated[float, Field(alias="from", ge=0, le=100, strict=False)]
    below: Annotated[float, Field(ge=0, le=101, strict=False)]


class Recommendation(Model):
    """A suggestion for a scale in a range, tagged with its field of action."""

    id: Slug
    field: Field_
    when: When
    text: Text
