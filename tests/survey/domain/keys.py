"""Private keys in memory, for tests that need no files."""

from datetime import datetime

from nacl.public import PrivateKey
from nacl.signing import SigningKey
from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey.db.base import random_id
from survey.db.campaigns import Campaign
from survey.db.responses import response_keys
from survey.domain.campaign_keys import MissingKeyError
from survey.domain.responses import StorageKey
from tests.survey.domain.rows import NOW


class MemoryKeys:
    """What the key folder does, without a disk."""

    def __init__(self) -> None:
        self._signing_key = SigningKey.generate()
        self._kept: dict[bytes, tuple[PrivateKey, datetime, bytes]] = {}

    def verify_key(self) -> bytes:
        return bytes(self._signing_key.verify_key)

    def read(self, key_id: bytes) -> PrivateKey:
        return self._of(key_id)[0]

    def made_at(self, key_id: bytes) -> datetime:
        return self._of(key_id)[1]

    def uid_of(self, key_id: bytes) -> bytes:
        return self._of(key_id)[2]

    def write(self, key_id: bytes, key: PrivateKey, *, made_at: datetime, uid: bytes = b"") -> None:
        self._kept[key_id] = (key, made_at, uid)

    def destroy(self, key_id: bytes) -> None:
        self._kept.pop(key_id, None)

    def _of(self, key_id: bytes) -> tuple[PrivateKey, datetime, bytes]:
        if key_id not in self._kept:
            raise MissingKeyError(key_id)
        return self._kept[key_id]


KEYS = MemoryKeys()


def storage(session: Session, campaign: Campaign, keys: MemoryKeys = KEYS) -> StorageKey:
    """A key for the responses of a campaign, as its closing makes it."""
    private, key_id = PrivateKey.generate(), random_id()
    public_key = bytes(private.public_key)
    keys.write(key_id, private, made_at=NOW, uid=campaign.uid)
    row = {"campaign_id": campaign.id, "key_id": key_id, "public_key": public_key}
    session.execute(insert(response_keys), row)
    return StorageKey(key_id, public_key)
