"""Where the key folder lies, and whether a key that is destroyed there is really gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from survey.errors import RefusedError
from survey.keeper.keys import SUFFIX

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = ("9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "nfs", "nfs4", "smb3")
COPY_ON_WRITE = ("aufs", "bcachefs", "btrfs", "f2fs", "fuse.zfs", "nilfs2", "overlay", "zfs")


@dataclass(frozen=True, slots=True)
class Mount:
    """What a folder lies on: the kind of file system, and how it is mounted."""

    point: Path
    kind: str
    options: tuple[str, ...]


Finding = tuple[Literal["warning", "problem"], str]


def findings(folder: Path, data: Path, mounts: Path = MOUNTS) -> Iterator[Finding]:
    """What is not right about the place of the keys, once there is a key in it."""
    folder, data = folder.absolute(), data.absolute()
    if not any(folder.glob(f"*{SUFFIX}")):
        return
    if data in folder.parents:
        yield (
            "warning",
            (
                f"{folder} lies in the data folder, which backups and snapshots copy. A copied key "
                "opens old copies of answers: set PEGEL_KEYS to a volume of its own."
            ),
        )
    elif _volume(folder) == _volume(data):
        yield (
            "warning",
            (
                f"{folder} lies on the volume of the data, and is in its snapshots: a copied key "
                "opens old copies of answers. Give it a volume of its own."
            ),
        )
    yield from _of_file_system(folder, mount_of(folder, mounts))


def _of_file_system(folder: Path, mount: Mount | None) -> Iterator[Finding]:
    if mount is None:
        return
    if mount.kind in NETWORK:
        yield (
            "problem",
            (
                f"{folder} is on a network file system ({mount.kind}): others have the keys, and "
                "overwriting them does not reach the disk. Use a local volume."
            ),
        )
    elif mount.kind in COPY_ON_WRITE or "data=journal" in mount.options:
        how = mount.kind if mount.kind in COPY_ON_WRITE else "data=journal"
        yield (
            "warning",
            (
                f"{folder} is on a file system that writes elsewhere instead of over ({how}): "
                "bytes of a destroyed key may stay. Use ext4 or xfs, best on an encrypted volume."
            ),
        )


def mount_of(folder: Path, mounts: Path = MOUNTS) -> Mount | None:
    """What a folder lies on; None where the system does not tell."""
    try:
        lines = mounts.read_text("utf-8").splitlines()
    except OSError:
        return None
    found = [mount for line in lines if (mount := _mount(line)) is not None]
    place = folder.resolve()
    above = [mount for mount in found if mount.point == place or mount.point in place.parents]
    # The last line counts where several are mounted at one place.
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)


def check_volume(folder: Path, mounts: Path = MOUNTS) -> None:
    """Whether keys may be made in a folder at all.

    Raises:
        RefusedError: it is on a network file system.
    """
    mount = mount_of(folder, mounts)
    if mount is not None and mount.kind in NETWORK:
        raise RefusedError(
            "key-volume",
            f"The key folder {folder} is on a network file system ({mount.kind}): others have the "
            "keys, and overwriting them does not reach the disk.",
            "Set PEGEL_KEYS to a folder on a local volume.",
        )


def _mount(line: str) -> Mount | None:
    """A line of mountinfo: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw"."""
    before, separator, after = line.partition(" - ")
    fields, kind = before.split(" "), after.split(" ")
    if not separator or len(fields) < 6 or len(kind) < 3:  # noqa: PLR2004 - the format's own
        return None
    point = fields[4].encode().decode("unicode_escape")
    return Mount(Path(point), kind[0], (*fields[5].split(","), *kind[2].split(",")))


def _volume(path: Path) -> int | None:
    try:
        return path.stat().st_dev
    except OSError:
        return None
