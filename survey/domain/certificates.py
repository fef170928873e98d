"""The certificate: what a staff council is told about a campaign, and can check by itself.

While a campaign is open it says nothing about responses but the one public number. What can only
be known at closing is noted then, already in the form in which it may be told (R7).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from reports.disclosure.limits import ASKED, SILENT
from reports.release import short_hash
from survey import __version__
from survey.db.campaigns import Campaign, Status
from survey.db.tables import campaign_keys, response_keys, responses
from survey.domain import access_codes, campaigns, recovery
from survey.domain.plans import Plan, stored_plan
from survey.domain.signatures import Signed
from survey.domain.standing import CoSignature

FORMAT = "certificate/1"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is told in numbers; None is what is not known or may not be told.

    `keys_made` were used one after the other, the newest on `last_turn`; `keys_left` exist still.
    `issued` slips, `left_over` once all are counted. While open `count` is the one public number
    (0: fewer than 10). After closing `opened` says whether there were enough responses to open;
    `accepted` is their number where R7 lets it be told, else it is at least `at_least`.
    """

    keys_made: int
    last_turn: date | None
    keys_left: int
    issued: int | None
    left_over: int | None
    count: int | None
    opened: bool | None
    accepted: int | None
    at_least: int | None

    @property
    def keys_turned(self) -> int:
        """How often a newer key took the place of an older one."""
        return max(0, self.keys_made - 1)

    @property
    def unanswered(self) -> int | None:
        """Issued less left over less accepted: slips that were drawn and not used."""
        if self.issued is None or self.left_over is None or self.accepted is None:
            return None
        return self.issued - self.left_over - self.accepted


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything that page, PDF and `pegel doctor --json` say about one campaign.

    `recovery` is the check number of the recovery sheet; `acts` are those that hold, the oldest
    first. `last_day` is the last day on which people can answer, moved or not. `delete_by` is the
    day by which the single records are deleted.
    """

    slug: str
    status: Status
    plan: Plan
    plan_hash: str
    fingerprint: str
    keeper_key: str
    recovery: str | None
    cosignature: CoSignature
    acts: tuple[Signed, ...]
    last_day: date
    numbers: Numbers
    storage_key: bool
    delete_by: date
    closed_on: date | None
    software: str

    @property
    def short_hash(self) -> str:
        """The check number of the plan."""
        return short_hash(self.plan_hash)

    @property
    def prolonged(self) -> bool:
        """Whether the last day was moved."""
        return self.last_day != self.plan.period.to

    @property
    def document(self) -> dict[str, Any]:
        """The same facts for programs, with ISO dates."""
        numbers = self.numbers
        return {
            "slug": self.slug,
            "status": self.status,
            "plan_hash": self.plan_hash,
            "short_hash": self.short_hash,
            "fingerprint": self.fingerprint,
            "keeper_key": self.keeper_key,
            "recovery_sheet": self.recovery,
            "cosignature": self.cosignature,
            "signed": [_act(one) for one in self.acts],
            "last_day": self.last_day.isoformat(),
            "prolonged": self.prolonged,
            "responses": numbers.count or None,
            "keys_made": numbers.keys_made,
            "keys_turned": numbers.keys_turned,
            "keys_left": numbers.keys_left,
            "last_turn": numbers.last_turn.isoformat() if numbers.last_turn else None,
            "storage_key": self.storage_key,
            "issued": numbers.issued,
            "left_over": numbers.left_over,
            "opened": numbers.opened,
            "accepted": numbers.accepted,
            "at_least": numbers.at_least,
            "unanswered": numbers.unanswered,
            "closed_on": self.closed_on.isoformat() if self.closed_on else None,
            "delete_by": self.delete_by.isoformat(),
            "software": self.software,
        }


def certificate(session: Session, campaign: Campaign, *, secret: bytes) -> Certificate:
    """The certificate of a campaign as it is now; `secret` is that of the hosts.

    It reads nothing of a response or a code but what closing noted, and the public number.
    """
    found = campaigns.standing(session, campaign, secret=secret)
    sheet = recovery.public_key_of(session, campaign, secret=secret)
    closed_on = campaign.closed_at.date() if campaign.closed_at else None
    return Certificate(
        slug=campaign.slug,
        status=campaign.status,
        plan=found.plan,
        plan_hash=campaign.plan_hash,
        fingerprint=campaign.fingerprint,
        keeper_key=campaign.keeper_key,
        recovery=recovery.fingerprint(sheet) if sheet else None,
        cosignature=found.cosigned.by,
        acts=found.acts,
        last_day=found.last_day,
        numbers=_numbers(session, campaign, found.plan),
        storage_key=_has_storage_key(session, campaign),
        delete_by=(closed_on or found.last_day) + timedelta(days=found.plan.retention_days),
        closed_on=closed_on,
        software=f"Pegel {__version__}",
    )


def facts_at_closing(
    connection: Connection, campaign: Campaign, *, last_turn: date | None = None
) -> str:
    """What the certificate says about the closing, as JSON for `Campaign.certificate`.

    Call it in the transaction that closes, when the responses are stored and the rows of the
    campaign's keys are still there. `last_turn` is the day on which the newest key was made.

    - `keys_made`: keys that the campaign used one after the other, all destroyed with the closing.
    - `accepted`: responses, where R7 lets the whole be told; else null.
    - `at_least`: the number that may be said instead; null where nothing was opened.
    """
    accepted = _stored(connection, campaign.id)
    plan = stored_plan(campaign.plan)
    facts = {
        "format": FORMAT,
        "keys_made": keys_made(connection, campaign.id),
        "last_turn": None if last_turn is None else last_turn.isoformat(),
        "opened": accepted > 0,
        "accepted": accepted if may_tell(accepted, plan.eligible) else None,
        "at_least": plan.opened_from if accepted else None,
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def keys_made(connection: Connection, campaign_id: int) -> int:
    """How many keys a campaign has had; the keeper counts them, and signs the count."""
    newest = select(func.max(campaign_keys.c.counter))
    return connection.scalar(newest.where(campaign_keys.c.campaign_id == campaign_id)) or 0


def may_tell(accepted: int, eligible: int | None) -> bool:
    """Whether the number of responses of the whole may be told (R7).

    From 20 eligible people, of whom at least 3 did not answer; without head counts always.
    """
    if not accepted:
        return False
    return eligible is None or (eligible >= ASKED and eligible - accepted >= SILENT)


def _numbers(session: Session, campaign: Campaign, plan: Plan) -> Numbers:
    noted: Mapping[str, Any] = json.loads(campaign.certificate) if campaign.certificate else {}
    stocks = access_codes.stocks(session, campaign)
    left = [stock.left_over for stock in stocks]
    accepted, at_least = _accepted(session, campaign, plan, noted)
    last_turn = noted.get("last_turn")
    return Numbers(
        keys_made=noted.get("keys_made") or keys_made(session.connection(), campaign.id),
        last_turn=date.fromisoformat(last_turn) if last_turn else None,
        keys_left=_keys_left(session, campaign),
        issued=sum(stock.issued for stock in stocks) if stocks else None,
        left_over=None if not left or None in left else sum(one or 0 for one in left),
        count=campaign.public_count if campaign.status == "open" else None,
        opened=noted.get("opened"),
        accepted=accepted,
        at_least=at_least,
    )


def _accepted(
    session: Session, campaign: Campaign, plan: Plan, noted: Mapping[str, Any]
) -> tuple[int | None, int | None]:
    """Accepted responses, or the least number; a release decides where there is one."""
    if campaign.status not in ("closed", "released", "purged"):
        return None, None
    if campaign.released_at is not None:
        released = campaigns.responses_shown(session, campaign)
        return released, None if released is not None else plan.opened_from
    return noted.get("accepted"), noted.get("at_least")


def _keys_left(session: Session, campaign: Campaign) -> int:
    counted = select(func.count()).select_from(campaign_keys)
    return session.scalar(counted.where(campaign_keys.c.campaign_id == campaign.id)) or 0


def _has_storage_key(session: Session, campaign: Campaign) -> bool:
    counted = select(func.count()).select_from(response_keys)
    return bool(session.scalar(counted.where(response_keys.c.campaign_id == campaign.id)))


def _act(one: Signed) -> dict[str, Any]:
    return {
        "act": one.act,
        "role": one.role,
        "account": one.account,
        "day": one.at.date().isoformat(),
        "details": dict(one.details),
    }


def _stored(connection: Connection, campaign_id: int) -> int:
    counted = select(func.count()).select_from(responses)
    return connection.scalar(counted.where(responses.c.campaign_id == campaign_id)) or 0
