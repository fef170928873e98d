"""What all parts of a definition are made of: frozen mappings, ids, versions, codes."""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False)]  # YAML has lists, frozen objects have tuples

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,25}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Code = Annotated[int, Field(ge=0, le=100)]

MissingKind = Literal["not_answered", "no_answer", "not_shown", "not_in_version", "suppressed"]
Direction = Literal["better", "worse", "neither"]
Field_ = Literal["organisation", "leaders", "people", "structure", "communication"]


class Model(BaseModel):
    """Frozen, strict, and closed: an unknown key is a fault, not a silent extra."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
