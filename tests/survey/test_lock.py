"""One keeper by lock: on this host by a file, among several hosts by the database."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from survey.db.engine import make_engine, reading
from survey.keeper.lock import KeeperRunsError, LockLostError, database_lock, keeper_lock
from tests.postgres import Cluster

HOLDERS = """
SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""
# The server looks itself: a program for each look takes the time that the keeper needs to begin.
UNTIL_HELD = f"""
DO $$ BEGIN FOR look IN 1..3000 LOOP
    EXIT WHEN EXISTS ({HOLDERS}); PERFORM pg_sleep(0.02);
END LOOP; END $$
"""


@pytest.fixture
def engines(postgres_url: str) -> tuple[Engine, Engine]:
    """Two hosts on one database."""
    return make_engine(postgres_url), make_engine(postgres_url)


def test_two_keepers_on_two_hosts_exclude_each_other(
    tmp_path: Path, engines: tuple[Engine, Engine]
) -> None:
    one, other = engines
    with keeper_lock(tmp_path / "one", engine=one):
        with (
            pytest.raises(KeeperRunsError, match="perhaps on another host"),
            keeper_lock(tmp_path / "other", engine=other),
        ):
            pytest.fail("two keepers at once")
        with keeper_lock(tmp_path / "apart", engine=None):
            pass
    with keeper_lock(tmp_path / "other", engine=other):
        pass


def test_a_patient_keeper_takes_over_when_the_other_ends(engines: tuple[Engine, Engine]) -> None:
    one, other = engines
    got = threading.Event()

    def wait() -> None:
        with database_lock(other, threading.Event()) as lock:
            if lock is not None:
                got.set()

    with database_lock(one):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not got.is_set()
    waiting.join()
    assert got.is_set()


def test_a_patient_keeper_that_is_to_stop_holds_nothing(engines: tuple[Engine, Engine]) -> None:
    one, other = engines
    stop = threading.Event()
    stop.set()
    with database_lock(one), database_lock(other, stop) as lock:
        assert lock is None


def test_a_keeper_whose_connection_is_lost_stops_and_says_so(
    engines: tuple[Engine, Engine],
) -> None:
    one, other = engines
    stop = threading.Event()

    def lose() -> None:
        with database_lock(one) as lock:
            assert lock is not None
            with lock.guarding(stop):
                with reading(other) as connection:
                    (pid,) = connection.scalars(text(HOLDERS))
                    connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
                stop.wait()

    with pytest.raises(LockLostError, match="This keeper stops"):
        lose()
    with database_lock(other) as lock:
        assert lock is not None


def test_a_lock_that_is_held_stops_nobody(engines: tuple[Engine, Engine]) -> None:
    stop = threading.Event()
    with database_lock(engines[0]) as lock:
        assert lock is not None
        with lock.guarding(stop):
            pass
    assert not stop.is_set()


def test_a_sqlite_file_needs_no_lock_but_that_of_its_folder(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'pegel.sqlite'}")
    with database_lock(engine) as lock:
        assert lock is None
    engine.dispose()


def _keeper(data: Path, url: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", "from survey.cli import main; main()", "keeper"],
        env=os.environ | {"PEGEL_DATA": str(data), "PEGEL_DATABASE_URL": url},
        stderr=subprocess.PIPE,
    )


def test_keepers_as_processes_and_a_server_that_goes_away(tmp_path: Path, cluster: Cluster) -> None:
    url = cluster.migrated()
    first = _keeper(tmp_path / "one", url)
    cluster.psql(UNTIL_HELD, "migrated")
    assert first.poll() is None
    second = _keeper(tmp_path / "other", url)
    assert second.wait() == 1
    said = second.communicate()[1].decode()
    assert re.search(r"Another keeper works on this database, perhaps on another host", said)
    cluster.kill()
    assert first.wait() == 1
    said = first.communicate()[1].decode()
    assert "The connection to the database was lost" in said
    assert "Traceback" not in said
    third = _keeper(tmp_path / "one", url)
    assert third.wait() == 1
    assert "Traceback" not in third.communicate()[1].decode()
