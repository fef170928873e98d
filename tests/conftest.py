"""What every test stands on: a skip is a failure where everything is required."""

import gc
import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from questionnaires import registry
from survey.domain import accounts
from tests.memory import MEMORY, is_roomy

pytest_plugins = ("tests.postgres",)  # fixtures: server, postgres_url, cluster

SHIPPED = registry.FOLDER
ATTACK_FILES = (
    "tests/anonymity/",
    "tests/faults/",
    "tests/reports/test_disclosure",
    "tests/survey/keeper/test_broken_off.py",
)

# Keep what is compiled, for the processes that tests start and for the next run: containers often
# forbid it, and each process would compile the whole program again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No test needs a disk to wait for; whoever proves that something is synced watches the calls.
if "TMPDIR" not in os.environ and is_roomy():
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# The processes share the processors; threads of their own that wait for a product of matrices to
# be divided cost tests/reports a third of its time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Matplotlib lists the fonts of the machine once, and not in every process that draws.
os.environ.setdefault("MPLCONFIGDIR", str(Path(__file__).parents[1] / ".cache" / "matplotlib"))

settings.register_profile(
    "pegel",
    deadline=None,  # no assertion about time: machines differ
    max_examples=int(os.environ.get("PEGEL_CASES", "0")) or 30,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="PEGEL_CASES" not in os.environ,
)
settings.load_profile("pegel")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two more than processors: tests also wait, for servers, browsers and processes."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # xdist reads it
    return len(os.sched_getaffinity(0)) + 2


def pytest_collection_finish() -> None:
    """Look for rubbish seldom, and not in what was imported: it costs a fifteenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ATTACK_FILES):
            item.add_marker("attack")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("PEGEL_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped, but everything is required: {report.longrepr}"
        )
    return report


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Hashing a password costs as much as it has to where people log in, and little in tests."""
    accounts.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True, scope="module")
def _shipped_definitions() -> None:
    """A module's own fixtures find the shipped definitions, whatever ran before it."""
    registry.FOLDER = SHIPPED


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes data outside its own folder, or leaves another set of definitions."""
    monkeypatch.setenv("PEGEL_DATA", str(tmp_path / "pegel-data"))
    for name in ("PEGEL_DATABASE", "PEGEL_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(registry, "FOLDER", SHIPPED)
