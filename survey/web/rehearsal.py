"""The rehearsal: which units will see results of their own, and which mergers would help."""

from collections.abc import Sequence

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from reports.disclosure.limits import STEP_OF_ITEMS
from survey.db.engine import reading_session
from survey.domain import campaigns
from survey.domain.rehearsal import RATES, Rehearsal, rehearse
from survey.errors import RefusedError
from survey.web.desk import Desk
from survey.web.guards import HOME, needs
from survey.web.visits import Page


@get(f"{HOME}/{{slug:str}}/rehearsal", sync_to_thread=True, opt=needs("rehearse"))
def show(desk: NamedDependency[Desk], slug: FromPath[str]) -> Page:
    """The outlook at three response rates; no response is looked at."""
    with reading_session(desk.engine) as session:
        plan = campaigns.plan_of(campaigns.get(session, slug))
    try:
        outlooks = [rehearse(plan, rate) for rate in RATES]
    except RefusedError:
        outlooks = []
    return desk.page(
        "rehearsal/rehearsal.html",
        slug=slug,
        plan=plan,
        outlooks=outlooks,
        expected=outlooks[len(outlooks) // 2] if outlooks else None,
        rows=list(zip(*(one.units for one in outlooks), strict=True)),
        homes=_homes(outlooks),
        items_from=max(plan.results_from, STEP_OF_ITEMS),
    )


def _homes(outlooks: Sequence[Rehearsal]) -> dict[str, str]:
    """By unit the name of the one that it is merged into, where that may happen."""
    names = {one.unit: one.name for outlook in outlooks for one in outlook.units}
    every = (one for outlook in outlooks for one in outlook.units)
    return {one.unit: names[one.into] for one in every if one.into}


def rehearsal_router() -> Router:
    """The routes of this module."""
    return Router("/", route_handlers=[show])
