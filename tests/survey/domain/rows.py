"""Campaigns to test with."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from survey.db.campaigns import Campaign
from survey.domain import campaigns
from survey.domain.trust import Trust
from tests.survey.domain.plans import plan

TRUST = Trust(verify_key=bytes(range(32)), secret=bytes(32))
NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def create(session: Session, **changed: Any) -> Campaign:  # noqa: ANN401 - any part of a plan
    """A draft campaign from the plan of `plan_data` with parts changed."""
    return campaigns.create(session, plan(**changed), now=NOW, trust=TRUST)
