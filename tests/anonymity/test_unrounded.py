"""Rule R6: whatever is said comes from rounded values, so equal releases give equal bytes.

Two towns differ by less than rounding tells. If anything, an order of dimensions, a sentence or a
colour, followed the exact values, the documents of the two would differ, and say what is hidden.
"""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction

from questionnaires.model import Questionnaire
from reports.build import build
from reports.documents.html import render_body, render_document
from reports.release import Group, Release
from reports.tally import Tally
from tests.reports.questionnaires import questionnaire, response_scale, scale
from tests.reports.towns import Town

INSTRUMENT = questionnaire(
    {"agree": response_scale(range(1, 6))},
    dict.fromkeys(("q1", "q2", "q3", "q4"), "agree"),
    [scale("trust", "q1", "q2"), scale("worry", "q3", "q4")],
)
# Twelve people: the scores of the two scales are 60.4 and 58.3, which both round to 60 points.
HIGHER = [4, 4, 3, 3, 4, 3, 4, 3, 4, 3, 3, 3]
LOWER = [4, 4, 3, 3, 4, 3, 4, 3, 3, 3, 3, 3]

Documents = Callable[[Town], list[str]]


def _town(first: list[int], second: list[int]) -> Town:
    """Everybody answers both questions of a scale alike; one unit, and nobody else."""
    rows = [[a, a, b, b] for a, b in zip(first, second, strict=True)]
    return Town(Group("all", "Musterheim", children=(Group("a", "A"),)), {"a": rows}, INSTRUMENT)


def _documents(town: Town) -> list[str]:
    """Everything that comes out for a town."""
    return _written(town.release(), town.instrument)


def _written(release: Release, instrument: Questionnaire) -> list[str]:
    pages = [
        build(release, instrument, group, language)
        for group in ("all", "a")
        for language in ("de", "en")
    ]
    texts = [render(page) for page in pages for render in (render_body, render_document)]
    return [release.to_json(), *texts]


def _differ(documents: Documents) -> bool:
    return documents(_town(HIGHER, LOWER)) != documents(_town(LOWER, HIGHER))


def _exact(tallies: Mapping[str, Tally], name: str) -> Fraction:
    (tally,) = tallies.values()
    scores = tally.scales[name].scores()
    return sum((score * people for score, people in scores), Fraction()) / tally.n


def test_what_rounding_hides_is_in_no_document() -> None:
    shown = json.loads(_town(HIGHER, LOWER).release().to_json())["scales"]
    assert [scale["mean_0_100"] for scale in shown.values()] == [60, 60]
    assert not _differ(_documents)


def test_a_planted_order_by_exact_values_is_noticed() -> None:
    def sorted_by_exact_values(town: Town) -> list[str]:
        tallies = town.tallies()
        order = sorted(
            town.instrument.scales, key=lambda one: _exact(tallies, one.id), reverse=True
        )
        instrument = town.instrument.model_copy(update={"scales": tuple(order)})
        return _written(town.release(), instrument)

    assert _differ(sorted_by_exact_values)
