"""Jobs: what the keeper is asked to do."""

from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey.db.base import Record

Kind = Literal["open", "close", "release"]
State = Literal["waiting", "running", "done", "failed"]
KINDS: tuple[Kind, ...] = ("open", "close", "release")
STATES: tuple[State, ...] = ("waiting", "running", "done", "failed")


class Job(Record):
    """One request; `message` says for people how it ended."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("kind IN ({})".format(", ".join(map(repr, KINDS))), name="kind"),
        CheckConstraint("state IN ({})".format(", ".join(map(repr, STATES))), name="state"),
    )

    kind: Mapped[Kind] = mapped_column(String(16))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    state: Mapped[State] = mapped_column(String(16), default="waiting")
    message: Mapped[str] = mapped_column(Text, default="")
