"""One version of a questionnaire as a whole, and what identifies it."""

import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from questionnaires.model.basics import Date, Identifier, Language, Many, Model, Slug, Version
from questionnaires.model.comparability import Comparability
from questionnaires.model.items import (
    AnyItem,
    AnyQuestion,
    Demographic,
    MaturityItem,
    ResponseScale,
)
from questionnaires.model.scales import Maturity, Recommendation, Scale
from questionnaires.text import Text


class Effective(Model):
    """From when (and until when) a version is meant to be used; ISO dates."""

    from_: Annotated[Date, Field(alias="from")] = ""
    until: Date = ""


class Languages(Model):
    """The language the texts were written in, those they exist in, and fallbacks.

    A fallback speaks where a text beside the definition (of a plan, of norms) lacks a language.
    """

    source: Language
    available: Annotated[tuple[Language, ...], Field(strict=False, min_length=1)]
    fallback: dict[Language, Language] = Field(default_factory=dict)

    def in_turn(self, language: str) -> tuple[str, ...]:
        """`language`, the one that it falls back to, and so on.

        Checks refuse a definition whose fallbacks lead back to where they began.
        """
        turn = [language]
        while (other := self.fallback.get(turn[-1])) and other not in turn:
            turn.append(other)
        return tuple(turn)


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


class MissingCodes(Model):
    """One list of missing kinds for every variable and every export."""

    not_answered: Missing
    no_answer: Missing
    not_shown: Missing
    not_in_version: Missing
    suppressed: Missing


class Section(Model):
    """A part of the form that is in view at a time."""

    id: Slug
    title: Text
    intro: Text | None = None
    show: Annotated[tuple[Identifier, ...], Field(strict=False, min_length=1)]


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
