"""A client that keeps many connections busy, and the processor time of the server it talks to."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import sysconf
from pathlib import Path
from urllib.parse import urlencode

CLIENTS = 32
_TICKS = sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """What a run cost: statuses received, wall seconds, processor seconds of the server."""

    statuses: Counter[int]
    seconds: float
    cpu: float

    @property
    def count(self) -> int:
        """Requests answered."""
        return self.statuses.total()

    @property
    def cpu_each(self) -> float:
        """Processor milliseconds of the server per request."""
        return 1000 * self.cpu / self.count

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.count / self.seconds


def post(path: str, fields: Sequence[tuple[str, str]]) -> bytes:
    """A POST of a form, as a browser on the same site sends it."""
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """A GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def drive(port: int, pid: int, requests: Sequence[bytes], clients: int = CLIENTS) -> Load:
    """Send each request once, over `clients` connections that are kept open."""
    statuses: Counter[int] = Counter()
    cpu = cpu_seconds(pid)
    started = time.perf_counter()
    asyncio.run(_drive(port, iter(requests), statuses, clients))
    seconds = time.perf_counter() - started
    return Load(statuses, seconds, cpu_seconds(pid) - cpu)


def fetch(port: int, request: bytes) -> tuple[int, str]:
    """One request, its status and its body."""
    status, body = asyncio.run(_fetch(port, request))
    return status, body.decode()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and everything it started, in seconds."""
    total = 0
    for process in _family(pid):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def memory_mib(pid: int) -> float:
    """Resident memory of the largest process of the family that serves pages, in MiB."""
    sizes = []
    for process in _family(pid):
        status = Path(f"/proc/{process}/status").read_text()
        sizes += [int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line]
    return max(sizes) / 1024


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


async def _drive(
    port: int, requests: Iterator[bytes], statuses: Counter[int], clients: int
) -> None:
    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests:
            writer.write(request)
            status, _ = await _answer(reader)
            statuses[status] += 1
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))


async def _fetch(port: int, request: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await _answer(reader)
    writer.close()
    return answer


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        if line.startswith(b"transfer-encoding:"):
            return status, await _chunks(reader)
    return status, await reader.readexactly(length)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
