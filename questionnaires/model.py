"""The questionnaire as frozen objects: what a definition says, and nothing else.

Raw YAML becomes these objects once, in the loader. Rules that one field alone cannot show
(references, languages, conditions) are in `checks`.
"""

import hashlib
import json
import re
from functools import cached_property
from typing import Annotated, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from questionnaires.text import Text

T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False)]  # YAML has lists, frozen objects have tuples

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,25}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Code = Annotated[int, Field(ge=0, le=100)]

TARGET = "_target"  # what the variable of a target state adds to the id of its item
SMALL_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}")

MissingKind = Literal["not_answered", "no_answer", "not_shown", "not_in_version", "suppressed"]
Direction = Literal["better", "worse", "neither"]
Field_ = Literal["organisation", "leaders", "people", "structure", "communication"]


class Model(BaseModel):
    """Frozen, strict, and closed: an unknown key is a fault, not a silent extra."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Effective(Model):
    """From when (and until when) a version is meant to be used; ISO dates."""

    from_: Annotated[Date, Field(alias="from")] = ""
    until: Date = ""


class Languages(Model):
    """The language the texts were written in, those they exist in, and fallbacks."""

    source: Language
    available: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)]
    fallback: dict[Language, Language] = Field(default_factory=dict)


class Licence(Model):
    """Who holds the rights; `ship: false` keeps the file out of a package."""

    id: str
    holder: str
    ship: bool
    note: str = ""


class Source(Model):
    """Where the items come from."""

    kind: Literal["own", "adapted", "translated", "verbatim"]
    citation: str
    derived_from: Many[str] = ()


class Missing(Model):
    """A kind of missing answer: a negative code with its label."""

    code: Annotated[int, Field(lt=0, ge=-99)]
    label: Text


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

    @property
    def codes(self) -> tuple[int, ...]:
        """Codes in the order of the definition."""
        return tuple(point.value for point in self.points)

    @property
    def minimum(self) -> int:
        """The lowest code: the declared low end used for reversing and 0-100."""
        return min(self.codes)

    @property
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


class Section(Model):
    """A part of the form that is in view at a time."""

    id: Slug
    title: Text
    intro: Text | None = None
    show: Annotated[tuple[Identifier, ...], Field(strict=False, min_length=1)]


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


class ItemComparability(Model):
    """Which items of an earlier version ask the same."""

    equivalent: Many[Identifier] = ()
    broken: Many[Identifier] = ()
    new: Many[Identifier] = ()
    removed: Many[Identifier] = ()


class Bridge(Model):
    """Common items on which a changed scale may still be trended."""

    bridge: Annotated[tuple[Identifier, ...], Field(strict=False, min_length=2)]


def _verdict_or_bridge(value: object) -> str:
    return "bridge" if isinstance(value, dict | Bridge) else "verdict"


ScaleComparability = Annotated[
    Annotated[Literal["equivalent", "break"], Tag("verdict")] | Annotated[Bridge, Tag("bridge")],
    Discriminator(_verdict_or_bridge),
]


class Comparability(Model):
    """What may be compared with one earlier version; silence means: nothing."""

    to: Version
    items: ItemComparability = ItemComparability()
    scales: dict[str, ScaleComparability] = Field(default_factory=dict)
    response_scales: dict[str, Literal["equivalent", "break"]] = Field(default_factory=dict)
    languages: dict[str, Literal["equivalent", "new", "break"]] = Field(default_factory=dict)
    evidence: str = ""


class MissingCodes(Model):
    """One list of missing kinds for every variable and every export."""

    not_answered: Missing
    no_answer: Missing
    not_shown: Missing
    not_in_version: Missing
    suppressed: Missing


class Questionnaire(Model):
    """One version of a questionnaire."""

    format: Literal["questionnaire/1"]
    id: Slug
    version: Version
    status: Literal["draft", "active", "retired"]
    effective: Effective | None = None
    title: Text
    purpose: Text | None = None
    languages: Languages
    licence: Licence
    source: Source
    keywords: Many[str] = ()
    minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    layout: Literal["cards", "matrix"] = "cards"
    missing: MissingCodes
    response_scales: dict[Identifier, ResponseScale]
    sections: Annotated[tuple[Section, ...], Field(strict=False, min_length=1)]
    items: Annotated[tuple[AnyItem, ...], Field(strict=False, min_length=1)]
    demographics: Many[Demographic] = ()
    scales: Many[Scale] = ()
    outcome: Identifier | None = None
    maturity: Maturity | None = None
    recommendations: Many[Recommendation] = ()
    comparability: Many[Comparability] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill_in_kinds(cls, data: object) -> object:
        """An item without a kind is a rating, or a single choice on a nominal response scale.

        Any other kind has to be named; an item without a response scale stays as it is.
        """
        if not isinstance(data, dict) or not isinstance(data.get("items"), list | tuple):
            return data
        nominal = _nominal_scales(data.get("response_scales"))
        return {**data, "items": [_with_kind(item, nominal) for item in data["items"]]}

    @cached_property
    def questions(self) -> "dict[str, AnyQuestion]":
        """Items and demographics by id, in the order in which the sections show them."""
        by_id: dict[str, AnyQuestion] = {item.id: item for item in self.items}
        by_id |= {demographic.id: demographic for demographic in self.demographics}
        return {name: by_id[name] for section in self.sections for name in section.show}

    @cached_property
    def scale_by_id(self) -> dict[str, Scale]:
        """Scales by id, in the order of the definition."""
        return {scale.id: scale for scale in self.scales}

    @cached_property
    def target_scale_by_id(self) -> dict[str, Scale]:
        """By the id of a scale the scale of its targets, in the order of the definition."""
        return {scale.target_of: scale for scale in self.scales if scale.target_of is not None}

    @cached_property
    def question_by_ref(self) -> "dict[str, AnyQuestion]":
        """The question behind each name that a scale may refer to: an id, or that of a target."""
        targets = {
            target_name(item.id): item
            for item in self.questions.values()
            if isinstance(item, MaturityItem) and item.target
        }
        return {**self.questions, **targets}

    def response_scale(self, question: "AnyQuestion") -> ResponseScale | None:
        """The response scale of a question; None for numbers and explanations."""
        if isinstance(question, MaturityItem):
            return question.response_scale
        name = getattr(question, "response", None)
        return None if name is None else self.response_scales[name]

    @cached_property
    def canonical(self) -> str:
        """The canonical form: a definition in JSON that loads to the same content.

        Keys are sorted, values equal to the format's defaults are left out (defaults are part of
        `questionnaire/1` and never change), the kind of each item is written out, and `status` is
        always "active": going from draft to active to retired changes no content. Order is kept
        where it is content: items, sections, points, levels. Comments, style and order of keys
        leave no trace.
        """
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        content["status"] = "active"
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical form, 64 hexadecimal digits: the identity of a version."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


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


def _nominal_scales(response_scales: object) -> set[object]:
    """Names of the response scales without order, in data that nobody has checked yet."""
    if not isinstance(response_scales, dict):
        return set()
    return {
        name
        for name, scale in response_scales.items()
        if isinstance(scale, dict) and scale.get("level") == "nominal"
    }


def _with_kind(item: object, nominal: set[object]) -> object:
    if not isinstance(item, dict) or "kind" in item or not isinstance(item.get("response"), str):
        return item
    return {**item, "kind": "single-choice" if item["response"] in nominal else "rating"}
