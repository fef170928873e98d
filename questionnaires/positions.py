"""Where a value stands in its file."""

from collections.abc import Iterable
from dataclasses import dataclass, field

Path = tuple[object, ...]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Positions:
    """Line and column (both from 1) of each value and each key, by path from the root."""

    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def of(self, path: Iterable[object]) -> Place:
        """The place of the value at `path`, else of the nearest value around it."""
        return self.values.get(self.known(path), (1, 1))

    def key(self, path: Iterable[object]) -> Place:
        """The place of the key that leads to `path`; for an entry of a list, of its value."""
        known = self.known(path)
        return self.keys.get(known) or self.of(known)

    def known(self, path: Iterable[object]) -> Path:
        """`path` without the steps that are not in the file.

        A validator names more steps than a file has: the class it tried, a key that is missing.
        """
        found: Path = ()
        for step in path:
            if (*found, step) in self.values:
                found = (*found, step)
        return found


def spell(path: Iterable[object]) -> str:
    """A path as people write it: `items[2].text.de`."""
    said = ""
    for step in path:
        said += f"[{step}]" if isinstance(step, int) else f".{step}"
    return said.removeprefix(".")
