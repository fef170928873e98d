"""Attack 2: walk the live catalogue for anything that could carry time, order or identity.

The walk knows nothing of how tables are declared. It asks the database what is there, and lets
pass only what it knows to be harmless.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, bindparam, text

from survey.db.engine import reading, upgrade
from tests.anonymity.town import Town, found_town

ANSWERS = ("access_codes", "campaign_keys", "inbox", "response_keys", "responses", "submissions")

# Everything that tables of answers may have. Bytes are random, hashed or sealed; `counter` counts
# keys, not answers; `campaign_id` and `unit` are the same for many.
PERMITTED = {
    "access_codes": {"campaign_id", "code_hash", "unit", "spent"},
    "campaign_keys": {
        *("campaign_id", "key_id", "public_key", "is_current", "counter", "signature", "recovery"),
    },
    "inbox": {"campaign_id", "id", "key_id", "sealed"},
    "response_keys": {"campaign_id", "key_id", "public_key"},
    "responses": {"campaign_id", "id", "unit", "answers"},
    "submissions": {"campaign_id", "submission_hash"},
}


def walk(connection: Connection) -> list[str]:
    """Whatever could carry time, order or identity; empty when nothing does."""
    kind = connection.dialect.name
    return sorted({*(_sqlite if kind == "sqlite" else _postgres)(connection), *_ids(connection)})


def _sqlite(connection: Connection) -> Iterator[str]:
    for row in connection.execute(text("PRAGMA table_list")).mappings():
        if row["name"] in ANSWERS and not row["wr"]:
            yield f"{row['name']} has a rowid"
    for table, permitted in PERMITTED.items():
        columns = connection.execute(text(f"PRAGMA table_xinfo({table})")).mappings().all()
        yield from _columns(table, {str(row["name"]) for row in columns}, permitted)
        filled = (row["name"] for row in columns if row["dflt_value"] is not None or row["hidden"])
        yield from (f"{table}.{name} fills itself" for name in filled)
        keys = connection.execute(text(f"PRAGMA foreign_key_list({table})"))
        yield from (f"{table} has a foreign key" for _ in keys)
    others = text(
        "SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'view') "
        "OR name = 'sqlite_sequence' OR (type = 'index' AND name NOT LIKE 'sqlite_autoindex%' "
        "AND tbl_name IN :tables)"
    ).bindparams(bindparam("tables", list(ANSWERS), expanding=True))
    yield from connection.scalars(others)


# Each query gives what must not be there, as one line of text.
_FORBIDDEN = (
    # defaults, identities and generated columns
    """SELECT relname || '.' || attname || ' fills itself' FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE relname = ANY(:tables) AND attnum > 0
    AND (atthasdef OR attidentity <> '' OR attgenerated <> '')""",
    # times, sequences' numbers, addresses, version 1 and 7 uuids: by type
    """SELECT relname || '.' || attname || ' is a ' || typname FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid
    WHERE relname = ANY(:tables) AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    AND typname NOT IN ('bytea', 'bool') AND (attname, typname) NOT IN
    (('campaign_id', 'int4'), ('unit', 'varchar'), ('counter', 'int4'))""",
    # a sequence that belongs to a column of such a table, or to nothing at all
    """SELECT 'sequence ' || relname FROM pg_class WHERE relkind = 'S'
    AND relnamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend JOIN pg_class AS owner ON owner.oid = refobjid
        WHERE objid = pg_class.oid AND deptype IN ('a', 'i') AND owner.relkind = 'r'
        AND NOT owner.relname = ANY(:tables))""",
    """SELECT 'constraint ' || conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE relname = ANY(:tables) AND contype NOT IN ('p', 'c')""",
    """SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal""",
    """SELECT 'event trigger ' || evtname FROM pg_event_trigger""",
    """SELECT 'rule ' || rulename || ' of ' || relname FROM pg_rewrite
    JOIN pg_class ON pg_class.oid = ev_class WHERE relnamespace = 'public'::regnamespace""",
    """SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    """SELECT 'publication ' || pubname FROM pg_publication""",
    """SELECT 'heir ' || inhrelid::regclass FROM pg_inherits
    JOIN pg_class ON inhparent = pg_class.oid WHERE relkind = 'r'""",
    """SELECT 'statistics ' || stxname FROM pg_statistic_ext""",
    """SELECT 'index ' || indexrelid::regclass FROM pg_index
    JOIN pg_class ON pg_class.oid = indrelid
    WHERE relname = ANY(:tables) AND NOT indisprimary""",
    """SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'""",
    """SELECT relname || ' is no plain table' FROM pg_class
    WHERE relname = ANY(:tables) AND (relkind <> 'r' OR relpersistence <> 'p')""",
)


def _postgres(connection: Connection) -> Iterator[str]:
    for query in _FORBIDDEN:
        asked = {"tables": list(ANSWERS)} if ":tables" in query else {}
        yield from connection.scalars(text(query), asked)
    for table, permitted in PERMITTED.items():
        found = connection.scalars(
            text(
                "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:of AS regclass)"
                " AND attnum > 0 AND NOT attisdropped"
            ),
            {"of": table},
        )
        yield from _columns(table, set(found), permitted)


