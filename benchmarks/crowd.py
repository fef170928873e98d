"""A staff meeting: 500 people behind one address answer at the same time, each the whole way."""

import asyncio
import os
import re
import shutil
import ssl
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.servers import pegel_server
from benchmarks.town import SLUG, Form, Town, build
from survey.domain.answering import CODE, LANGUAGE
from survey.settings import Settings
from tests.proxies import RESPONDENTS, nginx, trusting

PEOPLE = 500
AT_ONCE = 100  # of them, each with a connection of their own
ADDRESS = "127.83.219.147"  # of all of them: the whole town hall behind one router
REFUSED = 400  # statuses from here on


@dataclass(frozen=True)
class Crowd:
    """What became of it: statuses by number, wall seconds, seconds of the slowest visit."""

    statuses: Counter[int]
    seconds: float
    slowest: float

    @property
    def refusals(self) -> int:
        """Requests that were not served."""
        return sum(count for status, count in self.statuses.items() if status >= REFUSED)


def main() -> None:
    """Let the crowd answer, directly and (where there is one) through nginx; print what it took."""
    with tempfile.TemporaryDirectory(prefix="pegel-crowd-") as name, ExitStack() as stack:
        folder = Path(name)
        town = build(Settings(data=folder / "data", database="", keys=None))
        environment = os.environ | {"PEGEL_DATA": str(folder / "data")}
        port, _ = stack.enter_context(pegel_server(environment, workers=2))
        print(f"\n{PEOPLE} people behind one address, the whole way, {AT_ONCE} at a time")
        _report("Pegel alone, 2 processes", gather(town, port))
        if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
            front = stack.enter_context(nginx(folder / "nginx", port, patience=10))
            _report("through nginx with TLS", gather(town, front.port, trusting()))


def _report(name: str, crowd: Crowd) -> None:
    each = f"slowest visit {crowd.slowest:.1f} s"
    counts = f"{crowd.statuses.total()} requests, refusals={crowd.refusals}"
    print(f"  {name:28s} {crowd.seconds:6.1f} s, {each}, {counts}   (within minutes, none refused)")


def gather(town: Town, port: int, tls: ssl.SSLContext | None = None) -> Crowd:
    """Everybody answers once; `tls` where the port speaks it."""
    forms = iter(town.forms(PEOPLE))
    statuses: Counter[int] = Counter()
    lasted: list[float] = []

    async def next_please() -> None:
        for form in forms:
            started = time.perf_counter()
            await _visit(port, tls, form, statuses)
            lasted.append(time.perf_counter() - started)

    async def everybody() -> None:
        await asyncio.gather(*(next_please() for _ in range(AT_ONCE)))

    started = time.perf_counter()
    asyncio.run(everybody())
    return Crowd(statuses, time.perf_counter() - started, max(lasted))


async def _visit(port: int, tls: ssl.SSLContext | None, form: Form, statuses: Counter[int]) -> None:
    """One person, with what a browser asks for."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        port,
        ssl=tls,
        server_hostname=RESPONDENTS if tls else None,
        local_addr=(ADDRESS, 0),
    )
    try:
        start = await _ask(reader, writer, _request("GET", f"/b/{SLUG}?lang=de"), statuses)
        for link in _linked(start):
            await _ask(reader, writer, _request("GET", link), statuses)
        for request in _posts(form):
            await _ask(reader, writer, request, statuses)
        await _ask(reader, writer, _request("GET", f"/b/{SLUG}/thanks?lang=de"), statuses)
    finally:
        writer.close()


def _posts(form: Form) -> Iterator[bytes]:
    begin = [field for field in form if field[0] in (CODE, LANGUAGE)]
    for path, fields in (("form", begin), ("review", form), ("submit", form)):
        yield _request("POST", f"/b/{SLUG}/{path}", fields)


def _request(method: str, path: str, fields: Sequence[tuple[str, str]] = ()) -> bytes:
    body = urlencode(fields).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: {RESPONDENTS}\r\nSec-Fetch-Site: same-origin\r\n"
    if method == "POST":
        head += "Content-Type: application/x-www-form-urlencoded\r\n"
        head += f"Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def _linked(page: bytes) -> list[str]:
    """Styles, script and icon of a page."""
    return [found.decode() for found in re.findall(rb'(?:src|href)="(/static/[^"]+)"', page)]


async def _ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: bytes,
    statuses: Counter[int],
) -> bytes:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    statuses[int(head.split(b" ", 2)[1])] += 1
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if length is not None:
        return await reader.readexactly(int(length[1]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


if __name__ == "__main__":
    main()
