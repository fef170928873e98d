"""Responses as one table of codes: the only way in for every statistic."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import MissingCodes, MissingKind, Questionnaire
from questionnaires.variables import Variable

Codes = NDArray[np.int8 | np.int16]

MISSING_KINDS: tuple[MissingKind, ...] = (
    "not_answered",
    "no_answer",
    "not_shown",
    "not_in_version",
    "suppressed",
)


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """A grouping of rows: `index` (n,) points into `values`, -1 where a row has no value."""

    values: tuple[str, ...]
    index: NDArray[np.int32]


@dataclass(frozen=True)
class ResponseTable:
    """Responses to one version: n rows, one column per variable.

    `answers` has shape (n, k), k = len(variables), and holds codes as defined; a negative value
    is the code of a missing kind of the questionnaire. `groups` maps the name of a column to
    one grouping of the rows. int8 where every code fits, else int16.
    """

    questionnaire: Questionnaire
    variables: tuple[Variable, ...]
    answers: Codes
    groups: Mapping[str, GroupColumn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together: a programmer's mistake, not a person's."""
        rows = (self.answers.shape[0], len(self.variables))
        if self.answers.shape != rows:
            raise ValueError(f"answers have shape {self.answers.shape}, expected {rows}")
        for name, column in self.groups.items():
            if column.index.shape != rows[:1]:
                raise ValueError(f"the grouping {name!r} does not fit {rows[0]} rows")

    @property
    def n(self) -> int:
        """The number of responses."""
        return int(self.answers.shape[0])


def answer_type(variables: tuple[Variable, ...]) -> type[np.int8 | np.int16]:
    """The smallest integer type that holds every code of `variables`."""
    highest = max((variable.maximum for variable in variables), default=0)
    return np.int8 if highest <= np.iinfo(np.int8).max else np.int16


def missing_codes(missing: MissingCodes) -> dict[MissingKind, int]:
    """The code of each missing kind."""
    return {kind: getattr(missing, kind).code for kind in MISSING_KINDS}
