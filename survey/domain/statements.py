"""Key statements: which public key a campaign uses, signed by the keeper.

Whoever only writes to the database could put a public key of his own there, and read what is
sealed for it. So a key counts only with the keeper's signature over everything it stands for.
"""

from dataclasses import dataclass
from functools import lru_cache

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from survey.db.base import HASH_BYTES, ID_BYTES

_KIND = b"pegel key 1\0"
_COUNTER_BYTES = 8
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Statement:
    """Campaign (its `uid`), plan hash (64 hexadecimal digits), key, and the key's number."""

    uid: bytes
    plan_hash: str
    key_id: bytes
    public_key: bytes
    counter: int

    @property
    def content(self) -> bytes:
        """The bytes that are signed: each part has a fixed length, so none can run into another.

        Raises:
            ValueError: a part has another length.
        """
        plan = bytes.fromhex(self.plan_hash)
        parts = (self.uid, plan, self.key_id, self.public_key)
        if [len(part) for part in parts] != [ID_BYTES, HASH_BYTES, ID_BYTES, _KEY_BYTES]:
            raise ValueError("a part of the statement has a wrong length")
        return _KIND + b"".join(parts) + self.counter.to_bytes(_COUNTER_BYTES, "big")


def sign(key: SigningKey, statement: Statement) -> bytes:
    """The keeper's signature (Ed25519, 64 bytes)."""
    return key.sign(statement.content).signature


@lru_cache(maxsize=256)
def holds(verify_key: bytes, statement: Statement, signature: bytes | None) -> bool:
    """Whether the keeper of `verify_key` (32 bytes) made this statement."""
    try:
        VerifyKey(verify_key).verify(statement.content, signature or b"")
    except (BadSignatureError, ValueError, TypeError, OverflowError):
        return False
    return True
