"""A first limit on guessing, for one name from one place, in the memory of one process.

Names and addresses are kept as HMAC values under a key that the process forgets, and never reach a
file. The limit that holds for all processes counts names alone and is far higher
(`survey.domain.accounts`), so that nobody can lock a colleague out from one place.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

WINDOW = 900.0  # seconds
PER_PLACE = 5
MOST_KEPT = 10_000


class Throttle:
    """Counts wrong passwords of the last 15 minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._failures: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def admits(self, name: str, address: str | None) -> bool:
        """Whether a password may be tried for `name` from `address` now.

        Where the address is not known everybody would be in the same place: nobody is stopped.
        """
        return address is None or self._count(self._mark(name, address)) < PER_PLACE

    def failed(self, name: str, address: str | None) -> None:
        """Count a wrong password."""
        if address is None:
            return
        mark = self._mark(name, address)
        count = self._count(mark)
        since = self._failures.pop(mark)[0] if count else self._clock()
        self._failures[mark] = (since, count + 1)
        if len(self._failures) > MOST_KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str | None) -> None:
        """Forget what was counted for `name` at `address`."""
        self._failures.pop(self._mark(name, address or ""), None)

    def _count(self, mark: bytes) -> int:
        since, count = self._failures.get(mark, (float("-inf"), 0))
        if self._clock() - since >= WINDOW:
            self._failures.pop(mark, None)
            return 0
        return count

    def _mark(self, name: str, address: str) -> bytes:
        text = f"{name.strip().casefold()}\n{address}"
        return hmac.digest(self._key, text.encode(), hashlib.sha256)[:16]
