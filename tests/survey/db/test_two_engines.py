"""Two engines in one process, and another process: nothing that was committed is lost."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, func, select

from survey.db.campaigns import Campaign
from survey.db.engine import make_engine, reading, writing_session
from tests.survey.db.rows import campaign

COUNT = """
import sys
from sqlalchemy import text
from survey.db.engine import make_engine, reading
engine = make_engine(sys.argv[1])
with reading(engine) as connection:
    print(connection.scalar(text("SELECT count(*) FROM campaigns")))
engine.dispose()
"""


def seen_by_others(url: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, url], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_a_second_engine_takes_no_lock_away(sqlite_engine: Engine, database: Path) -> None:
    url = f"sqlite:///{database}"
    with reading(sqlite_engine) as connection:
        assert connection.scalar(select(func.count()).select_from(Campaign)) == 0
    make_engine(url).dispose()
    assert seen_by_others(url) == 0  # as the last to leave it would take the log away
    assert database.with_name(f"{database.name}-wal").exists()
    with writing_session(sqlite_engine) as session:
        session.add(campaign())
    assert seen_by_others(url) == 1
