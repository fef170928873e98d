"""A process that draws and ends: charts as JSON on standard input, files on standard output.

`python -m reports.figures png LANGUAGE` gives a ZIP of all charts, which come by folder; without a
language it gives the picture of the chart that comes.
"""

import sys

from pydantic import TypeAdapter

from reports.charts import Chart, PictureFormat
from reports.figures.drawing import picture
from reports.figures.files import pictures
from reports.packing import pack


def main(form: PictureFormat, language: str | None = None) -> bytes:
    """What is asked for, made from what comes in."""
    given = sys.stdin.buffer.read()
    if language is None:
        return picture(TypeAdapter(Chart).validate_json(given), form)
    folders = TypeAdapter(dict[str, tuple[Chart, ...]]).validate_json(given)
    return pack(
        (f"{folder}{name}", content)
        for folder, charts in folders.items()
        for name, content in pictures(charts, form, language)
    )


if __name__ == "__main__":
    asked, *spoken = sys.argv[1:]
    sys.stdout.buffer.write(main(PictureFormat(asked), *spoken))
