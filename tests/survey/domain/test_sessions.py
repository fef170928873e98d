"""Sessions end by themselves, one by one, with their account; and wait for the second factor."""

from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from survey.db.accounts import Account, Invitation, StaffSession
from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, sessions
from tests.survey.domain.people import PASSWORD, elect, hire, log_in
from tests.survey.domain.rows import NOW

SECRET = b"s" * 32
LATER = NOW + sessions.SESSION_LENGTH


def erika(session: Session) -> Account:
    return hire(session, "Erika", now=NOW)


def test_the_right_password_opens_a_session(engine: Engine) -> None:
    with writing_session(engine) as session:
        erika(session)
        login = log_in(session, "Erika", PASSWORD, now=NOW)
        assert login is not None
        found = sessions.find_session(session, login.token, now=NOW)
        assert found is not None
        assert found.account.name == "erika"
        assert found.account.role == "hr"
        assert sessions.is_csrf_token(found, login.csrf_token)
        assert not sessions.is_csrf_token(found, login.csrf_token[:-1])
        assert not sessions.is_csrf_token(found, "ä")


def test_a_session_ends_by_itself_and_by_logging_out(engine: Engine) -> None:
    with writing_session(engine) as session:
        erika(session)
        one = log_in(session, "erika", PASSWORD, now=NOW)
        two = log_in(session, "erika", PASSWORD, now=NOW)
        assert one is not None
        assert two is not None
        sessions.log_out(session, one.token)
        assert sessions.find_session(session, one.token, now=NOW) is None
        assert sessions.find_session(session, two.token, now=LATER - timedelta(seconds=1))
        assert sessions.find_session(session, two.token, now=LATER) is None
        log_in(session, "erika", PASSWORD, now=LATER)
        assert len(session.scalars(select(StaffSession)).all()) == 1
        sessions.log_out(session, "unknown")


def test_sessions_are_listed_and_ended_one_by_one(engine: Engine) -> None:
    with writing_session(engine) as session:
        account, other = erika(session), hire(session, "max", now=NOW)
        first = sessions.start_session(session, account, now=NOW)
        second = sessions.start_session(session, account, now=NOW + timedelta(hours=1))
        foreign = sessions.start_session(session, other, now=NOW)
        listed = [one.token_hash for one in sessions.sessions_of(session, account, now=NOW)]
        assert listed == [sessions.hash_token(login.token) for login in (second, first)]
        sessions.end_session(session, account, sessions.hash_token(foreign.token))
        sessions.end_session(session, account, listed[1])
        assert sessions.find_session(session, first.token, now=NOW) is None
        sessions.end_other_sessions(session, account, keep=b"")
        assert sessions.find_session(session, second.token, now=NOW) is None
        assert sessions.find_session(session, foreign.token, now=NOW) is not None


def test_with_a_second_factor_the_password_opens_nothing_but_the_way_to_the_code(
    engine: Engine,
) -> None:
    with writing_session(engine) as session:
        berta, _ = elect(session, "berta", secret=SECRET, now=NOW)
        login = log_in(session, "berta", PASSWORD, now=NOW)
        assert login is not None
        assert not login.is_whole
        assert sessions.find_session(session, login.token, now=NOW) is None
        assert sessions.sessions_of(session, berta, now=NOW) == []
        pending = sessions.find_pending(session, login.token, now=NOW)
        assert pending is not None
        assert pending.account.name == "berta"
        over = NOW + sessions.PENDING_LENGTH
        assert sessions.find_pending(session, login.token, now=over) is None
        whole = sessions.start_session(session, berta, now=NOW, confirmed=True)
        assert whole.is_whole
        assert sessions.find_session(session, whole.token, now=NOW) is not None
        assert sessions.find_pending(session, whole.token, now=NOW) is None


def test_a_council_without_its_second_factor_gets_in_by_no_way(engine: Engine) -> None:
    with writing_session(engine) as session:
        berta, draft = elect(session, "berta", secret=SECRET, now=NOW)
        berta.second_factor = None  # as somebody would who writes to the database
        login = log_in(session, "berta", PASSWORD, now=NOW)
        assert login is not None
        assert sessions.find_session(session, login.token, now=NOW) is None
        waiting = hire(session, "bruno", "council", now=NOW)
        assert not waiting.is_active
        assert log_in(session, "bruno", PASSWORD, now=NOW) is None
    assert not accounts.confirm(engine, berta, draft.code(LATER), secret=SECRET, now=LATER)


def test_an_account_that_goes_takes_its_sessions_along(engine: Engine) -> None:
    with writing_session(engine) as session:
        account = erika(session)
        log_in(session, "erika", PASSWORD, now=NOW)
        session.delete(account)
    with reading_session(engine) as session:
        assert session.scalars(select(StaffSession)).all() == []
        assert session.scalars(select(Invitation)).all() == []
