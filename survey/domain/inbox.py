"""The sealed inbox: submissions that wait together share one durable transaction (group commit).

Syncing the disk once for all of them is what makes it fast, and in a shuffled batch none can be
told from its neighbours by when it was written. Nobody reads "thank you" before that transaction
is on disk.
"""

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from survey.domain.submitting import CodeState, Outcome, Submission, code_state, store
from survey.errors import SurveyError

__all__ = ["Clock", "CodeState", "Inbox", "NotStoredError", "Outcome", "Submission", "utc_now"]

MOST_AT_ONCE = 256  # submissions in one transaction: nobody waits for more than these
GATHER = 0.02  # seconds in which further submissions join the first: too short to be noticed

Clock = Callable[[], datetime]

_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


class NotStoredError(SurveyError):
    """Nothing was stored and no code was spent, as far as anybody can know; sending again helps."""

    def __init__(self) -> None:
        super().__init__(
            "not-stored",
            "The answers were not stored.",
            "Please send them again; they are never stored twice.",
        )


class Inbox:
    """The way in for the web: one writer per process, which collects whoever waits.

    `verify_key` gives the keeper's verifying key (32 bytes) as this host knows it, and is asked
    again until it does: the keeper may begin its work after the web. `secret` gives that of the
    hosts, without which no moved last day is believed.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock = utc_now,
        *,
        verify_key: Callable[[], bytes],
        secret: Callable[[], bytes] = bytes,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._verify_key = verify_key
        self._secret = secret
        self._waiting: list[_Waiting] = []
        self._awake = threading.Condition()
        self._writer: threading.Thread | None = None
        self._closed = False

    async def submit(self, submission: Submission) -> Outcome:
        """Store a submission; returns when it is on disk, or when it is certain that it is not.

        Raises:
            NotStoredError: the transaction failed; sending the same form again is safe.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(submission, loop, loop.create_future())
        with self._awake:
            if self._closed:
                raise NotStoredError
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="inbox", daemon=True)
                self._writer.start()
            self._waiting.append(waiting)
            if len(self._waiting) == 1:
                self._awake.notify()
        return await waiting.future

    async def code_state(self, campaign_id: int, code_hash: bytes) -> CodeState:
        """Whether a code can be used now; spends nothing."""
        return await asyncio.to_thread(code_state, self._engine, campaign_id, code_hash)

    def close(self) -> None:
        """Store what still waits, then stop; later submissions are refused."""
        with self._awake:
            self._closed = True
            self._awake.notify()
        if self._writer is not None:
            self._writer.join()

    def _write(self) -> None:
        while batch := self._next():
            try:
                outcomes: Sequence[Outcome | SurveyError] = store(
                    self._engine,
                    [waiting.submission for waiting in batch],
                    now=self._clock(),
                    verify_key=self._verify_key(),
                    secret=self._secret(),
                )
            except Exception as error:  # noqa: BLE001 # the writer outlives whatever happens
                _log_failure(error)
                outcomes = [NotStoredError()] * len(batch)
            _tell(batch, outcomes)

    def _next(self) -> "list[_Waiting]":
        with self._awake:
            while not self._waiting and not self._closed:
                self._awake.wait()
            if len(self._waiting) < MOST_AT_ONCE and not self._closed:
                self._awake.wait(GATHER)
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            return batch


@dataclass(frozen=True, slots=True)
class _Waiting:
    submission: Submission
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Outcome]"


_Told = list[tuple["asyncio.Future[Outcome]", Outcome | SurveyError]]


def _tell(batch: Sequence[_Waiting], outcomes: Sequence[Outcome | SurveyError]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, _Told] = defaultdict(list)
    for waiting, outcome in zip(batch, outcomes, strict=True):
        by_loop[waiting.loop].append((waiting.future, outcome))
    for loop, told in by_loop.items():
        with suppress(RuntimeError):  # it is closed and who waited there is gone; what is stored is
            loop.call_soon_threadsafe(_wake, told)


def _wake(told: _Told) -> None:
    for future, outcome in told:
        if future.done():
            continue  # whoever waited has gone
        if isinstance(outcome, SurveyError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _log_failure(error: Exception) -> None:
    """Name the kind of failure, never its text: that of a database error holds the values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    _log.error("The inbox could not store a batch (%s).", type(cause).__name__)