def _columns(table: str, found: set[str], permitted: set[str]) -> Iterator[str]:
    yield from (f"{table}.{name} is not known" for name in found - permitted)
    yield from (f"{table}.{name} is missing" for name in permitted - found)


def _ids(connection: Connection) -> Iterator[str]:
    """Ids are random (version 4, variant 1); those of versions 1, 6 and 7 tell a time."""
    for table in ("inbox", "responses"):
        for row in connection.scalars(text(f"SELECT id FROM {table}")):  # noqa: S608 # own names
            if row[6] >> 4 != 4 or row[8] >> 6 != 2:
                yield f"{table} has ids that are not random"


def _answered(folder: Path, database: str) -> Town:
    town = found_town(folder, database=database)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"])])
    return town


def _empty(folder: Path, database: str) -> Town:
    town = Town.at(folder, database)
    upgrade(town.engine)
    return town


def _walk(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return walk(connection)


def test_nothing_carries_time_order_or_identity(database: str, tmp_path: Path) -> None:
    town = _answered(tmp_path, database)
    assert _walk(town.engine) == []
    town.turn()
    assert _walk(town.engine) == []
    assert town.ask("close").state == "done"
    assert _walk(town.engine) == []


_ON_BOTH = {
    "ALTER TABLE inbox ADD COLUMN created_at TIMESTAMP": "inbox.created_at is not known",
    "ALTER TABLE responses ADD COLUMN position INTEGER": "responses.position is not known",
    "ALTER TABLE responses ADD COLUMN code_hash BLOB": "responses.code_hash is not known",
    "CREATE INDEX by_spent ON access_codes (spent)": "index by_spent",
    "CREATE VIEW spy AS SELECT * FROM inbox": "spy",
    "UPDATE inbox SET id = :id WHERE id = (SELECT min(id) FROM inbox)": "ids that are not random",
}
_ON_POSTGRES = {
    "ALTER TABLE responses ADD COLUMN number BIGSERIAL": "sequence responses_number_seq",
    "CREATE SEQUENCE arrivals": "sequence arrivals",
    "ALTER TABLE inbox ALTER COLUMN id SET DEFAULT uuid_send(gen_random_uuid())": "fills itself",
    "CREATE PUBLICATION everything FOR TABLE access_codes": "publication everything",
    "CREATE STATISTICS spy ON id, key_id FROM inbox": "statistics spy",
    "CREATE TABLE copied () INHERITS (inbox)": "heir copied",
    "CREATE FUNCTION spy() RETURNS int LANGUAGE sql AS 'SELECT 1'": "function spy",
    "ALTER TABLE submissions SET UNLOGGED": "submissions is no plain table",
    "ALTER TABLE inbox ADD CONSTRAINT spy FOREIGN KEY (campaign_id) REFERENCES campaigns": (
        "constraint spy"
    ),
}
_ON_SQLITE = {
    "CREATE TRIGGER spy AFTER INSERT ON inbox BEGIN UPDATE jobs SET message = ''; END": "spy",
    "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)": "sqlite_sequence",
}


@pytest.mark.parametrize(("statement", "word"), _ON_BOTH.items())
def test_a_planted_fault_is_found(database: str, tmp_path: Path, statement: str, word: str) -> None:
    town = (_answered if ":id" in statement else _empty)(tmp_path, database)
    if database:
        statement = statement.replace("BLOB", "BYTEA").replace("min(id)", "id")
        statement = statement.replace("(SELECT id FROM inbox)", "(SELECT id FROM inbox LIMIT 1)")
    _plant(town, statement)
    assert any(word in found for found in _walk(town.engine)), _walk(town.engine)


@pytest.mark.parametrize(("statement", "word"), _ON_POSTGRES.items())
def test_on_postgresql_a_planted_fault_is_found(
    postgres_url: str, tmp_path: Path, statement: str, word: str
) -> None:
    town = _empty(tmp_path, postgres_url)
    _plant(town, statement)
    assert any(word in found for found in _walk(town.engine)), _walk(town.engine)


@pytest.mark.parametrize(("statement", "word"), _ON_SQLITE.items())
def test_on_sqlite_a_planted_fault_is_found(tmp_path: Path, statement: str, word: str) -> None:
    town = _empty(tmp_path, "")
    _plant(town, statement)
    assert any(word in found for found in _walk(town.engine)), _walk(town.engine)


def test_on_sqlite_a_planted_table_with_rowid_is_found(tmp_path: Path) -> None:
    town = _empty(tmp_path, "")
    _plant(town, "DROP TABLE submissions")
    _plant(town, "CREATE TABLE submissions (campaign_id INTEGER, submission_hash BLOB)")
    assert _walk(town.engine) == ["submissions has a rowid"]


def _plant(town: Town, statement: str) -> None:
    time_ordered = bytes.fromhex("01890a5d96b47000" + "80" * 8)  # a version 7 uuid
    asked = {"id": time_ordered} if ":id" in statement else {}
    with town.engine.begin() as connection:
        connection.execute(text(statement), asked)
