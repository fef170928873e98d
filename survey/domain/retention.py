"""Retention: stored responses are deleted when their time is over, and leave no bytes behind."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, update

from survey.db.campaigns import Campaign
from survey.db.engine import is_postgres, writing
from survey.db.postgres_schema import rewrite
from survey.db.responses import responses
from survey.db.tables import ANSWERS
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
    """Let what was deleted vanish from the files of the database.

    On SQLite deleted rows are zero already (secure_delete); this also removes what the log still
    repeats and the traces that empty space leaves. On PostgreSQL the tables of answers are written
    anew, one after the other, so that nobody who answers meanwhile waits for more than one; its
    log holds ciphertext, whose keys are destroyed.
    """
    if is_postgres(engine):
        for table in sorted(ANSWERS):
            with writing(engine) as connection:
                rewrite(connection, table)
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            cursor.execute(statement)
            cursor.fetchall()
        cursor.close()
    finally:
        raw.close()
