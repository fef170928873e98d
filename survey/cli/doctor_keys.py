"""What `pegel doctor` looks at around the key folder: whether a destroyed key is really gone."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from survey.db.engine import reading, reading_session
from survey.domain import campaign_keys, campaigns
from survey.domain.recovery import fingerprint, public_key_of
from survey.domain.trust import load_trust
from survey.errors import SurveyError
from survey.keeper.keys import SUFFIX
from survey.settings import Settings

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


def key_findings(settings: Settings, mounts: Path = MOUNTS) -> Iterator[Finding]:
    """What is not right about the place of the keys, once there is a key in it."""
    folder = settings.key_folder.absolute()
    if not any(folder.glob(f"*{SUFFIX}")):
        return
    if settings.data.absolute() in folder.parents:
        yield (
            "warning",
            (
                f"{folder} lies in the data folder, which backups and snapshots copy. A copied key "
                "opens old copies of answers: set PEGEL_KEYS to a volume of its own."
            ),
        )
    elif _volume(folder) == _volume(settings.data):
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
                f"{folder} is on a network file system ({mount.kind}): others have the keys, too, and "
                "overwriting them does not reach the disk. Use a local volume."
            ),
        )
    elif mount.kind in COPY_ON_WRITE or "data=journal" in mount.options:
        how = mount.kind if mount.kind in COPY_ON_WRITE else "data=journal"
        yield (
            "warning",
            (
                f"{folder} is on a file system that writes elsewhere instead of overwriting ({how}): "
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


def interrupted(engine: Engine) -> tuple[str, ...]:
    """A sentence for each open campaign whose key is lost."""
    with reading_session(engine) as session, reading(engine) as connection:
        paused = [
            one.slug for one in campaigns.list_(session) if campaign_keys.is_paused(connection, one)
        ]
    return tuple(
        f"{slug} is interrupted and takes no answers: the key for them is lost "
        f"(pegel campaign recover {slug})"
        for slug in paused
    )


def sheets(settings: Settings, engine: Engine) -> tuple[str, ...]:
    """The check number of the recovery sheet of each open campaign, to compare with the paper."""
    said = []
    with reading_session(engine) as session:
        for campaign in campaigns.list_(session):
            if campaign.status == "open":
                try:
                    secret = load_trust(settings).secret
                    key = public_key_of(session, campaign, secret=secret)
                except SurveyError:
                    continue
                said.append(f"{campaign.slug}: {fingerprint(key) if key else 'none'}")
    return tuple(said)


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


def is_shared(folder: Path) -> bool:
    """Whether a data folder is meant for a group: it has the set-group-ID bit."""
    return bool(folder.stat().st_mode & stat.S_ISGID)
