"""No table of answers can carry order or identity; each kind of fault is planted and found."""

import time
from collections.abc import Callable
from uuid import uuid1

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Engine,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    func,
    insert,
    text,
)

from survey.db.audit import ANSWERS, STAFF, audit_database, audit_metadata
from survey.db.engine import writing
from survey.db.inbox import inbox
from survey.db.tables import metadata, random_id


def test_the_tables_of_answers_are_clean() -> None:
    assert audit_metadata() == ()


def test_every_table_is_either_of_the_staff_or_holds_answers() -> None:
    assert set(metadata.tables) == STAFF | ANSWERS
    assert not STAFF & ANSWERS


def uuid7() -> bytes:
    """A version 7 id: 48 bits of time in front."""
    random = random_id()
    return (time.time_ns() // 1_000_000).to_bytes(6, "big") + b"\x70" + random[7:]


@pytest.mark.parametrize(
    ("column", "word"),
    [
        (lambda: Column("created_at", DateTime), "created_at has the type"),
        (lambda: Column("created_at", Integer), "created_at has the type"),
        (lambda: Column("position", BigInteger), "position has the type"),
        (lambda: Column("address", String(40)), "address has the type"),
        (lambda: Column("device", Uuid, default=uuid7), "device has the type"),
        (
            lambda: Column("other", LargeBinary(16), default=uuid7),
            "other fills itself by a default",
        ),
        (
            lambda: Column("other", LargeBinary(16), server_default=func.now()),
            "other fills itself by a server_default",
        ),
        (
            lambda: Column("late", Boolean, onupdate=lambda: True),
            "late fills itself by a onupdate",
        ),
        (lambda: Column("n", Integer, Identity()), "n fills itself by a identity"),
        (
            lambda: Column("code", LargeBinary(32), ForeignKey("access_codes.code_hash")),
            "responses.code points at access_codes.code_hash",
        ),
        (
            lambda: Column("campaign", LargeBinary(32), ForeignKey("campaigns.id")),
            "campaign is a foreign key",
        ),
    ],
)
def test_a_planted_column_is_found(column: Callable[[], Column[object]], word: str) -> None:
    schema = _copy()
    schema.tables["responses"].append_column(column())
    assert any(word in found for found in audit_metadata(schema)), audit_metadata(schema)


def test_a_planted_rowid_table_is_found() -> None:
    schema = _copy()
    schema.tables["responses"].dialect_options["sqlite"]["with_rowid"] = True
    assert audit_metadata(schema) == ("responses keeps the order of arrival in its rowid",)


def test_a_planted_autoincrement_key_is_found() -> None:
    schema = _copy()
    schema.remove(schema.tables["responses"])
    Table("responses", schema, Column("id", Integer, primary_key=True, autoincrement=True))
    found = " ".join(audit_metadata(schema))
    assert "responses.id counts upwards" in found
    assert "responses keeps the order of arrival" in found


def test_a_new_table_is_taken_for_one_with_answers() -> None:
    schema = _copy()
    Table("drafts", schema, Column("id", Integer, primary_key=True), Column("seen", DateTime))
    found = audit_metadata(schema)
    assert "drafts keeps the order of arrival in its rowid" in found
    assert any(line.startswith("drafts.seen has the type") for line in found)


def test_a_staff_table_cannot_point_at_answers() -> None:
    schema = _copy()
    schema.tables["jobs"].append_column(Column("r", LargeBinary, ForeignKey("responses.id")))
    assert audit_metadata(schema) == ("jobs.r points at responses.id",)


def test_a_short_key_is_found() -> None:
    schema = _copy()
    schema.tables["inbox"].c.id.type = LargeBinary(4)
    assert audit_metadata(schema) == ("inbox.id is a key of 4 bytes, which could be guessed",)


def test_a_missing_table_is_found() -> None:
    schema = _copy()
    schema.remove(schema.tables["inbox"])
    assert audit_metadata(schema) == ("inbox is not declared",)


def test_a_migrated_database_is_clean(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(inbox), [_row(random_id()) for _ in range(50)])
    assert audit_database(engine) == ()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("ALTER TABLE responses ADD COLUMN created_at TEXT", "responses.created_at is not one"),
        ("CREATE TABLE log (t TEXT)", "log is not one of ours"),
        (
            "CREATE TRIGGER spy AFTER INSERT ON inbox BEGIN UPDATE jobs SET message = ''; END",
            "the trigger spy is not one of ours",
        ),
        ("CREATE VIEW spy AS SELECT * FROM responses", "the view spy is not one of ours"),
        ("DROP TABLE submissions", "submissions is missing"),
        ("ALTER TABLE responses DROP COLUMN unit", "responses.unit is missing"),
    ],
)
def test_a_changed_database_is_found(sqlite_engine: Engine, statement: str, found: str) -> None:
    with writing(sqlite_engine) as connection:
        connection.execute(text(statement))
    assert any(line.startswith(found) for line in audit_database(sqlite_engine)), audit_database(
        sqlite_engine
    )


def test_a_rowid_table_in_the_database_is_found(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as connection:
        connection.execute(text("DROP TABLE submissions"))
        connection.execute(
            text("CREATE TABLE submissions (campaign_id INTEGER, submission_hash BLOB)")
        )
    assert audit_database(sqlite_engine) == ("submissions keeps the order of arrival in its rowid",)


@pytest.mark.parametrize("make_id", [uuid7, lambda: uuid1().bytes, lambda: bytes(16)])
def test_ids_that_hold_a_time_are_found(engine: Engine, make_id: Callable[[], bytes]) -> None:
    with writing(engine) as connection:
        connection.execute(insert(inbox), [_row(random_id()), _row(make_id())])
    assert audit_database(engine) == ("inbox has 1 ids that are not random (version 4)",)


def test_rows_come_back_in_no_order_of_arrival(sqlite_engine: Engine) -> None:
    ids = [random_id() for _ in range(300)]
    with writing(sqlite_engine) as connection:
        for one in ids:
            connection.execute(insert(inbox), [_row(one)])
        back = [row.id for row in connection.execute(text("SELECT id FROM inbox"))]
    assert back == sorted(ids)
    assert back != ids


def test_an_answer_table_has_no_rowid_to_ask_for(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as connection:
        connection.execute(insert(inbox), [_row(random_id())])
        plan = connection.execute(text("PRAGMA table_list")).mappings().all()
    without = {row["name"] for row in plan if row["wr"]}
    assert without == ANSWERS


def _copy() -> MetaData:
    copy = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(copy)
    return copy


def _row(id_: bytes) -> dict[str, object]:
    return {"campaign_id": 1, "id": id_, "key_id": bytes(16), "sealed": b"sealed"}
