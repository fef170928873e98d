"""Releases: frozen, one per campaign, the only results that are ever read."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey.db.base import Record


class Release(Record):
    """The document of a release as JSON; `created_at` is when it was made."""

    __tablename__ = "releases"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), unique=True)
    document: Mapped[str] = mapped_column(Text)
