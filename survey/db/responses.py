"""Responses of closed campaigns, until they are purged."""

from sqlalchemy import Column, LargeBinary, String

from survey.db.base import anonymous_record

# The stored unit (small ones merged into an ancestor; None: the whole) and the packed answers,
# sealed for the campaign's key in `response_keys`.
responses = anonymous_record(
    "responses",
    Column("unit", String(64)),
    Column("answers", LargeBinary, nullable=False),
)

# The key for which the responses of a closed campaign are sealed; destroyed at the purge.
response_keys = anonymous_record(
    "response_keys", Column("public_key", LargeBinary(32), nullable=False), key="key_id"
)
