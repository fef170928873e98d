"""Pictures of charts, drawn in a process of their own.

Matplotlib takes about a second and 90 MB; a web process stays free of both. The child gets
the charts as data on its standard input, gives the files on its standard output, and is gone.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from tempfile import TemporaryDirectory
from typing import Final, Literal, TypeAlias

from reports.charts import Chart
from survey.errors import SurveyError

Format: TypeAlias = Literal["png", "svg"]

AT_ONCE: Final = 2  # children of one web process
PATIENCE: Final = 20.0  # seconds to wait for one of them to end
LONGEST: Final = 120.0  # seconds for the charts of one report
KEPT: Final = 32  # pictures that are kept, about 200 kB each

_turns = threading.BoundedSemaphore(AT_ONCE)


@lru_cache(maxsize=KEPT)
def picture(chart: Chart, form: Format) -> bytes:
    """The chart as a PNG or SVG file.

    A chart holds released values only, and equal charts give equal bytes, so pictures are kept.

    Raises:
        SurveyError: too many others are being drawn, or the picture could not be made.
    """
    return _drawn(asdict(chart), LONGEST, form)


def all_pictures(folders: Mapping[str, Sequence[Chart]], form: Format, language: str) -> bytes:
    """All charts as a ZIP, with their alternative texts in a file beside them.

    The name of a folder ends with "/", or is empty where there is only one.

    Raises:
        SurveyError: too many others are being drawn, or the pictures could not be made.
    """
    told = {folder: [asdict(chart) for chart in charts] for folder, charts in folders.items()}
    return _drawn(told, LONGEST * len(told), form, language)


def _drawn(told: object, longest: float, *asked: str) -> bytes:
    """What the child makes of what it is told, within `longest` seconds."""
    room = {"MPLCONFIGDIR": _room().name}
    # -P: a file that happens to lie in the working folder is never imported.
    command = [sys.executable, "-P", "-m", "reports.figures", *asked]
    if not _turns.acquire(timeout=PATIENCE):
        raise SurveyError("busy", "Other pictures are being made.", "Please try again in a minute.")
    try:
        done = subprocess.run(  # noqa: S603 - our own module; form and language are known words
            command, input=json.dumps(told).encode(), capture_output=True, timeout=longest,
            check=False, env=room | os.environ,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _failed() from error
    finally:
        _turns.release()
    if done.returncode != 0 or not done.stdout:
        raise _failed()
    return done.stdout


@cache
def _room() -> TemporaryDirectory[str]:
    """Where Matplotlib keeps its list of fonts as long as this process lives.

    It would take the home folder, which is the data folder for the account that runs Pegel.
    """
    return TemporaryDirectory(prefix="pegel-")


def _failed() -> SurveyError:
    return SurveyError("pictures", "The picture could not be made.", "Please try again.")
