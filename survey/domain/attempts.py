"""A limit on guessing that holds for all web processes and hosts: the database counts the tries.

What is tried (a name, an account's code) stands there only as a mark under the host's secret, and
for a quarter of an hour. A try is counted before it is looked at, so that many at the same time
are no way around the limit.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from survey.db.accounts import Attempts
from survey.db.base import HASH_BYTES

WINDOW = timedelta(minutes=15)
_PERSON = b"pegel attempt 1"


def take(session: Session, what: str, most: int, *, secret: bytes, now: datetime) -> bool:
    """Count one try of `what`; False when there were `most` in the last 15 minutes.

    Call it in a writing session that commits whatever comes of the try.
    """
    session.execute(delete(Attempts).where(Attempts.since <= now - WINDOW))
    mark = _mark(secret, what)
    found = session.get(Attempts, mark)
    if found is None:
        session.add(Attempts(mark=mark, number=1, since=now))
    elif found.number < most:
        found.number += 1
    else:
        return False
    session.flush()
    return True


def forget(session: Session, what: str, *, secret: bytes) -> None:
    """Count anew: the last try of `what` was right."""
    session.execute(delete(Attempts).where(Attempts.mark == _mark(secret, what)))


def _mark(secret: bytes, what: str) -> bytes:
    return hashlib.blake2b(
        what.encode(), key=secret, digest_size=HASH_BYTES, person=_PERSON
    ).digest()
