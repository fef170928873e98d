"""What would let order or identity into a table of answers: in the metadata, and in a database.

Every table that is not named here as one of the staff is taken for one that holds answers, so
whoever adds a table has to decide.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    and_,
    func,
    inspect,
    not_,
    select,
    text,
)

from survey.db.base import ID_BYTES
from survey.db.engine import reading
from survey.db.postgres_schema import schema_faults
from survey.db.tables import ANSWERS, metadata

__all__ = ["ANSWERS", "STAFF", "audit_database", "audit_metadata"]

STAFF = frozenset(
    {
        "accounts",
        "attempts",
        "campaigns",
        "invitations",
        "jobs",
        "releases",
        "sessions",
        "signatures",
        "stocks",
    }
)
VERSION_TABLE = "alembic_version"

# The one whole number and the one word that answers may carry; everything else is bytes or yes/no.
_NUMBER = "campaign_id"
_WORD = "unit"
_KEY_NUMBER = ("campaign_keys", "counter")  # counts the keys of a campaign, not its answers

# The seventh byte of a version 4 id is 0x4?; versions 1, 6 and 7 hold a time.
_FIRST, _BEYOND, _VERSION_BYTE = b"\x40", b"\x50", 7


def audit_metadata(schema: MetaData = metadata) -> tuple[str, ...]:
    """What is wrong with the tables as they are declared; empty when nothing is."""
    missing = [f"{name} is not declared" for name in sorted(ANSWERS - schema.tables.keys())]
    return (*missing, *(found for table in schema.sorted_tables for found in _table(table)))


def audit_database(engine: Engine, schema: MetaData = metadata) -> tuple[str, ...]:
    """What is wrong with a real database: tables, columns, triggers, ids; empty when nothing is."""
    with reading(engine) as connection:
        present = set(inspect(connection).get_table_names())
        found = [f"{name} is missing" for name in sorted(schema.tables.keys() - present)]
        found += [
            f"{name} is not one of ours"
            for name in sorted(present - schema.tables.keys() - {VERSION_TABLE})
        ]
        for name in sorted(present & schema.tables.keys()):
            found += _columns(connection, schema.tables[name])
        if engine.dialect.name == "sqlite":
            found += _sqlite(connection)
        else:
            found += schema_faults(connection, ANSWERS)
        for name in sorted(present & {"inbox", "responses"}):
            found += _ids(connection, schema.tables[name])
    return tuple(found)


def _table(table: Table) -> Iterator[str]:
    for key in table.foreign_keys:
        if key.column.table.name not in STAFF:
            yield f"{table.name}.{key.parent.name} points at {key.target_fullname}"
    if table.name in STAFF:
        return
    if table.dialect_options["sqlite"]["with_rowid"]:
        yield f"{table.name} keeps the order of arrival in its rowid"
    for column in table.columns:
        yield from (f"{table.name}.{column.name} {fault}" for fault in _column(column))


def _column(column: Column[object]) -> Iterator[str]:
    if not _is_harmless(column):
        yield f"has the type {column.type!r}, which can carry time, order or identity"
    for kind in ("default", "server_default", "onupdate", "server_onupdate", "identity"):
        if getattr(column, kind) is not None:
            yield f"fills itself by a {kind}"
    if column.autoincrement is True:
        yield "counts upwards"
    if column.foreign_keys:
        yield "is a foreign key"
    if column.primary_key and isinstance(column.type, LargeBinary):
        size = column.type.length or 0
        if size < ID_BYTES:
            yield f"is a key of {size} bytes, which could be guessed"


def _is_harmless(column: Column[object]) -> bool:
    permitted: dict[str, Callable[[], bool]] = {
        _NUMBER: lambda: isinstance(column.type, Integer),
        _WORD: lambda: isinstance(column.type, String),
    }
    if (column.table.name, column.name) == _KEY_NUMBER:
        return isinstance(column.type, Integer)
    by_name = permitted.get(column.name)
    return by_name() if by_name else isinstance(column.type, LargeBinary | Boolean)


def _columns(connection: Connection, table: Table) -> Iterator[str]:
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    declared = set(table.columns.keys())
    yield from (f"{table.name}.{name} is not one of ours" for name in sorted(present - declared))
    yield from (f"{table.name}.{name} is missing" for name in sorted(declared - present))


def _sqlite(connection: Connection) -> Iterator[str]:
    for row in connection.execute(text("PRAGMA table_list")).mappings():
        if row["name"] in ANSWERS and not row["wr"]:
            yield f"{row['name']} keeps the order of arrival in its rowid"
    others = "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')"
    for row in connection.execute(text(others)).mappings():
        yield f"the {row['type']} {row['name']} is not one of ours"
    if not connection.scalar(text("PRAGMA secure_delete")):
        yield "deleted rows are not overwritten (secure_delete is off)"


def _ids(connection: Connection, table: Table) -> Iterator[str]:
    version = func.substr(table.c.id, _VERSION_BYTE, 1, type_=LargeBinary)
    random = and_(version >= _FIRST, version < _BEYOND)
    others = connection.scalar(select(func.count()).select_from(table).where(not_(random)))
    if others:
        yield f"{table.name} has {others} ids that are not random (version 4)"
