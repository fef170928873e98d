"""What a version says about an earlier one: which items and scales go on."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from questionnaires.model.basics import Identifier, Many, Model, Version


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
