"""`pegel doctor` looks at where the keys lie, for a destroyed key has to be gone."""

from pathlib import Path

import pytest

from survey.errors import RefusedError
from survey.keeper.volumes import check_volume, findings, mount_of
from tests.survey.cli.commands import Pegel

LINE = "36 35 98:0 / {point} rw,noatime shared:1 - {kind} /dev/vdb rw,{options}\n"


def _said(tmp_path: Path, mounts: Path) -> list[str]:
    """What is found about a key folder beside the data."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / f"{'ab' * 16}.key").write_bytes(b"")
    (tmp_path / "data").mkdir()
    return [said for _, said in findings(tmp_path / "keys", tmp_path / "data", mounts)]


def _mounts(tmp_path: Path, *mounts: tuple[Path, str, str]) -> Path:
    file = tmp_path / "mountinfo"
    lines = [LINE.format(point=point, kind=kind, options=how) for point, kind, how in mounts]
    file.write_text("".join(lines))
    return file


@pytest.mark.parametrize(
    ("kind", "options", "found"),
    [
        ("nfs4", "vers=4.2", "network file system"),
        ("cifs", "vers=3", "network file system"),
        ("btrfs", "ssd", "writes elsewhere"),
        ("overlay", "lowerdir=/l", "writes elsewhere"),
        ("ext4", "data=journal", "writes elsewhere"),
    ],
)
def test_a_file_system_that_keeps_what_was_overwritten_is_named(
    tmp_path: Path, kind: str, options: str, found: str
) -> None:
    mounts = _mounts(tmp_path, (Path("/"), "ext4", "x"), (tmp_path / "keys", kind, options))
    said = _said(tmp_path, mounts)
    assert [message for message in said if found in message]


def test_a_plain_volume_is_fine(tmp_path: Path) -> None:
    mounts = _mounts(tmp_path, (Path("/"), "btrfs", "x"), (tmp_path / "keys", "ext4", "x"))
    said = _said(tmp_path, mounts)
    assert len(said) == 1
    assert "on the volume of the data" in said[0]


@pytest.mark.parametrize("kind", ["nfs4", "ext4"])
def test_no_key_is_made_on_a_network_file_system(tmp_path: Path, kind: str) -> None:
    mounts = _mounts(tmp_path, (tmp_path, kind, "x"))
    if kind == "ext4":
        check_volume(tmp_path / "keys", mounts)
        return
    with pytest.raises(RefusedError, match="local volume"):
        check_volume(tmp_path / "keys", mounts)


def test_the_last_mount_at_a_place_counts(tmp_path: Path) -> None:
    mounts = _mounts(
        tmp_path, (Path("/"), "ext4", "x"), (tmp_path, "xfs", "x"), (tmp_path, "nfs", "x")
    )
    found = mount_of(tmp_path / "keys", mounts)
    assert found is not None
    assert found.kind == "nfs"


def test_keys_among_the_data_are_pointed_out_once_there_are_any(pegel: Pegel) -> None:
    plan = pegel.plan(slug="open-link", access="open", units=None)
    pegel.did("campaign", "create", plan)
    assert "PEGEL_KEYS" not in pegel.did("doctor").out
    pegel.did("campaign", "open", "open-link")
    assert "set PEGEL_KEYS to a volume of its own" in pegel.did("doctor").out


def test_an_interrupted_campaign_is_a_problem(pegel: Pegel) -> None:
    plan = pegel.plan(slug="open-link", access="open", units=None)
    pegel.did("campaign", "create", plan)
    pegel.did("campaign", "open", "open-link")
    assert "open-link: none" in pegel.did("doctor").out
    pegel.did("backup", "b.zip")
    pegel.did("restore", "b.zip", "--force")
    said = pegel("doctor")
    assert said.code == 1
    assert "open-link is interrupted" in said.out
