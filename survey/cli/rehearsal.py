"""`pegel campaign rehearse`: which units will see results of their own, told before opening."""

import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

from cyclopts import Parameter

from reports.disclosure.limits import STEP_OF_ITEMS
from survey.cli.installation import installation
from survey.db.engine import reading_session
from survey.domain import campaigns
from survey.domain.plans import Plan
from survey.domain.rehearsal import RATES, Forecast, Rehearsal
from survey.domain.rehearsal import rehearse as rehearsed

WORDS = {
    "certain": "certainly",
    "likely": "probably",
    "uncertain": "perhaps",
    "unlikely": "hardly",
    "no": "no",
}


def rehearse(
    slug: str,
    /,
    *,
    rate: float | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Tell which units will probably see results of their own, and which mergers would help.

    Head counts, threshold and an expected response rate are all that is used; no response is
    looked at. The same plan always gives the same answer.

    Example: pegel campaign rehearse befragung-2026 --rate 0.6

    Parameters
    ----------
    slug
        The campaign.
    rate
        The response rate to expect, from 0 to 1; otherwise 0.4, 0.6 and 0.75 one after the other.
    as_json
        Print JSON for programs.
    """
    with installation() as here, reading_session(here.engine) as session:
        campaign = campaigns.get(session, slug)
        plan = campaigns.plan_of(campaign)
    outlooks = [rehearsed(plan, one) for one in ((rate,) if rate is not None else RATES)]
    if as_json:
        print(json.dumps(_document(slug, plan, outlooks), ensure_ascii=False, indent=2))
    else:
        print("\n\n".join("\n".join(_lines(plan, outlook)) for outlook in outlooks))
    if plan.breakdowns:
        print(
            f"Breakdowns ({', '.join(plan.breakdowns)}) are not rehearsed: which of their "
            "categories are shown is decided at the release.",
            file=sys.stderr,
        )


def _document(slug: str, plan: Plan, outlooks: list[Rehearsal]) -> dict[str, Any]:
    return {
        "slug": slug,
        "threshold": plan.threshold,
        "dimensions_from": plan.results_from,
        "items_from": max(plan.results_from, STEP_OF_ITEMS),
        "breakdowns": list(plan.breakdowns),
        "rates": [asdict(one) | {"units": list(map(_unit, one.units))} for one in outlooks],
    }


def _unit(one: Forecast) -> dict[str, Any]:
    words = {"verdict": one.verdict, "verdict_of_items": one.verdict_of_items}
    return asdict(one) | words


def _lines(plan: Plan, outlook: Rehearsal) -> list[str]:
    items_from = max(plan.results_from, STEP_OF_ITEMS)
    names = {unit.unit: unit.name for unit in outlook.units}
    see = f"{outlook.people_shown} of {outlook.people} people see results of their own unit"
    steps = f"dimensions from {plan.results_from} answers, single questions from {items_from}"
    lines = [
        f"If {outlook.rate:.0%} answer: about {see}",
        f"{'dimensions':11} {'questions':10} unit ({steps})",
    ]
    for unit in outlook.units:
        otherwise = f"; else merged into {names[unit.into]}" if unit.into else ""
        lines.append(
            f"{WORDS[unit.verdict]:11} {WORDS[unit.verdict_of_items]:10} "
            f"{'  ' * unit.depth}{unit.name} ({unit.eligible}){otherwise}"
        )
    lines += [
        f"Would help: join {' and '.join(one.names)} "
        f"({one.after} instead of {one.before} people see their unit)"
        for one in outlook.suggestions
    ]
    if outlook.unopened:
        lines.append(f"Too few answers for any result: {outlook.unopened:.0%} of the cases")
    return lines
