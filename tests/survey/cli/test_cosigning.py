"""Signing on the command line: by the operator for campaigns of his own, by accounts for theirs."""

import re
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from survey.db.engine import make_engine, writing_session
from survey.domain.second_factor import Draft
from survey.domain.trust import load_trust
from survey.settings import Settings
from tests.survey.cli.commands import Pegel
from tests.survey.domain import people


@pytest.fixture
def app(pegel: Pegel, monkeypatch: pytest.MonkeyPatch) -> Draft:
    """Erika, a council and data protection have accounts; gives what the council's app holds."""
    pegel.did("campaign", "create", pegel.plan(slug="anderswo"))
    secret = load_trust(Settings(data=pegel.data)).secret
    engine = make_engine(f"sqlite:///{pegel.database}")
    past = datetime.now(UTC) - timedelta(hours=1)
    with writing_session(engine) as session:
        people.hire(session, "erika", now=past)
        people.hire(session, "dora", "privacy", now=past)
        _, draft = people.elect(session, "rat", secret=secret, now=past)
    engine.dispose()
    monkeypatch.setenv("PEGEL_PASSWORD", people.PASSWORD)
    return draft


def code(app: Draft, step: int = 0) -> str:
    """What the app shows now, or one step later, which is good as well."""
    return app.code(datetime.now(UTC) + timedelta(seconds=30 * step))


def test_the_operator_signs_his_own_campaign_and_it_is_called_so(pegel: Pegel) -> None:
    pegel.did("campaign", "create", pegel.plan())
    said = pegel.did("campaign", "sign", "klima", "--json")
    file = pegel.folder / "recovery-sheet-klima.pdf"
    assert (said.json["status"], said.json["sheet"]) == ("signed", file.name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert said.json["sheet_check"] in PdfReader(file).pages[0].extract_text()
    again = pegel.did("campaign", "sign", "klima")
    assert "recovery-sheet-klima-2.pdf" in again.out
    found = pegel.did("campaign", "status", "klima", "--json").json
    assert (found["status"], found["signed_by"]) == ("signed", "operator")
    assert "without an account" in pegel.did("campaign", "status", "klima").out
    pegel.did("campaign", "codes", "klima", "--unit", "bauamt", "--count", "12", "-o", "s.pdf")
    page = PdfReader(pegel.folder / "s.pdf").pages[0].extract_text()
    assert "an der Kommandozeile gezeichnet, ohne Konto" in re.sub(r"\s+", " ", page)


def test_three_accounts_take_a_campaign_all_the_way(
    pegel: Pegel, app: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = pegel.did("campaign", "create", pegel.plan(access="open", units=None), "--as", "erika")
    assert "pegel campaign sign klima --as NAME" in made.err
    for verb in ("open", "sign"):
        said = pegel("campaign", verb, "klima")
        assert said.code == 1
        assert "--as NAME" in said.err
    early = pegel("campaign", "open", "klima", "--as", "erika")
    assert "not signed by the staff council" in early.err
    monkeypatch.setenv("PEGEL_CODE", code(app))
    signed = pegel.did("campaign", "sign", "klima", "--as", "rat", "-o", "sheet.pdf", "--json")
    assert signed.json["status"] == "signed"
    pegel.did("campaign", "open", "klima", "--as", "erika")
    later = str(date.fromisoformat(_last_day(pegel)) + timedelta(days=7))
    asked = pegel.did("campaign", "prolong", "klima", "--to", later, "--as", "erika", "--json")
    assert asked.json == {"slug": "klima", "to": later, "agreed": False}
    assert pegel.did("campaign", "status", "klima", "--json").json["waiting"] == ["prolong"]
    used = pegel("campaign", "prolong", "klima", "--to", later, "--as", "rat")
    assert "was used already" in used.err
    monkeypatch.setenv("PEGEL_CODE", code(app, 1))
    assert pegel.did("campaign", "prolong", "klima", "--to", later, "--as", "rat").out
    assert _last_day(pegel) == later
    closing = pegel.did("campaign", "close", "klima", "--as", "erika", "--json")
    assert (closing.json["status"], closing.json["agreed"]) == ("open", False)
    assert "waits for the staff council" in closing.err
    refused = pegel("campaign", "release", "klima", "--as", "erika")
    assert refused.code == 1


def _last_day(pegel: Pegel) -> str:
    last = pegel.did("campaign", "status", "klima", "--json").json["last_day"]
    assert isinstance(last, str)
    return last


@pytest.mark.usefixtures("app")
def test_a_wrong_password_or_none_does_nothing(
    pegel: Pegel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEGEL_PASSWORD", "something else")
    said = pegel("campaign", "create", pegel.plan(), "--as", "erika")
    assert (said.code, said.out) == (1, "")
    assert "Name or password is wrong" in said.err
    monkeypatch.delenv("PEGEL_PASSWORD")
    said = pegel("campaign", "create", pegel.plan(), "--as", "erika")
    assert "PEGEL_PASSWORD" in said.err
    assert "klima" not in pegel.did("campaign", "status").out


@pytest.mark.usefixtures("app")
def test_other_roles_may_not(pegel: Pegel) -> None:
    said = pegel("campaign", "create", pegel.plan(), "--as", "dora")
    assert (said.code, said.out) == (1, "")
    assert "'dora' may not create campaigns" in said.err


def test_lost_slips_are_issued_anew_and_a_second_run_is_asked_for(pegel: Pegel) -> None:
    big = {"id": "bauamt", "name": "Bauamt", "eligible": 100}
    units = {"id": "haus", "name": "Haus", "units": [big]}
    pegel.did("campaign", "create", pegel.plan(units=units))
    arguments = ["klima", "--unit", "bauamt", "--count"]
    pegel.did("campaign", "codes", *arguments, "60", "-o", "lost.pdf")
    assert "--anew" in pegel("campaign", "codes", *arguments, "60", "-o", "s.pdf").err
    pegel.did("campaign", "codes", *arguments, "100", "-o", "s.pdf", "--anew")
    pegel.did("campaign", "open", "klima")
    second = ["campaign", "codes", *arguments, "20", "-o", "more.pdf", "--second-run"]
    refused = pegel(*second)
    assert refused.code == 1
    assert "pegel campaign second-run klima" in refused.err
    assert not Path("more.pdf").exists()
    assert pegel.did("campaign", "second-run", *arguments, "20", "--json").json["agreed"]
    pegel.did(*second)
    (stock,) = pegel.did("campaign", "status", "klima", "--json").json["stocks"]
    assert stock["issued"] == 120


@pytest.mark.parametrize("to", ["morgen", "2020-01-01", "2099-01-01"])
def test_a_day_that_cannot_be_is_refused(pegel: Pegel, to: str) -> None:
    pegel.did("campaign", "create", pegel.plan(access="open", units=None))
    pegel.did("campaign", "open", "klima")
    said = pegel("campaign", "prolong", "klima", "--to", to)
    assert (said.code, said.out) == (1, "")
    assert "2027-01-15" in said.err or "Name a day up to" in said.err


def test_the_new_commands_have_examples(pegel: Pegel) -> None:
    for verb in ("sign", "prolong", "second-run"):
        assert f"Example: pegel campaign {verb}" in pegel.did("campaign", verb, "--help").out
