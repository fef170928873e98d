"""What the recorded acts of people say about a campaign, and what they allow.

Columns of the database can be written by whoever writes to the database; acts cannot. So who
created, who signed, whether the end was moved, and what the keeper may do is read from acts alone.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from survey.db.signatures import Act
from survey.domain.permissions import Deed, may
from survey.domain.plans import Plan, end_of_day
from survey.domain.signatures import Signed

MOST_PROLONGED = timedelta(weeks=8)
RECOVERY = "recovery"  # in what is signed with the plan: the public key of the sheet
# What is asked for after the plan was signed, and the deed that whoever asks needs.
ASKED_BY: dict[Act, Deed] = {
    "prolong": "prolong",
    "close-early": "close-early",
    "second-run": "issue-slips",
}

CoSignature = Literal["none", "operator", "council"]


@dataclass(frozen=True, slots=True)
class CoSigned:
    """Who signed the plan, and on which day (UTC); shown wherever the plan hash is.

    `name` and `since` are those of the council's account: one that was put in the place of another
    is younger, and has another name.
    """

    by: CoSignature = "none"
    day: date | None = None
    name: str | None = None
    since: date | None = None


NOT_SIGNED = CoSigned()


@dataclass(frozen=True, slots=True)
class Run:
    """A further run of slips: its unit (None: the whole) and how many."""

    unit: str | None
    count: int

    @property
    def details(self) -> dict[str, str]:
        """As it is signed."""
        return {"unit": self.unit or "", "count": str(self.count)}


@dataclass(frozen=True)
class Standing:
    """A campaign's acts that hold (the oldest first), read against its plan."""

    plan: Plan
    acts: tuple[Signed, ...]

    @property
    def creator(self) -> Signed | None:
        """Who made it; None when nobody is known, and then nothing more may happen to it."""
        return next(self._of("create"), None)

    @property
    def is_operators(self) -> bool:
        """Whether the operator of the machine made it, on the command line and without account."""
        return self.creator is not None and self.creator.account_id is None

    @property
    def signer(self) -> Signed | None:
        """Who agreed to the plan last: the council, or for his own campaign the operator."""
        return _last(one for one in self._of("sign") if self._may_sign(one))

    @property
    def cosigned(self) -> CoSigned:
        """How the plan was signed, for people."""
        if self.signer is None:
            return NOT_SIGNED
        by: CoSignature = "operator" if self.signer.account_id is None else "council"
        since = self.signer.since.date() if self.signer.since else None
        return CoSigned(by, self.signer.at.date(), self.signer.account, since)

    @property
    def needs_council(self) -> bool:
        """Whether the council has to agree to what comes after the plan."""
        return not self.is_operators or self.cosigned.by == "council"

    @property
    def opener(self) -> Signed | None:
        """Who asked for the opening last."""
        return _last(one for one in self._of("open") if self._may(one, "open"))

    @property
    def releaser(self) -> Signed | None:
        """Who asked for the release last: neither the creator nor the signer."""
        return _last(one for one in self._of("release") if self.may_release(one))

    @property
    def prolonging(self) -> Signed | None:
        """The one prolongation that holds."""
        return next((one for one in self._agreed("prolong") if _is_possible(one, self.plan)), None)

    @property
    def last_day(self) -> date:
        """The last day on which people can answer, moved or not."""
        return self.day_of(self.prolonging) if self.prolonging else self.plan.period.to

    @staticmethod
    def day_of(prolonging: Signed) -> date:
        """The last day that a prolongation names."""
        return date.fromisoformat(prolonging.details["to"])

    @property
    def closes_at(self) -> datetime:
        """When closing is due: the end of the last day, in UTC."""
        return end_of_day(self.last_day)

    @property
    def early_closing(self) -> Signed | None:
        """What allows a closing before the last day is over."""
        return next(self._agreed("close-early"), None)

    def has_run(self, run: Run) -> bool:
        """Whether this further run of slips was agreed."""
        return run.count in self.runs_of(run.unit)

    def runs_of(self, unit: str | None) -> tuple[int, ...]:
        """The sizes of the further runs of slips that were agreed for a unit, the newest last."""
        agreed = (dict(one.details) for one in self._agreed("second-run"))
        return tuple(int(one["count"]) for one in agreed if one["unit"] == (unit or ""))[-1:]

    def waiting(self, act: Act) -> Signed | None:
        """What was asked for last and still waits for the council; None where nothing does."""
        asked = _last(one for one in self._of(act) if self._may_ask(one))
        if asked is None or not self.needs_council:
            return None
        given = any(dict(one.details) == dict(asked.details) for one in self._agreed(act))
        return None if given else asked

    def may_release(self, one: Signed) -> bool:
        """Whether the account of `one` is a third one, and has the right."""
        if one.account_id is None:
            return self.is_operators
        others = [known.account_id for known in (self.creator, self.signer) if known is not None]
        return may(one.role or "", "release") and one.account_id not in others

    def _of(self, act: Act) -> Iterator[Signed]:
        return (one for one in self.acts if one.act == act)

    def _may(self, one: Signed, deed: Deed) -> bool:
        return self.is_operators if one.account_id is None else may(one.role or "", deed)

    def _may_sign(self, one: Signed) -> bool:
        if one.account_id is None:
            return self.is_operators
        creator = self.creator.account_id if self.creator else one.account_id
        return may(one.role or "", "sign") and one.account_id != creator

    def _may_ask(self, one: Signed) -> bool:
        deed = ASKED_BY.get(one.act)
        return deed is not None and self._may(one, deed)

    def _agreed(self, act: Act) -> Iterator[Signed]:
        """What was asked for and agreed to, in the order of the agreements."""
        asked: list[Signed] = []
        for one in self._of(act):
            if self._may_ask(one):
                asked.append(one)
                if not self.needs_council:
                    yield one
            elif self._may_sign(one) and any(
                dict(one.details) == dict(before.details) and one.account_id != before.account_id
                for before in asked
            ):
                yield one


def _last(acts: Iterator[Signed]) -> Signed | None:
    return next(iter(deque(acts, maxlen=1)), None)


def _is_possible(one: Signed, plan: Plan) -> bool:
    """Whether a prolongation moves the last day to a later one that is not too far away."""
    moved = Standing.day_of(one)
    return plan.period.to < moved <= plan.period.to + MOST_PROLONGED
