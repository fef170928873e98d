"""Alembic's scripts; `survey.db.engine.upgrade` runs them."""

HEAD = "0002"  # the newest revision, known without loading Alembic into every web process
