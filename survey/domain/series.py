"""Series: which campaigns their plans let be compared as waves, and which of them they do not.

Only plans are asked here, which everybody of the staff can read. What a release takes over from the
waves is made in survey/domain/waves.py.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from questionnaires.text import Text
from survey.db.campaigns import Campaign
from survey.domain.campaigns import plan_of
from survey.domain.permissions import named_readers, report_readers
from survey.domain.plans import Plan
from survey.errors import RefusedError


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A campaign of the series that a plan is not compared with, in words of its own plan.

    `why` is "same-day" where both have one first day, and "readers" where its plan did not name
    everybody who reads the report of the new one; `readers` are those it names.
    """

    title: Text
    first_day: date
    readers: tuple[str, ...]
    why: Literal["same-day", "readers"]


def not_compared(
    session: Session, plan: Plan, *, now: datetime, slug: str = ""
) -> tuple[NotCompared, ...]:
    """The campaigns of the same series that `plan` keeps from being compared, the oldest first.

    `slug` is the campaign of the plan itself, where there is one already. Drafts do not count, for
    a plan that is written anew leaves one behind, and nothing of it is agreed; nor does what was
    signed and can no longer be opened. Whether a campaign has results is not looked at: that would
    say more than its plan does.
    """
    if plan.series is None:
        return ()
    others = select(Campaign).where(
        Campaign.questionnaire_id == plan.questionnaire_id,
        Campaign.slug != slug,
        Campaign.status != "draft",
    )
    found = []
    for other in session.scalars(others.options(defer(Campaign.definition))):
        agreed = agreed_for(other, plan)
        if agreed is None or (other.status == "signed" and now >= agreed.closes_at):
            continue
        if why := _why(agreed, plan):
            named = named_readers(agreed)
            found.append(NotCompared(agreed.title, agreed.period.from_, named, why))
    return tuple(sorted(found, key=lambda one: (one.first_day, one.title["de"])))


def agreed_for(other: Campaign, plan: Plan) -> Plan | None:
    """The plan of another campaign of the same series; None where it is of another, or of none.

    None also where what is stored is not what was agreed: nobody can say which series that was.
    """
    try:
        agreed = plan_of(other)
    except RefusedError:
        return None
    return agreed if agreed.series == plan.series else None


def names_all_readers(agreed: Plan, plan: Plan) -> bool:
    """Whether everybody who reads the report of `plan` was a reader in `agreed`, too."""
    return report_readers(plan) <= report_readers(agreed)


def _why(agreed: Plan, plan: Plan) -> Literal["same-day", "readers"] | None:
    if agreed.period.from_ == plan.period.from_:
        return "same-day"
    is_earlier = agreed.period.from_ < plan.period.from_
    return "readers" if is_earlier and not names_all_readers(agreed, plan) else None
