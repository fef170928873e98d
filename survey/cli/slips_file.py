"""Slips on disk: complete before their codes count, and under their name only afterwards."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey.cli.saying import STANDARD_OUTPUT
from survey.errors import RefusedError


def check_new(output: Path) -> None:
    """RefusedError when `output` cannot be a new file; an empty one is no loss."""
    if output == STANDARD_OUTPUT:
        return
    if not output.parent.is_dir():
        raise RefusedError(
            "no-folder",
            f"There is no folder {output.parent} to write the slips to.",
            "Make it, or choose another place.",
        )
    if output.exists() and (output.is_dir() or output.stat().st_size):
        raise RefusedError(
            "file-exists",
            f"{output} is there already, and could hold slips that are still needed.",
            "Choose another name, or delete it.",
        )


@contextmanager
def written(output: Path, slips: bytes) -> Iterator[None]:
    """Have `slips` safely on disk inside the context, and under their name when it ends.

    Until then they are `<name>.part`, readable for their owner only. They go when the context
    fails, because then their codes were not stored. Standard output is written at the end.
    """
    if output == STANDARD_OUTPUT:
        yield
        sys.stdout.buffer.write(slips)
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f"{output.name}.part")
    try:
        _write(part, slips)
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.rename(output)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
