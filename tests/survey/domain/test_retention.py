"""Responses live as long as the plan allows; what was deleted is in no table file."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from survey.db.engine import reading, reading_session, writing
from survey.db.tables import Campaign, access_codes, inbox, random_id, responses, submissions
from survey.domain import retention
from survey.domain.retention import purge_due, scrub
from tests.anonymity.town import Town, found_town
from tests.postgres import Cluster

ANSWERED = 20


def answered(folder: Path) -> Town:
    """A campaign with twenty responses."""
    town = found_town(folder)
    slips = town.slips["kita"][:ANSWERED]
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(slips)])
    return town


def purge(town: Town) -> None:
    town.clock.now += timedelta(days=91)
    town.keeper().run_once()


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """The same, closed."""
    town = answered(tmp_path)
    assert town.ask("close").state == "done"
    return town


@pytest.mark.usefixtures("either_database")
def test_responses_live_for_ninety_days_and_not_longer(tmp_path: Path) -> None:
    town = answered(tmp_path)
    assert town.ask("close").state == "done"
    town.clock.now += timedelta(days=90, seconds=-1)
    town.keeper().run_once()
    assert (town.status(), town.count(responses)) == ("closed", ANSWERED)
    town.clock.now += timedelta(seconds=1)
    town.keeper().run_once()
    assert (town.status(), town.count(responses)) == ("purged", 0)


def test_purging_leaves_no_free_pages_and_an_empty_log(town: Town) -> None:
    purge(town)
    with town.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
    town.engine.dispose()
    log = town.data / "pegel.sqlite-wal"
    assert not log.exists() or log.stat().st_size < 40_000


class TestOnPostgres:
    """Where deleted rows stay in the files until somebody writes the tables anew."""

    @pytest.fixture
    def town(self, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Town:
        monkeypatch.setenv("PEGEL_DATABASE_URL", postgres_url)
        return answered(tmp_path)

    def test_a_closing_leaves_no_code_submission_or_sealed_row_in_the_files(
        self, town: Town, server: Cluster
    ) -> None:
        needles = _values(town)
        assert _found(server, town, needles) == needles.keys()
        assert town.ask("close").state == "done"
        assert _found(server, town, needles) == set()

    def test_a_purge_leaves_no_response_in_the_files(self, town: Town, server: Cluster) -> None:
        assert town.ask("close").state == "done"
        with reading(town.engine) as connection:
            stored = list(connection.scalars(select(responses.c.answers)))
        needles = {"answers": stored}
        assert _found(server, town, needles) == {"answers"}
        purge(town)
        assert town.status() == "purged"
        assert _found(server, town, needles) == set()

    def test_a_planted_purge_that_only_deletes_is_noticed(
        self, town: Town, server: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        needles = _values(town)
        monkeypatch.setattr(retention, "scrub", lambda _engine: None)
        assert town.ask("close").state == "done"
        assert _found(server, town, needles) == needles.keys()

    def test_statistics_keep_nothing_either(self, town: Town, server: Cluster) -> None:
        with writing(town.engine) as connection:
            connection.execute(text("ANALYZE"))
        needles = _values(town)
        assert town.ask("close").state == "done"
        assert _found(server, town, needles) == set()

    def test_what_is_still_needed_stays(self, town: Town) -> None:
        row = {"campaign_id": 7, "id": random_id(), "key_id": random_id(), "sealed": b"x" * 300}
        with writing(town.engine) as connection:
            connection.execute(insert(inbox), [row])
        scrub(town.engine)
        with reading(town.engine) as connection:
            (kept,) = connection.execute(select(inbox).where(inbox.c.campaign_id == 7)).mappings()
        assert dict(kept) == row
        assert town.count(inbox) == ANSWERED + 1


def _values(town: Town) -> dict[str, list[bytes]]:
    """What could be tied to somebody, as an attacker looks for it in the files."""
    with reading(town.engine) as connection:
        return {
            "codes": list(connection.scalars(select(access_codes.c.code_hash))),
            "submissions": list(connection.scalars(select(submissions.c.submission_hash))),
            "sealed": list(connection.scalars(select(inbox.c.sealed))),
            "rows": list(connection.scalars(select(inbox.c.id))),
        }


def _found(server: Cluster, town: Town, needles: dict[str, list[bytes]]) -> set[str]:
    """Which kinds of values lie in the files of tables, indexes and the catalogue."""
    server.checkpoint()
    files = server.files_of(str(town.engine.url.database))
    content = b"".join(content for path, content in files.items() if path.parts[0] == "base")
    return {kind for kind, values in needles.items() if any(value in content for value in values)}


def test_an_open_campaign_is_never_purged(tmp_path: Path) -> None:
    town = found_town(tmp_path)
    with reading_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
    assert not purge_due(campaign, now=town.clock() + timedelta(days=1000))
