"""A whole campaign under the eyes of an attacker who copies the database again and again."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from sqlalchemy import select

from survey.db.engine import reading
from survey.db.tables import inbox
from survey.domain import inbox as inbox_module
from survey.domain import retention
from survey.domain.inbox import Outcome
from survey.domain.sealing import SealError, unpack, unseal
from survey.keeper.keys import KeyFolder
from tests.anonymity.sights import Eyes, PostgresEyes, Sight, SqliteEyes
from tests.anonymity.town import Town, found_town
from tests.postgres import Cluster

HEADS = {"bauamt": 110, "hauptamt": 100, "kita": 60, "feuerwehr": 40, "archiv": 8}
ANSWERED = {"bauamt": 110, "hauptamt": 95, "kita": 55, "feuerwehr": 36, "archiv": 4}
TURNS_AFTER = (100, 200)


@dataclass(frozen=True)
class Script:
    """Who answers, and after how many submissions the key is turned."""

    heads: Mapping[str, int]
    answered: Mapping[str, int]
    turns_after: tuple[int, ...]

    def arrivals(self) -> list[str]:
        """Units in the order in which their people answer: mixed, but the same every time."""
        everybody = [unit for unit, count in self.answered.items() for _ in range(count)]
        chance = [hashlib.sha256(b"arrival %d" % place).digest() for place in range(len(everybody))]
        return [unit for _, unit in sorted(zip(chance, everybody, strict=True))]


WHOLE = Script(HEADS, ANSWERED, TURNS_AFTER)
SHORT = Script({"bauamt": 30, "kita": 24}, {"bauamt": 28, "kita": 20}, (36,))  # shows a fault, too


@dataclass
class Turn:
    """A turn: the rows before and after it, by the person who sent them, and what was copied.

    That `new` names people is more than any attacker has: it takes both private keys.
    """

    before: Sight
    after: Sight
    old: dict[bytes, int]
    new: dict[bytes, int]
    sealed_before: dict[bytes, bytes]
    sealed_after: dict[bytes, bytes]
    destroyed: list[PrivateKey]
    kept: list[PrivateKey]


@dataclass
class Wave:
    """A whole campaign, and every copy that was taken of it. People are numbered as they come."""

    town: Town
    units: list[str]
    codes: dict[bytes, int] = field(default_factory=dict)
    submissions: dict[bytes, int] = field(default_factory=dict)
    sealed: dict[bytes, int] = field(default_factory=dict)  # newest row of each person
    seen_ids: set[bytes] = field(default_factory=set)  # every id that the inbox ever had
    turns: list[Turn] = field(default_factory=list)
    before_close: list[Sight] = field(default_factory=list)
    after_commit: list[Sight] = field(default_factory=list)
    after_close: list[Sight] = field(default_factory=list)
    stored: dict[bytes, int] = field(default_factory=dict)
    unit_of: dict[int, str] = field(default_factory=dict)  # where each response was stored

    @property
    def people(self) -> range:
        """Everybody who answered."""
        return range(len(self.units))

    @property
    def database(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.town.engine.dialect.name


Plant = Callable[[Town], None]


def run_wave(
    folder: Path,
    *,
    script: Script = WHOLE,
    cluster: Cluster | None = None,
    database: str = "",
    plant: Plant = lambda _: None,
) -> Wave:
    """Let everybody answer one after the other, turn, close, and look whenever something happened.

    `plant` changes the new town's database: it is how faults are planted there.
    """
    town = found_town(folder / "town", heads=dict(script.heads), database=database)
    plant(town)
    eyes: Eyes = (
        PostgresEyes(town, cluster, folder / "copies")
        if cluster
        else SqliteEyes(town, folder / "copies")
    )
    wave = Wave(town, script.arrivals())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox_module, "GATHER", 0)  # nobody else comes, so nobody is waited for
        scrub = retention.scrub

        def look_before_scrubbing(*args: object) -> None:
            if not wave.after_commit:
                wave.after_commit.append(eyes.look("commit"))
            scrub(*args)  # type: ignore[arg-type] # whatever the keeper hands down

        patch.setattr(retention, "scrub", look_before_scrubbing)
        _answer(wave, eyes, script)
        wave.before_close.append(eyes.look("before-close"))
        assert town.ask("close").state == "done"
    wave.after_close.append(eyes.look("closed"))
    for key, (unit, values) in town.stored().items():
        wave.stored[key] = values[0]
        wave.unit_of[values[0]] = unit or ""
    return wave


def _answer(wave: Wave, eyes: Eyes, script: Script) -> None:
    town = wave.town
    box = town.box()
    slips = {unit: iter(drawn) for unit, drawn in town.slips.items()}
    loop = asyncio.new_event_loop()
    seen: set[bytes] = set()
    try:
        for person, unit in enumerate(wave.units):
            form = town.form(next(slips[unit]), person)
            assert loop.run_until_complete(box.submit(form)) is Outcome.ACCEPTED
            wave.codes[form.code_hash or b""] = person
            wave.submissions[form.submission_hash] = person
            now = set(sealed_rows(town))
            (new,) = now - seen  # what a copy before and one after a submission tell
            wave.sealed[new], seen = person, now
            wave.seen_ids |= seen
            if person + 1 in script.turns_after:
                _turn(wave, eyes)
                seen = set(sealed_rows(town))
    finally:
        box.close()
        loop.close()


def _turn(wave: Wave, eyes: Eyes) -> None:
    town = wave.town
    folder = KeyFolder(town.settings.key_folder)
    destroyed = [folder.read(key_id) for key_id in folder.ids()]
    before, old, sealed_before = (
        eyes.look(f"before-turn-{len(wave.turns) + 1}"),
        wave.sealed,
        sealed_rows(town),
    )
    town.turn()
    after, sealed_after = eyes.look(f"after-turn-{len(wave.turns) + 1}"), sealed_rows(town)
    kept = [folder.read(key_id) for key_id in folder.ids()]
    wave.sealed = {
        row: person
        for row, sealed in sealed_after.items()
        if (person := opened([*kept, *destroyed], sealed)) is not None
    }
    turn = Turn(
        before, after, old, wave.sealed.copy(), sealed_before, sealed_after, destroyed, kept
    )
    wave.turns.append(turn)


def sealed_rows(town: Town) -> dict[bytes, bytes]:
    """The inbox: sealed answers by id, as a copy at this moment has them."""
    with reading(town.engine) as connection:
        return {
            row.id: row.sealed for row in connection.execute(select(inbox.c.id, inbox.c.sealed))
        }


def opened(keys: list[PrivateKey], sealed: bytes) -> int | None:
    """The number of the person whose row this is; None when none of the keys opens it."""
    for key in keys:
        with suppress(SealError):
            return unpack(unseal(key, sealed)).values[0]
    return None
