"""Commands on PostgreSQL: set up, looked at, and a campaign all the way to its report."""

import json

import pytest
from sqlalchemy import make_url

from survey.db.engine import make_engine
from survey.domain.submitting import Outcome
from survey.keeper.lock import database_lock
from tests.postgres import Cluster
from tests.survey.cli.commands import Pegel, Said
from tests.survey.cli.test_campaign import answer, codes_in


@pytest.fixture
def served(pegel: Pegel, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Pegel:
    monkeypatch.setenv("PEGEL_DATABASE_URL", postgres_url)
    return pegel


def said_of(check: str, said: Said) -> list[tuple[str, str]]:
    checks = said.json["checks"]
    return [(one["state"], one["message"]) for one in checks if one["check"] == check]


def test_an_empty_database_is_set_up(
    pegel: Pegel, server: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEGEL_DATABASE_URL", server.create("empty_for_upgrade"))
    try:
        assert pegel.did("db", "upgrade").out == "The database is up to date now.\n"
        assert pegel.did("db", "upgrade").out == "The database was up to date.\n"
        assert not pegel.database.exists()
    finally:
        server.drop("empty_for_upgrade")


def test_the_whole_way(served: Pegel, postgres_url: str) -> None:
    served.did("campaign", "create", served.plan())
    printed = []
    for unit, count in (("bauamt", 40), ("hauptamt", 25)):
        slips = served.folder / f"{unit}.pdf"
        asked = ("--unit", unit, "--count", str(count), "-o", slips.name)
        served.did("campaign", "codes", "klima", *asked)
        printed += codes_in(slips.read_bytes())
    served.did("campaign", "open", "klima")
    engine = make_engine(postgres_url)
    assert set(answer(engine, printed[:30] + printed[40:60])) == {Outcome.ACCEPTED}
    assert set(answer(engine, printed[:30])) == {Outcome.CODE_USED}
    served.did("campaign", "close", "klima")
    for unit, count in (("bauamt", 10), ("hauptamt", 5)):
        served.did("campaign", "leftover", "klima", "--unit", unit, "--count", str(count))
    served.did("campaign", "release", "klima")
    report = served.did("report", "klima", "--format", "json", "-o", "report.json")
    assert report.code == 0
    assert json.loads((served.folder / "report.json").read_text())["n"] == 50
    status = served.did("campaign", "status", "--json").json
    assert [one["status"] for one in status["campaigns"]] == ["released"]
    assert not served.database.exists()
    engine.dispose()


def test_doctor_looks_at_the_server(served: Pegel, server: Cluster, postgres_url: str) -> None:
    said = served.did("doctor", "--json")
    assert [state for state, _ in said_of("server", said)] == ["warning"]  # log_error_verbosity
    name = make_url(postgres_url).database
    server.psql(f"ALTER DATABASE {name} SET log_statement = 'all'")
    said = served("doctor", "--json")
    assert said.code == 1
    (found, _) = said_of("server", said)
    assert found[0] == "problem"
    assert "ALTER ROLE pegel SET log_statement = 'none'" in found[1]
    server.psql(f"ALTER DATABASE {name} RESET log_statement")
    server.psql(f"ALTER DATABASE {name} SET log_error_verbosity = 'terse'")
    said = served.did("doctor", "--json")
    assert [state for state, _ in said_of("server", said)] == ["ok"]


def test_doctor_sees_a_keeper_on_another_host(served: Pegel, postgres_url: str) -> None:
    assert said_of("keeper", served.did("doctor", "--json"))[0][1].startswith("No keeper")
    engine = make_engine(postgres_url)
    with database_lock(engine):
        said = said_of("keeper", served.did("doctor", "--json"))
    assert said == [("ok", "A keeper is at work.")]
    engine.dispose()


def test_a_server_that_is_not_there_is_named_without_its_password(
    pegel: Pegel, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://pegel:geheim@127.0.0.1:1/pegel"
    monkeypatch.setenv("PEGEL_DATABASE_URL", url)
    for command in (["db", "upgrade"], ["campaign", "status"], ["doctor"], ["keeper"]):
        said = (pegel.apart if command == ["keeper"] else pegel)(*command)
        assert said.code == 1, command
        assert "geheim" not in said.out + said.err
