"""Slips on disk: complete before their codes count, and under their name only afterwards."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from survey.errors import RefusedError

STANDARD_OUTPUT = Path("-")


def paths_of(output: Path, units: list[str | None]) -> dict[str | None, Path]:
    """The file for each unit: `output`, or `slips-<unit>.pdf` beside it where there are several.

    Raises:
        RefusedError: a file is there already, or several cannot go to standard output.
    """
    if len(units) == 1:
        paths = dict.fromkeys(units, output)
    elif output == STANDARD_OUTPUT:
        raise RefusedError(
            "several-files",
            "Each unit has slips of its own, and standard output takes one file.",
            "Name one unit with --unit, or a file with -o.",
        )
    else:
        paths = {unit: output.with_name(f"{output.stem}-{unit}{output.suffix}") for unit in units}
    for path in paths.values():
        if path != STANDARD_OUTPUT and path.exists() and (path.is_dir() or path.stat().st_size):
            raise RefusedError(
                "file-exists",
                f"{path} is there already, and could hold slips that are still needed.",
                "Choose another name, or delete it.",
            )
    return paths


@contextmanager
def written(files: Mapping[Path, bytes]) -> Iterator[None]:
    """Have `files` safely on disk inside the context, and under their names when it ends.

    Until then they are `<name>.part`, readable for their owner only. They go when the context
    fails, because then their codes were not stored. Standard output is written at the end.
    """
    parts = {path: path.with_name(f"{path.name}.part") for path in files if path != STANDARD_OUTPUT}
    try:
        for path, part in parts.items():
            _write(part, files[path])
        yield
    except BaseException:
        for part in parts.values():
            part.unlink(missing_ok=True)
        raise
    for path, part in parts.items():
        part.rename(path)
    if STANDARD_OUTPUT in files:
        sys.stdout.buffer.write(files[STANDARD_OUTPUT])
        sys.stdout.buffer.flush()


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
