"""The demo empties a folder that it made itself, and never another."""

from pathlib import Path

import pytest

from survey.demo.folder import MARKER, prepare
from survey.errors import RefusedError
from survey.keeper import keeper_lock


def test_a_new_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    prepare(folder)
    assert [path.name for path in folder.iterdir()] == [MARKER]
    assert folder.stat().st_mode & 0o077 == 0


def test_its_own_folder_is_emptied(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    prepare(folder)
    for name in ("pegel.sqlite", "host.secret", "keeper.pub"):
        (folder / name).touch()
    prepare(folder)
    assert not (folder / "pegel.sqlite").exists()


def test_a_folder_with_other_data_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pegel.sqlite").write_text("a real campaign")
    with pytest.raises(RefusedError, match="nothing was touched"):
        prepare(tmp_path)
    assert (tmp_path / "pegel.sqlite").read_text() == "a real campaign"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError, match="not a folder"):
        prepare(tmp_path / "file")


def test_a_running_demo_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    prepare(folder)
    with keeper_lock(folder), pytest.raises(RefusedError, match="running"):
        prepare(folder)
    assert (folder / MARKER).exists()


def test_what_somebody_put_into_the_folder_is_not_lost(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    prepare(folder)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(RefusedError, match=r"holds notes\.txt, which the demo did not make"):
        prepare(folder)
    assert (folder / "notes.txt").read_text() == "mine"
