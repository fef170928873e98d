"""Two versions of a questionnaire: what changed, how far the number must rise, what compares."""

from questionnaires.versions.bumps import Bump, bump_between, least_bump, rises_enough
from questionnaires.versions.changes import Change, changes
from questionnaires.versions.comparability import Trend, new_languages, trends
from questionnaires.versions.reasons import Reason

__all__ = [
    "Bump",
    "Change",
    "Reason",
    "Trend",
    "bump_between",
    "changes",
    "least_bump",
    "new_languages",
    "rises_enough",
    "trends",
]
