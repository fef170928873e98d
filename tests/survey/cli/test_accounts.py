"""`pegel account`: the operator invites, sees and ends accounts, and can set nobody's password."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from survey.db.engine import make_engine, writing_session
from survey.domain import accounts, invitations
from survey.domain.trust import host_secret
from survey.settings import Settings
from tests.survey.cli.commands import Pegel
from tests.survey.domain.people import PASSWORD, elect, hire

NOW = datetime.now(UTC)


def staff(pegel: Pegel) -> None:
    """An administrator, somebody of human resources, and a council."""
    pegel.did("init")
    engine = make_engine(f"sqlite:///{pegel.database}")
    with writing_session(engine) as session:
        hire(session, "ada", "admin", now=NOW)
        hire(session, "erika", now=NOW)
        elect(session, "berta", secret=host_secret(Settings(data=pegel.data)), now=NOW)
    engine.dispose()


def test_a_link_for_a_council(pegel: Pegel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEGEL_STAFF_URL", "https://stab.musterheim.example/")
    said = pegel.did("account", "invite", "--role", "council", "--json").json
    address, _, token = said["url"].partition("?token=")
    assert address == "https://stab.musterheim.example/staff/invitation"
    days = datetime.fromisoformat(said["valid_until"]) - NOW
    assert timedelta(days=6, hours=23) < days < timedelta(days=7, hours=1)
    engine = make_engine(f"sqlite:///{pegel.database}")
    with writing_session(engine) as session:
        found = invitations.find(session, token, now=NOW)
        assert found is not None
        assert found.role == "council"
    engine.dispose()
    plain = pegel.did("account", "invite", "--role", "hr")
    assert re.fullmatch(r"https://\S+\n", plain.out)
    assert "shown this once" in plain.err
    assert pegel("account", "invite", "--role", "king").code == 2


def test_the_list_tells_roles_and_second_factors_and_no_secret(pegel: Pegel) -> None:
    staff(pegel)
    rows = pegel.did("account", "list", "--json").json["accounts"]
    today = str(NOW.date())
    assert rows == [
        {"name": name, "role": role, "active": True, "second_factor": factor, "since": today}
        for name, role, factor in (
            ("ada", "admin", False),
            ("berta", "council", True),
            ("erika", "hr", False),
        )
    ]
    said = pegel.did("account", "list")
    assert f"berta  council  active  second factor  since {today}\n" in said.out
    assert "Links that wait to be used: 1." in said.err
    assert PASSWORD not in said.out
    assert "argon2" not in said.out


def test_an_account_is_ended_and_then_there_is_a_way_back(pegel: Pegel) -> None:
    staff(pegel)
    assert "pegel account deactivate" in pegel("init").err
    assert pegel.did("account", "deactivate", "ERIKA").out == "erika: ended\n"
    assert "pegel init" in pegel.did("account", "deactivate", "ada").err
    assert "/staff/invitation?token=" in pegel.did("init").out
    engine = make_engine(f"sqlite:///{pegel.database}")
    with writing_session(engine) as session:
        assert accounts.authenticate(session, "ada", PASSWORD) is None
    engine.dispose()
    missing = pegel("account", "deactivate", "niemand")
    assert (missing.code, missing.out) == (1, "")
    assert "pegel account list" in missing.err


def test_there_is_no_command_for_passwords(pegel: Pegel) -> None:
    said = pegel.did("account", "--help").out
    assert {"invite", "list", "deactivate"} <= set(said.split())
    assert "password" not in said.lower()
