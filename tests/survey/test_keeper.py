import stat
from datetime import timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import insert, select, update

from survey.db.engine import reading, reading_session, writing, writing_session
from survey.db.tables import Campaign, campaign_keys, inbox
from survey.domain import jobs
from survey.domain.campaign_keys import MissingKeyError, current_key
from survey.domain.inbox import Outcome
from survey.domain.submitting import GRACE
from survey.keeper import see_through
from survey.keeper.keys import KeyFolder
from tests.anonymity.town import CLOSES, START, Town, found_town

KEY_ID = bytes(range(16))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return found_town(tmp_path)


def _keys(town: Town) -> set[bytes]:
    return town.keeper().keys.ids()


def test_keys_are_files_for_their_owner_alone(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    key = PrivateKey.generate()
    folder.write(KEY_ID, key, made_at=START)
    assert bytes(folder.read(KEY_ID)) == bytes(key)
    assert folder.made_at(KEY_ID) == START
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    (file,) = folder.path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_destroyed_key_is_overwritten_before_its_name_goes(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.write(KEY_ID, PrivateKey.generate(), made_at=START)
    (file,) = folder.path.iterdir()
    same = tmp_path / "the same file"
    same.hardlink_to(file)
    folder.destroy(KEY_ID)
    folder.destroy(KEY_ID)
    assert same.read_bytes() == bytes(56)
    with pytest.raises(MissingKeyError):
        folder.read(KEY_ID)


def test_opening_makes_one_key_and_asking_twice_changes_nothing(town: Town) -> None:
    first = _keys(town)
    assert len(first) == 1
    assert town.status() == "open"
    assert town.ask("open").state == "done"
    assert _keys(town) == first


def test_the_key_is_turned_after_a_day_and_not_before(town: Town) -> None:
    first = _keys(town)
    town.clock.now = START + timedelta(hours=24, seconds=-1)
    town.keeper().run_once()
    assert _keys(town) == first
    town.clock.now = START + timedelta(hours=24)
    town.keeper().run_once()
    second = _keys(town)
    assert len(second) == 1
    assert second.isdisjoint(first)
    assert town.count(campaign_keys) == 1


def test_a_key_that_a_crash_left_behind_is_destroyed(town: Town) -> None:
    keys = town.keeper().keys
    key = PrivateKey.generate()
    row = {"campaign_id": town.campaign_id, "key_id": KEY_ID, "public_key": bytes(key.public_key)}
    with writing(town.engine) as connection:
        connection.execute(insert(campaign_keys).values(**row, is_current=False))
    keys.write(KEY_ID, key, made_at=START)
    town.keeper().run_once()
    assert KEY_ID not in keys.ids()
    assert town.count(campaign_keys) == 1


def test_keys_of_another_database_are_left_alone(town: Town) -> None:
    keys = town.keeper().keys
    keys.write(KEY_ID, PrivateKey.generate(), made_at=START)
    town.turn()
    town.ask("close")
    assert keys.ids() == {KEY_ID}


def test_a_public_key_that_somebody_swapped_is_replaced_at_once(town: Town) -> None:
    foreign = bytes(PrivateKey.generate().public_key)
    with writing(town.engine) as connection:
        connection.execute(update(campaign_keys).values(public_key=foreign))
    town.keeper().run_once()
    with reading(town.engine) as connection:
        assert connection.scalar(select(campaign_keys.c.public_key)) != foreign


def test_a_row_that_does_not_open_does_not_keep_an_old_key_alive(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    old = current_key(town.engine, town.campaign_id)
    row = {"campaign_id": town.campaign_id, "id": KEY_ID, "key_id": old, "sealed": b"noise"}
    with writing(town.engine) as connection:
        connection.execute(insert(inbox).values(**row))
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:12])])
    town.turn()
    assert old not in _keys(town)
    assert "1 sealed rows do not open" in caplog.text
    assert town.count(inbox) == 13
    assert town.ask("close").state == "failed"


def test_when_the_period_is_over_and_an_hour_has_passed_the_campaign_closes(town: Town) -> None:
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:12])])
    town.clock.now = CLOSES + GRACE
    town.keeper().run_once()
    assert town.status() == "open"
    assert town.send([town.form(town.slips["kita"][12], 12)]) == [Outcome.ACCEPTED]
    town.clock.now += timedelta(seconds=1)
    town.keeper().run_once()
    assert town.status() == "closed"
    assert len(town.responses()) == 13
    with reading_session(town.engine) as session:
        latest = jobs.latest(session, town.campaign_id)
    assert latest is not None
    assert (latest.kind, latest.state) == ("close", "done")


def test_a_closing_that_fails_is_tried_again_after_an_hour(town: Town) -> None:
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:12])])
    row = {"campaign_id": town.campaign_id, "id": KEY_ID, "key_id": KEY_ID, "sealed": b"noise"}
    with writing(town.engine) as connection:
        connection.execute(insert(inbox).values(**row))
    town.clock.now = CLOSES + GRACE + timedelta(seconds=1)
    keeper = town.keeper()
    keeper.run_once()
    with writing(town.engine) as connection:
        connection.execute(inbox.delete().where(inbox.c.id == KEY_ID))
    keeper.run_once()
    assert town.status() == "open"
    town.clock.now += timedelta(hours=1)
    keeper.run_once()
    assert town.status() == "closed"


def test_the_one_number_is_counted_once_a_day(town: Town) -> None:
    keeper = town.keeper()
    keeper.run_once()
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:17])])
    keeper.run_once()
    assert _public_count(town) == 0
    town.clock.now += timedelta(hours=24)
    keeper.run_once()
    assert _public_count(town) == 15


def _public_count(town: Town) -> int | None:
    with reading_session(town.engine) as session:
        return session.get_one(Campaign, town.campaign_id).public_count


def test_where_no_keeper_runs_whoever_asks_is_the_keeper(tmp_path: Path) -> None:
    town = found_town(tmp_path, opened=False)
    with writing_session(town.engine) as session:
        job_id = town.request(session, "open")
    done = see_through(town.settings, town.engine, job_id, clock=town.clock)
    assert (done.state, town.status()) == ("done", "open")


def test_a_job_that_cannot_be_done_says_why(tmp_path: Path) -> None:
    town = found_town(tmp_path, opened=False)
    done = town.ask("close")
    assert done.state == "failed"
    assert "only an open one can be closed" in done.message
