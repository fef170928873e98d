"""The keys of an open campaign, as the database names them and as the key folder holds them.

The database is the journal of the key files: a row of `campaign_keys` exists before its file is
made and until after it is destroyed. So a crash at any point leaves rows that say what to do.

What is believed is the key folder. A row counts with the keeper's signature alone, and a private
key counts for the campaign that its file names, whatever the database says about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from nacl.public import PrivateKey
from sqlalchemy import Connection, Engine, delete, exists, func, insert, select, update

from survey.db.campaigns import Campaign
from survey.db.engine import reading, writing
from survey.db.tables import campaign_keys, inbox
from survey.domain.sealing import unseal
from survey.domain.statements import Statement, holds
from survey.errors import SurveyError


class MissingKeyError(SurveyError):
    """A private key that should be there is not, or its file is broken."""

    def __init__(self, key_id: bytes) -> None:
        super().__init__(
            "missing-key",
            f"The private key {key_id.hex()} is missing or broken.",
            "Answers sealed for it cannot be opened.",
        )


class ForeignKeyError(SurveyError):
    """A key that the keeper of this campaign never made."""

    def __init__(self, key_id: bytes) -> None:
        super().__init__(
            "foreign-key",
            f"The key {key_id.hex()} was not made by the keeper for this campaign.",
            "Somebody has written it into the database.",
        )


class Keys(Protocol):
    """Whoever has the private keys."""

    def verify_key(self) -> bytes:
        """The key by which the keeper's signatures are checked (Ed25519, 32 bytes)."""

    def read(self, key_id: bytes) -> PrivateKey:
        """The private key, or MissingKeyError."""

    def uid_of(self, key_id: bytes) -> bytes:
        """The `uid` of the campaign that a key was made for, or MissingKeyError."""

    def made_at(self, key_id: bytes) -> datetime:
        """When a key was made, or MissingKeyError."""

    def write(self, key_id: bytes, key: PrivateKey, *, made_at: datetime, uid: bytes = b"") -> None:
        """Keep a new key; it survives a power cut when this returns."""

    def destroy(self, key_id: bytes) -> None:
        """Destroy a key so that no file holds it; nothing happens where there is none."""


# What the current key of an open campaign is. `altered`: its row was changed, the key is there.
# `missing`: the keeper made it, and it is gone. `foreign`: the keeper never made it.
KeyState = Literal["none", "sound", "altered", "missing", "foreign"]


@dataclass(frozen=True, slots=True)
class CampaignKey:
    """A row of `campaign_keys`: nothing of it is believed without its signature."""

    key_id: bytes
    public_key: bytes
    counter: int | None
    signature: bytes | None
    is_current: bool
    recovery: bytes | None

    def is_signed(self, campaign: Campaign, verify_key: bytes) -> bool:
        """Whether the keeper of `verify_key` made this key for this campaign and plan."""
        if self.counter is None:
            return False
        statement = Statement(
            campaign.uid, campaign.plan_hash, self.key_id, self.public_key, self.counter
        )
        return holds(verify_key, statement, self.signature)


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row of the inbox."""

    id: bytes
    key_id: bytes
    sealed: bytes


class Opener:
    """Opens the sealed rows of one campaign; reads each private key once."""

    def __init__(self, keys: Keys, campaign: Campaign, rows: Mapping[bytes, CampaignKey]) -> None:
        self._keys = keys
        self._campaign = campaign
        self._rows = rows
        self._read: dict[bytes, PrivateKey | None] = {}

    def has_key(self, row: SealedRow) -> bool:
        """Whether the private key of a row is there."""
        return self._key(row.key_id) is not None

    def open(self, row: SealedRow) -> bytes:
        """The packed response; MissingKeyError, ForeignKeyError or SealError."""
        key = self._key(row.key_id)
        if key is None:
            known = self._rows.get(row.key_id)
            own = known and known.is_signed(self._campaign, self._keys.verify_key())
            raise MissingKeyError(row.key_id) if own else ForeignKeyError(row.key_id)
        return unseal(key, row.sealed)

    def _key(self, key_id: bytes) -> PrivateKey | None:
        if key_id not in self._read:
            self._read[key_id] = private_key(self._keys, self._campaign.uid, key_id)
        return self._read[key_id]


def opener(connection: Connection, campaign: Campaign, keys: Keys) -> Opener:
    """What opens the rows of a campaign."""
    return Opener(keys, campaign, keys_of(connection, campaign.id))


def private_key(keys: Keys, uid: bytes, key_id: bytes) -> PrivateKey | None:
    """A private key, if it is there and was made for this campaign."""
    try:
        return keys.read(key_id) if keys.uid_of(key_id) == uid else None
    except MissingKeyError:
        return None


def keys_of(connection: Connection, campaign_id: int) -> dict[bytes, CampaignKey]:
    """The rows of a campaign's keys by id."""
    found = connection.execute(
        select(
            campaign_keys.c.key_id,
            campaign_keys.c.public_key,
            campaign_keys.c.counter,
            campaign_keys.c.signature,
            campaign_keys.c.is_current,
            campaign_keys.c.recovery,
        ).where(campaign_keys.c.campaign_id == campaign_id)
    )
    return {row.key_id: CampaignKey(*row) for row in found}


