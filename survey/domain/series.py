"""Series: campaigns that are compared with one another, wave by wave."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db.campaigns import Campaign
from survey.domain.campaigns import plan_of
from survey.errors import RefusedError


def series_of(campaign: Campaign) -> str | None:
    """The series that was agreed; none where the stored plan is not what was agreed."""
    try:
        return plan_of(campaign).series
    except RefusedError:
        return None


def last_series(session: Session) -> dict[str, str]:
    """For each questionnaire, by its id, the series of its newest campaign that has one."""
    found: dict[str, str] = {}
    for campaign in session.scalars(select(Campaign).order_by(Campaign.id)):
        if (series := series_of(campaign)) is not None:
            found[campaign.questionnaire_id] = series
    return found
