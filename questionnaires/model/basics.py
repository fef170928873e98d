"""What all parts of a definition are made of: frozen mappings, ids, versions, codes."""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False)]  # YAML has lists, frozen objects have tuples

LONGEST_ID = 26  # characters of a variable name
LONGEST_SLUG = 64  # characters

# What people are told about each of these stands in `questionnaires.explain`.
IDENTIFIER = rf"^[a-z][a-z0-9_]{{0,{LONGEST_ID - 1}}}$"
SLUG = rf"^[a-z][a-z0-9-]{{0,{LONGEST_SLUG - 1}}}$"
VERSION = r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"
REFERENCE = f"{SLUG.removesuffix('$')}@{VERSION.removeprefix('^')}"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
DATE = r"^\d{4}-\d{2}-\d{2}$"

Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
Slug = Annotated[str, Field(pattern=SLUG)]
Version = Annotated[str, Field(pattern=VERSION)]
Reference = Annotated[str, Field(pattern=REFERENCE)]  # a version of a questionnaire
Language = Annotated[str, Field(pattern=LANGUAGE)]
Date = Annotated[str, Field(pattern=DATE)]
Code = Annotated[int, Field(ge=0, le=100)]

MissingKind = Literal["not_answered", "no_answer", "not_shown", "not_in_version", "suppressed"]
Direction = Literal["better", "worse", "neither"]
Field_ = Literal["organisation", "leaders", "people", "structure", "communication"]


class Model(BaseModel):
    """Frozen, strict, and closed: an unknown key is a fault, not a silent extra."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