def current_of(rows: Mapping[bytes, CampaignKey]) -> CampaignKey | None:
    """The key for which submissions are sealed; None while a campaign is paused."""
    return next((row for row in rows.values() if row.is_current), None)


def key_state(connection: Connection, campaign: Campaign, keys: Keys) -> KeyState:
    """What the current key of an open campaign is."""
    current = current_of(keys_of(connection, campaign.id))
    if current is None:
        return "none"
    private = private_key(keys, campaign.uid, current.key_id)
    is_signed = current.is_signed(campaign, keys.verify_key())
    if private is None:
        return "missing" if is_signed else "foreign"
    is_same = bytes(private.public_key) == current.public_key
    return "sound" if is_signed and is_same else "altered"


def is_paused(connection: Connection, campaign: Campaign) -> bool:
    """Whether an open campaign takes no answers, because its key was lost."""
    if campaign.status != "open":
        return False
    return current_of(keys_of(connection, campaign.id)) is None


def last_counter(engine: Engine, campaign_id: int) -> int:
    """The number of a campaign's newest key; 0 before the first."""
    newest = select(func.max(campaign_keys.c.counter)).where(
        campaign_keys.c.campaign_id == campaign_id
    )
    with reading(engine) as connection:
        return connection.scalar(newest) or 0


def prepare_key(
    engine: Engine,
    campaign_id: int,
    statement: Statement,
    signature: bytes,
    recovery: bytes | None = None,
) -> None:
    """Note a key before its file is made. Nothing is sealed for it yet.

    `recovery` is the private key, sealed for the recovery sheet.
    """
    row = {
        "campaign_id": campaign_id,
        "key_id": statement.key_id,
        "public_key": statement.public_key,
        "counter": statement.counter,
        "signature": signature,
        "recovery": recovery,
        "is_current": False,
    }
    with writing(engine) as connection:
        connection.execute(insert(campaign_keys), row)


def lock_keys(connection: Connection, campaign_id: int) -> None:
    """Wait for submissions in flight; until this transaction ends no other one gets a key.

    Whoever stores a submission holds a share of the current key's row until it is stored. On
    SQLite only one writes at a time anyway.
    """
    connection.execute(
        select(campaign_keys.c.key_id)
        .where(campaign_keys.c.campaign_id == campaign_id)
        .order_by(campaign_keys.c.key_id)
        .with_for_update()
    )


def make_current(connection: Connection, campaign_id: int, key_id: bytes) -> None:
    """From this transaction on submissions are sealed for `key_id`; its file must be on disk."""
    lock_keys(connection, campaign_id)
    connection.execute(
        update(campaign_keys)
        .where(campaign_keys.c.campaign_id == campaign_id)
        .values(is_current=campaign_keys.c.key_id == key_id)
    )


def pause(connection: Connection, campaign_id: int) -> None:
    """No key is current any more: submissions are refused until there is one again."""
    lock_keys(connection, campaign_id)
    connection.execute(
        update(campaign_keys)
        .where(campaign_keys.c.campaign_id == campaign_id)
        .values(is_current=False)
    )


def current_key(engine: Engine, campaign_id: int) -> bytes | None:
    """The id of the key for which submissions are sealed."""
    with reading(engine) as connection:
        current = current_of(keys_of(connection, campaign_id))
    return current.key_id if current else None


def has_older_keys(engine: Engine, campaign_id: int) -> bool:
    """Whether a campaign has keys that are not current, as a turn leaves them that broke off."""
    with reading(engine) as connection:
        rows = keys_of(connection, campaign_id)
    return current_of(rows) is not None and any(not row.is_current for row in rows.values())


def idle_keys(engine: Engine) -> list[tuple[int, bytes]]:
    """Campaign and key of every key that is not current and that no sealed row names.

    A key is looked for in all campaigns, so that a row copied to another one destroys nothing.
    The keys of a paused campaign are not idle: the recovery sheet opens them.
    """
    other, current = campaign_keys.alias(), campaign_keys.alias()
    named = exists().where(inbox.c.key_id == campaign_keys.c.key_id)
    in_use = exists().where(other.c.key_id == campaign_keys.c.key_id, other.c.is_current.is_(True))
    is_paused = exists().where(
        Campaign.id == campaign_keys.c.campaign_id,
        Campaign.status == "open",
        ~exists().where(current.c.campaign_id == Campaign.id, current.c.is_current.is_(True)),
    )
    with reading(engine) as connection:
        found = connection.execute(
            select(campaign_keys.c.campaign_id, campaign_keys.c.key_id).where(
                ~named, ~in_use, ~is_paused
            )
        )
        return [(row.campaign_id, row.key_id) for row in found]


def forget_key(engine: Engine, campaign_id: int, key_id: bytes) -> None:
    """Remove the row of a key whose file is destroyed."""
    with writing(engine) as connection:
        connection.execute(
            delete(campaign_keys).where(
                campaign_keys.c.campaign_id == campaign_id,
                campaign_keys.c.key_id == key_id,
                campaign_keys.c.is_current.is_(False),
            )
        )


def sealed_rows(connection: Connection, campaign_id: int) -> Iterator[SealedRow]:
    """The inbox of a campaign."""
    found = connection.execute(
        select(inbox.c.id, inbox.c.key_id, inbox.c.sealed).where(inbox.c.campaign_id == campaign_id)
    )
    return (SealedRow(row.id, row.key_id, row.sealed) for row in found)
