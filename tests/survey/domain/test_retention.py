from datetime import timedelta
from pathlib import Path

import pytest

from survey.db.engine import reading_session
from survey.db.tables import Campaign, responses
from survey.domain.retention import purge_due
from tests.anonymity.town import Town, found_town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A closed campaign with twenty responses."""
    town = found_town(tmp_path)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:20])])
    assert town.ask("close").state == "done"
    return town


def test_responses_live_for_ninety_days_and_not_longer(town: Town) -> None:
    town.clock.now += timedelta(days=90, seconds=-1)
    town.keeper().run_once()
    assert (town.status(), town.count(responses)) == ("closed", 20)
    town.clock.now += timedelta(seconds=1)
    town.keeper().run_once()
    assert (town.status(), town.count(responses)) == ("purged", 0)


def test_purging_leaves_no_free_pages_and_an_empty_log(town: Town) -> None:
    town.clock.now += timedelta(days=91)
    town.keeper().run_once()
    with town.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
    town.engine.dispose()
    log = town.data / "pegel.sqlite-wal"
    assert not log.exists() or log.stat().st_size < 40_000


def test_an_open_campaign_is_never_purged(tmp_path: Path) -> None:
    town = found_town(tmp_path)
    with reading_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
    assert not purge_due(campaign, now=town.clock() + timedelta(days=1000))
