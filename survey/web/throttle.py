"""A limit on guessing: wrong passwords are counted in memory, under a key that the process forgets.

Names and addresses are kept as HMAC values only. The limit per name and address stops somebody
who guesses; the far higher one per name stops many who guess together, so that nobody can lock a
colleague out from one place.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

WINDOW = 900.0  # seconds
PER_PLACE = 5
PER_NAME = 50
MOST_KEPT = 10_000


class Throttle:
    """Counts wrong passwords of the last 15 minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._failures: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def admits(self, name: str, address: str | None) -> bool:
        """Whether a password may be tried for `name` from `address` now."""
        by_place, by_name = self._marks(name, address)
        return self._count(by_place) < PER_PLACE and self._count(by_name) < PER_NAME

    def failed(self, name: str, address: str | None) -> None:
        """Count a wrong password."""
        for mark in self._marks(name, address):
            count = self._count(mark)
            since = self._failures.pop(mark)[0] if count else self._clock()
            self._failures[mark] = (since, count + 1)
        while len(self._failures) > MOST_KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str | None) -> None:
        """Forget what was counted for `name` at `address`."""
        self._failures.pop(self._marks(name, address)[0], None)

    def _count(self, mark: bytes) -> int:
        since, count = self._failures.get(mark, (float("-inf"), 0))
        if self._clock() - since >= WINDOW:
            self._failures.pop(mark, None)
            return 0
        return count

    def _marks(self, name: str, address: str | None) -> tuple[bytes, bytes]:
        who = name.strip().casefold()
        return self._mark(f"{who}\n{address or ''}"), self._mark(who)

    def _mark(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), hashlib.sha256)[:16]
