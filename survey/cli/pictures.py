"""Pictures of the charts of reports, in a folder or a ZIP."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from reports.charts import PictureFormat, charts
from reports.packing import unpack
from reports.report import Report
from survey.cli.saying import STANDARD_OUTPUT
from survey.domain.pictures import all_pictures
from survey.errors import SurveyError

ZIP = ".zip"
PICTURES = {f".{form}" for form in PictureFormat}


def check_place(output: Path | None) -> None:
    """SurveyError when `output` has no room for several files: before anything is drawn."""
    if output is None or output == STANDARD_OUTPUT or output.suffix.lower() == ZIP:
        return
    if output.is_dir() or not (output.exists() or output.suffix.lower() in PICTURES):
        return
    raise SurveyError(
        "one-file",
        "The charts are several pictures and do not go into one file.",
        "Name a folder, as in -o bilder/, or a file whose name ends with .zip.",
        place=str(output),
    )


def write_pictures(
    reports: Sequence[tuple[str, Report]], form: PictureFormat, output: Path | None
) -> None:
    """Write every chart of every report, with its alternative text in a file beside it.

    Where there are several reports, each has a folder of its own. `output` is a folder, which is
    made when it is not there, or a file whose name ends with .zip; None or "-" is a ZIP on
    standard output.
    """
    folders = {f"{group}/" if len(reports) > 1 else "": charts(report) for group, report in reports}
    packed = all_pictures(folders, form, reports[0][1].language)
    if output is None or output == STANDARD_OUTPUT:
        sys.stdout.buffer.write(packed)
    elif output.suffix.lower() == ZIP:
        write_file(output, packed)
    else:
        for name, content in unpack(packed):
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            write_file(output / name, content)


def write_file(place: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    part = place.with_name(f"{place.name}.part")
    part.write_bytes(content)
    os.replace(part, place)  # noqa: PTH105 - atomic, also over a file that is there
