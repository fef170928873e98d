"""Whatever in a PostgreSQL server could tell who answered when is found, with a remedy."""

import os

import pytest
from sqlalchemy import Engine, insert, text

from survey.db.audit import audit_database
from survey.db.engine import downgrade, make_engine, reading, upgrade, writing
from survey.db.inbox import inbox
from survey.db.postgres_audit import RULES, server_findings
from survey.db.postgres_schema import rewrite
from survey.db.tables import ANSWERS, random_id
from tests.postgres import Cluster, new_cluster

WATCH = """
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER spy AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION note()
"""
WATCH_CHANGES = """
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER spy ON ddl_command_end EXECUTE FUNCTION note()
"""


def codes(engine: Engine) -> set[tuple[str, str]]:
    with reading(engine) as connection:
        return {(found.severity, found.code) for found in server_findings(connection)}


def errors(engine: Engine) -> set[str]:
    return {code for severity, code in codes(engine) if severity == "error"}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("ALTER TABLE responses ADD COLUMN created_at timestamptz", "responses.created_at is not"),
        (
            "ALTER TABLE responses ADD COLUMN n int DEFAULT 1",
            "responses.n fills itself by a default",
        ),
        (
            "ALTER TABLE inbox ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY",
            "inbox.n fills itself by an identity",
        ),
        (
            "ALTER TABLE inbox ADD COLUMN n bigserial",
            "the sequence inbox_n_seq is not one of ours",
        ),
        ("CREATE SEQUENCE planted", "the sequence planted is not one of ours"),
        ("CREATE TABLE log (t text)", "log is not one of ours"),
        ("CREATE SCHEMA spy; CREATE TABLE spy.log (t text)", "spy.log is not one of ours"),
        (
            WATCH,
            "the trigger spy on inbox is not one of ours",
        ),
        (
            "CREATE RULE spy AS ON DELETE TO inbox DO ALSO NOTIFY gone",
            "the rule spy on inbox is not one of ours",
        ),
        ("CREATE VIEW spy AS SELECT * FROM responses", "the view spy is not one of ours"),
        (
            "CREATE MATERIALIZED VIEW spy AS SELECT * FROM responses",
            "the materialized view spy is not one of ours",
        ),
        ("CREATE TABLE child () INHERITS (inbox)", "inbox is no plain, lasting table"),
        ("ALTER TABLE responses SET UNLOGGED", "responses is no plain, lasting table"),
        (
            "ALTER TABLE inbox ALTER COLUMN sealed SET STATISTICS 100",
            "the server keeps values of inbox.sealed for its statistics",
        ),
        ("DROP TABLE submissions", "submissions is missing"),
        ("ALTER TABLE responses DROP COLUMN unit", "responses.unit is missing"),
    ],
)
def test_a_changed_database_is_found(postgres_engine: Engine, statement: str, found: str) -> None:
    assert audit_database(postgres_engine) == ()
    with writing(postgres_engine) as connection:
        connection.exec_driver_sql(statement)
    faults = audit_database(postgres_engine)
    assert any(line.startswith(found) for line in faults), faults


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "CREATE PUBLICATION spy FOR ALL TABLES",
            "the publication spy hands on what is written to inbox",
        ),
        (
            WATCH_CHANGES,
            "the event trigger spy is not one of ours",
        ),
    ],
)
def test_what_an_administrator_planted_is_found(
    server: Cluster, postgres_engine: Engine, statement: str, found: str
) -> None:
    server.psql(statement, str(postgres_engine.url.database))
    assert found in audit_database(postgres_engine)


def test_what_belongs_to_an_extension_is_its_own_business(
    server: Cluster, postgres_engine: Engine
) -> None:
    server.psql("CREATE EXTENSION pg_stat_statements", str(postgres_engine.url.database))
    assert audit_database(postgres_engine) == ()


def test_migrations_from_every_revision_keep_no_values(postgres_engine: Engine) -> None:
    downgrade(postgres_engine, "base")
    upgrade(postgres_engine, "0001")
    upgrade(postgres_engine)
    assert audit_database(postgres_engine) == ()


