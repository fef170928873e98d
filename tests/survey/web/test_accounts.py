"""Administrators invite, revoke and end; of others they see neither password nor second factor."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from litestar.testing import TestClient

from survey.db.engine import reading_session, writing_session
from survey.domain import accounts, campaigns, cosigning, invitations, sessions
from survey.domain.permissions import ROLES, Role
from survey.domain.plan_loading import make_plan
from survey.web.accounts import ACCOUNTS
from tests.survey.domain.people import PASSWORD, elect, hire
from tests.survey.web.factories import Town
from tests.survey.web.staff import Staff, plan_of_town
from tests.survey.web.test_entrance import elected, location

Client = TestClient[Any]


@pytest.fixture
def ada(client: Client, town: Town) -> Staff:
    """An administrator at work."""
    with writing_session(town.engine) as session:
        hire(session, "ada", "admin", now=datetime.now(UTC))
    made = Staff(client)
    assert made.log_in("ada", PASSWORD).status_code == 303
    made.get(ACCOUNTS)
    return made


def link_on(page: str) -> str:
    found = re.search(r'<code class="address">([^<]+)</code>', page)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize("role", ROLES)
def test_a_link_is_shown_once_and_leads_to_the_invitation(
    ada: Staff, town: Town, role: Role
) -> None:
    page = ada.post(ACCOUNTS, {"role": role}).text
    link = link_on(page)
    address, _, token = link.partition("?token=")
    assert address == f"{town.settings.staff_address}{invitations.PATH}"
    assert ("Öffnen Sie ihn nicht selbst" in page) is (role == "council")
    with reading_session(town.engine) as session:
        found = invitations.find(session, token, now=datetime.now(UTC))
    assert found is not None
    assert found.role == role
    assert token not in ada.get(ACCOUNTS)


def test_a_link_is_revoked(ada: Staff, town: Town) -> None:
    token = link_on(ada.post(ACCOUNTS, {"role": "hr"}).text).partition("?token=")[2]
    key = re.search(r'name="invitation" value="([0-9a-f]{64})"', ada.get(ACCOUNTS))
    assert key is not None
    assert location(ada.post(f"{ACCOUNTS}/revoke", {"invitation": key[1]})).endswith("revoked")
    with reading_session(town.engine) as session:
        assert invitations.find(session, token, now=datetime.now(UTC)) is None
    assert ada.client.get(invitations.PATH, params={"token": token}).status_code == 404
    assert location(ada.post(f"{ACCOUNTS}/revoke", {"invitation": "none"})).endswith("revoked")


def test_an_account_is_ended_with_its_sessions(ada: Staff, town: Town) -> None:
    with writing_session(town.engine) as session:
        erika = hire(session, "erika", now=datetime.now(UTC))
        login = sessions.start_session(session, erika, now=datetime.now(UTC))
    assert "Konto beenden …" in ada.get(ACCOUNTS)
    assert location(ada.post(f"{ACCOUNTS}/deactivate", {"account": "erika"})).endswith("ed")
    with reading_session(town.engine) as session:
        assert sessions.find_session(session, login.token, now=datetime.now(UTC)) is None
        assert not accounts.find_account(session, "erika").is_active
    page = ada.get(f"{ACCOUNTS}?done=deactivated")
    assert "Das Konto ist beendet" in page
    assert "Konto beenden …" not in page


def test_nobody_ends_the_own_account_or_one_that_is_not_there(ada: Staff, town: Town) -> None:
    own = ada.post(f"{ACCOUNTS}/deactivate", {"account": "ada"})
    assert own.status_code == 409
    assert "Das eigene Konto kann niemand beenden." in own.text
    assert ada.post(f"{ACCOUNTS}/deactivate", {"account": "niemand"}).status_code == 404
    assert ada.post(ACCOUNTS, {"role": "king"}).status_code == 409
    with reading_session(town.engine) as session:
        assert accounts.has_active_admin(session)


def test_the_list_shows_no_secret(ada: Staff, town: Town) -> None:
    draft = elected(town)
    page = ada.get(ACCOUNTS)
    with reading_session(town.engine) as session:
        berta = accounts.find_account(session, "berta")
    assert "berta" in page
    assert "Personalrat" in page
    assert berta.second_factor is not None
    for secret in (berta.password_hash, draft.text, draft.key.hex(), berta.second_factor.hex()):
        assert secret not in page


def test_an_administrator_has_no_way_to_a_councils_password_or_second_factor(
    ada: Staff, town: Town
) -> None:
    elected(town)
    with reading_session(town.engine) as session:
        before = accounts.find_account(session, "berta")
    fields = {"account": "berta", "name": "berta", "step": "off", "password": "x", "new": PASSWORD}
    for route in ada.client.app.routes:
        if str(route.path).startswith("/staff/account") and "deactivate" not in str(route.path):
            ada.post(str(route.path), fields)
    link = link_on(ada.post(ACCOUNTS, {"role": "council"}).text)
    token = link.partition("?token=")[2]
    ada.client.post(invitations.PATH, data={"link": token, "name": "berta", "password": PASSWORD})
    with reading_session(town.engine) as session:
        after = accounts.find_account(session, "berta")
    assert (after.password_hash, after.second_factor) == (
        before.password_hash,
        before.second_factor,
    )


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("admin", "council")])
def test_others_see_nothing_of_it(client: Client, town: Town, role: Role) -> None:
    with writing_session(town.engine) as session:
        hire(session, "erika", role, now=datetime.now(UTC))
    erika = Staff(client)
    erika.log_in("erika", PASSWORD)
    assert ACCOUNTS not in erika.get("/staff/account")
    assert client.get(ACCOUNTS).status_code == 403
    assert erika.post(ACCOUNTS, {"role": "admin"}).status_code == 403
    assert erika.post(f"{ACCOUNTS}/deactivate", {"account": "erika"}).status_code == 403


def test_a_council_that_was_put_in_the_place_of_another_is_seen(client: Client, town: Town) -> None:
    long_ago, lately = datetime(2026, 5, 3, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    slug = "befragung"
    with writing_session(town.engine) as session:
        hire(session, "erika", now=long_ago)
        berta, _ = elect(session, "berta", secret=town.trust.secret, now=long_ago)
        plan = make_plan(plan_of_town(slug))
        creator = accounts.find_account(session, "erika")
        campaign = campaigns.create(session, plan, now=lately, trust=town.trust, creator=creator)
        cosigning.sign(session, campaign, berta, trust=town.trust, now=lately)
        accounts.deactivate(session, berta)
    erika = Staff(client)
    erika.log_in("erika", PASSWORD)
    assert "Konto „berta“, das seit dem 3.\xa0Mai 2026 besteht" in page_of(erika, slug)
    with writing_session(town.engine) as session:
        eve, _ = elect(session, "eve", secret=town.trust.secret, now=lately)
        eve.created_at = long_ago  # as somebody would who writes to the database
        campaign = campaigns.get(session, slug)
        cosigning.sign(session, campaign, eve, trust=town.trust, now=lately)
    assert "Konto „eve“, das seit dem 20.\xa0November 2026 besteht" in page_of(erika, slug)
    assert "3.\xa0Mai 2026" not in page_of(erika, slug)


def page_of(somebody: Staff, slug: str) -> str:
    return unescape(somebody.get(f"/staff/campaigns/{slug}"))
