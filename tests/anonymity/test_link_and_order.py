"""Attack 1: whoever copied the database after every submission, turn and closing, and knows in
which order people answered, with which code, from which unit and with which breakdown answers,
tries to tie codes to responses. In the end he even holds the key of the stored responses.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from survey.db.tables import access_codes, campaign_keys, inbox, submissions
from tests.anonymity.conftest import database_on
from tests.anonymity.guessing import Attack, attacks, everything_found
from tests.anonymity.wave import ANSWERED, TURNS_AFTER, WHOLE, Wave, opened, run_wave
from tests.postgres import Cluster

THRESHOLD = 7


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def wave(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wave]:
    folder = tmp_path_factory.mktemp("wave")
    if request.param == "sqlite":
        yield run_wave(folder, script=WHOLE)
        return
    cluster: Cluster = request.getfixturevalue("hoarder")
    with database_on(cluster) as url:
        yield run_wave(folder, script=WHOLE, cluster=cluster, database=url)


@pytest.fixture(scope="module")
def mounted(wave: Wave) -> list[Attack]:
    return attacks(wave)


def test_no_trace_tells_whose_response_it_is(wave: Wave, mounted: list[Attack]) -> None:
    assert [found for attack in mounted for found in attack.found] == []
    tried = [guess for attack in mounted for guess in attack.guesses]
    assert len(tried) > (1000 if wave.database == "postgresql" else 300)
    assert {attack.moment.partition(",")[0] for attack in mounted} == {
        "turn 1",
        "turn 2",
        "before a turn",
        "after a turn",
        "after closing",
    }


def test_every_code_fits_at_least_n_responses(wave: Wave, mounted: list[Attack]) -> None:
    assert Counter(wave.units) == Counter(ANSWERED)
    assert min(attack.fewest for attack in mounted) >= THRESHOLD
    assert {len(attack.candidates) for attack in mounted} == {*TURNS_AFTER, len(wave.units)}
    alone = {wave.unit_of[person] for person, unit in enumerate(wave.units) if unit == "archiv"}
    assert alone == {"haus"}


def test_a_turn_leaves_no_row_that_was_there_before(wave: Wave) -> None:
    for turn in wave.turns:
        assert turn.sealed_before.keys().isdisjoint(turn.sealed_after)
        assert set(turn.sealed_before.values()).isdisjoint(turn.sealed_after.values())
        assert sorted(turn.old.values()) == sorted(turn.new.values())


def test_after_a_turn_nobody_can_open_what_was_copied_before(wave: Wave) -> None:
    for turn in wave.turns:
        assert (len(turn.destroyed), len(turn.kept)) == (1, 1)
        assert not [
            row for row in turn.sealed_before.values() if opened(turn.kept, row) is not None
        ]
        assert None not in [opened(turn.kept, row) for row in turn.sealed_after.values()]


def test_the_key_of_stored_responses_opens_nothing_that_was_copied_before(wave: Wave) -> None:
    keys = wave.town.keeper().keys
    stored = [keys.read(key_id) for key_id in keys.ids()]
    assert len(stored) == 1
    for turn in wave.turns:
        copied = [*turn.sealed_before.values(), *turn.sealed_after.values()]
        assert not [row for row in copied if opened(stored, row) is not None]


def test_no_id_of_the_inbox_reappears_among_the_responses(wave: Wave) -> None:
    assert len(wave.seen_ids) == len(wave.units) + sum(TURNS_AFTER)
    assert wave.seen_ids.isdisjoint(wave.stored)
    assert len(wave.stored) == len(wave.units)


def test_after_closing_no_code_key_or_submission_remains(wave: Wave) -> None:
    for table in (inbox, access_codes, submissions, campaign_keys):
        assert wave.town.count(table) == 0
    gone = [*wave.codes, *wave.submissions]
    assert len(gone) == 2 * len(wave.units)
    for name in ("inbox", "access_codes", "submissions"):
        assert not wave.after_close[0].readings[name].get("rows")
    if wave.database == "sqlite":  # a server's log goes when its time is over, not earlier
        assert not [key for key in gone if wave.after_close[0].contains(key)]


def test_the_attacker_looks_where_he_should(wave: Wave) -> None:
    names = set(wave.after_commit[0].readings["responses"])
    common = {"rows", "key"}
    own = {"ctid", "xmin", "cmin", "pg_dump", "page", "log INSERT", "first in the log"}
    files = {"first in pegel.sqlite", "last in pegel.sqlite-wal"}
    assert names >= common | (own if wave.database == "postgresql" else files)
    assert all(len(wave.after_commit[0].readings["responses"][name]) == 300 for name in common)
    assert everything_found(wave) == []
