"""On PostgreSQL: durable, quiet in the server's log, and one writer at a time."""

import threading

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from survey.db import postgres
from survey.db.engine import make_engine, reading, writing
from survey.db.postgres import QUIET
from tests.postgres import Cluster, new_cluster

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_writing_of_the_address_leads_to_psycopg(scheme: str, postgres_url: str) -> None:
    url = make_url(postgres_url).set(drivername=scheme).render_as_string()
    engine = make_engine(url)
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    assert engine.driver == "psycopg"
    engine.dispose()


def test_another_database_is_refused() -> None:
    with pytest.raises(ArgumentError, match="SQLite and PostgreSQL"):
        make_engine("mysql://nobody@127.0.0.1/pegel")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("synchronous_commit", "on"),
        ("application_name", "pegel"),
        ("lock_timeout", "30s"),
        ("log_parameter_max_length_on_error", "0"),
    ],
)
def test_every_connection_is_prepared(postgres_engine: Engine, setting: str, value: str) -> None:
    for way in (reading, writing):
        with way(postgres_engine) as connection:
            assert connection.scalar(text(f"SHOW {setting}")) == value


def test_reading_sees_one_state_and_cannot_write(postgres_engine: Engine) -> None:
    with reading(postgres_engine) as connection:
        assert connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        with pytest.raises(DBAPIError, match="read-only"):
            connection.execute(text("DELETE FROM inbox"))


def test_a_role_that_may_tells_nothing_to_the_log() -> None:
    with new_cluster({"log_statement": "all", "log_min_duration_statement": "0"}) as loud:
        engine = make_engine(loud.migrated())
        _say(engine, "canary before")
        assert "canary before" in loud.log.read_text()
        engine.dispose()
        for setting in QUIET:
            if "." not in setting:
                loud.psql(f"GRANT SET ON PARAMETER {setting} TO pegel")
        engine = make_engine(loud.url("migrated"))
        _say(engine, "canary after")
        engine.dispose()
        assert "canary after" not in loud.log.read_text()


@pytest.mark.parametrize(
    ("asked", "found"), [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")]
)
def test_a_lower_durability_is_raised_and_a_higher_one_kept(
    server: Cluster, postgres_engine: Engine, asked: str, found: str
) -> None:
    server.psql(f"ALTER DATABASE {postgres_engine.url.database} SET synchronous_commit = {asked}")
    with reading(postgres_engine) as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == found


def test_a_server_that_was_restarted_costs_nobody_an_answer(cluster: Cluster) -> None:
    engine = make_engine(cluster.create("town"))
    for way in (reading, writing):
        with way(engine) as connection:
            connection.execute(text("SELECT 1"))
        cluster.stop()
        cluster.start()
        with way(engine) as connection:
            assert connection.scalar(text("SELECT 2")) == 2
    engine.dispose()


def test_who_writes_alone_keeps_others_waiting_but_not_who_asks_for_less(
    postgres_engine: Engine,
) -> None:
    done = threading.Event()

    def write() -> None:
        with writing(postgres_engine):
            done.set()

    waiting = threading.Thread(target=write)
    with writing(postgres_engine):
        waiting.start()
        with writing(postgres_engine, alone=False) as connection:
            # The other has asked for the lock and does not get it.
            while not connection.scalar(text(WAITING)):
                pass
        assert not done.is_set()
    waiting.join()
    assert done.is_set()


def test_a_lock_is_held_as_long_as_its_connection(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as one, postgres_engine.connect() as other:
        assert postgres.try_lock(one, "keeper")
        assert not postgres.try_lock(other, "keeper")
        one.rollback()
        assert not postgres.try_lock(other, "keeper")
        one.invalidate()
        while not postgres.try_lock(other, "keeper"):
            pass


def _say(engine: Engine, word: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("SELECT length(:word)"), {"word": word})
