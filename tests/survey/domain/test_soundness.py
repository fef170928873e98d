"""No campaign opens or closes on a database that could tell who answered when."""

from pathlib import Path

import pytest
from sqlalchemy import text

from survey.db.engine import writing
from survey.db.tables import inbox, responses
from tests.anonymity.town import Town, found_town
from tests.postgres import Cluster


@pytest.fixture
def log_everything(postgres_url: str) -> str:
    return f"ALTER DATABASE {postgres_url.partition('@/')[2].partition('?')[0]} SET log_statement ="


def test_a_server_that_logs_statements_gets_no_campaign(
    tmp_path: Path,
    server: Cluster,
    postgres_url: str,
    log_everything: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PEGEL_DATABASE_URL", postgres_url)
    town = found_town(tmp_path, opened=False)
    _set(server, town, f"{log_everything} 'all'")
    refused = town.ask("open")
    assert refused.state == "failed"
    assert "The server logs statements" in refused.message
    assert "ALTER ROLE pegel SET log_statement = 'none'" in refused.message
    assert town.status() == "draft"
    _set(server, town, f"{log_everything} 'none'")
    assert town.ask("open").state == "done"
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"])])
    _set(server, town, f"{log_everything} 'mod'")
    refused = town.ask("close")
    assert (refused.state, town.status()) == ("failed", "open")
    assert (town.count(inbox), town.count(responses)) == (40, 0)
    _set(server, town, f"{log_everything} 'ddl'")
    assert town.ask("close").state == "done"
    assert town.count(responses) == 40


@pytest.mark.usefixtures("either_database")
def test_a_table_with_a_time_gets_no_campaign(tmp_path: Path) -> None:
    town = found_town(tmp_path, opened=False)
    with writing(town.engine) as connection:
        connection.execute(text("ALTER TABLE responses ADD COLUMN created_at text"))
    refused = town.ask("open")
    assert (refused.state, town.status()) == ("failed", "draft")
    assert "responses.created_at is not one of ours" in refused.message
    with writing(town.engine) as connection:
        connection.execute(text("ALTER TABLE responses DROP COLUMN created_at"))
    assert town.ask("open").state == "done"


def _set(server: Cluster, town: Town, statement: str) -> None:
    server.psql(statement)
    town.engine.dispose()  # settings of a database count for new connections
