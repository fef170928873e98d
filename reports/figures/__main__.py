"""A process that draws and ends: charts as JSON on standard input, files on standard output.

`python -m reports.figures png LANGUAGE` gives a ZIP of all charts; without a language, the picture
of the only chart.
"""

import sys

from pydantic import TypeAdapter

from reports.charts import Chart
from reports.figures.drawing import Format, picture
from reports.figures.packing import pack, pictures


def main(form: Format, language: str | None = None) -> bytes:
    """What is asked for, made from what comes in."""
    charts = TypeAdapter(tuple[Chart, ...]).validate_json(sys.stdin.buffer.read())
    if language is not None:
        return pack(pictures(charts, form, language))
    (chart,) = charts
    return picture(chart, form)


if __name__ == "__main__":
    asked, *spoken = sys.argv[1:]
    sys.stdout.buffer.write(main("svg" if asked == "svg" else "png", *spoken))
