"""Acts of people that others rely on: taken down with a MAC, so that none can be added later.

Only a host of this installation knows the secret of the MAC. Whoever only writes to the database
can delete an act, and the campaign then stops; adding or changing one does not help him.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db.accounts import Account
from survey.db.base import HASH_BYTES
from survey.db.campaigns import Campaign
from survey.db.signatures import Act, Signature
from survey.domain import second_factor
from survey.errors import RefusedError

_PERSON = b"pegel act 1"


@dataclass(frozen=True, slots=True)
class Signed:
    """An act that holds. `account` is the account's name then; None: the operator's.

    `since` is since when the account was there, for a council since its second factor works:
    whoever took a council's place would have a younger account.
    """

    act: Act
    at: datetime
    account_id: int | None
    account: str | None
    role: str | None
    since: datetime | None
    details: Mapping[str, str]


def record(
    session: Session,
    campaign: Campaign,
    act: Act,
    account: Account | None,
    *,
    secret: bytes,
    now: datetime,
    details: Mapping[str, str] | None = None,
) -> None:
    """Take down that `account` (None: the operator) did `act`, with `details` (plain texts).

    Raises:
        RefusedError: the account is a council's, and has no second factor that opens on this host.
    """
    since = _since(account, secret)
    content = json.dumps(
        {
            "act": act,
            "at": now.isoformat(),
            "campaign": campaign.uid.hex(),
            "plan_hash": campaign.plan_hash,
            "account_id": account.id if account else None,
            "account": account.name if account else None,
            "role": account.role if account else None,
            "since": since.isoformat() if since else None,
            "details": dict(details or {}),
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    session.add(
        Signature(
            created_at=now,
            campaign_id=campaign.id,
            act=act,
            account_id=account.id if account else None,
            content=content,
            mac=_mac(secret, content),
        )
    )
    session.flush()


def signed(session: Session, campaign: Campaign, *, secret: bytes) -> tuple[Signed, ...]:
    """The acts of a campaign that hold for its present plan, the oldest first.

    Left out are those that no host of this installation took down, that were changed since, or
    that are about another campaign or plan.
    """
    found = select(Signature).where(Signature.campaign_id == campaign.id).order_by(Signature.id)
    read = (_read(row, campaign, secret) for row in session.scalars(found))
    return tuple(act for act in read if act is not None)


def _read(row: Signature, campaign: Campaign, secret: bytes) -> Signed | None:
    if not hmac.compare_digest(_mac(secret, row.content), row.mac):
        return None
    content = json.loads(row.content)
    if (content["campaign"], content["plan_hash"]) != (campaign.uid.hex(), campaign.plan_hash):
        return None
    return Signed(
        act=content["act"],
        at=datetime.fromisoformat(content["at"]),
        account_id=content["account_id"],
        account=content["account"],
        role=content["role"],
        since=datetime.fromisoformat(content["since"]) if content["since"] else None,
        details=content["details"],
    )


def _since(account: Account | None, secret: bytes) -> datetime | None:
    if account is None:
        return None
    begun = second_factor.since(account, secret=secret)
    if begun is None and account.role == "council":
        raise RefusedError(
            "council-factor",
            "The account of a staff council counts with its second factor only.",
            "Invite the staff council anew.",
        )
    return begun or account.created_at


def _mac(secret: bytes, content: str) -> bytes:
    return hashlib.blake2b(
        content.encode(), key=secret, digest_size=HASH_BYTES, person=_PERSON
    ).digest()
