"""All charts of a report as files, with a text that says in words what each of them shows."""

from collections.abc import Iterator, Sequence

from reports.charts import Chart, PictureFormat
from reports.figures.drawing import picture
from reports.wording.lines import one_line
from reports.wording.words import Words


def pictures(
    charts: Sequence[Chart], form: PictureFormat, language: str
) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files: every chart, and their alternative texts."""
    for chart in charts:
        yield f"{chart.file}.{form}", picture(chart, form)
    words = Words(language)
    yield words.say("alternative-texts.txt"), _told(charts, form, words).encode()


def _told(charts: Sequence[Chart], form: PictureFormat, words: Words) -> str:
    """What goes beside a picture wherever it is used, for people who do not see it."""
    if not charts:
        return words.say("There are no charts: nothing of this group is shown.") + "\n"
    first = words.say("Put the alternative text beside a picture wherever you use it.")
    parts = [
        "\n".join([f"{chart.file}.{form}", one_line(chart.title), one_line(chart.alt)])
        for chart in charts
    ]
    return "\n\n".join([charts[0].context, first, *parts]) + "\n"
