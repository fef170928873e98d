"""`pegel campaign recover`: the secret comes from paper, and never stands in an argument."""

import io

import pytest

from survey.db.engine import make_engine, writing_session
from survey.domain import campaigns, cosigning, recovery
from survey.domain.inbox import utc_now
from survey.domain.trust import load_trust
from survey.keeper import keeper_lock
from survey.settings import load_settings
from tests.survey.cli.commands import Pegel


@pytest.fixture
def secret(pegel: Pegel) -> str:
    """An open campaign `open-link` whose plan was signed, and what stands on its sheet."""
    plan = pegel.plan(slug="open-link", access="open", units=None)
    pegel.did("campaign", "create", plan)
    sheet, settings = recovery.new_recovery(), load_settings()
    engine = make_engine(settings.database_url)
    with writing_session(engine) as session:
        campaign, trust = campaigns.get(session, "open-link"), load_trust(settings)
        cosigning.sign(
            session, campaign, None, trust=trust, now=utc_now(), recovery=sheet.public_key
        )
    engine.dispose()
    pegel.did("campaign", "open", "open-link")
    return recovery.spell(sheet.secret)


def _lose_the_key(pegel: Pegel) -> None:
    for file in (pegel.data / "keys").iterdir():
        file.unlink()


def test_the_sheet_lets_it_go_on(
    pegel: Pegel, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_the_key(pegel)
    assert pegel("campaign", "close", "open-link").code == 1
    pegel.did("backup", "now.zip")
    pegel.did("restore", "now.zip", "--force")
    assert "interrupted" in pegel.did("campaign", "status", "open-link").out
    monkeypatch.setattr("sys.stdin", io.StringIO(secret.lower().replace("-", " ") + "\n"))
    said = pegel.did("campaign", "recover", "open-link")
    assert "open-link: open" in said.out
    assert secret not in said.out + said.err
    assert pegel.did("campaign", "close", "open-link").code == 0


def test_the_secret_may_come_from_the_environment(
    pegel: Pegel, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_the_key(pegel)
    monkeypatch.setenv("PEGEL_RECOVERY", secret)
    pegel.did("campaign", "recover", "open-link")


def test_a_misread_letter_is_noticed(
    pegel: Pegel, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = ("B" if secret[0] != "B" else "C") + secret[1:]
    monkeypatch.setenv("PEGEL_RECOVERY", wrong)
    said = pegel("campaign", "recover", "open-link")
    assert (said.code, "misread" in said.err) == (1, True)
    assert wrong not in said.err


def test_while_a_keeper_runs_it_has_to_be_stopped_first(
    pegel: Pegel, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_the_key(pegel)
    monkeypatch.setenv("PEGEL_RECOVERY", secret)
    with keeper_lock(pegel.data):
        said = pegel("campaign", "recover", "open-link")
    assert (said.code, "Another keeper" in said.err) == (1, True)


def test_without_a_secret_it_says_how_to_give_one(
    pegel: Pegel, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del secret
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = pegel("campaign", "recover", "open-link")
    assert (said.code, "PEGEL_RECOVERY" in said.err) == (1, True)
