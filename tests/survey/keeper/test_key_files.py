"""Key files: durable when made, gone when destroyed, whatever happens in between."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from survey.domain.campaign_keys import MissingKeyError
from survey.errors import SurveyError
from survey.keeper.keys import FILE_BYTES, KeyFolder, NotTheKeeperError
from survey.keeper.ledger import Ledger
from tests.survey.keeper.disks import PowerCutError, watched

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
KEY_ID, UID = bytes(range(16)), bytes(range(16, 32))
HASH = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


def _steps_of_destroying(folder: KeyFolder) -> int:
    folder.write(KEY_ID, PrivateKey.generate(), made_at=NOW)
    with watched(folder.path) as disk:
        folder.destroy(KEY_ID)
    return len(disk.calls)


def test_a_key_is_destroyed_however_often_the_power_fails(folder: KeyFolder) -> None:
    """Cut before each call; what a repetition leaves on the disk holds no byte of the key."""
    steps = _steps_of_destroying(folder)
    assert steps >= 6  # open, write, fsync, unlink, open, fsync
    for cut_at in range(steps):
        key = PrivateKey.generate()
        with watched(folder.path) as disk:
            folder.write(KEY_ID, key, made_at=NOW)
            disk.cut_at = len(disk.calls) + cut_at
            with pytest.raises(PowerCutError):
                folder.destroy(KEY_ID)
        disk.after_the_cut()
        folder.destroy(KEY_ID)
        assert list(folder.path.iterdir()) == []


def test_once_destroyed_no_durable_byte_of_the_key_is_left(folder: KeyFolder) -> None:
    key = PrivateKey.generate()
    with watched(folder.path) as disk:
        folder.write(KEY_ID, key, made_at=NOW)
        assert bytes(key) in b"".join(disk.synced.values())
        folder.destroy(KEY_ID)
    assert disk.synced == {}
    assert bytes(key) not in b"".join(disk._inodes.values())


def test_a_planted_unlink_alone_leaves_the_key_on_the_disk(folder: KeyFolder) -> None:
    """The name goes and the bytes stay: what the attack above would find."""
    key = PrivateKey.generate()
    with watched(folder.path) as disk:
        folder.write(KEY_ID, key, made_at=NOW)
        (folder.path / f"{KEY_ID.hex()}.key").unlink()
    assert bytes(key) in b"".join(disk._inodes.values())


def test_a_key_that_was_written_survives_a_power_cut(folder: KeyFolder) -> None:
    key = PrivateKey.generate()
    with watched(folder.path) as disk:
        folder.write(KEY_ID, key, made_at=NOW, uid=UID)
    disk.after_the_cut()
    assert bytes(folder.read(KEY_ID)) == bytes(key)
    assert (folder.uid_of(KEY_ID), folder.made_at(KEY_ID)) == (UID, NOW)


@pytest.mark.parametrize("cut_at", range(5))
def test_a_key_that_was_not_written_whole_is_none(folder: KeyFolder, cut_at: int) -> None:
    with watched(folder.path, cut_at) as disk, pytest.raises(PowerCutError):
        folder.write(KEY_ID, PrivateKey.generate(), made_at=NOW)
    disk.after_the_cut()
    with pytest.raises(MissingKeyError):
        folder.read(KEY_ID)
    folder.destroy(KEY_ID)
    assert list(folder.path.iterdir()) == []


def test_a_key_that_was_overwritten_and_not_removed_is_none(folder: KeyFolder) -> None:
    (folder.path / f"{KEY_ID.hex()}.key").write_bytes(bytes(FILE_BYTES))
    with pytest.raises(MissingKeyError):
        folder.read(KEY_ID)


def test_the_keeper_s_own_key_is_whole_or_not_there(folder: KeyFolder) -> None:
    with watched(folder.path) as disk:
        folder.make_signing_key()
    seed = bytes(folder.signing_key())
    steps = len(disk.calls)
    for cut_at in range(steps):
        for path in folder.path.iterdir():
            path.unlink()
        with watched(folder.path, cut_at) as disk, pytest.raises(PowerCutError):
            folder.make_signing_key()
        disk.after_the_cut()
        folder.make_signing_key()
        assert len(bytes(folder.signing_key())) == len(seed)


def test_the_ledger_has_the_old_or_the_new_entry(folder: KeyFolder) -> None:
    ledger = Ledger(folder.path)
    with watched(folder.path) as disk:
        ledger.note(UID, "open", HASH)
        first = len(disk.calls)
        ledger.note(UID, "closed", HASH)
    for cut_at in range(first, len(disk.calls)):
        for path in folder.path.iterdir():
            path.unlink()
        with watched(folder.path) as again:
            ledger.note(UID, "open", HASH)
            again.cut_at = cut_at
            with pytest.raises(PowerCutError):
                ledger.note(UID, "closed", HASH)
        again.after_the_cut()
        found = ledger.read(UID)
        assert found is not None
        assert (found.stage, found.plan_hash) in {("open", HASH), ("closed", HASH)}


def test_the_ledger_takes_no_step_back(folder: KeyFolder) -> None:
    ledger = Ledger(folder.path)
    assert ledger.read(UID) is None
    for stage in ("open", "closed", "purged", "closed", "open"):
        ledger.note(UID, stage, HASH)
    found = ledger.read(UID)
    assert found is not None
    assert found.stage == "purged"


def test_a_broken_ledger_opens_nothing(folder: KeyFolder) -> None:
    (folder.path / f"{UID.hex()}.campaign").write_bytes(b"")
    with pytest.raises(SurveyError, match="is broken"):
        Ledger(folder.path).read(UID)


def test_another_user_s_key_folder_is_left_alone_even_by_root(
    folder: KeyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: folder.path.stat().st_uid + 1)
    with pytest.raises(NotTheKeeperError, match="who alone is the keeper"):
        KeyFolder(folder.path)
