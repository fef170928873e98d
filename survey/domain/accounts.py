"""Accounts of staff: passwords by argon2id, five roles, a second factor.

Nobody is ever put into somebody else's account: there is no way to set a password or a second
factor from outside. Who has lost one gets a new account under another name, and the old name stays
taken, so that a name on a co-signature always means the same account.
"""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
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

PASSWORD_LENGTH = 12
PASSWORD_LONGEST = 256
NAME_LONGEST = 64
NAME_TO_AVOID = 4  # a shorter name may stand in a password by chance
PASSWORDS_PER_NAME = 50  # wrong ones in 15 minutes, from wherever: nobody locks a colleague out
CODES_PER_ACCOUNT = 5  # only who knows the password can try one

# OWASP's smallest memory with twice the passes it asks for: a web process stays small even while
# several people log in.
hasher = PasswordHasher(time_cost=4, memory_cost=19 * 1024, parallelism=1)


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
        password_hash=hasher.hash(_text(password)),
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


def try_password(
    engine: Engine, name: str, password: str, *, secret: bytes, now: datetime
) -> Account | None:
    """As `authenticate`, and counted; a hash that was made with less work is renewed.

    Raises:
        WrongStateError: this name was tried too often, whether there is an account or not.
    """
    what = f"password\n{_name(name)}"
    _count(engine, what, PASSWORDS_PER_NAME, secret=secret, now=now)
    with reading_session(engine) as session:
        account = authenticate(session, name, password)
    if account is None:
        return None
    with writing_session(engine) as session:
        attempts.forget(session, what, secret=secret)
        found = session.get_one(Account, account.id)
        if hasher.check_needs_rehash(found.password_hash):
            found.password_hash = hasher.hash(_text(password))
    return found


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


def change_password(
    session: Session, account: Account, password: str, *, keep: bytes = b""
) -> None:
    """Set a new password and end all sessions but the one with the token hash `keep`.

    Raises:
        RefusedError: as on creation.
    """
    _check_password(account.name, password)
    account.password_hash = hasher.hash(_text(password))
    session.execute(
        delete(StaffSession).where(
            StaffSession.account_id == account.id, StaffSession.token_hash != keep
        )
    )
    session.flush()


def known_role(text: str) -> Role:
    """The role that a form or a command names; RefusedError when there is no such role."""
    for role in ROLES:
        if role == text:
            return role
    raise RefusedError("unknown-role", "There is no such role.", f"Choose {', '.join(ROLES)}.")


def _count(engine: Engine, what: str, most: int, *, secret: bytes, now: datetime) -> None:
    with writing_session(engine) as session:
        is_allowed = attempts.take(session, what, most, secret=secret, now=now)
    if not is_allowed:
        raise WrongStateError(
            "too-many-attempts",
            "Too many attempts.",
            "Wait 15 minutes and try again. Nothing is locked or changed.",
        )


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
        return len(password) <= PASSWORD_LONGEST and hasher.verify(password_hash, _text(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return hasher.hash(secrets.token_hex())


def _name(name: str) -> str:
    return _text(name).strip().casefold()


def _text(typed: str) -> str:
    """One spelling for what keyboards write differently, such as an umlaut in two parts."""
    return unicodedata.normalize("NFKC", typed)
