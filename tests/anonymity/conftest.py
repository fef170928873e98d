"""Databases under attack: each attack runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from tests.anonymity.sights import LOG_SEGMENT
from tests.postgres import TEMPLATE, Cluster, _closing_connections, new_cluster

HOARDING = {"wal_keep_size": "2GB", "max_wal_size": "4GB", "autovacuum": "off"}


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database; empty for a SQLite file in the town's own folder."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    assert isinstance(url, str)
    return url


@pytest.fixture(scope="session")
def hoarder() -> Iterator[Cluster]:
    with new_hoarder() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def mortal() -> Iterator[Cluster]:
    """A server that is killed now and then."""
    with new_cluster() as cluster:
        cluster.migrated()
        yield cluster


@pytest.fixture
def hoarded(hoarder: Cluster) -> Iterator[str]:
    """The URL of a fresh database on that server; gone after the test."""
    with database_on(hoarder) as url:
        yield url


@contextmanager
def new_hoarder() -> Iterator[Cluster]:
    """A server whose superuser keeps everything: no log goes, nothing is cleaned up by itself."""
    with new_cluster(HOARDING, segment=LOG_SEGMENT) as cluster:
        cluster.migrated()
        yield cluster


@contextmanager
def database_on(cluster: Cluster) -> Iterator[str]:
    """A fresh, migrated database of a server, as long as the context lasts."""
    name = f"town_{uuid4().hex}"
    with _closing_connections():
        yield cluster.create(name, TEMPLATE)
    cluster.drop(name)
