"""A campaign as staff pages show it: what was agreed, how far it is, what can be done next.

Besides what was agreed, printed and counted by people, there is one number: the public one.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from reports.release import short_hash
from survey.db.campaigns import Campaign, Status, Stock
from survey.domain import access_codes, campaigns, jobs
from survey.domain.access_codes import FEWEST_MORE, most_slips
from survey.domain.jobs import JobState
from survey.domain.plans import Plan, Unit
from survey.domain.signatures import Signed
from survey.domain.standing import ASKED_BY, Run, Standing

WHOLE = "-"  # in addresses and fields: the stock of a shared code, which belongs to no unit

CountKind = Literal["none", "fewer", "at-least", "exactly"]


@dataclass(frozen=True, slots=True)
class Count:
    """The one number, in the way in which it may be told."""

    kind: CountKind
    number: int = 0


@dataclass(frozen=True, slots=True)
class StockRow:
    """The slips of one unit: `issued` and `left_over` are None until that happened."""

    key: str
    name: str
    eligible: int | None
    issued: int | None
    left_over: int | None
    runs: int = 0

    @property
    def more(self) -> int:
        """The largest second run of slips that is possible; 0 where none is."""
        if self.runs != 1 or self.most is None or self.issued is None:
            return 0
        room = self.most - self.issued
        return room if room >= FEWEST_MORE else 0

    @property
    def most(self) -> int | None:
        """The largest number of slips that may be printed."""
        return None if self.eligible is None else most_slips(self.eligible)


@dataclass(frozen=True)
class Overview:
    """A campaign with everything that its page shows."""

    slug: str
    status: Status
    plan: Plan
    plan_hash: str
    questionnaire: Questionnaire
    count: Count
    stocks: tuple[StockRow, ...]
    job: JobState | None
    standing: Standing

    @property
    def short_hash(self) -> str:
        """The check number of the plan, short enough to compare by eye."""
        return short_hash(self.plan_hash)

    @property
    def is_draft(self) -> bool:
        """Whether it has not been opened yet."""
        return self.status in ("draft", "signed")

    @property
    def needs_signature(self) -> bool:
        """Whether nothing goes on before the staff council has signed the plan."""
        return self.is_draft and self.standing.signer is None and not self.standing.is_operators

    @cached_property
    def asked(self) -> tuple[Signed, ...]:
        """What was asked for and waits for the signature of the staff council."""
        acts = (self.standing.waiting(act) for act in ASKED_BY)
        return tuple(one for one in acts if one is not None) if self.status == "open" else ()

    @property
    def extendable(self) -> tuple[StockRow, ...]:
        """Stocks that may have a second run of slips, and for which none is agreed yet."""
        agreed = {run.unit or WHOLE for run in self.agreed_runs}
        by_slips = self.plan.access == "slips"
        return tuple(row for row in self.stocks if by_slips and row.more and row.key not in agreed)

    def unit_name(self, unit: str) -> str:
        """The name of a unit; its id where the plan has none."""
        return next((row.name for row in self.stocks if row.key == unit), unit)

    @property
    def agreed_runs(self) -> tuple[Run, ...]:
        """Second runs of slips that are agreed and not issued yet."""
        return tuple(
            Run(None if row.key == WHOLE else row.key, count)
            for row in self.stocks
            if row.runs == 1
            for count in self.standing.runs_of(None if row.key == WHOLE else row.key)
        )

    @cached_property
    def waits_for(self) -> tuple[str, ...]:
        """What has to be done next, each by a word: those of `WAITS` of the pages."""
        if self.is_draft:
            return (self._waits_in_draft,)
        if self.status == "open":
            return tuple(one.act for one in self.asked)
        if self.status == "closed":
            return ("release",) if self.is_counted else ("left-over",)
        return ()

    @property
    def _waits_in_draft(self) -> str:
        if self.needs_signature:
            return "sign"
        return "slips" if self.needs_slips and self.unissued else "open"

    @property
    def needs_slips(self) -> bool:
        """Whether people need a code to answer."""
        return self.plan.access != "open"

    @cached_property
    def unissued(self) -> tuple[StockRow, ...]:
        """Stocks that were not printed."""
        return tuple(row for row in self.stocks if row.issued is None)

    @cached_property
    def issued(self) -> tuple[StockRow, ...]:
        """Stocks that were printed."""
        return tuple(row for row in self.stocks if row.issued is not None)

    @property
    def is_counted(self) -> bool:
        """Whether the left-over slips of every stock were entered, where that is asked for."""
        asked = self.issued if self.plan.access == "slips" else ()
        return all(row.left_over is not None for row in asked)

    @property
    def is_counted_partly(self) -> bool:
        """Whether the left-over slips of any stock were entered."""
        return any(row.left_over is not None for row in self.issued)

    @property
    def has_report(self) -> bool:
        """Whether the results were released."""
        return self.status in ("released", "purged")

    @property
    def is_busy(self) -> bool:
        """Whether the keeper has still to do what was asked for."""
        return self.job is not None and not self.job.is_finished

    @property
    def mark(self) -> str:
        """Changes with whatever this page would show otherwise."""
        job = (self.job.id, self.is_busy, self.job.state == "failed") if self.job else None
        slips = [(row.key, row.issued, row.left_over) for row in self.stocks]
        shown = (self.status, slips, job, len(self.standing.acts))
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def overview(session: Session, slug: str, *, secret: bytes) -> Overview:
    """The campaign with this slug, or NotFoundError; `secret` is that of the hosts."""
    campaign = campaigns.get(session, slug)
    standing = campaigns.standing(session, campaign, secret=secret)
    plan = standing.plan
    return Overview(
        slug=campaign.slug,
        status=campaign.status,
        plan=plan,
        plan_hash=campaign.plan_hash,
        questionnaire=campaigns.questionnaire_of(campaign),
        count=count_of(session, campaign),
        stocks=tuple(_rows(plan, access_codes.stocks(session, campaign))),
        job=jobs.latest(session, campaign.id),
        standing=standing,
    )


def count_of(session: Session, campaign: Campaign) -> Count:
    """The one number: of the release, else the public one."""
    if campaign.status in ("released", "purged"):
        released = campaigns.responses_shown(session, campaign)
        return Count("none") if released is None else Count("exactly", released)
    if campaign.public_count is None or campaign.status in ("draft", "signed"):
        return Count("none")
    if campaign.public_count < campaigns.COUNT_FROM:
        return Count("fewer", campaigns.COUNT_FROM)
    return Count("at-least", campaign.public_count)


def _rows(plan: Plan, stocks: list[Stock]) -> list[StockRow]:
    """Every stock that the plan foresees, in its order."""
    made = {stock.unit: stock for stock in stocks}
    if plan.access == "open":
        return []
    if plan.access == "shared-code":
        return [_row(None, plan, made.get(None))]
    return [_row(unit, plan, made.get(unit.id)) for unit in plan.stocks]


def _row(unit: Unit | None, plan: Plan, stock: Stock | None) -> StockRow:
    return StockRow(
        key=unit.id if unit else WHOLE,
        name=unit.name if unit else "",
        eligible=unit.eligible if unit else plan.eligible,
        issued=stock.issued if stock else None,
        left_over=stock.left_over if stock else None,
        runs=stock.runs if stock else 0,
    )
