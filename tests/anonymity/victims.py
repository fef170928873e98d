"""Processes that are killed in the middle of their work, at a step that the attack chooses.

A step is a statement to the database, a commit, or a write, sync or removal of a key file. A
victim dies by SIGKILL just before its step, or announces it so that the attacker's own SIGKILL
hits somewhere inside.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from survey.domain import submitting as submit
from survey.domain.inbox import NotStoredError, Outcome
from tests.anonymity.town import Town

CLIENTS = 8
NEVER = 10**9

_processes = get_context("forkserver")
_processes.set_forkserver_preload(["__main__", "tests.anonymity.victims"])


@dataclass(frozen=True)
class Orders:
    """What a victim is to do, and when it is to die."""

    folder: Path
    now: datetime
    slips: tuple[str, ...] = ()
    die_at: int = NEVER
    announce: bool = False
    database: str = ""
    spared: bool = False  # the attacker strikes somebody else on whom the victim depends


@dataclass(frozen=True)
class Remains:
    """What is known of a victim: stamps it acknowledged, steps it took, whether it was killed."""

    acknowledged: tuple[int, ...]
    steps: int
    killed: bool


Tell = Callable[[object], None]
Strike = Callable[[], None]
Work = Callable[[Orders, Tell], None]


def submitting(orders: Orders, tell: Tell) -> None:
    """Send a form for each slip; the stamp is the slip's place."""
    town = Town.at(orders.folder, orders.database)
    town.clock.now = orders.now
    box = town.box()
    waiting = iter(enumerate(orders.slips))

    async def client() -> None:
        for stamp, slip in waiting:
            with suppress(NotStoredError):
                outcome = await box.submit(town.form(slip, stamp, submission_id(stamp)))
                if outcome in {Outcome.ACCEPTED, Outcome.REPEATED}:
                    tell(stamp)

    async def clients() -> None:
        await asyncio.gather(*(client() for _ in range(CLIENTS)))

    asyncio.run(clients())
    box.close()


def submitting_in_two_steps(orders: Orders, tell: Tell) -> None:
    """A planted fault: the code is spent in a transaction before that of the answers."""
    write = submit._write

    def in_two(
        connection: Database, campaign_id: int, accepted: Sequence[submit._Accepted]
    ) -> list[submit._Accepted]:
        submit._spend(connection, campaign_id, [one.code_hash for one in accepted if one.code_hash])
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN")
        return write(connection, campaign_id, [replace(one, code_hash=None) for one in accepted])

    submit._write = in_two
    submitting(orders, tell)


def turning(orders: Orders, _tell: Tell) -> None:
    """One round of the keeper."""
    town = Town.at(orders.folder, orders.database)
    town.clock.now = orders.now
    with suppress(DBAPIError):  # a keeper logs it, and tries again
        town.keeper().run_once()


def closing(orders: Orders, _tell: Tell) -> None:
    """The closing that somebody has asked for."""
    town = Town.at(orders.folder, orders.database)
    town.clock.now = orders.now
    with suppress(DBAPIError):
        town.keeper().do_jobs()


def submission_id(stamp: int) -> bytes:
    """The id of a form: the same when the browser sends it again."""
    return b"form %d" % stamp


def run(work: Work, orders: Orders, strike: Strike | None = None) -> Remains:
    """Let a victim work in a process of its own until it has finished or died.

    `strike` hits somebody else in its place, at the step that the orders name.
    """
    ours, theirs = _processes.Pipe()
    victim = _processes.Process(target=_live, args=(work, orders, theirs))
    victim.start()
    theirs.close()
    acknowledged: list[int] = []
    steps, struck = 0, False
    try:
        while True:
            match ours.recv():
                case "step" if strike:
                    strike()
                    struck = True
                    with suppress(BrokenPipeError):  # who does not wait for it may be gone
                        ours.send("done")
                case "step":
                    os.kill(victim.pid or 0, signal.SIGKILL)
                case ("steps", int(count)):
                    steps = count
                case int(stamp):
                    acknowledged.append(stamp)
    except (EOFError, ConnectionResetError):
        victim.join()
    ours.close()
    assert victim.exitcode in {0, -signal.SIGKILL}
    return Remains(tuple(acknowledged), steps, struck or victim.exitcode != 0)


def _live(work: Work, orders: Orders, pipe: Connection) -> None:
    steps = 0

    def step(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps != orders.die_at:
            return
        if orders.spared or orders.announce:
            pipe.send("step")
        else:
            os.kill(os.getpid(), signal.SIGKILL)
        if orders.spared and not orders.announce:
            pipe.recv()  # go on when it is done; otherwise it is done somewhere on the way

    _watch(step)
    work(orders, pipe.send)
    pipe.send(("steps", steps))
    pipe.close()


def _watch(step: Callable[..., None]) -> None:
    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    for name in ("fsync", "unlink", "write"):
        setattr(os, name, _stepping(getattr(os, name), step))


def _stepping(function: Callable[..., Any], step: Callable[..., None]) -> Callable[..., Any]:
    def stepping(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 # whatever the original takes
        step()
        return function(*args, **kwargs)

    return stepping
