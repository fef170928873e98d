"""The folder of private keys: one small file per key, which only the keeper opens."""

import os
import pwd
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from survey.db.base import ID_BYTES
from survey.domain.campaign_keys import MissingKeyError
from survey.domain.files import make_file, make_whole_file, sync_folder, write_all
from survey.errors import RefusedError, SurveyError

KEY_BYTES = 32
TIME_BYTES = 8
FILE_BYTES = TIME_BYTES + KEY_BYTES + ID_BYTES
SUFFIX = ".key"
SIGNING_FILE = "keeper.seed"
LOST = (
    "Mount the key folder as it was. If it is lost, an open campaign goes on with its recovery "
    "sheet (pegel campaign recover SLUG). Where none is open, remove keeper.pub (and "
    "PEGEL_VERIFY_KEY) and begin with a new keeper."
)


class NotTheKeeperError(SurveyError):
    """The key folder belongs to another user of the system, who alone may be the keeper."""


class KeeperLostError(RefusedError):
    """The key by which the keeper signs is gone, and with it most likely the whole key folder."""


class KeyFolder:
    """Private keys as files of mode 0600 in a folder of mode 0700.

    A file holds when its key was made (8 bytes, seconds since 1970), the key (32 bytes) and the
    `uid` of the campaign that it was made for (16 bytes). It is on disk, name and content, when
    `write` returns, and gone from it when `destroy` returns.

    Raises:
        NotTheKeeperError: the folder belongs to somebody else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_owner(path)
        for folder in (path.parent, path):  # parents that mkdir makes by itself are open to all
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)

    def write(self, key_id: bytes, key: PrivateKey, *, made_at: datetime, uid: bytes = b"") -> None:
        """Keep a new key; returns when it would survive a power cut."""
        moment = int(made_at.timestamp()).to_bytes(TIME_BYTES, "big")
        content = bytearray(moment + bytes(key) + uid.ljust(ID_BYTES, b"\0"))
        try:
            make_file(self._file(key_id), content)
        finally:
            _wipe(content)

    def read(self, key_id: bytes) -> PrivateKey:
        """The key, or MissingKeyError when its file is gone or broken."""
        content = self._content(key_id)
        try:
            return PrivateKey(bytes(content[TIME_BYTES : TIME_BYTES + KEY_BYTES]))
        finally:
            _wipe(content)

    def uid_of(self, key_id: bytes) -> bytes:
        """The `uid` of the campaign that a key was made for, or MissingKeyError."""
        content = self._content(key_id)
        uid = bytes(content[-ID_BYTES:])
        _wipe(content)
        return uid

    def made_at(self, key_id: bytes) -> datetime:
        """When the key was made, or MissingKeyError."""
        content = self._content(key_id)
        seconds = int.from_bytes(content[:TIME_BYTES], "big")
        _wipe(content)
        return datetime.fromtimestamp(seconds, UTC)

    def destroy(self, key_id: bytes) -> None:
        """Overwrite, sync, remove, sync the folder. Nothing happens where there is no such file.

        Broken off at any point it can be repeated.
        """
        path = self._file(key_id)
        with suppress(FileNotFoundError):
            file = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
            try:
                write_all(file, bytes(max(os.fstat(file).st_size, FILE_BYTES)))
                os.fsync(file)
            finally:
                os.close(file)
            path.unlink()
        sync_folder(self.path)

    def has_signing_key(self) -> bool:
        """Whether a keeper has ever worked with this folder."""
        return (self.path / SIGNING_FILE).exists()

    def make_signing_key(self) -> None:
        """Let a new keeper begin; nothing happens where there is one already."""
        with suppress(FileExistsError):
            self.keep_seed(bytes(SigningKey.generate()))

    def signing_key(self) -> SigningKey:
        """The key by which the keeper signs (Ed25519).

        Raises:
            KeeperLostError: its file is missing or broken.
        """
        path = self.path / SIGNING_FILE
        seed = path.read_bytes() if path.exists() else b""
        if len(seed) != KEY_BYTES:
            raise KeeperLostError(
                "keeper-lost",
                f"The keeper's own key is not in the key folder {self.path}, or broken.",
                LOST,
            )
        return SigningKey(seed)

    def keep_seed(self, seed: bytes) -> None:
        """Let the keeper sign by this seed (32 bytes); FileExistsError where it has one."""
        make_whole_file(self.path / SIGNING_FILE, seed)

    def verify_key(self) -> bytes:
        """The key by which the keeper's signatures are checked (Ed25519, 32 bytes)."""
        return bytes(self.signing_key().verify_key)

    def ids(self) -> set[bytes]:
        """The ids of all keys that lie here."""
        return {bytes.fromhex(path.stem) for path in self.path.glob(f"*{SUFFIX}")}

    def _content(self, key_id: bytes) -> bytearray:
        content = bytearray(FILE_BYTES + 1)
        length = 0
        with suppress(FileNotFoundError), self._file(key_id).open("rb", buffering=0) as file:
            length = file.readinto(content)
        if length != FILE_BYTES or not any(content):
            raise MissingKeyError(key_id)
        del content[FILE_BYTES:]
        return content

    def _file(self, key_id: bytes) -> Path:
        return self.path / f"{key_id.hex()}{SUFFIX}"


def _wipe(content: bytearray) -> None:
    """Leave no copy in a buffer of ours; those inside Python's own objects cannot be reached."""
    content[:] = bytes(len(content))


def _check_owner(path: Path) -> None:
    """Another user's folder is left alone, also by root: the keeper could not read root's files."""
    try:
        owner = path.stat().st_uid
    except FileNotFoundError:
        return
    except PermissionError:
        owner = None
    if owner == os.geteuid():
        return
    name = "another user" if owner is None else f"the user {_name(owner)}"
    raise NotTheKeeperError(
        "not-the-keeper",
        f"The key folder {path} belongs to {name}, who alone is the keeper.",
        "Let the keeper run as that user (pegel keeper), and this as any other.",
    )


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
