"""The keeper's process as its neighbours see it: through /proc, as another process of its user."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

# Root reads whatever it likes, so the attack is mounted as somebody else: the process gives root
# up, is as open as any other process again (1), and has a child that protects itself, or not.
NEIGHBOURS = """
import ctypes, json, os, resource, sys
sys.path.insert(0, sys.argv[1])
from survey.keeper.process import protect_memory
if os.geteuid() == 0 and sys.argv[3] == "nobody":
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
told, tell = os.pipe()
asked, ask = os.pipe()
child = os.fork()
if not child:
    os.close(ask)
    os.write(tell, b"1" if sys.argv[2] == "protected" and protect_memory() else b"0")
    os.read(asked, 1)
    os._exit(0)
os.close(tell)
said = os.read(told, 1) == b"1"
status = dict(line.split(":", 1) for line in open(f"/proc/{child}/status"))
limits = open(f"/proc/{child}/limits").read().splitlines()
try:
    open(f"/proc/{child}/mem", "rb").close()
    readable = True
except PermissionError:
    readable = False
print(json.dumps({
    "said_locked": said,
    "locked": int(status["VmLck"].split()[0]),
    "size": int(status["VmPeak"].split()[0]),
    "allowed": resource.getrlimit(resource.RLIMIT_MEMLOCK)[1],
    "core": next(line.split()[4:6] for line in limits if line.startswith("Max core")),
    "readable": readable,
}))
os.close(ask)
os.wait()
"""


@dataclass(frozen=True)
class Seen:
    """What a neighbour saw; sizes in kB, `allowed` in bytes (-1: without limit)."""

    said_locked: bool
    locked: int
    size: int
    allowed: int
    core: list[str]
    readable: bool


def _see(*, protected: bool, user: str = "nobody") -> Seen:
    how = "protected" if protected else "open"
    done = subprocess.run(
        [sys.executable, "-c", NEIGHBOURS, str(ROOT), how, user],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return Seen(**json.loads(done.stdout))


def test_no_core_is_ever_dumped() -> None:
    assert _see(protected=True).core == ["0", "0"]


def test_no_process_of_the_same_user_reads_the_memory() -> None:
    assert not _see(protected=True).readable


def test_the_attack_notices_a_process_without_protection() -> None:
    assert _see(protected=False).readable


@pytest.mark.parametrize("user", ["nobody", "whoever runs the tests"])
def test_memory_is_locked_or_the_keeper_says_that_it_is_not(user: str) -> None:
    seen = _see(protected=True, user=user)
    assert seen.said_locked == (seen.locked > 0)
    is_too_little = 0 <= seen.allowed < seen.size * 1024
    assert seen.locked > 0 or is_too_little
    if os.geteuid() == 0 and user != "nobody":
        assert seen.locked > 0
