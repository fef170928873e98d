"""The folder of private keys: one small file per key, which only the keeper opens."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from survey.domain.turning import MissingKeyError

KEY_BYTES = 32
TIME_BYTES = 8
SUFFIX = ".key"
SIGNING_FILE = "keeper.seed"


class KeyFolder:
    """Private keys as files of mode 0600 in a folder of mode 0700.

    A file holds when its key was made (8 bytes, seconds since 1970) and the key (32 bytes). It is
    on disk, name and content, when `write` returns, and gone from it when `destroy` returns.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)

    def write(self, key_id: bytes, key: PrivateKey, *, made_at: datetime) -> None:
        """Keep a new key; returns when it would survive a power cut."""
        moment = int(made_at.timestamp()).to_bytes(TIME_BYTES, "big")
        self._make(self._file(key_id), moment + bytes(key))

    def read(self, key_id: bytes) -> PrivateKey:
        """The key, or MissingKeyError when its file is gone or broken."""
        return PrivateKey(self._content(key_id)[TIME_BYTES:])

    def made_at(self, key_id: bytes) -> datetime:
        """When the key was made, or MissingKeyError."""
        seconds = int.from_bytes(self._content(key_id)[:TIME_BYTES], "big")
        return datetime.fromtimestamp(seconds, UTC)

    def destroy(self, key_id: bytes) -> None:
        """Overwrite, sync, remove, sync the folder. Nothing happens where there is no such file.

        Broken off at any point it can be repeated.
        """
        path = self._file(key_id)
        with suppress(FileNotFoundError):
            file = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
            try:
                _write_all(file, bytes(max(os.fstat(file).st_size, TIME_BYTES + KEY_BYTES)))
                os.fsync(file)
            finally:
                os.close(file)
            path.unlink()
        self._sync()

    def signing_key(self) -> SigningKey:
        """The key by which the keeper signs (Ed25519), made when it is not there yet.

        Raises:
            MissingKeyError: its file is broken.
        """
        path = self.path / SIGNING_FILE
        if not path.exists():
            self._make(path, bytes(SigningKey.generate()))
        seed = path.read_bytes()
        if len(seed) != KEY_BYTES:
            raise MissingKeyError(b"")
        return SigningKey(seed)

    def ids(self) -> set[bytes]:
        """The ids of all keys that lie here."""
        return {bytes.fromhex(path.stem) for path in self.path.glob(f"*{SUFFIX}")}

    def _content(self, key_id: bytes) -> bytes:
        try:
            content = self._file(key_id).read_bytes()
        except FileNotFoundError:
            content = b""
        if len(content) != TIME_BYTES + KEY_BYTES:
            raise MissingKeyError(key_id)
        return content

    def _make(self, path: Path, content: bytes) -> None:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            _write_all(file, content)
            os.fsync(file)
        finally:
            os.close(file)
        self._sync()

    def _file(self, key_id: bytes) -> Path:
        return self.path / f"{key_id.hex()}{SUFFIX}"

    def _sync(self) -> None:
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]
