"""The sealed inbox: what an open campaign holds, and nobody can read."""

from sqlalchemy import Boolean, Column, Integer, LargeBinary

from survey.db.base import ID_BYTES, anonymous_record

# A sealed response and the public key it was sealed for.
inbox = anonymous_record(
    "inbox",
    Column("key_id", LargeBinary(ID_BYTES), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

# SHA-256 of submission ids, kept until closing: the same form sent twice is stored once.
submissions = anonymous_record("submissions", key="submission_hash")

# Public keys; the keeper alone has the private ones. `is_current`: new responses take this key.
# `counter` counts the keys of a campaign, and `signature` is the keeper's over all of it (see
# survey.domain.statements); a key without one is not used. `recovery` is the private key, sealed
# for the recovery sheet.
campaign_keys = anonymous_record(
    "campaign_keys",
    Column("public_key", LargeBinary(32), nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("counter", Integer),
    Column("signature", LargeBinary(64)),
    Column("recovery", LargeBinary),
    key="key_id",
)
