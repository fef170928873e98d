"""Attack 5: public keys are swapped in the database, destroyed keys are searched on the disk."""

import os
import shutil
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from sqlalchemy import Engine, insert, update

from survey.db.engine import writing
from survey.db.tables import campaign_keys, inbox
from survey.domain import admission
from survey.domain.inbox import Outcome
from survey.domain.statements import Statement, sign
from survey.keeper.keys import KeyFolder
from tests.anonymity.town import Town, found_town
from tests.anonymity.wave import opened, sealed_rows


def _swap(engine: Engine, **values: object) -> None:
    with writing(engine) as connection:
        connection.execute(update(campaign_keys).values(**values))


def _forged(private: PrivateKey) -> dict[str, object]:
    """What somebody writes who knows everything but the keeper's key: a signature of his own."""
    signer = SigningKey.generate()
    statement = Statement(b"u" * 16, "00" * 32, b"k" * 16, bytes(private.public_key), 2)
    return {"public_key": bytes(private.public_key), "signature": sign(signer, statement)}


def test_under_a_swapped_key_no_answer_is_accepted_and_no_code_spent(
    database: str, tmp_path: Path
) -> None:
    town = found_town(tmp_path, database=database)
    mine, forms = PrivateKey.generate(), [town.form(town.slips["kita"][0], 1)]
    for values in ({"public_key": bytes(mine.public_key)}, _forged(mine)):
        _swap(town.engine, **values)
        assert town.send(forms) == [Outcome.UNTRUSTED]
        assert (town.count(inbox), town.spent()) == (0, 0)
    town.keeper().run_once()  # the keeper knows its own, and makes a new one
    assert town.send(forms) == [Outcome.ACCEPTED]
    assert [opened([mine], row) for row in sealed_rows(town).values()] == [None]


def test_an_older_key_that_is_put_back_takes_no_answer(database: str, tmp_path: Path) -> None:
    """Whoever copied a private key before a turn would read what comes after it."""
    town = found_town(tmp_path, database=database)
    with town.engine.connect() as connection:
        old = dict(connection.execute(campaign_keys.select()).mappings().one())
    town.turn()
    assert town.send([town.form(town.slips["kita"][0], 1)]) == [Outcome.ACCEPTED]
    with writing(town.engine) as connection:
        connection.execute(update(campaign_keys).values(is_current=False))
        connection.execute(insert(campaign_keys).values(**old))
    assert town.send([town.form(town.slips["kita"][1], 2)]) == [Outcome.UNTRUSTED]


def test_the_attack_notices_a_host_that_believes_the_database(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: signatures are not checked, and somebody else reads the answers."""
    town = found_town(tmp_path, database=database)
    mine = PrivateKey.generate()
    monkeypatch.setattr(admission, "_is_trusted", lambda *_: True)
    _swap(town.engine, public_key=bytes(mine.public_key))
    assert town.send([town.form(town.slips["kita"][0], 7)]) == [Outcome.ACCEPTED]
    assert [opened([mine], row) for row in sealed_rows(town).values()] == [7]


def _blocks(town: Town, to: Path) -> list[Path]:
    """A second name for the blocks of each key file: they stay where they are when it goes.

    It shows what a raw image of the file system would: the bytes at the places of the old file.
    """
    to.mkdir()
    found = []
    for path in town.settings.key_folder.glob("*.key"):
        os.link(path, to / path.name)
        found.append(to / path.name)
    return found


def _keys(town: Town) -> list[bytes]:
    folder = KeyFolder(town.settings.key_folder)
    return [bytes(folder.read(key_id)) for key_id in folder.ids()]


@pytest.mark.parametrize("act", ["turn", "close", "purge"])
def test_the_blocks_of_a_destroyed_key_are_overwritten(
    database: str, tmp_path: Path, act: str
) -> None:
    town = found_town(tmp_path, database=database)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:12])])
    if act == "purge":
        assert town.ask("close").state == "done"
    keys, blocks = _keys(town), _blocks(town, tmp_path / "blocks")
    assert [key in path.read_bytes() for key, path in zip(keys, blocks, strict=True)] == [True]
    match act:
        case "turn":
            town.turn()
        case "close":
            assert town.ask("close").state == "done"
        case _:
            town.clock.now = town.clock.now.replace(year=town.clock.now.year + 2)
            town.keeper().run_once()
            assert town.status() == "purged"
    assert [path.stat().st_nlink for path in blocks] == [1]
    assert [set(path.read_bytes()) for path in blocks] == [{0}]


def test_a_planted_unlink_alone_leaves_the_blocks_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path)
    keys, blocks = _keys(town), _blocks(town, tmp_path / "blocks")
    monkeypatch.setattr(KeyFolder, "destroy", lambda folder, key: folder._file(key).unlink())
    town.turn()
    assert [path.stat().st_nlink for path in blocks] == [1]
    assert keys[0] in blocks[0].read_bytes()


def test_a_planted_copy_of_the_keys_opens_what_was_copied(tmp_path: Path) -> None:
    """What nobody can protect from, said openly: keys that somebody copied in time."""
    town = found_town(tmp_path)
    town.send([town.form(slip, stamp) for stamp, slip in enumerate(town.slips["kita"][:12])])
    copied, rows = tmp_path / "copied", sealed_rows(town)
    shutil.copytree(town.settings.key_folder, copied)
    town.turn()
    stolen = KeyFolder(copied)
    found = [opened([stolen.read(key) for key in stolen.ids()], row) for row in rows.values()]
    assert sorted(one for one in found if one is not None) == list(range(12))
