"""A disk that loses power: what was not synced may be there or not, whole or in part.

Calls of the operating system on one folder are recorded. A power cut after any call leaves, for
each file, its last synced content or what was written since; and for each name its last synced
state or the newest.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

WATCHED = ("open", "write", "fsync", "unlink", "link", "replace")


class PowerCutError(BaseException):
    """The machine is off; nothing catches this."""


@dataclass
class Disk:
    """Counts calls, and cuts the power just before one of them."""

    folder: Path
    cut_at: int = 10**9
    calls: list[str] = field(default_factory=list)
    synced: dict[str, bytes] = field(default_factory=dict)
    _inodes: dict[int, bytes] = field(default_factory=dict)

    def before(self, name: str) -> None:
        """Note a call, or cut the power before it."""
        if len(self.calls) == self.cut_at:
            raise PowerCutError
        self.calls.append(name)

    def sync(self, descriptor: int) -> None:
        """What is durable now: a file's content, or a folder's names with durable contents."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path == self.folder:
            self.synced = {
                one.name: self._inodes.get(one.stat().st_ino, b"") for one in self.folder.iterdir()
            }
        elif path.parent == self.folder:
            inode = os.fstat(descriptor).st_ino
            self._inodes[inode] = path.read_bytes()
            for name in self.synced:
                there = self.folder / name
                if there.exists() and there.stat().st_ino == inode:
                    self.synced[name] = self._inodes[inode]

    def after_the_cut(self) -> None:
        """Put the folder into the worst state that is possible: nothing unsynced arrived."""
        for path in self.folder.iterdir():
            path.unlink()
        for name, content in self.synced.items():
            (self.folder / name).write_bytes(content)


@contextmanager
def watched(folder: Path, cut_at: int = 10**9) -> Iterator[Disk]:
    """Watch a folder, and cut the power before a call."""
    disk = Disk(folder, cut_at)
    with pytest.MonkeyPatch.context() as patch:
        for name in WATCHED:
            patch.setattr(os, name, _watch(disk, name, getattr(os, name)))
        yield disk


def _watch(disk: Disk, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def watching(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 # whatever the original takes
        disk.before(name)
        done = call(*args, **kwargs)
        if name == "fsync":
            disk.sync(args[0])
        return done

    return watching
