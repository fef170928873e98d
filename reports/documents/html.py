"""The report as HTML: a fragment for a page, or one file that needs nothing else.

The fragment has neither inline style nor script, so that it stands under a strict content
security policy; its looks are in `report.css`, which the page links.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.charts import PictureFormat, located
from reports.report import Block, Figure, Legend, Points, Report, Sentence, Suggestions, Table
from reports.wording.words import Words

HOUSE = Path(__file__).parents[2]
STATIC = HOUSE / "survey" / "web" / "static"
FONTS = STATIC / "vendor" / "fira-sans"
FACE = (
    '@font-face{{font-family:"Fira Sans";font-weight:{weight};font-display:swap;'
    "src:url(data:font/woff2;base64,{data}) format('woff2')}}"
)


@dataclass(frozen=True, slots=True)
class PictureLink:
    """A link to a chart as a picture: what is read, what it is called for who cannot see it."""

    text: str
    name: str
    address: str


def render_body(report: Report, picture_at: Callable[[str], str] | None = None) -> str:
    """The report as one `<article>`, without style or script; link `report.css` beside it.

    `picture_at` gives the address of a file such as "dimensions-1.png"; without it the charts have
    no links to pictures of them.
    """
    title = Words(report.language).say("As a picture:")
    links = _picture_links(report, picture_at) if picture_at else {}
    template = _environment().get_template("report/body.html")
    return template.render(report=report, links=links, pictures_title=title)


def render_document(report: Report) -> str:
    """The report as one HTML file with its style and fonts inside."""
    template = _environment().get_template("report/document.html")
    return template.render(report=report, links={}, style=_style())


def _picture_links(
    report: Report, picture_at: Callable[[str], str]
) -> dict[Block, tuple[PictureLink, ...]]:
    say = Words(report.language).say
    return {
        block: tuple(
            PictureLink(
                form.upper(),
                say("{title} as {format}", title=chart.title, format=form.upper()),
                picture_at(f"{chart.name}.{form}"),
            )
            for form in PictureFormat
        )
        for block, chart in located(report)
    }


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HOUSE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["kind_of"] = _kind_of
    return made


def _kind_of(block: Block) -> str:
    """The name of a block's kind, by which the template chooses."""
    kinds: dict[type[Block], str] = {
        Sentence: "sentence",
        Points: "points",
        Figure: "figure",
        Table: "table",
        Legend: "legend",
        Suggestions: "suggestions",
    }
    return kinds[type(block)]


@cache
def _style() -> Markup:
    """Fonts and style sheet; our own files, so they may stand in the document as they are."""
    faces = [
        FACE.format(
            weight=weight,
            data=b64encode(
                (FONTS / f"fira-sans-latin-{weight}-normal.woff2").read_bytes()
            ).decode(),
        )
        for weight in (400, 600)
    ]
    sheet = (STATIC / "report.css").read_text(encoding="utf-8")
    return Markup("\n".join([*faces, sheet]))  # noqa: S704 - files of this package, no input
