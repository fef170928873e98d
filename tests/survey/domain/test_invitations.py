"""One-time links: each makes one account of one role, for a while, and only as a hash."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, invitations, second_factor, sessions
from survey.domain.permissions import ROLES, Role
from survey.domain.second_factor import Draft
from survey.errors import NotFoundError, RefusedError, WrongStateError
from tests.survey.domain.people import PASSWORD, hire
from tests.survey.domain.rows import NOW

SECRET = b"s" * 32
SECOND = timedelta(seconds=1)


def invited(engine: Engine, role: Role = "hr") -> str:
    with writing_session(engine) as session:
        return invitations.invite(session, role, now=NOW)


def is_good(engine: Engine, token: str, later: timedelta = timedelta()) -> bool:
    with reading_session(engine) as session:
        return invitations.find(session, token, now=NOW + later) is not None


@pytest.mark.parametrize("role", [role for role in ROLES if role != "council"])
def test_a_link_makes_one_account_of_its_role(engine: Engine, role: Role) -> None:
    token = invited(engine, role)
    with writing_session(engine) as session:
        made = invitations.redeem(session, token, "Erika", PASSWORD, now=NOW)
        assert (made.name, made.role, made.is_active) == ("erika", role, True)
    with writing_session(engine) as session, pytest.raises(NotFoundError):
        invitations.redeem(session, token, "max", PASSWORD, now=NOW)
    assert not is_good(engine, token)


def test_what_is_refused_uses_nothing_up(engine: Engine) -> None:
    token = invited(engine)
    with pytest.raises(RefusedError), writing_session(engine) as session:
        invitations.redeem(session, token, "erika", "kurz", now=NOW)
    assert is_good(engine, token)


def test_links_end_by_themselves_and_by_being_revoked(engine: Engine) -> None:
    token, other = invited(engine), invited(engine)
    assert is_good(engine, token, invitations.LENGTH - SECOND)
    assert not is_good(engine, token, invitations.LENGTH)
    with writing_session(engine) as session:
        invitations.revoke(session, sessions.hash_token(token))
        invitations.revoke(session, b"unknown")
        assert len(invitations.list_invitations(session, now=NOW)) == 1
    assert not is_good(engine, token)
    assert is_good(engine, other)
    assert not is_good(engine, "")
    with writing_session(engine) as session:
        invitations.invite(session, "hr", now=NOW + invitations.LENGTH)
        assert len(invitations.list_invitations(session, now=NOW)) == 1


def test_the_first_link_is_good_for_an_hour_or_until_the_next(engine: Engine) -> None:
    with writing_session(engine) as session:
        council = invitations.invite(session, "council", now=NOW)
        first = invitations.invite_first(session, now=NOW)
        second = invitations.invite_first(session, now=NOW)
    assert [is_good(engine, link) for link in (council, first, second)] == [True, False, True]
    assert not is_good(engine, second, timedelta(hours=1))
    with writing_session(engine) as session:
        made = invitations.redeem(session, second, "ada", PASSWORD, now=NOW)
        assert made.role == "admin"


def test_the_first_link_can_be_made_while_no_administrator_is_active(engine: Engine) -> None:
    with writing_session(engine) as session:
        hire(session, "erika", now=NOW)
        ada = hire(session, "ada", "admin", now=NOW)
        with pytest.raises(WrongStateError, match="pegel account deactivate"):
            invitations.invite_first(session, now=NOW)
        accounts.deactivate(session, ada)
        assert invitations.invite_first(session, now=NOW)


def elected(engine: Engine, token: str, draft: Draft | None, code: str) -> None:
    with writing_session(engine) as session:
        invitations.redeem(
            session, token, "berta", PASSWORD, now=NOW, secret=SECRET, draft=draft, code=code
        )


def test_a_council_comes_with_its_second_factor_or_not_at_all(engine: Engine) -> None:
    token, draft = invited(engine, "council"), second_factor.draw()
    late = draft.code(NOW + timedelta(hours=1))
    for given, code in ((None, ""), (None, "123456"), (draft, ""), (draft, late)):
        with pytest.raises(RefusedError):
            elected(engine, token, given, code)
        with reading_session(engine) as session:
            assert accounts.list_accounts(session) == []
    elected(engine, token, draft, draft.code(NOW))
    with reading_session(engine) as session:
        berta = accounts.find_account(session, "berta")
        assert berta.is_active
        assert second_factor.since(berta, secret=SECRET) == NOW
    assert not is_good(engine, token)


def test_the_link_itself_is_in_no_file(engine: Engine, bytes_on_disk: Callable[[], bytes]) -> None:
    token = invited(engine)
    assert token.encode() not in bytes_on_disk()
