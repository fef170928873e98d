"""The disk is full at one step or another: nothing acknowledged is lost, and it goes on later."""

import json
import shutil
from pathlib import Path

import pytest

from tests.anonymity.town import Town
from tests.attacks import ROUNDS
from tests.faults.test_lost_power import PEOPLE, check, town
from tests.faults.trace import run
from tests.faults.worker import SLIPS

__all__ = ["town"]

WRITING = "pwrite64,write,ftruncate"
FULL = "inject=" + WRITING + ":error=ENOSPC:when={}+"
STEPS = 120  # requests of one thread of the worker, and some more: then the disk is large enough


@pytest.mark.parametrize("number", range(ROUNDS))
def test_nothing_acknowledged_is_lost_and_there_is_room_again(
    town: Path, tmp_path: Path, number: int
) -> None:
    folder = tmp_path / "town"
    shutil.copytree(town, folder)
    first = 1 + number * STEPS // ROUNDS
    options = ("-o", str(tmp_path / "trace"), "-e", f"trace={WRITING}", "-e", FULL.format(first))
    words = run(folder, *options).decode().split()
    assert words[:1] == ["begun"]
    acknowledged = {int(word) for word in words if word.isdecimal()}
    assert number or len(acknowledged) < PEOPLE
    slips = json.loads((town / SLIPS).read_text())
    check(Town.at(folder), slips, acknowledged, closed="closed" in words)
