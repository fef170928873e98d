"""One-time links with which an account is made: shown once, kept as a hash, revocable."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey.db.accounts import Account, Invitation
from survey.domain import accounts, second_factor
from survey.domain.permissions import Role
from survey.domain.second_factor import Draft
from survey.domain.sessions import hash_token, new_token
from survey.errors import NotFoundError, RefusedError, WrongStateError

FIRST_LENGTH = timedelta(hours=1)  # made on the machine by whoever opens it at once
LENGTH = timedelta(days=7)  # sent to somebody, who may be away for some days
PATH = "/staff/invitation"


def invite(session: Session, role: Role, *, now: datetime, length: timedelta = LENGTH) -> str:
    """A token for a link that makes one account of this role; links that have run out go."""
    session.execute(delete(Invitation).where(Invitation.expires_at <= now))
    token = new_token()
    session.add(Invitation(token_hash=hash_token(token), role=role, expires_at=now + length))
    session.flush()
    return token


def invite_first(session: Session, *, now: datetime) -> str:
    """A token for the first administrator, good for an hour; other links for one end.

    Raises:
        WrongStateError: there is an active administrator, who can invite others.
    """
    if accounts.has_active_admin(session):
        raise WrongStateError(
            "has-admin",
            "There is an active administrator already; nothing was changed.",
            "Administrators invite others. If nobody can log in any more: 'pegel account list', "
            "then 'pegel account deactivate NAME', then 'pegel init'.",
        )
    session.execute(delete(Invitation).where(Invitation.role == "admin"))
    return invite(session, "admin", now=now, length=FIRST_LENGTH)


def list_invitations(session: Session, *, now: datetime) -> Sequence[Invitation]:
    """The links that still work, the next to run out first."""
    found = select(Invitation).where(Invitation.expires_at > now)
    return session.scalars(found.order_by(Invitation.expires_at, Invitation.token_hash)).all()


def find(session: Session, token: str, *, now: datetime) -> Invitation | None:
    """The invitation of a link that is still good; nothing is used up by looking."""
    found = session.get(Invitation, hash_token(token))
    return found if found is not None and found.expires_at > now else None


def revoke(session: Session, token_hash: bytes) -> None:
    """End a link; nothing happens when it was used or revoked meanwhile."""
    session.execute(delete(Invitation).where(Invitation.token_hash == token_hash))


def redeem(
    session: Session,
    token: str,
    name: str,
    password: str,
    *,
    now: datetime,
    secret: bytes = b"",
    draft: Draft | None = None,
    code: str = "",
) -> Account:
    """Make the account that a one-time link stands for; the link is used up.

    A council brings the second factor along: `draft` and a `code` of it, under the host's
    `secret`; without them there is no account.

    Raises:
        NotFoundError: the link is unknown, used, revoked or too old.
        RefusedError: as `accounts.create_account` and `second_factor.switch_on`. Let it end the
            transaction: nothing was changed then, and the link stays good.
    """
    invitation = find(session, token, now=now)
    if invitation is None:
        raise NotFoundError(
            "unknown-invitation",
            "This link was used already, was revoked, or has run out.",
            "Ask for a new one.",
        )
    role = accounts.known_role(invitation.role)
    account = accounts.create_account(session, name, password, now=now, role=role)
    if role == "council":
        if draft is None:
            raise RefusedError(
                "council-factor", "The account of a staff council needs its second factor."
            )
        second_factor.switch_on(account, draft, code, secret=secret, now=now)
    session.delete(invitation)
    session.flush()
    return account
