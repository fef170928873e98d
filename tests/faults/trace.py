"""What a process asks of the disk, in the order in which it asks: read from strace."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

ROOT = Path(__file__).parents[2]
CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,rename,link,sendto"
# Other ways of changing files: whoever begins to use one has to teach it to the model.
UNREAD = "pwritev,writev,fallocate,copy_file_range,sendfile,renameat,renameat2,linkat,unlinkat"
UNKNOWN = -1

Kind = Literal["create", "write", "truncate", "sync", "remove", "link", "rename", "told"]


@dataclass(frozen=True, slots=True)
class Step:
    """One request; `other` is the second path of a link or a renaming."""

    kind: Kind
    path: Path
    offset: int = 0
    data: bytes = b""
    other: Path | None = None


def strace() -> str:
    """The tracer; without it the test is skipped."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed (apt-get install strace)")
    return found


def run(folder: Path, *options: str) -> bytes:
    """Let a worker live its day under strace with `options`; gives what it told."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tests.faults.worker", str(folder), str(theirs.fileno())]
    with ours, theirs:
        subprocess.run(
            [strace(), "-f", "--seccomp-bpf", "-qq", *options, *command],
            cwd=ROOT,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            pass_fds=[theirs.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        theirs.close()
        return b"".join(iter(lambda: ours.recv(65536), b""))


def trace(folder: Path, log: Path) -> tuple[Step, ...]:
    """Everything that a worker does to files in `folder`, and what it tells."""
    shown = ("-y", "-xx", "-s", "99999999", "-e", f"trace={CALLS},{UNREAD}")
    run(folder, *shown, "-o", str(log))
    inside = folder.resolve()
    return tuple(s for s in _steps(log) if s.kind == "told" or s.path.is_relative_to(inside))


_CALL = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>.*)")
_RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)")
_BYTES = re.compile(r"(?:\\x[0-9a-f]{2})+")
_RESULT = re.compile(r"\) += (-?\d+)(.*)$")
_STRING = re.compile(r'"([^"]*)"')
_FILE = re.compile(r"^\d+<([^>]*)>")


def _steps(log: Path) -> Iterator[Step]:
    unfinished: dict[str, str] = {}
    places: dict[str, int] = {}  # of files that are written from front to back
    for line in log.read_text().splitlines():
        resumed = _RESUMED.match(line)
        whole = f"{unfinished.pop(resumed['pid'])}{resumed['rest']}" if resumed else line
        if whole.endswith("<unfinished ...>"):
            unfinished[whole.split()[0]] = whole.removesuffix("<unfinished ...>")
            continue
        call = _CALL.match(whole)
        if call is None:
            continue
        done = _RESULT.search(call["rest"])
        if done is None or int(done[1]) < 0:
            continue
        step = _step(call["name"], call["rest"], int(done[1]), places)
        if step is not None:
            yield step


def _step(name: str, rest: str, result: int, places: dict[str, int]) -> Step | None:
    strings = [_text(found) for found in _STRING.findall(rest)]
    file = _FILE.match(rest)
    path = Path(_text(file[1]).decode()) if file else Path(strings[0].decode())
    match name:
        case "openat":
            return _opened(rest, path, places)
        case "sendto":
            return Step("told", path, data=strings[0]) if strings[0].endswith(b"\n") else None
        case "pwrite64":
            return Step("write", path, _last_number(rest), strings[0][:result])
        case "write":
            offset = places.get(str(path), 0)
            places[str(path)] = offset + result
            return Step("write", path, offset, strings[0][:result])
    return _other(name, rest, path, strings)


def _other(name: str, rest: str, path: Path, strings: list[bytes]) -> Step:
    match name:
        case "ftruncate":
            return Step("truncate", path, _last_number(rest))
        case "fsync" | "fdatasync":
            return Step("sync", path)
        case "unlink":
            return Step("remove", path)
        case "link" | "rename" as kind:
            return Step(kind, path, other=Path(strings[1].decode()))
    return Step("write", path, UNKNOWN)


def _opened(rest: str, path: Path, places: dict[str, int]) -> Step | None:
    places[str(path)] = 0
    if "O_TRUNC" in rest:
        return Step("truncate", path, 0)
    return Step("create", path) if "O_CREAT" in rest else None


def _last_number(rest: str) -> int:
    return int(rest.rsplit(")", 1)[0].rsplit(",", 1)[1])


def _text(written: str) -> bytes:
    return _BYTES.sub(lambda found: _raw(found[0]), written).encode("latin1")


def _raw(written: str) -> str:
    return bytes.fromhex(written.replace("\\x", "")).decode("latin1")
