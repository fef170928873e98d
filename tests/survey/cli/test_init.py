"""`pegel init` prints one link, good once and for an hour, while nobody has an account."""

from datetime import UTC, datetime, timedelta

import pytest

from survey.db.engine import make_engine, writing_session
from survey.domain import invitations
from tests.survey.cli.commands import Pegel

PASSWORD = "regen tasse laterne"  # noqa: S105 - an invented one


def test_the_link_makes_the_first_account(pegel: Pegel) -> None:
    said = pegel.did("init")
    address, _, token = said.out.strip().partition("?token=")
    assert address == "http://127.0.0.1:8000/staff/invitation"
    engine = make_engine(f"sqlite:///{pegel.database}")
    now = datetime.now(UTC)
    with writing_session(engine) as session:
        assert invitations.find(session, token, now=now)
        assert not invitations.find(session, token, now=now + timedelta(hours=1))
        invitations.redeem(session, token, "erika", PASSWORD, now=now)
    engine.dispose()
    again = pegel("init")
    assert (again.code, again.out) == (1, "")
    assert "There is an active administrator already" in again.err


def test_a_second_link_ends_the_first(pegel: Pegel) -> None:
    first, second = (pegel.did("init", "--json").json["url"] for _ in range(2))
    engine = make_engine(f"sqlite:///{pegel.database}")
    with writing_session(engine) as session:
        good = [
            invitations.find(session, link.partition("=")[2], now=datetime.now(UTC)) is not None
            for link in (first, second)
        ]
    engine.dispose()
    assert good == [False, True]


def test_the_link_leads_to_where_pegel_is_reached(
    pegel: Pegel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEGEL_BASE_URL", "https://pegel.musterheim.example/")
    url = pegel.did("init", "--json").json["url"]
    assert url.startswith("https://pegel.musterheim.example/staff/invitation?token=")
