"""What a campaign says to the people it asks: read once, kept as long as it stays the same."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Engine, exists, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from reports.release import short_hash
from survey.db.access_codes import access_codes
from survey.db.campaigns import Campaign, Status
from survey.db.engine import reading, reading_session
from survey.db.tables import submissions
from survey.domain import campaigns
from survey.domain.access_codes import hash_code, normalise
from survey.domain.answering import Reader
from survey.domain.plans import Access, Plan, end_of_day
from survey.domain.standing import CoSigned
from survey.domain.submitting import CodeState
from survey.errors import NotFoundError

REMEMBERED = 1.0  # seconds for which an open campaign is taken to be still open
MOST_KEPT = 200  # campaigns in memory; an installation has a handful

_Seen = tuple[int, str, Status, date | None]  # id, plan hash, status, last day by the column


@dataclass(frozen=True, eq=False)
class Announcement:
    """A campaign as it was agreed: all of it is fixed when the campaign opens.

    But for the `last_day`, which may be moved once by a recorded act.
    """

    campaign_id: int
    slug: str
    plan: Plan
    plan_hash: str
    questionnaire: Questionnaire
    last_day: date
    cosigned: CoSigned

    @property
    def access(self) -> Access:
        """How people get in."""
        return self.plan.access

    @property
    def needs_code(self) -> bool:
        """Whether a code must be given."""
        return self.plan.access != "open"

    @property
    def title(self) -> Text:
        """The name of the campaign."""
        return self.plan.title

    @property
    def organisation(self) -> Text:
        """Who asks; the campaign's title where the plan does not say."""
        return self.plan.organisation or self.plan.title

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which people may answer."""
        return self.plan.languages

    @property
    def short_hash(self) -> str:
        """The plan's identity, short enough to compare by eye."""
        return short_hash(self.plan_hash)

    @property
    def deleted_by(self) -> date:
        """The day by which the single records are deleted."""
        return self.last_day + timedelta(days=self.plan.retention_days)

    @cached_property
    def reader(self) -> Reader:
        """Reads the forms of this campaign; without slips no demographics are asked."""
        return Reader(self.questionnaire, demographics=self.plan.access == "slips")

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Unit id -> name."""
        return {unit.id: unit.name for unit in self.plan.units.walk()} if self.plan.units else {}

    def address(self, *, trial: bool = False) -> str:
        """The path under which this campaign is answered."""
        return f"/b/{self.slug}/trial" if trial else f"/b/{self.slug}"

    def is_due(self, now: datetime) -> bool:
        """Whether the agreed period is over, closed or not yet."""
        return now >= end_of_day(self.last_day)


@dataclass(frozen=True, slots=True)
class Code:
    """An access code as a person gave it: its hash, whether it can be used, and its unit."""

    state: CodeState
    code_hash: bytes | None = None
    unit: str | None = None


class Announcements:
    """Finds campaigns for respondent pages; definitions are parsed once per plan."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float] = time.monotonic,
        *,
        secret: Callable[[], bytes],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._secret = secret  # of the hosts, under which signatures hold
        self._kept: dict[_Seen, Announcement] = {}
        self._open: dict[str, tuple[float, Announcement]] = {}

    def remembered(self, slug: str) -> tuple[Announcement, Status] | None:
        """The campaign with this slug, if it was open a moment ago; asks no database.

        Whether it still is when the answers arrive is decided where they are stored. When the
        moment is over one request looks again, and the others go on with what is known.
        """
        until, announcement = self._open.get(slug, (0.0, None))
        if announcement is None:
            return None
        if self._clock() < until:
            return announcement, "open"
        self._open[slug] = (self._clock() + REMEMBERED, announcement)
        return None

    def find(self, slug: str) -> tuple[Announcement, Status]:
        """The campaign with this slug, and its present status.

        While the database cannot be reached, a campaign that was open goes on as open: what is
        sent is refused where it would be stored, on a page that keeps the answers.

        Raises:
            NotFoundError: there is none.
            RefusedError: its stored definition was tampered with.
            DBAPIError: the database cannot be reached, and nothing is known of the campaign.
        """
        try:
            return self._look(slug)
        except DBAPIError:
            if slug not in self._open:
                raise
            return self._open[slug][1], "open"

    def _look(self, slug: str) -> tuple[Announcement, Status]:
        with reading_session(self._engine) as session:
            row = session.execute(
                select(
                    Campaign.id, Campaign.plan_hash, Campaign.status, Campaign.prolonged_to
                ).where(Campaign.slug == slug)
            ).one_or_none()
            if row is None:
                raise NotFoundError("unknown-campaign", "There is no such survey.")
            status: Status = row.status
            seen = (row.id, row.plan_hash, status, row.prolonged_to)
            announcement = self._kept.get(seen) or self._read(session, slug)
        self._keep(seen, announcement)
        return announcement, status

    def look_up(self, announcement: Announcement, text: str) -> Code:
        """The code that somebody typed; spends nothing."""
        raw = normalise(text)
        if raw is None:
            return Code(CodeState.UNKNOWN)
        code_hash = hash_code(announcement.campaign_id, raw)
        with reading(self._engine) as connection:
            row = connection.execute(
                select(access_codes.c.unit, access_codes.c.spent).where(
                    access_codes.c.campaign_id == announcement.campaign_id,
                    access_codes.c.code_hash == code_hash,
                )
            ).one_or_none()
        if row is None:
            return Code(CodeState.UNKNOWN)
        return Code(CodeState.USED if row.spent else CodeState.FREE, code_hash, row.unit)

    def is_stored(self, announcement: Announcement, submission_hash: bytes) -> bool:
        """Whether a form with this submission id was stored; known until the closing."""
        with reading(self._engine) as connection:
            return bool(
                connection.scalar(
                    select(
                        exists().where(
                            submissions.c.campaign_id == announcement.campaign_id,
                            submissions.c.submission_hash == submission_hash,
                        )
                    )
                )
            )

    def _read(self, session: Session, slug: str) -> Announcement:
        campaign = campaigns.get(session, slug)
        known = campaigns.standing(session, campaign, secret=self._secret())
        return Announcement(
            campaign_id=campaign.id,
            slug=campaign.slug,
            plan=known.plan,
            plan_hash=campaign.plan_hash,
            questionnaire=campaigns.questionnaire_of(campaign),
            last_day=known.last_day,
            cosigned=known.cosigned,
        )

    def _keep(self, seen: _Seen, announcement: Announcement) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
            self._open.clear()
        self._kept[seen] = announcement
        if seen[2] == "open":
            self._open[announcement.slug] = (self._clock() + REMEMBERED, announcement)
        else:
            self._open.pop(announcement.slug, None)
