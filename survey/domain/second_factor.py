"""The second factor: one-time codes of an authenticator app (TOTP, RFC 6238: 30 s, six digits).

The key of the app is kept encrypted for this host, its account and its role: a dump of the
database holds none, and whoever writes to the database can neither give an account a second factor
nor turn one role's into another's. Beside the key stands, encrypted with it, since when the account
has it, so that nobody can pass a new account off as an old one.
"""

import hashlib
import hmac
import json
import secrets
import struct
import unicodedata
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyotp
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from survey.db.accounts import Account
from survey.errors import RefusedError

KEY_BYTES = 20  # as RFC 4226 recommends for HMAC-SHA-1, and as every app takes it
STEP = 30  # seconds
DIGITS = 6
TOLERANCE = (-1, 0, 1)  # steps that a clock may be off
DRAFT_LENGTH = timedelta(hours=1)  # time to fetch the phone
_STORED = struct.Struct(f">{KEY_BYTES}sq")
_FOR_ACCOUNT = b"pegel factor 1"
_FOR_PAGE = b"pegel draft 1"


@dataclass(frozen=True, slots=True)
class Draft:
    """A new key that is not in use yet."""

    key: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The key as apps take it when it is typed: 32 letters and digits (base32)."""
        return b32encode(self.key).decode()

    def code(self, now: datetime) -> str:
        """What the app shows now."""
        return _totp(self.key).generate_otp(int(now.timestamp()) // STEP)

    def uri(self, issuer: str, label: str) -> str:
        """What the QR code says: the key, and under which name the app lists it."""
        return _totp(self.key).provisioning_uri(name=label, issuer_name=issuer)


def draw() -> Draft:
    """A new random key."""
    return Draft(secrets.token_bytes(KEY_BYTES))


def carry(draft: Draft, about: str, *, secret: bytes, now: datetime) -> str:
    """The draft as a page may carry it: encrypted, for `about` alone, and for an hour."""
    until = int((now + DRAFT_LENGTH).timestamp())
    content = json.dumps({"key": draft.key.hex(), "about": about, "until": until})
    box = SecretBox(_derived(secret, "", _FOR_PAGE))
    return urlsafe_b64encode(box.encrypt(content.encode())).decode()


def carried(text: str, about: str, *, secret: bytes, now: datetime) -> Draft | None:
    """The draft that a page brought back; None when it is older, broken or somebody else's."""
    try:
        box = SecretBox(_derived(secret, "", _FOR_PAGE))
        content = json.loads(box.decrypt(urlsafe_b64decode(text.encode())))
    except (CryptoError, ValueError):
        return None
    if content["about"] != about or content["until"] <= now.timestamp():
        return None
    return Draft(bytes.fromhex(content["key"]))


def check(draft: Draft, code: str, *, now: datetime) -> int:
    """The time step of a code of a new key, which proves that an app has taken the key.

    Raises:
        RefusedError: it is not the key's code now, nor the one before or after.
    """
    step = _matching(draft.key, code, now)
    if step is None:
        raise RefusedError(
            "wrong-code",
            "The code does not belong to this key, or it is over.",
            "Check the clock of the device and enter the code that the app shows now.",
        )
    return step


def switch_on(account: Account, draft: Draft, code: str, *, secret: bytes, now: datetime) -> None:
    """Give the account this second factor, and make a council's account work.

    A key that replaces another keeps the day since when the account has a second factor. The code
    is used up.

    Raises:
        RefusedError: as `check`.
    """
    step = check(draft, code, now=now)
    begun = since(account, secret=secret) or now
    content = _STORED.pack(draft.key, int(begun.timestamp()))
    account.second_factor = bytes(_box(account, secret).encrypt(content))
    account.last_step = step
    account.is_active = True


def switch_off(account: Account) -> None:
    """Take the second factor away; RefusedError for a council, whose account rests on it."""
    if account.role == "council":
        raise RefusedError(
            "council-factor",
            "The account of a staff council works with its second factor only.",
            "Set it up anew on another device instead.",
        )
    account.second_factor = account.last_step = None


def is_right(account: Account, code: str, *, secret: bytes, now: datetime) -> bool:
    """Whether this is the account's code now; each is good once, and none is before a used one.

    Call it in a writing session: a right code is used up.
    """
    stored = _stored(account, secret)
    if stored is None:
        return False
    step = _matching(stored[0], code, now)
    if step is None or (account.last_step is not None and step <= account.last_step):
        return False
    account.last_step = step
    return True


def since(account: Account, *, secret: bytes) -> datetime | None:
    """Since when the account has its second factor; None where it has none that opens here.

    For a council's account this is when it was activated, and nobody without the secret of the
    host can date it back.
    """
    stored = _stored(account, secret)
    return None if stored is None else datetime.fromtimestamp(stored[1], UTC)


def _stored(account: Account, secret: bytes) -> tuple[bytes, int] | None:
    if account.second_factor is None:
        return None
    try:
        key, begun = _STORED.unpack(_box(account, secret).decrypt(account.second_factor))
    except (CryptoError, ValueError, struct.error):
        return None
    return key, begun


def _matching(key: bytes, code: str, now: datetime) -> int | None:
    """The time step that `code` belongs to; all are compared, whichever it is."""
    typed = "".join(unicodedata.normalize("NFKC", code).split()).encode()
    totp = _totp(key)
    current = int(now.timestamp()) // STEP
    found = None
    for step in (current + offset for offset in TOLERANCE):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed):
            found = step
    return found


def _totp(key: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(b32encode(key).decode(), digits=DIGITS, interval=STEP)


def _box(account: Account, secret: bytes) -> SecretBox:
    return SecretBox(_derived(secret, f"{account.role}\n{account.name}", _FOR_ACCOUNT))


def _derived(secret: bytes, about: str, person: bytes) -> bytes:
    return hashlib.blake2b(
        about.encode(), key=secret, digest_size=SecretBox.KEY_SIZE, person=person
    ).digest()
