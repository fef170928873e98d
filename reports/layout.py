"""Layout: where each code of a variable and each score of a scale is counted.

There is a table per variable and, behind them, one per scale. A code is counted in the place
`code - lowest` of its table, a person's answers to a scale in the place `answered * sums + sum`.
Scales whose score is not made of points have a further table, of the sums of points in complete
rows. All of it follows from the questionnaire alone.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import MissingKind, Questionnaire
from questionnaires.variables import Variable, variables
from reports.responses import missing_codes
from reports.scoring import ScoringKey, scoring_keys


@dataclass(frozen=True)
class Layout:
    """The places of one version of a questionnaire.

    Raises (when its keys are first used):
        DefinitionError: a scale cannot be scored (see `scoring_keys`).
    """

    questionnaire: Questionnaire

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """All columns of answers."""
        return variables(self.questionnaire)

    @cached_property
    def keys(self) -> tuple[ScoringKey, ...]:
        """One scoring key per scale."""
        return scoring_keys(self.questionnaire, self.variables)

    @cached_property
    def missing(self) -> dict[MissingKind, int]:
        """The code of each missing kind."""
        return missing_codes(self.questionnaire.missing)

    @cached_property
    def lowest(self) -> int:
        """The lowest code that an answer can have; it is negative."""
        return min(self.missing.values())

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Places per variable."""
        return tuple(variable.maximum - self.lowest + 1 for variable in self.variables)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Places per scale."""
        return tuple((len(key.items) + 1) * sums(key) for key in self.keys)

    @cached_property
    def points(self) -> dict[int, int]:
        """The scales whose score is not made of points, and the places of their further table."""
        return {
            number: 1 + sum(self.variables[column].maximum for column in key.columns)
            for number, key in enumerate(self.keys)
            if key.favourable is not None
        }

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each table begins among the places of a group; last, how many there are."""
        sizes = (*self.widths, *self.sizes, *self.points.values())
        return np.array([0, *accumulate(sizes)], np.int64)


def sums(key: ScoringKey) -> int:
    """How many different sums a scale can have, from 0."""
    return len(key.items) * key.highest + 1
