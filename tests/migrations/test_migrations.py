"""Every migration goes up and down with data in the tables, and leads to the metadata."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, func, inspect, select, text

from survey.db.audit import audit_database
from survey.db.engine import (
    downgrade,
    is_migrated,
    make_engine,
    reading,
    upgrade,
    writing,
)
from survey.db.migrations import HEAD
from survey.db.postgres_schema import keep_no_values
from survey.db.tables import ANSWERS, metadata, random_id
from tests.postgres import Cluster

SCRIPTS = Path(__file__).parents[2] / "survey" / "db" / "migrations"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    return [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'pegel.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(server: Cluster) -> Iterator[Engine]:
    name = f"empty_{uuid4().hex}"
    engine = make_engine(server.create(name))
    yield engine
    engine.dispose()
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty database, once of each kind."""
    found: Any = request.getfixturevalue(f"{request.param}_engine")
    assert isinstance(found, Engine)
    return found


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(SCRIPTS)).get_heads()) == 1
    assert revisions()[0] == "0001"


def test_migrations_lead_to_the_metadata(engine: Engine) -> None:
    upgrade(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert audit_database(engine) == ()


def test_migrations_and_metadata_make_the_same_tables(
    tmp_path: Path, sqlite_engine: Engine
) -> None:
    upgrade(sqlite_engine)
    other = make_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")
    with writing(other) as connection:
        metadata.create_all(connection)
    assert _statements(sqlite_engine) == _statements(other)
    other.dispose()


def test_a_difference_would_be_noticed(engine: Engine) -> None:
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE jobs ADD COLUMN planted TEXT"))
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) != []


@pytest.mark.parametrize("revision", revisions())
def test_a_migration_goes_up_and_down_and_up_with_data(engine: Engine, revision: str) -> None:
    upgrade(engine, revision)
    _fill(engine)
    before = _counts(engine)
    upgrade(engine, "head")
    assert {name: _counts(engine)[name] for name in before} == before
    downgrade(engine, revision)
    assert _counts(engine) == before
    downgrade(engine, "base")
    assert _counts(engine) == {}
    upgrade(engine)
    assert is_migrated(engine)


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert revisions()[-1] == HEAD


def test_an_upgrade_twice_changes_nothing(engine: Engine) -> None:
    assert not is_migrated(engine)
    upgrade(engine)
    _fill(engine)
    upgrade(engine)
    assert set(_counts(engine).values()) == {1}


def _fill(engine: Engine) -> None:
    """One row in every table that is there, whatever its columns."""
    with writing(engine) as connection:
        for table in _reflect(engine).sorted_tables:
            row = {column.name: _value(table, column.name) for column in table.columns}
            connection.execute(table.insert(), [row])


def _value(table: Table, name: str) -> object:
    kind = table.columns[name].type.python_type
    known = {"status": "draft", "kind": "open", "state": "waiting"}
    if kind is bytes:
        return random_id() * (2 if name.endswith("_hash") else 1)
    values: dict[type, object] = {
        int: 1,
        str: known.get(name, "x"),
        bool: False,
        datetime: NOW,
        date: NOW.date(),
    }
    return values.get(kind, {"de": "x"})


def _reflect(engine: Engine) -> MetaData:
    found = MetaData()
    found.reflect(engine, only=lambda name, _: name != "alembic_version")
    return found


def _counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {
            name: connection.execute(select(func.count()).select_from(text(name))).scalar_one()
            for name in names
        }


def _statements(engine: Engine) -> dict[str, set[str]]:
    """Per table what stands between the commas of its CREATE, however it came there."""
    with reading(engine) as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE sql <> ''")
        return {name: set(_parts(sql)) for name, sql in rows if name != "alembic_version"}


def _parts(sql: str) -> Iterator[str]:
    head, _, rest = sql.partition("(")
    body, _, tail = rest.rpartition(")")
    depth, part = 0, ""
    for letter in body:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            yield " ".join(part.split())
            part = ""
        else:
            part += letter
    yield from (" ".join(part.split()), " ".join(head.split()), tail.strip())


def test_migrations_and_metadata_make_the_same_tables_on_postgresql(
    server: Cluster, postgres_engine: Engine
) -> None:
    upgrade(postgres_engine)
    other = make_engine(server.create("made_by_metadata"))
    with writing(other) as connection:
        metadata.create_all(connection)
        keep_no_values(connection, ANSWERS)
    other.dispose()
    try:
        migrated = _dumped(server, str(postgres_engine.url.database))
        assert migrated == _dumped(server, "made_by_metadata")
        assert len(migrated) > 100
    finally:
        server.drop("made_by_metadata")


def _dumped(server: Cluster, database: str) -> set[str]:
    """The lines of a dump of the schema: what a backup would bring back, columns in any order."""
    options = ("--schema-only", "--no-owner", "--exclude-table=alembic_version")
    lines = server.pg_dump(database, *options).decode().splitlines()
    return {line.strip().rstrip(",") for line in lines if not line.startswith(("--", "\\"))}


def test_everything_goes_up_at_once_on_several_hosts(postgres_engine: Engine) -> None:
    hosts = [make_engine(str(postgres_engine.url.render_as_string())) for _ in range(4)]
    with ThreadPoolExecutor(len(hosts)) as pool:
        list(pool.map(upgrade, hosts))
    assert is_migrated(postgres_engine)
    for host in hosts:
        host.dispose()
