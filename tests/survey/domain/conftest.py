"""A real database file for each test."""

from tests.survey.db.conftest import database, engine, migrated

__all__ = ["database", "engine", "migrated"]
