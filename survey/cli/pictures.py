"""Pictures of the charts of reports, in a folder or a ZIP."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from reports.charts import charts
from reports.packing import unpack
from reports.report import Report
from survey.domain.pictures import Format, all_pictures

STANDARD_OUTPUT = Path("-")


def write_pictures(
    reports: Sequence[tuple[str, Report]], form: Format, output: Path | None
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
    elif output.suffix.lower() == ".zip":
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
