"""A real database file for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from survey.db.engine import make_engine, upgrade


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "pegel.sqlite"


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{database}")
    upgrade(engine)
    yield engine
    engine.dispose()
