"""Sessions of staff: kept on the server; the browser holds a secret of which a hash is stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey.db.accounts import Account, StaffSession
from survey.domain.accounts import needs_second_factor

SESSION_LENGTH = timedelta(hours=10)  # a working day
PENDING_LENGTH = timedelta(minutes=10)  # between the password and the code
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Login:
    """What a fresh login gives to the browser; the token is stored nowhere else.

    `is_whole` is False while the code of the second factor is still to come.
    """

    account: Account
    token: str
    csrf_token: str
    expires_at: datetime
    is_whole: bool


def start_session(
    session: Session, account: Account, *, now: datetime, confirmed: bool = False
) -> Login:
    """A new session for an account whose password was right; sessions that have run out go.

    Where the account has a second factor and its code was not `confirmed`, the session is good for
    nothing but bringing the code, for ten minutes.
    """
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    token, csrf_token = new_token(), new_token()
    is_whole = confirmed or not needs_second_factor(account)
    expires_at = now + (SESSION_LENGTH if is_whole else PENDING_LENGTH)
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            account_id=account.id,
            csrf_token=csrf_token,
            expires_at=expires_at,
            confirmed=confirmed,
        )
    )
    session.flush()
    return Login(account, token, csrf_token, expires_at, is_whole)


def find_session(session: Session, token: str, *, now: datetime) -> StaffSession | None:
    """The session of a token with its account.

    None when it is unknown or has run out, when its account is over, and while the second factor
    is still to come.
    """
    found = _find(session, token, now)
    return found if found is not None and _is_whole(found) else None


def find_pending(session: Session, token: str, *, now: datetime) -> StaffSession | None:
    """The session of a token that waits for the code of its second factor; else None."""
    found = _find(session, token, now)
    return found if found is not None and not _is_whole(found) else None


def sessions_of(session: Session, account: Account, *, now: datetime) -> list[StaffSession]:
    """The sessions of an account, the newest first."""
    found = select(StaffSession).where(
        StaffSession.account_id == account.id, StaffSession.expires_at > now
    )
    ordered = session.scalars(found.order_by(StaffSession.expires_at.desc()))
    return [one for one in ordered if _is_whole(one)]


def log_out(session: Session, token: str) -> None:
    """End the session of a token; nothing happens when there is none."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hash_token(token)))


def end_session(session: Session, account: Account, token_hash: bytes) -> None:
    """End one session of the account; nothing happens when there is none."""
    session.execute(
        delete(StaffSession).where(
            StaffSession.account_id == account.id, StaffSession.token_hash == token_hash
        )
    )


def end_other_sessions(session: Session, account: Account, keep: bytes) -> None:
    """End all sessions of the account but the one with the token hash `keep`."""
    session.execute(
        delete(StaffSession).where(
            StaffSession.account_id == account.id, StaffSession.token_hash != keep
        )
    )


def is_csrf_token(found: StaffSession, token: str) -> bool:
    """Whether `token` is the one this session was given, compared in constant time."""
    return secrets.compare_digest(found.csrf_token.encode(), token.encode())


def new_token() -> str:
    """A secret for a cookie or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """What is kept of such a secret."""
    return hashlib.sha256(token.encode()).digest()


def _find(session: Session, token: str, now: datetime) -> StaffSession | None:
    found = session.get(StaffSession, hash_token(token))
    is_good = found is not None and found.expires_at > now and found.account.is_active
    return found if is_good else None


def _is_whole(found: StaffSession) -> bool:
    return found.confirmed or not needs_second_factor(found.account)
