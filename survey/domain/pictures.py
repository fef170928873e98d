"""Pictures of charts, drawn in a process of their own.

Matplotlib takes about a second and 90 MB; a web process stays free of both. The child gets
the charts as data on its standard input, gives the files on its standard output, and is gone.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from tempfile import TemporaryDirectory
from typing import Final

from reports.charts import Chart, PictureFormat
from survey.domain.child import made_by
from survey.errors import BusyError, FaultError

DRAWING: Final = "reports.figures"  # the module that the child runs
AT_ONCE: Final = 2  # children of one web process
PATIENCE: Final = 20.0  # seconds to wait for one of them to end
LONGEST: Final = 120.0  # seconds for the charts of one report
KEPT: Final = 32  # pictures that are kept, about 200 kB each

_turns = threading.BoundedSemaphore(AT_ONCE)
_entering = threading.Lock()


@lru_cache(maxsize=KEPT)
def picture(chart: Chart, form: PictureFormat) -> bytes:
    """The chart as a PNG or SVG file.

    A chart holds released values only, and equal charts give equal bytes, so pictures are kept.

    Raises:
        BusyError: too many others are being drawn.
        FaultError: the picture could not be made.
    """
    return _drawn(asdict(chart), LONGEST, form)


def all_pictures(
    folders: Mapping[str, Sequence[Chart]], form: PictureFormat, language: str
) -> bytes:
    """All charts as a ZIP, with their alternative texts in a file beside them.

    The name of a folder ends with "/", or is empty where there is only one.

    Raises:
        BusyError: too many others are being drawn.
        FaultError: the pictures could not be made.
    """
    told = {folder: [asdict(chart) for chart in charts] for folder, charts in folders.items()}
    return _drawn(told, LONGEST * len(told), form, language)


def _drawn(told: object, longest: float, *asked: str) -> bytes:
    """What the child makes of what it is told, within `longest` seconds."""
    with _entering:  # two rooms at once: the one that is forgotten would go while it is in use
        room = {"MPLCONFIGDIR": _room().name}
    if not _turns.acquire(timeout=PATIENCE):
        raise BusyError("busy", "Other pictures are being made.", "Please try again in a minute.")
    try:
        made = made_by(DRAWING, *asked, told=told, longest=longest, defaults=room)
    finally:
        _turns.release()
    if made is None:
        raise FaultError("pictures", "The picture could not be made.", "Please try again.")
    return made


@cache
def _room() -> TemporaryDirectory[str]:
    """Where Matplotlib keeps its list of fonts as long as this process lives.

    It would take the home folder, which is the data folder for the account that runs Pegel.
    """
    return TemporaryDirectory(prefix="pegel-")
