"""Stored responses are sealed, too: for a key of their campaign that lasts until the purge.

The keeper makes it at closing and destroys it at the purge. So no backup, log or dead row of the
database can be read by anybody after the purge, and by no administrator of the database before.
As with the keys of open campaigns, the row of a key exists before its file and until after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from nacl.public import PrivateKey
from sqlalchemy import Connection, Engine, delete, exists, insert, select

from survey.db.base import random_id
from survey.db.campaigns import Campaign
from survey.db.engine import reading, writing
from survey.db.responses import response_keys, responses
from survey.domain.campaign_keys import Keys, private_key
from survey.domain.sealing import pack_answers, seal, unseal
from survey.errors import WrongStateError

BATCH = 10_000  # responses that are in memory at a time


@dataclass(frozen=True, slots=True)
class StorageKey:
    """The key for which the responses of a campaign are sealed."""

    key_id: bytes
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored response: its unit (None: the whole), and its answers packed as int16."""

    unit: str | None
    answers: bytes


class ResponsesLostError(WrongStateError):
    """The key of the stored responses is gone, so that nobody can read them."""


def prepare_storage(engine: Engine, campaign: Campaign, keys: Keys, *, now: datetime) -> StorageKey:
    """The key for the responses of a campaign that is about to be closed; its file is on disk.

    One that a broken-off closing left behind is used, if it is whole.
    """
    for key_id in storage_ids(engine, campaign.id):
        found = private_key(keys, campaign.uid, key_id)
        if found is not None:
            return StorageKey(key_id, bytes(found.public_key))
    private, key_id = PrivateKey.generate(), random_id()
    made = StorageKey(key_id, bytes(private.public_key))
    row = {"campaign_id": campaign.id, "key_id": key_id, "public_key": made.public_key}
    with writing(engine) as connection:
        connection.execute(insert(response_keys), row)
    keys.write(key_id, private, made_at=now, uid=campaign.uid)
    return made


def seal_answers(key: StorageKey, values: Sequence[int]) -> bytes:
    """The column `answers`: one int16 per variable, sealed; as long for one as for another."""
    return seal(key.public_key, pack_answers(values))


def stored(connection: Connection, campaign: Campaign, keys: Keys) -> Iterator[list[Stored]]:
    """The responses of a closed campaign, opened, in batches and in an order of chance.

    Raises:
        ResponsesLostError: their key is missing.
        SealError: a response does not open.
    """
    private = _opening_key(connection, campaign, keys)
    found = connection.execute(
        select(responses.c.unit, responses.c.answers)
        .where(responses.c.campaign_id == campaign.id)
        .execution_options(yield_per=BATCH)
    )
    for batch in found.partitions():
        yield [Stored(row.unit, unseal(private, row.answers)) for row in batch]


def unused_storage(engine: Engine) -> list[tuple[int, bytes]]:
    """Campaign and key of every storage key of an ended campaign that has no responses."""
    used = exists().where(responses.c.campaign_id == response_keys.c.campaign_id)
    ended = exists().where(
        Campaign.id == response_keys.c.campaign_id,
        Campaign.status.in_(("closed", "released", "purged")),
    )
    with reading(engine) as connection:
        found = connection.execute(
            select(response_keys.c.campaign_id, response_keys.c.key_id).where(~used, ended)
        )
        return [(row.campaign_id, row.key_id) for row in found]


def storage_ids(engine: Engine, campaign_id: int) -> set[bytes]:
    """The ids of a campaign's storage keys."""
    with reading(engine) as connection:
        of_campaign = _KEYS.where(response_keys.c.campaign_id == campaign_id)
        return set(connection.scalars(of_campaign))


def destroy_storage(engine: Engine, campaign_id: int, keys: Keys) -> None:
    """Destroy the key of a campaign's responses; nobody can read them from now on."""
    for key_id in storage_ids(engine, campaign_id):
        keys.destroy(key_id)


def forget_storage(engine: Engine, campaign_id: int) -> None:
    """Remove the row of a storage key that is destroyed."""
    with writing(engine) as connection:
        connection.execute(delete(response_keys).where(response_keys.c.campaign_id == campaign_id))


def _opening_key(connection: Connection, campaign: Campaign, keys: Keys) -> PrivateKey:
    ids = connection.scalars(_KEYS.where(response_keys.c.campaign_id == campaign.id))
    for key_id in ids:
        private = private_key(keys, campaign.uid, key_id)
        if private is not None:
            return private
    raise ResponsesLostError(
        "responses-lost",
        f"The key of the stored responses of '{campaign.slug}' is not in the key folder, "
        "so nobody can read them.",
        "Mount the key folder as it was. If it is lost, so are the responses.",
    )


_KEYS = select(response_keys.c.key_id)
