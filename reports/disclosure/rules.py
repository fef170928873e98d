"""Which groups a variable is shown for, and for the house's own statistics why not the others.

The rule never leaves the house: a release has one marker for all of them (R9).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Rule: TypeAlias = Literal[
    "step",  # R2: too few answers
    "alike",  # R4: (nearly) all said the same
    "stuffed",  # more responses than people
    "links",  # its items or scales would be given away, or would give it away
    "remainder",  # R3 in the tree: what is left over would be too small
    "overlap",  # R3 across breakdowns: a union that could be computed would be too small
    "unproven",  # R3 across breakdowns: not proven in time
    "bounds",  # a hidden group would be pinned down
]


@dataclass(frozen=True)
class Verdict:
    """The groups that are shown, and of those that have answers and are not, the first rule."""

    shown: frozenset[str]
    hidden: Mapping[str, Rule]
