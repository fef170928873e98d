"""What respondent pages know of a campaign, also while its database cannot be reached."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from survey.db.engine import writing_session
from survey.domain.announcements import REMEMBERED, Announcements
from tests.survey.domain.rows import create

SECRET = bytes(32)


def unreachable(engine: Engine) -> None:
    """Put a folder where the database was."""
    engine.dispose()
    file = Path(str(engine.url.database))
    file.rename(file.with_suffix(".away"))
    file.mkdir()


def test_a_campaign_that_was_open_stays_known_while_its_database_is_down(
    sqlite_engine: Engine,
) -> None:
    """Else a form sent after the first second would meet a page without its answers."""
    with writing_session(sqlite_engine) as session:
        create(session, slug="open").status = "open"
        create(session, slug="draft")
    now = 0.0
    announcements = Announcements(sqlite_engine, lambda: now, secret=lambda: SECRET)
    known = announcements.find("open")
    announcements.find("draft")
    unreachable(sqlite_engine)
    now += 2 * REMEMBERED
    assert announcements.remembered("open") is None
    assert announcements.find("open") == known
    for unknown in ("draft", "nowhere"):
        with pytest.raises(OperationalError):
            announcements.find(unknown)
