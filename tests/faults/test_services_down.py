"""The database or the keeper is down while somebody answers: what that person sees and keeps."""

import os
import secrets
import signal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from survey.db.engine import reading
from survey.db.tables import inbox
from tests.anonymity.house import House, house
from tests.anonymity.wire import Answer, Line
from tests.postgres import new_cluster
from tests.survey.web.factories import every_kind
from tests.survey.web.forms import ANSWERS

THANKS = 303


def form(home: House, place: int = 0) -> dict[str, str]:
    """A filled-in form with the slip at a place."""
    control = {
        "_fingerprint": every_kind().fingerprint,
        "_language": "de",
        "_code": home.asked.codes[place],
        "_submission": secrets.token_urlsafe(18),
    }
    return control | ANSWERS


def send(home: House, fields: dict[str, str]) -> Answer:
    """Send a form, as its last click does."""
    return Line(home.port, "127.0.0.1").ask("POST", "/b/befragung/submit", fields)


def stored(home: House) -> int:
    """Sealed responses."""
    with reading(home.town.engine) as connection:
        return connection.scalar(select(func.count()).select_from(inbox)) or 0


def test_a_database_that_is_down_costs_nobody_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_cluster(durable=True) as cluster:
        monkeypatch.setenv("PEGEL_DATABASE_URL", cluster.migrated())
        with house(tmp_path) as home:
            fields = form(home)
            assert send(home, form(home, place=1)).status == THANKS
            cluster.stop("immediate")
            refused = send(home, fields)
            cluster.start()
            assert refused.status == 503
            page = refused.body.decode()
            assert all(f'name="{name}"' in page for name in fields)
            assert "Traceback" not in page + home.said
            home.town.engine.dispose()
            assert stored(home) == 1
            assert send(home, fields).status == THANKS
            assert send(home, fields).status == THANKS
            assert stored(home) == 2


def test_without_its_keeper_a_campaign_goes_on_taking_answers(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        keeper = keeper_of(home)
        os.kill(keeper, signal.SIGKILL)
        assert send(home, form(home)).status == THANKS
        assert stored(home) == 1


def keeper_of(home: House) -> int:
    """The process that has the private keys."""
    tasks = Path(f"/proc/{home.process.pid}/task").iterdir()
    children = [pid for task in tasks for pid in (task / "children").read_text().split()]
    (found,) = [
        pid for pid in children if b"survey.keeper" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return int(found)
