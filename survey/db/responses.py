"""Responses of closed campaigns, until they are purged."""

from sqlalchemy import Column, LargeBinary, String

from survey.db.base import anonymous_record

# The stored unit (small ones merged into an ancestor; None: the whole) and the packed answers.
responses = anonymous_record(
    "responses",
    Column("unit", String(64)),
    Column("answers", LargeBinary, nullable=False),
)
