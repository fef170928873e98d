"""Staff log in with a password of which only an argon2id hash is kept; sessions end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from survey.db.accounts import Account, Invitation, StaffSession
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, invitations
from survey.errors import RefusedError
from tests.survey.domain.rows import NOW

PASSWORD = "regen tasse laterne"  # noqa: S105 - an invented one
LATER = NOW + accounts.SESSION_LENGTH


def erika(session: Session) -> Account:
    return accounts.create_account(session, "Erika", PASSWORD, now=NOW)


def test_the_right_password_opens_a_session(engine: Engine) -> None:
    with writing_session(engine) as session:
        erika(session)
        login = accounts.log_in(session, "Erika", PASSWORD, now=NOW)
        assert login is not None
        found = accounts.find_session(session, login.token, now=NOW)
        assert found is not None
        assert found.account.name == "erika"
        assert found.account.role == "hr"
        assert accounts.is_csrf_token(found, login.csrf_token)
        assert not accounts.is_csrf_token(found, login.csrf_token[:-1])
        assert not accounts.is_csrf_token(found, "ä")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Erika", "regen tasse Laterne"),
        ("Erika", ""),
        ("Erika", "x" * 100_000),
        ("Niemand", PASSWORD),
        ("", ""),
    ],
)
def test_anything_else_does_not(engine: Engine, name: str, password: str) -> None:
    with writing_session(engine) as session:
        erika(session)
        assert accounts.log_in(session, name, password, now=NOW) is None
        assert session.scalars(select(StaffSession)).all() == []


def test_an_unknown_name_costs_the_same_work(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, password_hash: str, password: str) -> bool:
        verified.append(password_hash.rpartition("$")[0].rpartition("$")[0])
        return real(self, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    with writing_session(engine) as session:
        erika(session)
        for name in ("Erika", "Niemand"):
            accounts.log_in(session, name, "falsch falsch falsch", now=NOW)
    assert len(verified) == 2
    assert verified[0] == verified[1]
    assert verified[0].startswith("$argon2id$")


def test_one_name_and_one_password_however_they_are_typed(engine: Engine) -> None:
    with writing_session(engine) as session:
        accounts.create_account(session, "J\u00f6rg", "gr\u00fcne Wiese, Turm", now=NOW)
        typed = accounts.log_in(session, " JO\u0308RG ", "gru\u0308ne Wiese, Turm", now=NOW)
        assert typed is not None
        with pytest.raises(RefusedError, match="already"):
            accounts.create_account(session, "jörg", PASSWORD, now=NOW)


def test_a_session_ends_by_itself_and_by_logging_out(engine: Engine) -> None:
    with writing_session(engine) as session:
        erika(session)
        one = accounts.log_in(session, "erika", PASSWORD, now=NOW)
        two = accounts.log_in(session, "erika", PASSWORD, now=NOW)
        assert one is not None
        assert two is not None
        accounts.log_out(session, one.token)
        assert accounts.find_session(session, one.token, now=NOW) is None
        assert accounts.find_session(session, two.token, now=LATER - timedelta(seconds=1))
        assert accounts.find_session(session, two.token, now=LATER) is None
        accounts.log_in(session, "erika", PASSWORD, now=LATER)
        assert len(session.scalars(select(StaffSession)).all()) == 1
        accounts.log_out(session, "unknown")


def test_a_new_password_ends_all_sessions(engine: Engine) -> None:
    with writing_session(engine) as session:
        account = erika(session)
        login = accounts.log_in(session, "erika", PASSWORD, now=NOW)
        assert login is not None
        accounts.change_password(session, account, "anderer langer Satz")
        assert accounts.find_session(session, login.token, now=NOW) is None
        assert accounts.log_in(session, "erika", PASSWORD, now=NOW) is None
        assert accounts.log_in(session, "erika", "anderer langer Satz", now=NOW) is not None


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("erika", "kurz", "short-password"),
        ("erika", "x" * 257, "long-password"),
        ("erika", "Erika Musterfrau", "name-in-password"),
        ("", PASSWORD, "bad-name"),
        (" ", PASSWORD, "bad-name"),
        ("x" * 65, PASSWORD, "bad-name"),
    ],
)
def test_a_weak_password_or_bad_name_is_refused(
    engine: Engine, name: str, password: str, code: str
) -> None:
    with writing_session(engine) as session:
        with pytest.raises(RefusedError) as caught:
            accounts.create_account(session, name, password, now=NOW)
        assert caught.value.code == code
        assert accounts.list_accounts(session) == []


def test_an_older_hash_is_renewed_at_login(engine: Engine) -> None:
    with writing_session(engine) as session:
        account = erika(session)
        account.password_hash = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
        assert accounts.log_in(session, "erika", PASSWORD, now=NOW) is not None
        assert "m=19456,t=4" in account.password_hash


def test_neither_password_nor_token_is_in_a_file(
    engine: Engine, bytes_on_disk: Callable[[], bytes]
) -> None:
    with writing_session(engine) as session:
        invitation = invitations.invite(session, "hr", now=NOW)
        erika(session)
        login = accounts.log_in(session, "erika", PASSWORD, now=NOW)
    assert login is not None
    content = bytes_on_disk()
    assert b"erika" in content
    for secret in (PASSWORD, invitation, login.token):
        assert secret.encode() not in content


def test_an_account_that_goes_takes_its_sessions_along(engine: Engine) -> None:
    with writing_session(engine) as session:
        account = erika(session)
        accounts.log_in(session, "erika", PASSWORD, now=NOW)
        session.delete(account)
    with reading_session(engine) as session:
        assert session.scalars(select(StaffSession)).all() == []
        assert session.scalars(select(Invitation)).all() == []
