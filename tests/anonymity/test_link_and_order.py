"""Attack 1: whoever copied the database after every submission, turn and closing, and knows in
which order people answered and from which unit, tries to tie codes to responses.
"""

import asyncio
import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from nacl.public import PrivateKey
from sqlalchemy import Engine

from survey.domain import closing, retention, submitting, turning
from survey.domain.inbox import Outcome
from survey.domain.sealing import SealError, pack_answers, unpack, unseal
from survey.keeper.keys import KeyFolder
from tests.anonymity.copies import Copy, hits, likeness
from tests.anonymity.town import Town, answers, found_town

T = TypeVar("T")

HEADS = {"bauamt": 110, "hauptamt": 100, "kita": 60, "feuerwehr": 40, "archiv": 8}
ANSWERED = {"bauamt": 110, "hauptamt": 95, "kita": 55, "feuerwehr": 36, "archiv": 4}
THRESHOLD = 7
TURNS_AFTER = (100, 200)
# Chance gives one hit per unit, Poisson; more than 25 for five units happen once in 10^10.
MOST_HITS = 25
# The correlation of a random order of 300 has a standard deviation of 0.058: this is seven.
MOST_LIKENESS = 0.4


@dataclass
class Wave:
    """A whole campaign, and every copy that was taken of it."""

    town: Town
    units: list[str] = field(default_factory=list)
    after_submit: list[Copy] = field(default_factory=list)
    after_turn: list[Copy] = field(default_factory=list)
    keys_after_turn: list[list[PrivateKey]] = field(default_factory=list)
    after_commit: list[Copy] = field(default_factory=list)
    after_close: list[Copy] = field(default_factory=list)

    @property
    def stored_under(self) -> dict[str, str]:
        """Where the responses of a unit were stored in the end."""
        stamps = {values[0]: unit or "" for unit, values in self.town.responses()}
        return {unit: stamps[stamp] for stamp, unit in enumerate(self.units)}

    def groups(self) -> dict[str, list[int]]:
        """Stamps by the unit under which they are stored, in the order in which they arrived."""
        found: dict[str, list[int]] = defaultdict(list)
        under = self.stored_under
        for stamp, unit in enumerate(self.units):
            found[under[unit]].append(stamp)
        return found


def _arrivals() -> list[str]:
    """Units in the order in which their people answer: mixed, but the same every time."""
    everybody = [unit for unit, count in ANSWERED.items() for _ in range(count)]
    chance = [hashlib.sha256(b"arrival %d" % place).digest() for place in range(len(everybody))]
    return [unit for _, unit in sorted(zip(chance, everybody, strict=True))]


def _wave(folder: Path, monkeypatch: pytest.MonkeyPatch, *, rowid: bool = False) -> Wave:
    town = found_town(folder / "town", heads=HEADS)
    if rowid:
        _with_rowid(town)
    wave = Wave(town, _arrivals())
    scrub = retention.scrub
    commits = itertools.count()

    def scrub_after_copy(engine: Engine) -> None:
        wave.after_commit.append(Copy.take(town.data, folder / f"commit-{next(commits)}"))
        scrub(engine)

    monkeypatch.setattr(retention, "scrub", scrub_after_copy)
    box = town.box()
    slips = {unit: iter(drawn) for unit, drawn in town.slips.items()}
    loop = asyncio.new_event_loop()
    for stamp, unit in enumerate(wave.units):
        outcome = loop.run_until_complete(box.submit(town.form(next(slips[unit]), stamp)))
        assert outcome is Outcome.ACCEPTED
        wave.after_submit.append(Copy.take(town.data, folder / f"submit-{stamp}"))
        if stamp + 1 in TURNS_AFTER:
            town.clock.now += timedelta(hours=24)
            town.keeper().run_once()
            wave.after_turn.append(Copy.take(town.data, folder / f"turn-{stamp}"))
            keys = KeyFolder(town.settings.key_folder)
            wave.keys_after_turn.append([keys.read(key_id) for key_id in keys.ids()])
    box.close()
    loop.close()
    assert town.ask("close").state == "done"
    wave.after_close.append(Copy.take(town.data, folder / "closed"))
    return wave


@pytest.fixture(scope="module")
def wave(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wave]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield _wave(tmp_path_factory.mktemp("wave"), monkeypatch)


def _orders(wave: Wave) -> dict[str, list[int]]:
    """Every order of the stamps that the files give away, by the way of reading them."""
    stamps = range(len(wave.units))
    needles = [pack_answers(answers(stamp)) for stamp in stamps]
    orders: dict[str, list[int]] = {}
    for moment, copy in {"commit": wave.after_commit[0], "end": wave.after_close[0]}.items():
        for sorting in ("", "ORDER BY id"):
            found = copy.rows(f"SELECT answers FROM responses {sorting}")  # noqa: S608 # own words
            orders[f"{moment} {sorting}"] = [_first(row) for (row,) in found]
        for name, places in copy.offsets(needles).items():
            orders[f"{moment} {name}"] = sorted(stamps, key=lambda stamp: places[stamp])
    return orders


def _first(row: object) -> int:
    """The first value of packed answers."""
    assert isinstance(row, bytes)
    return int.from_bytes(row[:2], "little")


def _worst(wave: Wave) -> tuple[int, float]:
    """The most hits that any order gives, and the greatest likeness to the order of arrival."""
    groups, orders = wave.groups(), _orders(wave)
    assert len(orders) >= 6
    given_unit = (
        sum(hits([one for one in order if one in set(known)], known) for known in groups.values())
        for order in orders.values()
    )
    return max(given_unit), max(map(likeness, orders.values()))


