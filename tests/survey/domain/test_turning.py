"""A turn moves every sealed row to a new key and a new id, or none; on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from survey.db.base import random_id
from survey.db.campaigns import Campaign
from survey.db.engine import reading, reading_session, writing
from survey.db.tables import campaign_keys, inbox
from survey.domain import campaign_keys as keys_of_campaigns
from survey.domain import turning
from survey.domain.campaign_keys import (
    MissingKeyError,
    current_key,
    idle_keys,
    key_state,
    keys_of,
    opener,
)
from survey.domain.sealing import unpack
from survey.domain.turning import TurnError
from survey.keeper import acts
from survey.keeper.keys import KeyFolder
from tests.anonymity.town import Town, answers, found_town


@pytest.fixture(params=["sqlite", "postgres"])
def town(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """An open town on each of the databases; five have answered."""
    if request.param == "postgres":
        monkeypatch.setenv("PEGEL_DATABASE_URL", request.getfixturevalue("postgres_url"))
    town = found_town(tmp_path, heads={"bauamt": 25})
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["bauamt"][:5])])
    yield town
    town.engine.dispose()


def _rows(town: Town) -> dict[bytes, bytes]:
    with reading(town.engine) as connection:
        return {row.id: row.sealed for row in connection.execute(select(inbox)).all()}


def _turn(town: Town) -> turning.Turned:
    return acts.turn(town.keeper()._office, town.campaign_id, now=town.clock())


def _state(town: Town) -> keys_of_campaigns.KeyState:
    with reading_session(town.engine) as session:
        campaign = session.get_one(Campaign, town.campaign_id)
        return key_state(session.connection(), campaign, KeyFolder(town.settings.key_folder))


def test_every_row_gets_a_new_id_and_other_bytes_and_says_the_same(town: Town) -> None:
    before = _rows(town)
    assert _turn(town) == turning.Turned(moved=5, unopened=0, left=0)
    after = _rows(town)
    assert not before.keys() & after.keys()
    assert not set(before.values()) & set(after.values())
    with reading_session(town.engine) as session:
        connection, campaign = session.connection(), session.get_one(Campaign, town.campaign_id)
        box = opener(connection, campaign, KeyFolder(town.settings.key_folder))
        rows = keys_of_campaigns.sealed_rows(connection, town.campaign_id)
        values = {unpack(box.open(row)).values for row in rows}
    assert values == {tuple(answers(stamp)) for stamp in range(5)}


def test_a_row_that_disappears_meanwhile_undoes_the_turn(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = turning._replace

    def vanishing(*args: object) -> None:
        with writing(town.engine) as connection:
            connection.execute(delete(inbox).where(inbox.c.id == min(_rows(town))))
        replace(*args)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr(turning, "_replace", vanishing)
    old = current_key(town.engine, town.campaign_id)
    with pytest.raises(TurnError):
        _turn(town)
    monkeypatch.undo()
    assert len(_rows(town)) == 4
    assert old in town.keeper().keys.ids()  # its rows are there, so it is needed
    town.keeper().run_once()
    assert old not in town.keeper().keys.ids()
    assert len(_rows(town)) == 4


def test_without_the_new_private_key_nothing_is_moved(town: Town) -> None:
    before, keys = _rows(town), town.keeper().keys
    row = {"campaign_id": town.campaign_id, "key_id": random_id(), "public_key": b"p" * 32}
    with writing(town.engine) as connection:
        connection.execute(update(campaign_keys).values(is_current=False))
        connection.execute(insert(campaign_keys).values(**row, is_current=True))
    with pytest.raises(MissingKeyError):
        turning.turn(town.engine, town.campaign_id, keys)
    assert _rows(town) == before


def test_a_key_is_idle_when_it_is_not_current_and_no_row_names_it(town: Town) -> None:
    assert idle_keys(town.engine) == []
    row = {"campaign_id": town.campaign_id, "key_id": b"k" * 16, "public_key": b"p" * 32}
    with writing(town.engine) as connection:
        connection.execute(insert(campaign_keys).values(**row, is_current=False))
    assert idle_keys(town.engine) == [(town.campaign_id, b"k" * 16)]
    with writing(town.engine) as connection:
        keys_of_campaigns.pause(connection, town.campaign_id)
    assert idle_keys(town.engine) == []  # the keys of a paused campaign wait for the sheet


def test_what_the_current_key_is(town: Town) -> None:
    assert _state(town) == "sound"
    keys = town.keeper().keys
    with writing(town.engine) as connection:
        (row,) = keys_of(connection, town.campaign_id).values()
        connection.execute(update(campaign_keys).values(signature=b"s" * 64))
    assert _state(town) == "altered"
    keys.destroy(row.key_id)
    assert _state(town) == "foreign"
    with writing(town.engine) as connection:
        connection.execute(update(campaign_keys).values(signature=row.signature))
    assert _state(town) == "missing"
    with writing(town.engine) as connection:
        keys_of_campaigns.pause(connection, town.campaign_id)
    assert _state(town) == "none"
