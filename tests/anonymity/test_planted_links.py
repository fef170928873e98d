"""Each fault that would tie codes to responses is planted, and the attack finds it."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Engine, update

from survey.db.engine import writing
from survey.db.tables import inbox
from survey.domain import closing, submitting, turning
from survey.domain.campaign_keys import SealedRow
from survey.keeper.keys import KeyFolder
from tests.anonymity.guessing import everything_found
from tests.anonymity.town import Town, found_town
from tests.anonymity.wave import SHORT, opened, run_wave, sealed_rows
from tests.postgres import Cluster

T = TypeVar("T")
Patch = pytest.MonkeyPatch


class _Lazy:
    """Randomness that mixes nothing."""

    def sample(self, population: Sequence[T], k: int) -> list[T]:
        return list(population)[:k]

    def shuffle(self, rows: list[T]) -> None:
        """Leave them as they are."""


def _mixes_nothing_at_the_turn(patch: Patch) -> None:
    patch.setattr(turning, "_random", _Lazy())


def _mixes_nothing_at_the_end(patch: Patch) -> None:
    patch.setattr(closing, "_random", _Lazy())


def _mixes_nothing(patch: Patch) -> None:
    _mixes_nothing_at_the_turn(patch)
    _mixes_nothing_at_the_end(patch)


def _ids_count_up(patch: Patch) -> None:
    """Ids as a sequence or a time-ordered uuid would give them."""
    numbers = itertools.count(1)
    for module in (submitting, turning, closing):
        patch.setattr(module, "random_id", lambda: next(numbers).to_bytes(16, "big"))
    _mixes_nothing(patch)


def _deletes_in_the_order_of_inserting(patch: Patch) -> None:
    """The first row that goes is the first that comes: so it was until this attack found it."""
    patch.setattr(turning, "sorted", list, raising=False)


def _turns_by_update(patch: Patch) -> None:
    """Each row gets a new id and new bytes, but remains a version of the same row."""

    def in_place(
        engine: Engine, campaign_id: int, old: Sequence[SealedRow], new: list[dict[str, object]]
    ) -> None:
        with writing(engine) as connection:
            for row, values in zip(old, new, strict=True):
                changed = update(inbox).where(
                    inbox.c.campaign_id == campaign_id, inbox.c.id == row.id
                )
                connection.execute(changed.values(values))

    patch.setattr(turning, "_replace", in_place)


@pytest.mark.parametrize(
    "fault",
    [
        _mixes_nothing_at_the_turn,
        _mixes_nothing_at_the_end,
        _mixes_nothing,
        _ids_count_up,
        _deletes_in_the_order_of_inserting,
        _turns_by_update,
    ],
    ids=lambda fault: fault.__name__.strip("_"),
)
def test_on_postgresql_a_planted_fault_is_found(
    fault: Callable[[Patch], None],
    hoarder: Cluster,
    hoarded: str,
    tmp_path: Path,
    monkeypatch: Patch,
) -> None:
    fault(monkeypatch)
    wave = run_wave(tmp_path, script=SHORT, cluster=hoarder, database=hoarded)
    assert everything_found(wave)


def test_without_a_planted_fault_nothing_is_found_on_postgresql(
    hoarder: Cluster, hoarded: str, tmp_path: Path
) -> None:
    wave = run_wave(tmp_path, script=SHORT, cluster=hoarder, database=hoarded)
    assert everything_found(wave) == []


def _with_rowid(town: Town) -> None:
    """Tables that SQLite numbers by itself."""
    with town.engine.connect() as connection:
        for table, rest in (
            ("inbox", "key_id BLOB, sealed BLOB"),
            ("responses", "unit TEXT, answers BLOB"),
        ):
            connection.exec_driver_sql(f"DROP TABLE {table}")
            connection.exec_driver_sql(
                f"CREATE TABLE {table} (campaign_id INTEGER, id BLOB, {rest})"
            )
        connection.commit()


def test_on_sqlite_planted_ids_that_count_up_are_found(tmp_path: Path, monkeypatch: Patch) -> None:
    _ids_count_up(monkeypatch)
    assert everything_found(run_wave(tmp_path, script=SHORT))


@pytest.mark.parametrize(
    "fault", [_mixes_nothing_at_the_turn, _mixes_nothing_at_the_end, _mixes_nothing]
)
def test_on_sqlite_planted_tables_with_rowid_are_found(
    fault: Callable[[Patch], None], tmp_path: Path, monkeypatch: Patch
) -> None:
    """Random ids, but rows come back as they were written."""
    fault(monkeypatch)
    assert everything_found(run_wave(tmp_path, script=SHORT, plant=_with_rowid))


def test_without_a_planted_fault_nothing_is_found_on_sqlite(tmp_path: Path) -> None:
    assert everything_found(run_wave(tmp_path, script=SHORT)) == []


def test_a_planted_turn_that_keeps_rows_is_noticed(
    database: str, tmp_path: Path, monkeypatch: Patch
) -> None:
    town = _answered(tmp_path, database)
    before = sealed_rows(town)
    monkeypatch.setattr(turning, "_replace", lambda *_: None)
    town.turn()
    assert before.keys() & sealed_rows(town).keys() == before.keys()


def test_a_planted_key_that_is_kept_is_noticed(
    database: str, tmp_path: Path, monkeypatch: Patch
) -> None:
    town = _answered(tmp_path, database)
    before = sealed_rows(town)
    monkeypatch.setattr(KeyFolder, "destroy", lambda *_: None)
    town.turn()
    folder = KeyFolder(town.settings.key_folder)
    kept = [folder.read(key_id) for key_id in folder.ids()]
    assert None not in [opened(kept, row) for row in before.values()]


def _answered(folder: Path, database: str) -> Town:
    town = found_town(folder, database=database)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"])])
    return town
