from collections import Counter
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import insert, update

from survey.db.engine import writing
from survey.db.tables import access_codes, campaign_keys, inbox, responses, submissions
from survey.domain.campaign_keys import current_key
from survey.domain.closing import ClosingError, close
from survey.domain.responses import storage_ids
from survey.domain.sealing import pack, seal
from survey.errors import WrongStateError
from tests.anonymity.town import Town, answers, found_town

pytestmark = pytest.mark.usefixtures("either_database")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """Thirty have answered in the day care, three in the archive."""
    town = found_town(tmp_path)
    drawn = [*town.slips["kita"][:30], *town.slips["archiv"][:3]]
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(drawn)])
    return town


def _add_row(town: Town, sealed: bytes) -> bytes:
    row = b"a row of nobody."
    values = {"campaign_id": town.campaign_id, "id": row, "sealed": sealed}
    with writing(town.engine) as connection:
        key_id = current_key(town.engine, town.campaign_id)
        connection.execute(insert(inbox).values(**values, key_id=key_id))
    return row


def _storage_keys(town: Town) -> set[bytes]:
    return storage_ids(town.engine, town.campaign_id)


def _for_current_key(town: Town, packed: bytes) -> bytes:
    keys = town.keeper().keys
    key = keys.read(current_key(town.engine, town.campaign_id) or b"")
    return seal(bytes(key.public_key), packed)


def test_closing_stores_every_response_once_with_small_units_merged(town: Town) -> None:
    done = town.ask("close")
    assert (done.state, town.status()) == ("done", "closed")
    assert not any(letter.isdigit() for letter in done.message)  # how many is told by the release
    stored = town.responses()
    assert Counter(unit for unit, _ in stored) == {"haus": 33}
    assert Counter(values for _, values in stored) == Counter(
        tuple(answers(stamp)) for stamp in range(33)
    )


def test_closing_leaves_no_code_submission_sealed_row_or_key(town: Town) -> None:
    town.ask("close")
    for table in (inbox, access_codes, submissions, campaign_keys):
        assert town.count(table) == 0
    (storage,) = town.keeper().keys.ids()
    assert _storage_keys(town) == {storage}


def test_fewer_than_ten_responses_are_destroyed_unopened(tmp_path: Path) -> None:
    town = found_town(tmp_path)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:9])])
    with writing(town.engine) as connection:
        key = bytes(PrivateKey.generate().public_key)
        connection.execute(update(inbox).values(sealed=seal(key, b"nobody can open this")))
    done = town.ask("close")
    assert (done.state, town.status(), town.count(responses)) == ("done", "closed", 0)
    assert "without results" in done.message
    assert (town.keeper().keys.ids(), _storage_keys(town)) == (set(), set())


def test_without_units_responses_are_stored_without_one(tmp_path: Path) -> None:
    town = found_town(tmp_path, access="open", heads={"haus": 40})
    town.send([town.form(None, stamp) for stamp in range(12)])
    assert town.ask("close").state == "done"
    assert Counter(unit for unit, _ in town.responses()) == {None: 12}


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (pack("kita", answers(1)[:-1]), "40 values instead of 41"),
        (pack("kita", [*answers(1)[:-1], 6]), "q39 is not in the response scale"),
        (pack("rathaus", answers(1)), "a unit that the plan does not have"),
        (pack(None, answers(1)), "a unit that the plan does not have"),
        (b"no packed response", "not a packed response"),
    ],
)
def test_a_row_that_does_not_fit_stops_the_closing_and_is_named(
    town: Town, packed: bytes, said: str
) -> None:
    row = _add_row(town, _for_current_key(town, packed))
    done = town.ask("close")
    assert (done.state, town.status()) == ("failed", "open")
    assert said in done.message
    assert row.hex() in done.message
    assert (town.count(inbox), town.responses()) == (34, [])


def test_a_row_that_does_not_open_stops_the_closing_and_is_named(town: Town) -> None:
    row = _add_row(town, seal(bytes(PrivateKey.generate().public_key), b"for another key"))
    done = town.ask("close")
    assert done.state == "failed"
    assert row.hex() in done.message
    assert "does not open" in done.message
    with writing(town.engine) as connection:
        connection.execute(inbox.delete().where(inbox.c.id == row))
    assert town.ask("close").state == "done"
    assert len(town.responses()) == 33


def test_a_missing_key_stops_the_closing(town: Town) -> None:
    keys = town.keeper().keys
    keys.destroy(current_key(town.engine, town.campaign_id) or b"")
    with pytest.raises(ClosingError) as caught:
        close(town.engine, town.campaign_id, keys, now=town.clock())
    assert len(caught.value.findings) == 33
    assert town.status() == "open"


def test_only_an_open_campaign_can_be_closed(tmp_path: Path) -> None:
    town = found_town(tmp_path, opened=False)
    with pytest.raises(WrongStateError):
        close(town.engine, town.campaign_id, town.keeper().keys, now=town.clock())
