"""The keeper's time: the clock on the wall, checked against one that nobody can set.

Whoever sets the clock of the machine could otherwise close a campaign early, have responses
purged, or keep a key from being turned.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from survey.domain.inbox import Clock, utc_now

Elapsed = Callable[[], float]  # seconds, also while the machine sleeps; never set by anybody

MOST_DRIFT = timedelta(minutes=5)  # between two looks an hour apart: time servers do less
BELIEVED_AFTER = timedelta(hours=1)  # a clock that was set and then runs evenly is right, perhaps

_log = logging.getLogger(__name__)


def boot_time() -> float:
    """Seconds since the machine was started, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class SteadyClock:
    """Gives a time that runs evenly while the process lives; after a restart the wall counts.

    A jump of the wall's clock is not followed at once: `is_sure` is False until the clock has
    come back, or has run evenly for an hour.
    """

    def __init__(self, wall: Clock = utc_now, elapsed: Elapsed | None = None) -> None:
        self._wall = wall
        self._elapsed = elapsed or _elapsed_of(wall)
        self._anchor = (wall(), self._elapsed())
        self._doubted: tuple[timedelta, float] | None = None  # the jump, and since when

    def elapsed(self) -> float:
        """Seconds that nobody can set."""
        return self._elapsed()

    def now(self) -> datetime:
        """The time of day, aware and in UTC, without the jumps that are still in doubt."""
        moment, at = self._anchor
        return moment + timedelta(seconds=self._elapsed() - at)

    @property
    def is_sure(self) -> bool:
        """Whether closing and purging may rely on the time."""
        return self._doubted is None

    def look(self) -> None:
        """Compare the two clocks; call it in every round."""
        now, wall, elapsed = self.now(), self._wall(), self._elapsed()
        jump = wall - now
        if abs(jump) <= MOST_DRIFT:
            if self._doubted is not None:
                _log.warning("The clock of this machine is right again.")
                self._doubted = None
            if elapsed - self._anchor[1] >= BELIEVED_AFTER.total_seconds():
                self._anchor = (wall, elapsed)
            return
        if self._doubted is None or abs(jump - self._doubted[0]) > MOST_DRIFT:
            self._doubted = (jump, elapsed)
            _log.warning(
                "The clock of this machine jumped by %s. Keys are turned as before; nothing is "
                "closed or purged until it is right again or has run evenly for an hour.",
                _in_words(jump),
            )
        elif elapsed - self._doubted[1] >= BELIEVED_AFTER.total_seconds():
            self._anchor, self._doubted = (wall, elapsed), None
            _log.warning("The clock of this machine has run evenly for an hour; it is believed.")


def _elapsed_of(wall: Clock) -> Elapsed:
    """The wall's own time for a clock that only tests and the demo move."""
    return boot_time if wall is utc_now else lambda: wall().timestamp()


def _in_words(jump: timedelta) -> str:
    minutes = round(abs(jump) / timedelta(minutes=1))
    return f"{minutes} minutes {'forward' if jump > timedelta() else 'back'}"