def test_a_server_as_it_comes_breaks_no_promise(cluster: Cluster) -> None:
    engine = make_engine(cluster.create("town"))
    assert codes(engine) == {("warning", "log-error-verbosity")}
    cluster.psql("ALTER ROLE pegel SET log_error_verbosity = 'terse'")
    engine.dispose()
    assert codes(engine) == set()
    engine.dispose()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log_statement", "mod"),
        ("log_statement", "all"),
        ("log_min_duration_statement", "0"),
        ("log_min_duration_sample", "50"),
        ("log_transaction_sample_rate", "0.5"),
    ],
)
def test_a_server_that_logs_statements_is_found(
    server: Cluster, postgres_engine: Engine, setting: str, value: str
) -> None:
    server.psql(f"ALTER DATABASE {postgres_engine.url.database} SET {setting} = '{value}'")
    assert setting.replace("_", "-") in errors(postgres_engine)
    with reading(postgres_engine) as connection:
        (found,) = [
            one for one in server_findings(connection) if one.code == setting.replace("_", "-")
        ]
    # The remedy helps, to the letter.
    assert found.remedy.startswith("As a superuser: ALTER ROLE pegel SET ")
    remedy = found.remedy.removeprefix("As a superuser: ").partition(";")[0]
    server.psql(
        f"{remedy.replace('ROLE pegel', f'ROLE pegel IN DATABASE {_name(postgres_engine)}')}"
    )
    postgres_engine.dispose()
    assert setting.replace("_", "-") not in errors(postgres_engine)


def _name(engine: Engine) -> str:
    return str(engine.url.database)


def test_what_only_a_whole_server_can_have_is_found() -> None:
    with new_cluster(
        {
            "track_commit_timestamp": "on",
            "full_page_writes": "off",
            "fsync": "off",
            "wal_level": "logical",
            "archive_mode": "on",
            "archive_command": "true",
            "log_duration": "on",
            "shared_preload_libraries": "auto_explain,pg_stat_statements",
            "auto_explain.log_min_duration": "0",
        }
    ) as own:
        engine = make_engine(own.create("town"))
        own.psql("SELECT pg_create_logical_replication_slot('spy', 'test_decoding')", "town")
        own.psql("SELECT pg_create_physical_replication_slot('standby')")
        found = codes(engine)
        assert found == {
            ("error", "track-commit-timestamp"),
            ("error", "auto-explain-log-min-duration"),
            ("error", "fsync"),
            ("error", "logical-slot"),
            ("warning", "archive-mode"),
            ("warning", "full-page-writes"),
            ("warning", "log-duration"),
            ("warning", "log-error-verbosity"),
            ("warning", "pg-stat-statements"),
            ("warning", "physical-slot"),
            ("warning", "wal-level"),
        }
        engine.dispose()


def test_every_setting_that_is_looked_at_has_a_remedy() -> None:
    for rule in RULES:
        assert rule.remedy
        assert rule.message


def test_samples_of_values_would_reach_the_statistics(postgres_url: str) -> None:
    """What the audit looks for is real: ANALYZE copies values, unless it is told not to."""
    engine = make_engine(postgres_url)
    rows = [_row() for _ in range(100)]
    with writing(engine) as connection:
        connection.execute(insert(inbox), rows)
        connection.execute(text("ANALYZE inbox"))
        sampled = text(
            "SELECT count(*) FROM pg_stats WHERE tablename = 'inbox' AND attname = :name"
        )
        assert connection.scalar(sampled, {"name": "sealed"}) == 0
        connection.execute(text("ALTER TABLE inbox ALTER COLUMN sealed SET STATISTICS -1"))
        connection.execute(text("ANALYZE inbox"))
        assert connection.scalar(sampled, {"name": "sealed"}) == 1
    engine.dispose()


@pytest.mark.parametrize("way", ["rewrite", "VACUUM FULL"])
def test_deleted_rows_leave_the_files_even_while_an_old_transaction_could_see_them(
    server: Cluster, postgres_engine: Engine, way: str
) -> None:
    canary = b"canary" + os.urandom(12)
    with writing(postgres_engine) as connection:
        connection.execute(insert(inbox), [_row() | {"sealed": canary}])
    assert _is_in_files(server, postgres_engine, canary)
    with reading(postgres_engine) as old:
        old.execute(text("SELECT 1"))
        with writing(postgres_engine) as connection:
            connection.execute(inbox.delete())
        if way == "rewrite":
            for table in sorted(ANSWERS):
                with writing(postgres_engine) as connection:
                    rewrite(connection, table)
        else:
            server.psql("VACUUM FULL inbox", _name(postgres_engine))
        assert _is_in_files(server, postgres_engine, canary) == (way == "VACUUM FULL")


def test_a_rewritten_table_is_the_same(postgres_engine: Engine) -> None:
    rows = [_row() for _ in range(50)]
    with writing(postgres_engine) as connection:
        connection.execute(insert(inbox), rows)
        rewrite(connection, "inbox")
    with reading(postgres_engine) as connection:
        assert [dict(row) for row in connection.execute(inbox.select()).mappings()] == rows
    assert audit_database(postgres_engine) == ()


def _row() -> dict[str, object]:
    return {
        "campaign_id": 1,
        "id": random_id(),
        "key_id": random_id(),
        "sealed": os.urandom(48),
    }


def _is_in_files(server: Cluster, engine: Engine, needle: bytes) -> bool:
    server.checkpoint()
    files = server.files_of(_name(engine))
    return any(needle in content for path, content in files.items() if path.parts[0] == "base")
