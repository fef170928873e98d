"""Plans to test with."""

from typing import Any

from survey.domain.plan_loading import make_plan
from survey.domain.plans import Plan

CONTRACT = """\
title: {de: Befragung 2026, en: Survey 2026}
questionnaire: change-climate@1.0.0
languages: [de, en, de-simple]
access: slips                 # open | shared-code | slips
threshold: 7
period: {from: 2026-11-23, to: 2026-12-18}
units:                        # a tree; eligible = head count
  id: haus
  name: Stadt Musterheim
  units:
    - {id: bauamt, name: Bauamt, eligible: 34}
    - {id: hauptamt, name: Hauptamt, eligible: 21}
breakdowns: [tenure]          # of the whole only
series: change-climate        # waves of one series are compared
readers: {report: [hr], responses: [research]}
retention_days: 90
"""


def plan_data() -> dict[str, Any]:
    """A plan by slips as plain values, without breakdowns."""
    return {
        "title": {"de": "Befragung 2026", "en": "Survey 2026"},
        "questionnaire": "change-climate@1.0.0",
        "languages": ["de", "en"],
        "access": "slips",
        "period": {"from": "2026-11-23", "to": "2026-12-18"},
        "units": {
            "id": "haus",
            "name": "Stadt Musterheim",
            "units": [
                {"id": "bauamt", "name": "Bauamt", "eligible": 34},
                {"id": "hauptamt", "name": "Hauptamt", "eligible": 21},
            ],
        },
    }


def plan(**changed: Any) -> Plan:  # noqa: ANN401 - any part of a plan
    """The plan of `plan_data` with parts changed."""
    return make_plan(plan_data() | changed)