def test_no_order_of_rows_ids_or_bytes_tells_who_answered_when(wave: Wave) -> None:
    most, likest = _worst(wave)
    assert most <= MOST_HITS
    assert likest <= MOST_LIKENESS


def test_every_code_fits_at_least_n_responses_given_its_unit(wave: Wave) -> None:
    assert Counter(wave.units) == Counter(ANSWERED)
    sizes = Counter(unit for unit, _ in wave.town.responses())
    under = wave.stored_under
    assert all(sizes[under[unit]] >= THRESHOLD for unit in wave.units)
    assert under["archiv"] == "haus"


def test_a_turn_leaves_no_row_that_was_there_before(wave: Wave) -> None:
    for copy, before in zip(wave.after_turn, TURNS_AFTER, strict=True):
        older = wave.after_submit[before - 1]
        assert _common(older, copy) == 0


def test_after_a_turn_nobody_can_open_what_was_copied_before(wave: Wave) -> None:
    for keys, before in zip(wave.keys_after_turn, TURNS_AFTER, strict=True):
        assert len(keys) == 1
        assert _openable(wave.after_submit[before - 1], keys) == 0
        assert _openable(wave.after_submit[before], keys) == before + 1


def test_rows_of_the_inbox_stand_in_no_order_either(wave: Wave) -> None:
    for keys, before in zip(wave.keys_after_turn, TURNS_AFTER, strict=True):
        copy = wave.after_submit[before - 1 + 50]
        stamps = [_stamp(keys, sealed) for _, sealed in _sealed(copy)]
        assert sorted(stamp for stamp in stamps if stamp is not None) == list(range(before + 50))
        assert likeness([stamp or 0 for stamp in stamps]) <= 0.5


def test_no_id_of_the_inbox_reappears_among_the_responses(wave: Wave) -> None:
    sealed = {row for copy in wave.after_submit for row, _ in _sealed(copy)}
    stored = {row for (row,) in wave.after_close[0].rows("SELECT id FROM responses")}
    assert not sealed & stored


def test_after_closing_no_key_code_or_submission_remains(wave: Wave) -> None:
    for table in ("inbox", "access_codes", "submissions", "campaign_keys"):
        assert wave.after_close[0].rows(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 # own names
    assert KeyFolder(wave.town.settings.key_folder).ids() == set()
    last = wave.after_submit[-1]
    gone = [h for (h,) in last.rows("SELECT code_hash FROM access_codes")]
    gone += [h for (h,) in last.rows("SELECT submission_hash FROM submissions")]
    assert len(gone) > 600
    assert not [h for h in gone if isinstance(h, bytes) and wave.after_close[0].contains(h)]


def test_planted_ordered_ids_and_no_mixing_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids that count up, as a sequence or a time-ordered uuid would, and nobody shuffles."""
    numbers = itertools.count(1)
    for module in (submitting, turning, closing):
        monkeypatch.setattr(module, "random_id", lambda: next(numbers).to_bytes(16, "big"))
        monkeypatch.setattr(module, "_random", _Lazy())
    most, likest = _worst(_wave(tmp_path, monkeypatch))
    assert most > MOST_HITS
    assert likest > MOST_LIKENESS


def test_planted_rows_with_rowid_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random ids, but tables with SQLite's rowid: rows come back as they were written."""
    monkeypatch.setattr(turning, "_random", _Lazy())
    monkeypatch.setattr(closing, "_random", _Lazy())
    monkeypatch.setattr(closing, "sorted", list, raising=False)
    most, likest = _worst(_wave(tmp_path, monkeypatch, rowid=True))
    assert most > MOST_HITS
    assert likest > MOST_LIKENESS


def test_a_planted_turn_that_keeps_rows_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path / "town")
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"])])
    before = Copy.take(town.data, tmp_path / "before")
    monkeypatch.setattr(turning, "_replace", lambda *_: None)
    town.turn()
    assert _common(before, Copy.take(town.data, tmp_path / "after")) == len(town.slips["kita"])


def test_a_planted_key_that_is_kept_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path / "town")
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"])])
    before = Copy.take(town.data, tmp_path / "before")
    monkeypatch.setattr(KeyFolder, "destroy", lambda *_: None)
    town.turn()
    folder = KeyFolder(town.settings.key_folder)
    kept = [folder.read(key_id) for key_id in folder.ids()]
    assert _openable(before, kept) == len(town.slips["kita"])


class _Lazy:
    """Randomness that mixes nothing."""

    def sample(self, population: Sequence[T], k: int) -> list[T]:
        return list(population)[:k]

    def shuffle(self, rows: list[T]) -> None:
        """Leave them as they are."""


def _with_rowid(town: Town) -> None:
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


def _sealed(copy: Copy) -> list[tuple[bytes, bytes]]:
    return [
        (row, sealed)
        for row, sealed in copy.rows("SELECT id, sealed FROM inbox")
        if isinstance(row, bytes) and isinstance(sealed, bytes)
    ]


def _common(one: Copy, other: Copy) -> int:
    """Rows of which the id or the sealed bytes are in both copies."""
    known = {part for row in _sealed(one) for part in row}
    return sum(not known.isdisjoint(row) for row in _sealed(other))


def _stamp(keys: list[PrivateKey], sealed: bytes) -> int | None:
    for key in keys:
        with suppress(SealError):
            return unpack(unseal(key, sealed)).values[0]
    return None


def _openable(copy: Copy, keys: list[PrivateKey]) -> int:
    return sum(_stamp(keys, sealed) is not None for _, sealed in _sealed(copy))
