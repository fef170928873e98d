"""Campaigns and the stocks of slips that were printed for them."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from survey.db.base import ID_BYTES, Instant, Record

Status = Literal["draft", "signed", "open", "closed", "released", "purged"]
STATUSES: tuple[Status, ...] = ("draft", "signed", "open", "closed", "released", "purged")


class Campaign(Record):
    """The use of one questionnaire version with one population.

    `definition` and `plan` are canonical JSON, frozen when the campaign is created. `public_count`
    is the one number that is shown while the campaign is open; None means: no number.

    `uid` is random and outlives every restored backup, which an `id` does not. `keeper_key` is
    the key (hexadecimal) by which the keeper's signatures are checked, a part of what the plan
    hash covers. `prolonged_to` is the last day where it was moved. `certificate` are the facts
    that the keeper noted at closing, as JSON.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("status IN ({})".format(", ".join(map(repr, STATUSES))), name="status"),
    )

    slug: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    questionnaire_id: Mapped[str] = mapped_column(String(64))
    questionnaire_version: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64))
    definition: Mapped[str] = mapped_column(Text)
    plan: Mapped[str] = mapped_column(Text)
    plan_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[Status] = mapped_column(String(16), default="draft")
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    public_count: Mapped[int | None]
    public_count_at: Mapped[datetime | None] = mapped_column(Instant)
    uid: Mapped[bytes] = mapped_column(LargeBinary(ID_BYTES), server_default=text("''"))
    keeper_key: Mapped[str] = mapped_column(String(64), server_default=text("''"))
    prolonged_to: Mapped[date | None]
    certificate: Mapped[str | None] = mapped_column(Text)


class Stock(Record):
    """Slips issued for a unit, or for the whole (unit None), in one run or (signed) two.

    `left_over` is what was counted after drawing; None until it was entered.
    """

    __tablename__ = "stocks"
    __table_args__ = (UniqueConstraint("campaign_id", "unit"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    unit: Mapped[str | None] = mapped_column(String(64))
    issued: Mapped[int]
    left_over: Mapped[int | None]
    runs: Mapped[int] = mapped_column(server_default=text("1"), default=1)
