"""Keys of an open campaign, and the turn: every sealed row moves to a new key and a new id.

After a turn whatever was copied before (WAL, backups, replicas) holds ciphertext that nobody can
open, and no row can be tied to the code that was spent with it.

The database is the journal of the key files: a row of `campaign_keys` exists before its file is
made and until after it is destroyed. So a crash at any point leaves rows that say what to do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Protocol

from nacl.public import PrivateKey
from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from survey.db.base import random_id
from survey.db.engine import reading, writing
from survey.db.tables import campaign_keys, inbox
from survey.domain.sealing import SealError, seal, unseal
from survey.domain.statements import Statement
from survey.errors import SurveyError

_random = SystemRandom()


class MissingKeyError(SurveyError):
    """A private key that should be there is not, or is not the one that the database names."""

    def __init__(self, key_id: bytes) -> None:
        super().__init__(
            "missing-key",
            f"The private key {key_id.hex()} is missing or broken.",
            "Answers sealed for it cannot be opened.",
        )


class TurnError(SurveyError):
    """A turn that was undone, because the inbox changed under it."""


class Keys(Protocol):
    """Whoever has the private keys."""

    def read(self, key_id: bytes) -> PrivateKey:
        """The private key, or MissingKeyError."""


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A row of the inbox."""

    id: bytes
    key_id: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn did: rows moved, and of these the ones that did not open; rows without a key."""

    moved: int
    unopened: int
    left: int


def last_counter(engine: Engine, campaign_id: int) -> int:
    """The number of a campaign's newest key; 0 before the first."""
    newest = select(func.max(campaign_keys.c.counter)).where(
        campaign_keys.c.campaign_id == campaign_id
    )
    with reading(engine) as connection:
        return connection.scalar(newest) or 0


def prepare_key(engine: Engine, campaign_id: int, statement: Statement, signature: bytes) -> None:
    """Note a key before its file is made. Nothing is sealed for it yet."""
    row = {
        "campaign_id": campaign_id,
        "key_id": statement.key_id,
        "public_key": statement.public_key,
        "counter": statement.counter,
        "signature": signature,
        "is_current": False,
    }
    with writing(engine) as connection:
        connection.execute(insert(campaign_keys), row)


def make_current(connection: Connection, campaign_id: int, key_id: bytes) -> None:
    """From this transaction on submissions are sealed for `key_id`; its file must be on disk."""
    lock_keys(connection, campaign_id)
    connection.execute(
        update(campaign_keys)
        .where(campaign_keys.c.campaign_id == campaign_id)
        .values(is_current=campaign_keys.c.key_id == key_id)
    )


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


def current_key(engine: Engine, campaign_id: int) -> bytes | None:
    """The id of the key for which submissions are sealed."""
    with reading(engine) as connection:
        return connection.scalar(
            select(campaign_keys.c.key_id).where(
                campaign_keys.c.campaign_id == campaign_id, campaign_keys.c.is_current.is_(True)
            )
        )


def sound_current_key(engine: Engine, campaign_id: int, keys: Keys) -> bytes | None:
    """The id of the current key; None when its private half is missing or belongs to another."""
    with reading(engine) as connection:
        public = _public_keys(connection, campaign_id)
    for key_id, (public_key, is_current) in public.items():
        if is_current and matching_key(keys, key_id, public_key):
            return key_id
    return None


def has_older_keys(engine: Engine, campaign_id: int) -> bool:
    """Whether a campaign has keys that are not current, as a turn leaves them that broke off."""
    with reading(engine) as connection:
        public = _public_keys(connection, campaign_id)
    return any(not is_current for _, is_current in public.values())


