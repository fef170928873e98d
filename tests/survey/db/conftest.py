"""A real database for each test, copied from one that was migrated once: `engine` is both kinds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from survey.db.engine import make_engine
from tests.postgres import Cluster
from tests.sqlite import write_migrated


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file of a migrated SQLite database."""
    file = tmp_path / "data" / "pegel.sqlite"
    write_migrated(file)
    return file


@pytest.fixture
def sqlite_engine(database: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{database}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A fresh migrated database, once of each kind."""
    found: Any = request.getfixturevalue(f"{request.param}_engine")
    assert isinstance(found, Engine)
    return found


@pytest.fixture
def bytes_on_disk(request: pytest.FixtureRequest, engine: Engine) -> Callable[[], bytes]:
    """Everything that the database behind `engine` has in files, its log too."""
    if engine.dialect.name == "sqlite":
        folder = Path(str(engine.url.database)).parent
        return lambda: b"".join(path.read_bytes() for path in folder.glob("*"))
    server: Cluster = request.getfixturevalue("server")

    def look() -> bytes:
        server.checkpoint()
        return b"".join(server.files_of(str(engine.url.database)).values())

    return look
