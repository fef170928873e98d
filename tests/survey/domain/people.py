"""People with accounts: a council comes with its second factor, as it does on the pages."""

from datetime import datetime

from sqlalchemy.orm import Session

from survey.db.accounts import Account
from survey.domain import accounts, second_factor, sessions
from survey.domain.permissions import Role
from survey.domain.second_factor import Draft
from survey.domain.sessions import Login

PASSWORD = "regen tasse laterne"  # noqa: S105 - an invented one


def hire(session: Session, name: str, role: Role = "hr", *, now: datetime) -> Account:
    """Somebody of the house, without a second factor."""
    return accounts.create_account(session, name, PASSWORD, now=now, role=role)


def elect(session: Session, name: str, *, secret: bytes, now: datetime) -> tuple[Account, Draft]:
    """A council that works, and what its app holds; the code of `now` is used up."""
    account, draft = hire(session, name, "council", now=now), second_factor.draw()
    second_factor.switch_on(account, draft, draft.code(now), secret=secret, now=now)
    session.flush()
    return account, draft


def log_in(session: Session, name: str, password: str = PASSWORD, *, now: datetime) -> Login | None:
    """What the pages do with name and password, without counting."""
    account = accounts.authenticate(session, name, password)
    return None if account is None else sessions.start_session(session, account, now=now)
