"""Accounts of staff who run campaigns, their sessions, and invitations."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db.base import HASH_BYTES, Base, Instant, Record


class Account(Record):
    """Somebody who may log in, with one role.

    `second_factor` is the secret of a one-time password, encrypted for this host; None where
    there is none yet. `last_step` is the newest time step whose password was used: each is good
    once.
    """

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16))
    is_active: Mapped[bool] = mapped_column(server_default=true(), default=True)
    second_factor: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class StaffSession(Base):
    """A login; only the hash of its token is kept. `confirmed`: the second factor was given."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(HASH_BYTES), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    csrf_token: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    confirmed: Mapped[bool] = mapped_column(server_default=false(), default=False)

    account: Mapped[Account] = relationship(lazy="joined")


class Invitation(Base):
    """A one-time link that makes an account; only the hash of its token is kept."""

    __tablename__ = "invitations"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(HASH_BYTES), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime] = mapped_column(Instant)


class Attempts(Base):
    """How often a password or a code was tried lately; `mark` says nothing without the host."""

    __tablename__ = "attempts"

    mark: Mapped[bytes] = mapped_column(LargeBinary(HASH_BYTES), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(Instant)
