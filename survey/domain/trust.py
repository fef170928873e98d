"""What this host trusts: it lies in files of the host, where no writer of the database can reach.

The verifying key tells the keeper's signatures from others. The secret binds recorded acts to
the hosts that took them down; several hosts of one installation share a copy of it.
"""

import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from survey.domain.files import make_whole_file
from survey.errors import NotFoundError, RefusedError
from survey.settings import Settings

SECRET_BYTES = 32
KEY_BYTES = 32
SECRET_FILE = "host.secret"  # noqa: S105 - the name of a file
KEY_FILE = "keeper.pub"


@dataclass(frozen=True, slots=True)
class Trust:
    """The keeper's verifying key (Ed25519, 32 bytes) and the secret of the hosts (32 bytes)."""

    verify_key: bytes
    secret: bytes = field(repr=False)

    @property
    def keeper_key(self) -> str:
        """The verifying key in hexadecimal, as plan and campaign name it."""
        return self.verify_key.hex()


def load_trust(settings: Settings) -> Trust:
    """What this host trusts; its secret is made when it is missing.

    Raises:
        NotFoundError: no keeper has ever worked here, and no setting names its key.
        RefusedError: one of the two is not 32 bytes.
    """
    return Trust(_verify_key(settings), host_secret(settings))


def host_secret(settings: Settings) -> bytes:
    """The secret of the hosts (32 bytes), made when it is missing; it needs no keeper.

    Raises:
        RefusedError: it is not 32 bytes.
    """
    return _secret(settings.data / SECRET_FILE)


def trusts_a_keeper(settings: Settings) -> bool:
    """Whether a keeper has worked for this host before."""
    return bool(settings.verify_key) or (settings.data / KEY_FILE).exists()


def publish(settings: Settings, verify_key: bytes) -> None:
    """Write the keeper's verifying key to where the web processes of this host read it.

    Raises:
        RefusedError: this host trusts another key already.
    """
    path = settings.data / KEY_FILE
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _make(path, verify_key.hex().encode() + b"\n")
    if _verify_key(settings) != verify_key:
        raise RefusedError(
            "another-keeper",
            "This host trusts another keeper than the one of this key folder.",
            f"Restore the key folder, or remove {path} (and PEGEL_VERIFY_KEY): campaigns that "
            "were created with the other keeper cannot go on.",
        )


def _verify_key(settings: Settings) -> bytes:
    path = settings.data / KEY_FILE
    try:
        text = settings.verify_key or path.read_text("ascii")
        key = bytes.fromhex(text.strip())
    except FileNotFoundError as error:
        raise NotFoundError(
            "no-keeper-key",
            f"The keeper's verifying key is not in {settings.data}.",
            "Start the keeper once (pegel serve, pegel keeper), or set PEGEL_VERIFY_KEY.",
        ) from error
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise RefusedError(
            "keeper-key",
            "The keeper's verifying key is no key of 64 hexadecimal digits.",
            f"Correct PEGEL_VERIFY_KEY or {path}.",
        )
    return key


def _secret(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _make(path, secrets.token_bytes(SECRET_BYTES))
    secret = path.read_bytes()
    if len(secret) != SECRET_BYTES:
        raise RefusedError(
            "host-secret",
            f"{path} is broken.",
            "Copy it from another host of this installation, or from its backup.",
        )
    return secret


def _make(path: Path, content: bytes) -> None:
    """A private file; in a folder that was given to a group (set-group-ID) the group may read it.

    Web and keeper have users of their own there.
    """
    shared = path.parent.stat().st_mode & stat.S_ISGID
    make_whole_file(path, content, mode=0o640 if shared else 0o600)
