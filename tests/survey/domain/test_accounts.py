"""Staff log in with a password of which only an argon2id hash is kept; sessions end."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from survey.db.accounts import Account, StaffSession
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, attempts, invitations, sessions
from survey.errors import RefusedError, WrongStateError
from tests.survey.domain.people import PASSWORD, elect, hire, log_in
from tests.survey.domain.rows import NOW

SECRET = b"s" * 32
LATER = NOW + timedelta(hours=10)


def erika(session: Session) -> Account:
    return accounts.create_account(session, "Erika", PASSWORD, now=NOW)


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
        assert log_in(session, name, password, now=NOW) is None
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
            log_in(session, name, "falsch falsch falsch", now=NOW)
    assert len(verified) == 2
    assert verified[0] == verified[1]
    assert verified[0].startswith("$argon2id$")


def test_one_name_and_one_password_however_they_are_typed(engine: Engine) -> None:
    with writing_session(engine) as session:
        accounts.create_account(session, "J\u00f6rg", "gr\u00fcne Wiese, Turm", now=NOW)
        typed = log_in(session, " JO\u0308RG ", "gru\u0308ne Wiese, Turm", now=NOW)
        assert typed is not None
        with pytest.raises(RefusedError, match="already"):
            accounts.create_account(session, "jörg", PASSWORD, now=NOW)


def test_a_new_password_ends_all_other_sessions(engine: Engine) -> None:
    with writing_session(engine) as session:
        account = erika(session)
        here, there = (log_in(session, "erika", PASSWORD, now=NOW) for _ in range(2))
        assert here is not None
        assert there is not None
        kept = sessions.hash_token(here.token)
        accounts.change_password(session, account, "anderer langer Satz", keep=kept)
        assert sessions.find_session(session, here.token, now=NOW) is not None
        assert sessions.find_session(session, there.token, now=NOW) is None
        assert log_in(session, "erika", PASSWORD, now=NOW) is None
        assert log_in(session, "erika", "anderer langer Satz", now=NOW) is not None
        with pytest.raises(RefusedError):
            accounts.change_password(session, account, "kurz")


def test_an_account_that_is_over_lets_nobody_in_and_keeps_its_name(engine: Engine) -> None:
    with writing_session(engine) as session:
        account = erika(session)
        login = log_in(session, "erika", PASSWORD, now=NOW)
        assert login is not None
        accounts.deactivate(session, account)
        assert sessions.find_session(session, login.token, now=NOW) is None
        assert log_in(session, "erika", PASSWORD, now=NOW) is None
        assert session.scalars(select(StaffSession)).all() == []
        with pytest.raises(RefusedError, match="already"):
            erika(session)
        account.is_active, late = True, sessions.start_session(session, account, now=NOW)
        account.is_active = False
        assert sessions.find_session(session, late.token, now=NOW) is None


def confirm(engine: Engine, account: Account, code: str, now: datetime) -> bool:
    return accounts.confirm(engine, account, code, secret=SECRET, now=now)


def test_a_code_confirms_once(engine: Engine) -> None:
    with writing_session(engine) as session:
        berta, draft = elect(session, "berta", secret=SECRET, now=NOW)
        max_ = hire(session, "max", now=NOW)
    assert confirm(engine, berta, draft.code(LATER), LATER)
    assert not confirm(engine, berta, draft.code(LATER), LATER)
    assert not confirm(engine, max_, draft.code(LATER), LATER)


def test_fifty_at_once_with_one_code_confirm_once(engine: Engine) -> None:
    with writing_session(engine) as session:
        berta, draft = elect(session, "berta", secret=SECRET, now=NOW)

    def try_it(_: int) -> bool:
        try:
            return confirm(engine, berta, draft.code(LATER), LATER)
        except WrongStateError:
            return False

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(try_it, range(50))).count(True) == 1


def test_five_wrong_codes_stop_the_right_one_too(engine: Engine) -> None:
    with writing_session(engine) as session:
        berta, draft = elect(session, "berta", secret=SECRET, now=NOW)
    wrong = draft.code(LATER + timedelta(hours=1))
    for _ in range(accounts.CODES_PER_ACCOUNT):
        assert not confirm(engine, berta, wrong, LATER)
    with pytest.raises(WrongStateError) as caught:
        confirm(engine, berta, draft.code(LATER), LATER)
    assert caught.value.code == "too-many-attempts"
    later = LATER + attempts.WINDOW
    assert confirm(engine, berta, draft.code(later), later)


def test_an_account_that_is_over_confirms_nothing(engine: Engine) -> None:
    with writing_session(engine) as session:
        berta, draft = elect(session, "berta", secret=SECRET, now=NOW)
        accounts.deactivate(session, berta)
    assert not confirm(engine, berta, draft.code(LATER), LATER)


def try_password(engine: Engine, name: str, password: str = PASSWORD) -> Account | None:
    return accounts.try_password(engine, name, password, secret=SECRET, now=NOW)


@pytest.mark.parametrize("name", ["erika", "niemand"])
def test_many_who_guess_together_are_stopped_whether_there_is_an_account_or_not(
    engine: Engine, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PASSWORDS_PER_NAME", 3)
    with writing_session(engine) as session:
        erika(session)
    for spelling in (name, name.upper(), f" {name} "):
        assert try_password(engine, spelling, "falsch falsch") is None
    with pytest.raises(WrongStateError):
        try_password(engine, name)


def test_the_right_password_is_never_counted(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PASSWORDS_PER_NAME", 2)
    with writing_session(engine) as session:
        erika(session)
    for _ in range(4):
        assert try_password(engine, "erika") is not None


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


def test_an_older_hash_is_renewed_at_login(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    now = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    monkeypatch.setattr(accounts, "hasher", now)
    with writing_session(engine) as session:
        account = erika(session)
        account.password_hash = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    assert try_password(engine, "erika") is not None
    with reading_session(engine) as session:
        assert "m=128,t=2" in accounts.find_account(session, "erika").password_hash


def test_neither_password_nor_token_is_in_a_file(
    engine: Engine, bytes_on_disk: Callable[[], bytes]
) -> None:
    with writing_session(engine) as session:
        invitation = invitations.invite(session, "hr", now=NOW)
        erika(session)
        login = log_in(session, "erika", PASSWORD, now=NOW)
    assert login is not None
    content = bytes_on_disk()
    assert b"erika" in content
    for secret in (PASSWORD, invitation, login.token):
        assert secret.encode() not in content


def test_a_password_costs_what_owasp_asks_for() -> None:
    """OWASP's password storage cheat sheet: argon2id, at least 19 MiB and two passes."""
    program = "from survey.domain.accounts import hasher; print(hasher.hash('regen tasse laterne'))"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    found = extract_parameters(made.stdout.decode().strip())
    assert found.type is Type.ID
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2