def idle_keys(engine: Engine) -> list[tuple[int, bytes]]:
    """Campaign and key of every key that is not current and that no sealed row names."""
    named = exists().where(
        inbox.c.campaign_id == campaign_keys.c.campaign_id, inbox.c.key_id == campaign_keys.c.key_id
    )
    with reading(engine) as connection:
        found = connection.execute(
            select(campaign_keys.c.campaign_id, campaign_keys.c.key_id).where(
                campaign_keys.c.is_current.is_(False), ~named
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


def turn(engine: Engine, campaign_id: int, keys: Keys) -> Turned:
    """Move all rows of older keys to the current one, under new ids, in one transaction.

    The current key must be newer than the rows to move. Opening and sealing happens before the
    transaction, because nobody adds rows for an older key and nobody else removes any. A row that
    does not open is of no use to its old key: it moves unopened, and closing will name it. Rows
    whose key is missing stay as they are.

    Raises:
        MissingKeyError: the current private key is missing.
        TurnError: a row disappeared meanwhile; nothing was changed.
    """
    with reading(engine) as connection:
        public = _public_keys(connection, campaign_id)
        current = next((key for key, (_, is_current) in public.items() if is_current), b"")
        rows = [row for row in sealed_rows(connection, campaign_id) if row.key_id != current]
    target = matching_key(keys, current, public[current][0]) if current else None
    if target is None:
        raise MissingKeyError(current)
    opener = Opener(keys, {key: public_key for key, (public_key, _) in public.items()})
    movable = [row for row in rows if opener.has_key(row)]
    _random.shuffle(movable)
    unopened = 0
    new_rows: list[dict[str, object]] = []
    for row in movable:
        try:
            sealed = seal(bytes(target.public_key), opener.open(row))
        except SealError:
            sealed, unopened = row.sealed, unopened + 1
        new_rows.append(_row(campaign_id, current, sealed))
    _replace(engine, campaign_id, movable, new_rows)
    return Turned(len(movable), unopened, len(rows) - len(movable))


class Opener:
    """Opens sealed rows; reads each private key once, and trusts it only if it is the right one."""

    def __init__(self, keys: Keys, public_keys: dict[bytes, bytes]) -> None:
        self._keys = keys
        self._public_keys = public_keys
        self._read: dict[bytes, PrivateKey | None] = {}

    def has_key(self, row: SealedRow) -> bool:
        """Whether the private key of a row is there."""
        return self._key(row.key_id) is not None

    def open(self, row: SealedRow) -> bytes:
        """The packed response; MissingKeyError or SealError."""
        key = self._key(row.key_id)
        if key is None:
            raise MissingKeyError(row.key_id)
        return unseal(key, row.sealed)

    def _key(self, key_id: bytes) -> PrivateKey | None:
        if key_id not in self._read:
            public = self._public_keys.get(key_id, b"")
            self._read[key_id] = matching_key(self._keys, key_id, public)
        return self._read[key_id]


def matching_key(keys: Keys, key_id: bytes, public_key: bytes) -> PrivateKey | None:
    """The private key, if it is there and belongs to the public one."""
    try:
        private = keys.read(key_id)
    except MissingKeyError:
        return None
    return private if bytes(private.public_key) == public_key else None


def opener(connection: Connection, campaign_id: int, keys: Keys) -> Opener:
    """What opens the rows of a campaign."""
    public = _public_keys(connection, campaign_id)
    return Opener(keys, {key: public_key for key, (public_key, _) in public.items()})


def sealed_rows(connection: Connection, campaign_id: int) -> Iterator[SealedRow]:
    """The inbox of a campaign."""
    found = connection.execute(
        select(inbox.c.id, inbox.c.key_id, inbox.c.sealed).where(inbox.c.campaign_id == campaign_id)
    )
    return (SealedRow(row.id, row.key_id, row.sealed) for row in found)


def _public_keys(connection: Connection, campaign_id: int) -> dict[bytes, tuple[bytes, bool]]:
    found = connection.execute(
        select(
            campaign_keys.c.key_id, campaign_keys.c.public_key, campaign_keys.c.is_current
        ).where(campaign_keys.c.campaign_id == campaign_id)
    )
    return {row.key_id: (row.public_key, row.is_current) for row in found}


def _row(campaign_id: int, key_id: bytes, sealed: bytes) -> dict[str, object]:
    return {"campaign_id": campaign_id, "id": random_id(), "key_id": key_id, "sealed": sealed}


_DELETE = delete(inbox).where(
    inbox.c.campaign_id == bindparam("of_campaign"), inbox.c.id == bindparam("row")
)


def _replace(
    engine: Engine, campaign_id: int, old: Sequence[SealedRow], new: list[dict[str, object]]
) -> None:
    if not old:
        return
    with writing(engine) as connection:
        gone = [{"of_campaign": campaign_id, "row": row.id} for row in old]
        if connection.execute(_DELETE, gone).rowcount != len(gone):
            raise TurnError("turn", f"Rows of campaign {campaign_id} disappeared during the turn.")
        connection.execute(insert(inbox), new)
