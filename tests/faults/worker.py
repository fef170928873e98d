"""A day in a town, lived by a process of its own that may lose power or find the disk full.

    python -m tests.faults.worker FOLDER SOCKET

Everybody answers, the key turns in between, and the campaign closes. What was acknowledged is
told through the socket (a file descriptor): "begun", a stamp for each "thank you", then "closed".
"""

import asyncio
import json
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from survey.domain.inbox import NotStoredError, Outcome
from tests.anonymity.town import Town
from tests.anonymity.victims import submission_id

SLIPS = "slips.json"
CLIENTS = 4
STORED = {Outcome.ACCEPTED, Outcome.REPEATED}


def live(folder: Path, told: socket.socket) -> None:
    """Live the day."""
    told.send(b"begun\n")
    town = Town.at(folder)
    slips = list(enumerate(json.loads((folder / SLIPS).read_text())))
    half = len(slips) // 2
    asyncio.run(_answer(town, slips[:half], told))
    town.turn()
    asyncio.run(_answer(town, slips[half:], told))
    if town.ask("close").state == "done":
        told.send(b"closed\n")
    town.engine.dispose()


async def _answer(town: Town, slips: Sequence[tuple[int, str]], told: socket.socket) -> None:
    box = town.box()
    waiting = iter(slips)

    async def client() -> None:
        for stamp, slip in waiting:
            try:
                outcome = await box.submit(town.form(slip, stamp, submission_id(stamp)))
            except NotStoredError:
                continue
            if outcome in STORED:
                told.send(b"%d\n" % stamp)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    await asyncio.to_thread(box.close)


if __name__ == "__main__":
    live(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
