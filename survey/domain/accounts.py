"""Accounts of staff: passwords by argon2id, sessions kept on the server, one-time invitations."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey.db.accounts import Account, Invitation, StaffSession
from survey.errors import NotFoundError, RefusedError

ROLE_ALL = "all"
SESSION_LENGTH = timedelta(hours=10)  # a working day
INVITATION_LENGTH = timedelta(hours=1)
PASSWORD_LENGTH = 12
PASSWORD_LONGEST = 256
NAME_LONGEST = 64
NAME_TO_AVOID = 4  # a shorter name may stand in a password by chance
TOKEN_BYTES = 32

# OWASP's smallest memory with twice the passes it asks for: a web process stays small even while
# several people log in.
_HASHER = PasswordHasher(time_cost=4, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Login:
    """What a fresh login gives to the browser; the token is stored nowhere else."""

    account: Account
    token: str
    csrf_token: str
    expires_at: datetime


def create_account(
    session: Session, name: str, password: str, *, now: datetime, role: str = ROLE_ALL
) -> Account:
    """A new account.

    Raises:
        RefusedError: the name is empty or taken, or the password too short or too long.
    """
    name = _name(name)
    if not name or len(name) > NAME_LONGEST:
        raise RefusedError("bad-name", f"A name has 1 to {NAME_LONGEST} characters.")
    _check_password(name, password)
    if session.scalar(select(Account.id).where(Account.name == name)) is not None:
        raise RefusedError("name-taken", f"There is an account '{name}' already.")
    account = Account(
        name=name, password_hash=_HASHER.hash(_text(password)), role=role, created_at=now
    )
    session.add(account)
    session.flush()
    return account


def log_in(session: Session, name: str, password: str, *, now: datetime) -> Login | None:
    """Start a session, or None when name or password is wrong. Call it in a writing session."""
    account = authenticate(session, name, password)
    return None if account is None else start_session(session, account, password, now=now)


def authenticate(session: Session, name: str, password: str) -> Account | None:
    """The account of a name, or None when name or password is wrong.

    An unknown name costs the same work as a wrong password. It reads only, so that no one who
    tries passwords holds the write lock, for which answers wait, while a password is checked.
    """
    account = session.scalar(select(Account).where(Account.name == _name(name)))
    if not _verify(account.password_hash if account else _nobody(), password):
        return None
    return account


def start_session(session: Session, account: Account, password: str, *, now: datetime) -> Login:
    """A new session for an account whose `password` was right; sessions that have run out go."""
    if _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = _HASHER.hash(_text(password))
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    token, csrf_token = _new_token(), _new_token()
    expires_at = now + SESSION_LENGTH
    session.add(
        StaffSession(
            token_hash=_hash(token),
            account_id=account.id,
            csrf_token=csrf_token,
            expires_at=expires_at,
        )
    )
    session.flush()
    return Login(account, token, csrf_token, expires_at)


def find_session(session: Session, token: str, *, now: datetime) -> StaffSession | None:
    """The session of a token with its account, or None when it is unknown or has run out."""
    found = session.get(StaffSession, _hash(token))
    return found if found is not None and found.expires_at > now else None


def log_out(session: Session, token: str) -> None:
    """End the session of a token; nothing happens when there is none."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))


def is_csrf_token(found: StaffSession, token: str) -> bool:
    """Whether `token` is the one this session was given, compared in constant time."""
    return secrets.compare_digest(found.csrf_token.encode(), token.encode())


def change_password(session: Session, account: Account, password: str) -> None:
    """Set a new password and end all sessions of the account; RefusedError as on creation."""
    _check_password(account.name, password)
    account.password_hash = _HASHER.hash(_text(password))
    session.execute(delete(StaffSession).where(StaffSession.account_id == account.id))
    session.flush()


def has_accounts(session: Session) -> bool:
    """Whether anybody can log in."""
    return session.scalar(select(Account.id).limit(1)) is not None


def invite(session: Session, *, now: datetime, role: str = ROLE_ALL) -> str:
    """A token for a one-time link that makes an account; earlier links end."""
    session.execute(delete(Invitation))
    token = _new_token()
    session.add(Invitation(token_hash=_hash(token), role=role, expires_at=now + INVITATION_LENGTH))
    session.flush()
    return token


def is_invited(session: Session, token: str, *, now: datetime) -> bool:
    """Whether a link is still good; nothing is used up by looking."""
    found = session.get(Invitation, _hash(token))
    return found is not None and found.expires_at > now


def redeem_invitation(
    session: Session, token: str, name: str, password: str, *, now: datetime
) -> Account:
    """Make the account that a one-time link stands for; the link is used up.

    Raises:
        NotFoundError: the link is unknown, used or older than an hour.
        RefusedError: as `create_account`; the link stays good.
    """
    invitation = session.get(Invitation, _hash(token))
    if invitation is None or invitation.expires_at <= now:
        raise NotFoundError(
            "unknown-invitation",
            "This link was used already or has run out.",
            "Make a new one with 'pegel init'.",
        )
    account = create_account(session, name, password, now=now, role=invitation.role)
    session.delete(invitation)
    session.flush()
    return account


def _check_password(name: str, password: str) -> None:
    if len(password) < PASSWORD_LENGTH:
        raise RefusedError(
            "short-password",
            f"The password has fewer than {PASSWORD_LENGTH} characters.",
            "Take three or four words that nobody would put together.",
        )
    if len(password) > PASSWORD_LONGEST:
        raise RefusedError(
            "long-password", f"The password has more than {PASSWORD_LONGEST} characters."
        )
    if len(name) >= NAME_TO_AVOID and name in _name(password):
        raise RefusedError(
            "name-in-password", "The password contains the name.", "Choose another password."
        )


def _verify(password_hash: str, password: str) -> bool:
    try:
        return len(password) <= PASSWORD_LONGEST and _HASHER.verify(password_hash, _text(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _HASHER.hash(_new_token())


def _name(name: str) -> str:
    return _text(name).strip().casefold()


def _text(typed: str) -> str:
    """One spelling for what keyboards write differently, such as an umlaut in two parts."""
    return unicodedata.normalize("NFKC", typed)


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
