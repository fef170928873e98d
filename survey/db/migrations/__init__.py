"""Alembic's scripts; `survey.db.engine.upgrade` runs them."""
