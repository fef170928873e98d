"""Pictures of charts, drawn in a process of their own.

Matplotlib takes half a second and 60 MB to load; a web process stays free of both. The child gets
the charts as data on its standard input, gives the files on its standard output, and is gone.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from reports.charts import Chart
from survey.errors import SurveyError

Format: TypeAlias = Literal["png", "svg"]

AT_ONCE: Final = 2  # children of one web process
PATIENCE: Final = 20.0  # seconds to wait for one of them to end
LONGEST: Final = 60.0  # seconds for all charts of a report
KEPT: Final = 32  # pictures that are kept, about 200 kB each

_turns = threading.BoundedSemaphore(AT_ONCE)


@lru_cache(maxsize=KEPT)
def picture(chart: Chart, form: Format) -> bytes:
    """The chart as a PNG or SVG file.

    A chart holds released values only, and equal charts give equal bytes, so pictures are kept.

    Raises:
        SurveyError: too many others are being drawn, or the picture could not be made.
    """
    return _drawn([chart], form)


def all_pictures(charts: Sequence[Chart], form: Format, language: str) -> bytes:
    """All charts as a ZIP with their alternative texts in a file beside them.

    Raises:
        SurveyError: too many others are being drawn, or the pictures could not be made.
    """
    return _drawn(charts, form, language)


def _drawn(charts: Sequence[Chart], form: Format, *language: str) -> bytes:
    # -P: a file that happens to lie in the working folder is never imported.
    command = [sys.executable, "-P", "-m", "reports.figures", form, *language]
    said = json.dumps([asdict(chart) for chart in charts]).encode()
    if not _turns.acquire(timeout=PATIENCE):
        raise SurveyError("busy", "Other pictures are being made.", "Please try again in a minute.")
    try:
        done = subprocess.run(  # noqa: S603 - our own module; form and language are known words
            command, input=said, capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _failed() from error
    finally:
        _turns.release()
    if done.returncode != 0 or not done.stdout:
        raise _failed()
    return done.stdout


def _failed() -> SurveyError:
    return SurveyError("pictures", "The picture could not be made.", "Please try again.")
