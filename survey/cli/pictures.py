"""Pictures of the charts of reports, in a folder or a ZIP."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from reports.charts import charts
from reports.report import Report

Format: TypeAlias = Literal["png", "svg"]
STANDARD_OUTPUT = Path("-")


def write_pictures(
    reports: Sequence[tuple[str, Report]], form: Format, output: Path | None
) -> None:
    """Write every chart of every report, with its alternative text in a file beside it.

    Where there are several reports, each has a folder of its own. `output` is a folder, which is
    made when it is not there, or a file whose name ends with .zip; None or "-" is a ZIP on
    standard output.
    """
    from reports.figures.packing import pack

    files = _files(reports, form)
    if output is None or output == STANDARD_OUTPUT:
        sys.stdout.buffer.write(pack(files))
    elif output.suffix.lower() == ".zip":
        write_file(output, pack(files))
    else:
        for name, content in files:
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            write_file(output / name, content)


def _files(reports: Sequence[tuple[str, Report]], form: Format) -> Iterator[tuple[str, bytes]]:
    from reports.figures.packing import pictures

    for group, report in reports:
        folder = f"{group}/" if len(reports) > 1 else ""
        for name, content in pictures(charts(report), form, report.language):
            yield f"{folder}{name}", content


def write_file(place: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    part = place.with_name(f"{place.name}.part")
    part.write_bytes(content)
    os.replace(part, place)  # noqa: PTH105 - atomic, also over a file that is there
