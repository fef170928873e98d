"""Databases under attack: each attack runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.postgres import Cluster, new_cluster


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database; empty for a SQLite file in the town's own folder."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    assert isinstance(url, str)
    return url


@pytest.fixture(scope="session")
def hoarder() -> Iterator[Cluster]:
    """A server whose superuser keeps everything: no log goes, nothing is cleaned up by itself."""
    with new_cluster(wal_keep_size="2GB", max_wal_size="4GB", autovacuum="off") as cluster:
        cluster.migrated()
        yield cluster
