"""Accounts of staff: passwords by argon2id, sessions kept on the server, a second factor.

Nobody is ever put into somebody else's account: there is no way to set a password or a second
factor from outside. Who has lost one gets a new account under another name, and the old name stays
taken, so that a name on a co-signature always means the same account.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from survey.db.accounts import Account, StaffSession
from survey.db.engine import reading_session, writing_session
from survey.domain import attempts, second_factor
from survey.domain.permissions import ROLES, Role
from survey.errors import NotFoundError, RefusedError, WrongStateError

SESSION_LENGTH = timedelta(hours=10)  # a working day
PENDING_LENGTH = timedelta(minutes=10)  # between the password and the code
PASSWORD_LENGTH = 12
PASSWORD_LONGEST = 256
NAME_LONGEST = 64
NAME_TO_AVOID = 4  # a shorter name may stand in a password by chance
TOKEN_BYTES = 32
PASSWORDS_PER_NAME = 50  # wrong ones in 15 minutes, from wherever: nobody locks a colleague out
CODES_PER_ACCOUNT = 5  # only who knows the password can try one

# OWASP's smallest memory with twice the passes it asks for: a web process stays small even while
# several people log in.
_HASHER = PasswordHasher(time_cost=4, memory_cost=19 * 1024, parallelism=1)


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


def create_account(
    session: Session, name: str, password: str, *, now: datetime, role: Role = "hr"
) -> Account:
    """A new account. That of a council does not work before its second factor is switched on.

    Raises:
        RefusedError: the name is empty or taken, or the password too short or too long.
    """
    name = check_new(session, name, password)
    account = Account(
        name=name,
        password_hash=_HASHER.hash(_text(password)),
        role=role,
        created_at=now,
        is_active=role != "council",
    )
    session.add(account)
    session.flush()
    return account


def check_new(session: Session, name: str, password: str) -> str:
    """The name as it will be kept; RefusedError as `create_account`."""
    name = _name(name)
    if not name or len(name) > NAME_LONGEST:
        raise RefusedError("bad-name", f"A name has 1 to {NAME_LONGEST} characters.")
    _check_password(name, password)
    if session.scalar(select(Account.id).where(Account.name == name)) is not None:
        raise RefusedError("name-taken", f"There is an account '{name}' already.")
    return name


def find_account(session: Session, name: str) -> Account:
    """The account of a name; NotFoundError when there is none."""
    account = session.scalar(select(Account).where(Account.name == _name(name)))
    if account is None:
        raise NotFoundError(
            "unknown-account",
            f"There is no account '{name}'.",
            "See 'pegel account list'.",
        )
    return account


def list_accounts(session: Session) -> Sequence[Account]:
    """All accounts by name, those that were deactivated last."""
    return session.scalars(select(Account).order_by(Account.is_active.desc(), Account.name)).all()


def has_active_admin(session: Session) -> bool:
    """Whether somebody can manage accounts."""
    admins = select(Account.id).where(Account.role == "admin", Account.is_active)
    return session.scalar(admins.limit(1)) is not None


def deactivate(session: Session, account: Account) -> None:
    """End an account for good, with its sessions; what it did and its name stay."""
    account.is_active = False
    session.execute(delete(StaffSession).where(StaffSession.account_id == account.id))
    session.flush()


def log_in(session: Session, name: str, password: str, *, now: datetime) -> Login | None:
    """Start a session, or None when name or password is wrong. Call it in a writing session."""
    account = authenticate(session, name, password)
    return None if account is None else start_session(session, account, password, now=now)


def try_password(
    engine: Engine, name: str, password: str, *, secret: bytes, now: datetime
) -> Account | None:
    """As `authenticate`, and counted: for passwords that come over the network.

    Raises:
        WrongStateError: this name was tried too often, whether there is an account or not.
    """
    what = f"password\n{_name(name)}"
    _count(engine, what, PASSWORDS_PER_NAME, secret=secret, now=now)
    with reading_session(engine) as session:
        account = authenticate(session, name, password)
    if account is not None:
        with writing_session(engine) as session:
            attempts.forget(session, what, secret=secret)
    return account


def authenticate(session: Session, name: str, password: str) -> Account | None:
    """The account of a name, or None when name or password is wrong or the account is over.

    An unknown name costs the same work as a wrong password. It reads only, so that no one who
    tries passwords holds the write lock, for which answers wait, while a password is checked.
    """
    account = session.scalar(select(Account).where(Account.name == _name(name)))
    is_right = _verify(account.password_hash if account else _nobody(), password)
    return account if account is not None and is_right and account.is_active else None


def needs_second_factor(account: Account) -> bool:
    """Whether a password alone does not let this account in."""
    return account.second_factor is not None or account.role == "council"


def confirm(engine: Engine, account: Account, code: str, *, secret: bytes, now: datetime) -> bool:
    """Whether `code` is the account's second factor now; False also where it has none.

    A right code is used up and a wrong one counted at once, in a transaction of its own: what the
    caller does next may fail and be rolled back, and the count must not. So call it outside of
    any writing session.

    Raises:
        WrongStateError: five codes in 15 minutes were wrong.
    """
    what = f"code\n{account.id}"
    _count(engine, what, CODES_PER_ACCOUNT, secret=secret, now=now)
    with writing_session(engine) as session:
        found = session.get_one(Account, account.id)
        if not found.is_active or not second_factor.is_right(found, code, secret=secret, now=now):
            return False
        attempts.forget(session, what, secret=secret)
        return True


def start_session(
    session: Session,
    account: Account,
    password: str = "",
    *,
    now: datetime,
    confirmed: bool = False,
) -> Login:
    """A new session for an account whose `password` was right; sessions that have run out go.

    Where the account has a second factor and its code was not `confirmed`, the session is good for
    nothing but bringing the code, for ten minutes.
    """
    if password and _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = _HASHER.hash(_text(password))
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


def change_password(
    session: Session, account: Account, password: str, *, keep: bytes = b""
) -> None:
    """Set a new password and end all sessions but the one with the token hash `keep`.

    Raises:
        RefusedError: as on creation.
    """
    _check_password(account.name, password)
    account.password_hash = _HASHER.hash(_text(password))
    end_other_sessions(session, account, keep)
    session.flush()


def known_role(text: str) -> Role:
    """The role that a form or a command names; RefusedError when there is no such role."""
    for role in ROLES:
        if role == text:
            return role
    raise RefusedError("unknown-role", "There is no such role.", f"Choose {', '.join(ROLES)}.")


def new_token() -> str:
    """A secret for a cookie or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """What is kept of such a secret."""
    return hashlib.sha256(token.encode()).digest()


def _count(engine: Engine, what: str, most: int, *, secret: bytes, now: datetime) -> None:
    with writing_session(engine) as session:
        is_allowed = attempts.take(session, what, most, secret=secret, now=now)
    if not is_allowed:
        raise WrongStateError(
            "too-many-attempts",
            "Too many attempts.",
            "Wait 15 minutes and try again. Nothing is locked or changed.",
        )


def _find(session: Session, token: str, now: datetime) -> StaffSession | None:
    found = session.get(StaffSession, hash_token(token))
    is_good = found is not None and found.expires_at > now and found.account.is_active
    return found if is_good else None


def _is_whole(found: StaffSession) -> bool:
    return found.confirmed or not needs_second_factor(found.account)


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
    return _HASHER.hash(new_token())


def _name(name: str) -> str:
    return _text(name).strip().casefold()


def _text(typed: str) -> str:
    """One spelling for what keyboards write differently, such as an umlaut in two parts."""
    return unicodedata.normalize("NFKC", typed)
