"""A disk that may lose power: what was not synced may be there, or not, or half.

The model is the harshest that POSIX allows. A write is safe when its file was synced after it; a
new, removed or renamed name is safe when its folder was synced after it. Of everything else any
part may have reached the disk: each write on its own, and also only its first sectors.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.trace import Step

SECTOR = 512


@dataclass
class File:
    """Bytes that are safe, and changes since (an offset and bytes, or a length and None)."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        """Make every change safe."""
        for change in self.pending:
            _apply(self.safe, *change)
        self.pending.clear()

    def after_power_loss(self, chance: Random) -> bytes:
        """What a reader finds."""
        content = bytearray(self.safe)
        for offset, data in self.pending:
            if data is None:
                if chance.random() < 1 / 2:
                    _apply(content, offset, None)
                continue
            kept = chance.choice([0, len(data), chance.randrange(0, len(data) + 1, SECTOR)])
            if kept:
                _apply(content, offset, data[:kept])
        return bytes(content)


class Disk:
    """The files in a folder, as they were before a process began to work there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._now = {path: File(bytearray(path.read_bytes())) for path in _files(self._folder)}
        self._safe = dict(self._now)
        self._pending: list[tuple[Path, File | None]] = []

    def play(self, steps: Iterable[Step]) -> None:
        """Let the disk take these requests."""
        for step in steps:
            getattr(self, f"_{step.kind}")(step)

    def write_image(self, to: Path, chance: Random) -> None:
        """Lose power now, and write what is left of the folder to another place."""
        names = dict(self._safe)
        for path, file in self._pending[: chance.randint(0, len(self._pending))]:
            if file is None:
                names.pop(path, None)
            else:
                names[path] = file
        for path, file in names.items():
            place = to / path.relative_to(self._folder)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.write_bytes(file.after_power_loss(chance))
            place.chmod(0o600)

    def _create(self, step: Step) -> None:
        if step.path not in self._now:
            self._name(step.path, File())

    def _write(self, step: Step) -> None:
        if step.offset < 0:
            raise ValueError(f"a way of writing to {step.path} that the model does not know")
        if step.path in self._now:
            self._now[step.path].pending.append((step.offset, step.data))

    def _truncate(self, step: Step) -> None:
        self._create(step)
        self._now[step.path].pending.append((step.offset, None))

    def _sync(self, step: Step) -> None:
        if step.path in self._now:
            self._now[step.path].sync()
            return
        left: list[tuple[Path, File | None]] = []
        for path, file in self._pending:
            if path.parent != step.path:
                left.append((path, file))
            elif file is None:
                self._safe.pop(path, None)
            else:
                self._safe[path] = file
        self._pending = left

    def _remove(self, step: Step) -> None:
        if step.path in self._now:
            self._name(step.path, None)

    def _link(self, step: Step) -> None:
        if step.other is not None and step.path in self._now:
            self._name(step.other, self._now[step.path])

    def _rename(self, step: Step) -> None:
        self._link(step)
        self._remove(step)

    def _told(self, _step: Step) -> None:
        """Nothing that the disk would know of."""

    def _name(self, path: Path, file: File | None) -> None:
        self._pending.append((path, file))
        if file is None:
            del self._now[path]
        else:
            self._now[path] = file


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _files(folder: Path) -> Iterator[Path]:
    """Files that outlive a power loss: an index in shared memory is made anew."""
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm")
