"""A real database for each test: `engine` is both kinds."""

from tests.survey.db.conftest import (
    bytes_on_disk,
    database,
    engine,
    postgres_engine,
    sqlite_engine,
)

__all__ = [
    "bytes_on_disk",
    "database",
    "engine",
    "postgres_engine",
    "sqlite_engine",
]
