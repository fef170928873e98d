"""Files that survive a power cut: on disk, name and content, when a function returns."""

import os
import secrets
from pathlib import Path


def make_file(path: Path, content: bytes | bytearray, *, mode: int = 0o600) -> None:
    """A new private file; FileExistsError where there is one."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        write_all(file, content)
        os.fsync(file)
    finally:
        os.close(file)
    sync_folder(path.parent)


def make_whole_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """A new private file with all its content, or none; FileExistsError where there is one.

    Several processes may try at the same time.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        make_file(draft, content, mode=mode)
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """A private file with new content; whatever happens it has the old or the new one, whole."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        make_file(draft, content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_all(file: int, content: bytes | bytearray) -> None:
    """Write all of it, however many calls that takes."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
