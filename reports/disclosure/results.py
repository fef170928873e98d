"""What a release holds for one group: every value shown or suppressed, rounded once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.disclosure.values import HIDDEN, Suppressed, Value


@dataclass(frozen=True, slots=True)
class Cell:
    """Categories of an item that are shown together, with their share in whole percent."""

    codes: tuple[int, ...]
    percent: int


@dataclass(frozen=True, slots=True)
class ItemResult:
    """An item in one group; scores on 0-100, shares in whole percent.

    `favourable` and `unfavourable` are sums of whole `categories`.
    """

    n: Value[int] = HIDDEN
    score: Value[int] = HIDDEN
    sd: Value[int] = HIDDEN
    interval: Value[tuple[int, int]] = HIDDEN
    favourable: Value[int] = HIDDEN
    unfavourable: Value[int] = HIDDEN
    categories: Value[tuple[Cell, ...]] = HIDDEN
    favourable_interval: Value[tuple[int, int]] = HIDDEN

    @property
    def is_shown(self) -> bool:
        """Whether the distribution of the item may be seen."""
        return not isinstance(self.categories, Suppressed)


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """A scale in one group: scores on 0-100, alpha and its interval in hundredths.

    `bounds` are the scores if everybody without one had the lowest, or the highest.
    """

    n: Value[int] = HIDDEN
    score: Value[int] = HIDDEN
    sd: Value[int] = HIDDEN
    interval: Value[tuple[int, int]] = HIDDEN
    quartiles: Value[tuple[int, int, int]] = HIDDEN
    alpha: Value[float] = HIDDEN
    alpha_interval: Value[tuple[float, float]] = HIDDEN
    bounds: Value[tuple[int, int]] = HIDDEN

    @property
    def is_shown(self) -> bool:
        """Whether the score may be seen."""
        return not isinstance(self.score, Suppressed)


@dataclass(frozen=True, slots=True)
class Change:
    """A scale in the next wave against this one, tested with released values alone.

    `hedges_g` is in hundredths, positive where the score rose; `p`, adjusted by Holm's method over
    the scales of the group, in thousandths.
    """

    hedges_g: Value[float] = HIDDEN
    p: Value[float] = HIDDEN


@dataclass(frozen=True, slots=True)
class AgainstRest:
    """A scale of a group against everybody else: n, score and spread of these, the difference.

    All of it is worked out from released values (`disclosure.comparisons`). Scores on 0-100,
    `difference` and its 95 % `interval` in points, group less rest. `hedges_g` is in hundredths,
    `p`, adjusted by Holm's method over the scales of the group, in thousandths.
    """

    n: Value[int] = HIDDEN
    score: Value[int] = HIDDEN
    sd: Value[int] = HIDDEN
    difference: Value[int] = HIDDEN
    interval: Value[tuple[int, int]] = HIDDEN
    hedges_g: Value[float] = HIDDEN
    p: Value[float] = HIDDEN


@dataclass(frozen=True, slots=True)
class Weighted:
    """A scale of the whole weighted to head counts: score on 0-100, its 95 % interval in points.

    Worked out from released values (`disclosure.weighting`).
    """

    score: Value[int] = HIDDEN
    interval: Value[tuple[int, int]] = HIDDEN


@dataclass(frozen=True)
class AmongUnits:
    """A scale over the units that show it: how many, first quartile, median, third quartile.

    `percentiles` has each unit's place, 0 to 100, by mid-rank.
    """

    n: Value[int] = HIDDEN
    quartiles: Value[tuple[int, int, int]] = HIDDEN
    percentiles: Mapping[str, Value[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Participation:
    """How many took part; `eligible` and `rate` (whole percent) where head counts exist."""

    n: int
    eligible: int | None = None
    rate: int | None = None


@dataclass(frozen=True)
class GroupResult:
    """One group. A hidden group and an empty one are the same but for the name."""

    participation: Value[Participation]
    items: Mapping[str, ItemResult]
    scales: Mapping[str, ScaleResult]

    @property
    def is_shown(self) -> bool:
        """Whether anything may be seen."""
        return any(scale.is_shown for scale in self.scales.values()) or any(
            item.is_shown for item in self.items.values()
        )
