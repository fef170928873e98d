"""Recorded acts of people: who created, signed, opened, prolonged, closed early, released."""

from typing import Literal

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db.accounts import Account
from survey.db.base import HASH_BYTES, Record

Act = Literal["create", "sign", "open", "prolong", "close-early", "second-run", "release"]


class Signature(Record):
    """One act. `content` says in canonical JSON what was agreed to; `mac` binds it to this host.

    `account_id` None: the operator of the machine, on the command line.
    """

    __tablename__ = "signatures"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    act: Mapped[Act] = mapped_column(String(16))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    content: Mapped[str] = mapped_column(Text)
    mac: Mapped[bytes] = mapped_column(LargeBinary(HASH_BYTES))

    account: Mapped[Account | None] = relationship(lazy="joined")
