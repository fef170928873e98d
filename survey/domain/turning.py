"""The turn: every sealed row moves to a new key and a new id.

After it whatever was copied before (WAL, backups, replicas) holds ciphertext that nobody can
open, and no row can be tied to the code that was spent with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import SystemRandom

from sqlalchemy import Engine, bindparam, delete, insert

from survey.db.base import random_id
from survey.db.campaigns import Campaign
from survey.db.engine import reading, reading_session, writing
from survey.db.tables import inbox
from survey.domain.campaign_keys import (
    Keys,
    MissingKeyError,
    Opener,
    SealedRow,
    current_of,
    keys_of,
    private_key,
    sealed_rows,
)
from survey.domain.sealing import SealError, seal
from survey.errors import SurveyError

_random = SystemRandom()


class TurnError(SurveyError):
    """A turn that was undone, because the inbox changed under it."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn did: rows moved, and of these the ones that did not open; rows without a key."""

    moved: int
    unopened: int
    left: int


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
    with reading_session(engine) as session:
        campaign = session.get_one(Campaign, campaign_id)
    with reading(engine) as connection:
        known = keys_of(connection, campaign_id)
        current = current_of(known)
        rows = [
            row
            for row in sealed_rows(connection, campaign_id)
            if current is None or row.key_id != current.key_id
        ]
    target = current and private_key(keys, campaign.uid, current.key_id)
    if current is None or target is None:
        raise MissingKeyError(current.key_id if current else b"")
    opener = Opener(keys, campaign, known)
    movable = [row for row in rows if opener.has_key(row)]
    _random.shuffle(movable)
    unopened = 0
    new_rows: list[dict[str, object]] = []
    for row in movable:
        try:
            sealed = seal(bytes(target.public_key), opener.open(row))
        except SealError:
            sealed, unopened = row.sealed, unopened + 1
        new_rows.append(_row(campaign_id, current.key_id, sealed))
    _replace(engine, campaign_id, movable, new_rows)
    return Turned(len(movable), unopened, len(rows) - len(movable))


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
        # In an order of their own: PostgreSQL's log tells in which order rows go and come, and
        # the first that goes must not be the first that comes.
        ids = sorted(row.id for row in old)
        gone = [{"of_campaign": campaign_id, "row": row_id} for row_id in ids]
        if connection.execute(_DELETE, gone).rowcount != len(gone):
            raise TurnError("turn", f"Rows of campaign {campaign_id} disappeared during the turn.")
        connection.execute(insert(inbox), new)
