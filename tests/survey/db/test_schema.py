"""The schema is made from the same metadata on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from survey.db.audit import ANSWERS
from survey.db.tables import metadata


def dialect(name: str) -> Dialect:
    """The way a database writes SQL; no server or driver is needed."""
    found: Dialect = registry.load(name)()
    return found


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_can_be_made_on_postgresql(table: Table) -> None:
    statement = str(CreateTable(table).compile(dialect=dialect("postgresql")))
    assert "ROWID" not in statement
    if table.name in ANSWERS:
        for word in ("SERIAL", "TIMESTAMP", "REFERENCES", "DEFAULT", "IDENTITY", "SEQUENCE"):
            assert word not in statement


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_tables_of_answers_have_no_rowid_on_sqlite(name: str) -> None:
    statement = str(CreateTable(metadata.tables[name]).compile(dialect=dialect("sqlite")))
    assert statement.rstrip().endswith("WITHOUT ROWID")
