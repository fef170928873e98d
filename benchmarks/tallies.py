"""The report table of many units: time and memory beside pandas, polars and the bare counts.

`python -m benchmarks.tallies` prints everything, `python -m benchmarks.tallies 10000` only the
comparison at this number of rows.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.unit_survey import ITEMS, UnitSurvey, definition, questionnaire, repeated
from benchmarks.unit_tables import (
    bare,
    by_pandas,
    by_polars,
    packed,
    pandas_frame,
    pegel,
    polars_frame,
)
from reports.counting import tally
from reports.responses import ResponseTable
from reports.tallies import Tallies

UNITS = 200
SIZES = (10_000, 100_000, 1_000_000)
STREAMED = 10_000_000
BLOCK = 250_000
ROUNDS = 5
MIB = 1 << 20


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure, and print what was measured."""
    print("\nReport table of 200 units, 30 items, 6 scales: best of 5 (pandas: 1), seconds")
    print("  polars leaves out missing kinds, exact sums and adjusted p; the bare counts are no")
    print("  table: no statistic is made of them")
    for n in sizes:
        _beside_peers(n)
    if sizes == SIZES:
        _more_rows()
        _growth()
        _streamed()
        _from_csv()


def _beside_peers(n: int) -> None:
    survey = UnitSurvey.of(n, UNITS)
    runs: dict[str, Callable[[], object]] = {
        "Pegel": partial(pegel, survey),
        "polars": partial(by_polars, polars_frame(survey)),
        "bincount and BLAS, bare": partial(bare, survey),
        "bincount alone, packed, bare": partial(packed, survey),
    }
    took = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            took[name] = min(took[name], _seconds(run))
    took["pandas + pingouin"] = _seconds(partial(by_pandas, pandas_frame(survey)))
    print(f"  {n:,} rows")
    for name, seconds in took.items():
        print(f"    {name:30s} {seconds:8.3f}   {seconds / took['Pegel']:6.2f} x Pegel")
    if n == max(SIZES):
        print("    (at least 60 x for pandas + pingouin, 3 x for polars, 0.5 x for bare counts)")


def _more_rows() -> None:
    more = UnitSurvey.of(1_000, UNITS, seed=2).table
    print("\n1,000 more rows into stored tallies, best of 20, milliseconds (at most 10)")
    for n in SIZES:
        for related in (False, True):
            stored = _counted(UnitSurvey.of(n, UNITS).table, related)
            add = partial(_added, stored, more, related)
            best = min(_seconds(add) for _ in range(20))
            what = "units and relations" if related else "units"
            print(f"  {n:9,} rows behind them, {what:20s} {1000 * best:6.1f}")


def _counted(table: ResponseTable, related: bool) -> Tallies:  # noqa: FBT001 - private
    return tally([table], table.questionnaire, ["unit"], related=related)


def _added(stored: Tallies, more: ResponseTable, related: bool) -> Tallies:  # noqa: FBT001 - private
    return stored + _counted(more, related)


def _growth() -> None:
    print("\nGrowth of the table, best of 3, seconds")
    for n in SIZES:
        for units in (20, 200, 2_000):
            run = partial(pegel, UnitSurvey.of(n, units))
            best = min(_seconds(run) for _ in range(3))
            print(f"  {n:9,} rows, {units:5,} units {best:8.3f}")


def _streamed() -> None:
    print(f"\n{STREAMED:,} rows, streamed in blocks of {BLOCK:,}, in a process of its own")
    used = _run([sys.executable, "-m", "benchmarks.tallies", "stream"])
    print(f"  {used.said.strip()}, peak {used.peak:.0f} MiB   (at most 800)")


def stream() -> None:
    """Count many rows, and print seconds."""
    survey = UnitSurvey.of(BLOCK, UNITS)
    start = perf_counter()
    found = tally(repeated(survey, STREAMED // BLOCK), questionnaire(), ["unit"], related=False)
    print(f"{found.whole.n:,} rows counted in {perf_counter() - start:.2f} s")


def _from_csv() -> None:
    n = max(SIZES)
    with tempfile.TemporaryDirectory(prefix="pegel-bench-") as folder:
        asked, rows, result = (Path(folder) / name for name in ("q.json", "rows.csv", "out.json"))
        asked.write_text(json.dumps(definition()), encoding="utf-8")
        polars_frame(UnitSurvey.of(n, UNITS)).write_csv(rows)
        command = [str(Path(sys.executable).parent / "pegel"), "analyse", str(asked), str(rows)]
        command += ["--unit", "unit", "--unprotected", "-o", str(result)]
        used, size = _run(command), rows.stat().st_size / MIB
        said = json.loads(result.read_text(encoding="utf-8"))
        print(f"\npegel analyse --unit unit --unprotected, {n:,} rows, {len(ITEMS)} items")
        print(f"  a CSV of {size:.0f} MiB in {used.seconds:.1f} s ({used.busy:.1f} s of processor")
        print(f"  time), peak {used.peak:.0f} MiB")
        print(f"  {said['n']:,} rows in {len(said['groups']['unit'])} units")


@dataclass(frozen=True, slots=True)
class _Used:
    """What a process said and used: seconds, processor time in seconds, peak memory in MiB."""

    said: str
    seconds: float
    busy: float
    peak: float


LAUNCHER = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
said = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=True).stdout
used = resource.getrusage(resource.RUSAGE_CHILDREN)
busy = used.ru_utime + used.ru_stime
print(json.dumps([said, time.perf_counter() - start, busy, used.ru_maxrss / 1024]))
"""


def _run(command: list[str]) -> _Used:
    """Run a command from a small process, since a child's peak starts at its parent's size."""
    launched = [sys.executable, "-c", LAUNCHER, *command]
    printed = subprocess.run(launched, capture_output=True, text=True, check=True).stdout
    return _Used(*json.loads(printed))


def _seconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


if __name__ == "__main__":
    if sys.argv[1:] == ["stream"]:
        stream()
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
