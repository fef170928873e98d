"""The database is durable, private, forgets what is deleted, and lets one write at a time."""

import os
import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from survey.db.campaigns import Campaign
from survey.db.engine import make_engine, reading, reading_session, writing, writing_session
from survey.db.inbox import inbox
from survey.db.jobs import Job
from survey.db.tables import random_id
from tests.survey.db.rows import campaign

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("temp_store", 2),
        ("busy_timeout", 30000),
        ("trusted_schema", 0),
    ],
)
def test_every_connection_is_prepared(sqlite_engine: Engine, pragma: str, value: object) -> None:
    for way in (reading, writing):
        with way(sqlite_engine) as connection:
            assert connection.scalar(text(f"PRAGMA {pragma}")) == value


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'data' / 'pegel.sqlite'}")
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE t (x)"))
            folder = tmp_path / "new" / "data"
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["pegel.sqlite", "pegel.sqlite-wal", "pegel.sqlite-shm"], 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    engine.dispose()


def test_who_writes_takes_the_lock_before_reading(sqlite_engine: Engine, database: Path) -> None:
    with writing(sqlite_engine):
        other = sqlite3.connect(database, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_who_reads_keeps_nobody_waiting_and_sees_one_state(engine: Engine) -> None:
    with reading(engine) as reader:
        assert reader.execute(select(inbox)).all() == []
        with writing(engine) as writer:
            writer.execute(insert(inbox), [_sealed(b"x")])
        assert reader.execute(select(inbox)).all() == []
    with reading(engine) as reader:
        assert len(reader.execute(select(inbox)).all()) == 1


def test_writers_wait_for_each_other_and_lose_nothing(engine: Engine) -> None:
    with writing_session(engine) as session:
        session.add(campaign(public_count=0))

    def add_twenty() -> None:
        for _ in range(20):
            with writing_session(engine) as session:
                row = session.scalars(select(Campaign)).one()
                row.public_count = (row.public_count or 0) + 1

    threads = [threading.Thread(target=add_twenty) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading_session(engine) as session:
        assert session.scalars(select(Campaign.public_count)).one() == 80


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    def fail_half_way() -> None:
        with writing(engine) as connection:
            connection.execute(insert(inbox), [_sealed(b"x")])
            connection.execute(insert(inbox), [_sealed(b"x") | {"id": b"no id"}])

    with pytest.raises(IntegrityError):
        fail_half_way()
    with reading(engine) as connection:
        assert connection.execute(select(inbox)).all() == []


def test_what_is_deleted_is_not_in_the_files(sqlite_engine: Engine, database: Path) -> None:
    canary = b"canary-" + os.urandom(16)
    with writing(sqlite_engine) as connection:
        connection.execute(insert(inbox), [_sealed(canary)])
    sqlite_engine.dispose()  # the last connection writes the log into the file
    assert canary in _bytes_of(database)
    with writing(sqlite_engine) as connection:
        connection.execute(delete(inbox))
    sqlite_engine.dispose()
    assert canary not in _bytes_of(database)


def test_an_error_says_nothing_of_the_values(engine: Engine) -> None:
    def insert_twice() -> None:
        row = _sealed(b"canary-in-a-row")
        with writing(engine) as connection:
            connection.execute(insert(inbox), [row])
            connection.execute(insert(inbox), [row])

    with pytest.raises(IntegrityError) as caught:
        insert_twice()
    assert "canary" not in str(caught.value)


def test_foreign_keys_of_staff_tables_hold(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing_session(engine) as session:
        session.add(Job(kind="open", campaign_id=7, state="waiting", message="", created_at=NOW))


def test_times_come_back_as_the_moment_they_were(engine: Engine) -> None:
    berlin = timezone(timedelta(hours=1))
    with writing_session(engine) as session:
        session.add(campaign(created_at=NOW.astimezone(berlin), opened_at=NOW))
    with reading_session(engine) as session:
        row = session.scalars(select(Campaign)).one()
    assert (row.created_at, row.created_at.tzinfo) == (NOW, UTC)
    assert row.opened_at == NOW
    assert row.closed_at is None


def test_a_time_without_zone_is_refused(engine: Engine) -> None:
    with (
        pytest.raises(StatementError, match="without a zone"),
        writing_session(engine) as session,
    ):
        session.add(campaign(created_at=NOW.replace(tzinfo=None)))


def _sealed(content: bytes) -> dict[str, object]:
    return {"campaign_id": 1, "id": random_id(), "key_id": random_id(), "sealed": content}


def _bytes_of(database: Path) -> bytes:
    return b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
