"""What is asked: items of every kind, demographics, and the categories of their answers."""

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, field_validator

from questionnaires.model.basics import Code, Identifier, Many, Model, Slug, Version
from questionnaires.text import Text

TARGET = "_target"  # what the variable of a target state adds to the id of its item
SMALL_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}")


class Point(Model):
    """A category of a response scale: an integer code and its label."""

    value: Code
    label: Text


class ResponseScale(Model):
    """Categories that items share. "No answer" is never a point, it is a missing kind."""

    level: Literal["nominal", "ordinal", "interval"]
    points: Annotated[tuple[Point, ...], Field(strict=False, min_length=2)]
    offer_no_answer: bool = False
    favourable: Many[Code] | None = None

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """Codes in the order of the definition."""
        return tuple(point.value for point in self.points)

    @cached_property
    def minimum(self) -> int:
        """The lowest code: the declared low end used for reversing and 0-100."""
        return min(self.codes)

    @cached_property
    def maximum(self) -> int:
        """The highest code: the declared high end."""
        return max(self.codes)


class Condition(Model):
    """When something is shown: one leaf (`item` with `in`) or one of all, any, not."""

    item: Identifier | None = None
    in_: Annotated[Many[int] | None, Field(alias="in")] = None
    all: "Many[Condition] | None" = None
    any: "Many[Condition] | None" = None
    not_: "Annotated[Condition | None, Field(alias='not')]" = None


class Item(Model):
    """What every item has."""

    id: Identifier
    text: Text
    hint: Text | None = None
    show_if: Condition | None = None
    since: Version | None = None


class RatingItem(Item):
    """One statement, one answer on an ordered response scale."""

    kind: Literal["rating"]
    response: Identifier


class SingleChoiceItem(Item):
    """One question, one answer out of unordered categories."""

    kind: Literal["single-choice"]
    response: Identifier


class MultipleChoiceItem(Item):
    """One question, any number of categories; an exclusive one stands alone."""

    kind: Literal["multiple-choice"]
    response: Identifier
    exclusive: Many[Code] = ()


class NumberItem(Item):
    """One whole number between two bounds."""

    kind: Literal["number"]
    min: Annotated[int, Field(ge=0, le=32767)]
    max: Annotated[int, Field(ge=0, le=32767)]
    unit: Text | None = None


class ItemLevel(Model):
    """One level of a maturity item: an integer code and the state that it describes."""

    value: Code
    text: Text


class MaturityItem(Item):
    """One aspect with a text per level, lowest first; with `target` also where it should be."""

    kind: Literal["maturity"]
    levels: Annotated[tuple[ItemLevel, ...], Field(strict=False, min_length=2)]
    target: bool = False
    offer_no_answer: bool = False

    @cached_property
    def response_scale(self) -> ResponseScale:
        """The levels as the categories of an ordinal response scale of its own."""
        points = tuple(Point(value=level.value, label=level.text) for level in self.levels)
        return ResponseScale(level="ordinal", points=points, offer_no_answer=self.offer_no_answer)

    def place(self, code: int) -> int:
        """Which level a code is, counted from 1, the lowest."""
        return self.response_scale.codes.index(code) + 1


class ExplanationItem(Item):
    """Text between questions; nothing is answered."""

    kind: Literal["explanation"]


AnyItem = Annotated[
    RatingItem
    | SingleChoiceItem
    | MultipleChoiceItem
    | NumberItem
    | MaturityItem
    | ExplanationItem,
    Field(discriminator="kind"),
]


class Coarsening(Model):
    """One step of a hierarchy: categories joined into fewer groups ("*" is every code)."""

    id: Slug
    map: dict[int | str, str]
    labels: dict[str, Text]

    @field_validator("map", mode="before")
    @classmethod
    def _codes_as_numbers(cls, value: object) -> object:
        """JSON has text keys only: "1" is the code 1, so that JSON and YAML are equal."""
        if not isinstance(value, dict):
            return value
        numbers = {
            key: int(key) for key in value if isinstance(key, str) and SMALL_NUMBER.fullmatch(key)
        }
        return {numbers.get(key, key): group for key, group in value.items()}


class Demographic(Item):
    """A voluntary statement about oneself; shown like a single choice."""

    kind: Literal["demographic"] = "demographic"
    response: Identifier
    required: Literal[False] = False
    quasi_identifier: bool
    sensitive: bool = False
    coarsening: Many[Coarsening] = ()


AnyQuestion = (
    RatingItem
    | SingleChoiceItem
    | MultipleChoiceItem
    | NumberItem
    | MaturityItem
    | ExplanationItem
    | Demographic
)


def target_name(item: str) -> str:
    """The name of the variable that holds the target state of a maturity item."""
    return f"{item}{TARGET}"
