"""Retention: stored responses are deleted when their time is over, and leave no bytes behind."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, update

from survey.db.campaigns import Campaign
from survey.db.engine import writing
from survey.db.responses import responses
from survey.domain.plans import stored_plan


def purge_due(campaign: Campaign, *, now: datetime) -> bool:
    """Whether the responses of a closed campaign have been kept for as long as the plan allows."""
    if campaign.status not in ("closed", "released") or campaign.closed_at is None:
        return False
    kept = timedelta(days=stored_plan(campaign.plan).retention_days)
    return now >= campaign.closed_at + kept


def purge(engine: Engine, campaign_id: int) -> None:
    """Delete the responses of a campaign and say so in its status; its release remains.

    The status changes last: broken off at any point, the purge is repeated.
    """
    with writing(engine) as connection:
        connection.execute(delete(responses).where(responses.c.campaign_id == campaign_id))
    scrub(engine)
    with writing(engine) as connection:
        connection.execute(
            update(Campaign)
            .where(Campaign.id == campaign_id, Campaign.status.in_(("closed", "released")))
            .values(status="purged")
        )


def scrub(engine: Engine) -> None:
    """Let freed pages and the write-ahead log vanish from the files of a SQLite database.

    Deleted rows are zero already (secure_delete); this also removes what the log still repeats
    and the traces that empty space leaves.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            cursor.execute(statement)
            cursor.fetchall()
        cursor.close()
    finally:
        connection.close()
