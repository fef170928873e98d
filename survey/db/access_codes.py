"""Access codes: hashes only, and whether they are spent."""

from sqlalchemy import Boolean, Column, String

from survey.db.base import anonymous_record

# SHA-256 over campaign and code, the unit of the stock (None: the whole), spent or not.
access_codes = anonymous_record(
    "access_codes",
    Column("unit", String(64)),
    Column("spent", Boolean, nullable=False),
    key="code_hash",
)
