"""The server that other tests stand on: fresh databases, and nothing survives that should not."""

import os

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from survey.db.campaigns import Campaign
from survey.db.engine import is_migrated, make_engine, reading_session, writing_session
from tests.postgres import DISK, Cluster, new_cluster
from tests.survey.db.rows import campaign


def test_each_test_gets_a_fresh_migrated_database(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    assert is_migrated(engine)
    with writing_session(engine) as session:
        session.add(campaign())
    with reading_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Campaign)) == 1
    engine.dispose()


def test_it_listens_on_no_network_and_pegel_is_nobody_special(server: Cluster) -> None:
    assert server.psql("SHOW listen_addresses") == [[""]]
    assert server.psql("SELECT rolsuper FROM pg_roles WHERE rolname = 'pegel'") == [["f"]]
    assert server.folder.stat().st_mode & 0o077 == 0


def test_a_killed_server_starts_again_with_what_was_committed(cluster: Cluster) -> None:
    engine = make_engine(cluster.migrated())
    with writing_session(engine) as session:
        session.add(campaign())
    cluster.kill()
    assert not cluster.is_running
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    cluster.start()
    with reading_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Campaign)) == 1
    engine.dispose()


def test_copies_hold_what_was_committed(cluster: Cluster) -> None:
    cluster.create("town")
    canary = f"canary{os.urandom(8).hex()}"
    cluster.psql(f"CREATE TABLE t AS SELECT '{canary}' AS x", "town")
    cluster.checkpoint()
    assert canary.encode() in cluster.pg_dump("town")
    copy = cluster.pg_basebackup(cluster.folder / "copy")
    assert any(canary.encode() in path.read_bytes() for path in copy.rglob("*") if path.is_file())
    assert any(canary.encode() in content for content in cluster.files(with_log=False).values())
    assert any(canary.encode() in content for content in cluster.files().values())


def test_every_server_writes_through_and_a_durable_one_to_a_disk(server: Cluster) -> None:
    assert server.psql("SHOW fsync") == [["on"]]
    with new_cluster(durable=True) as durable:
        assert durable.folder.parent == DISK
