"""Papers: documents of headings, paragraphs, facts, tables and steps, written once, shown thrice.

A paper is a frozen tree of plain texts. The page, the PDF and the file for a word processor show
the same tree, so they cannot say different things. A text in square brackets that begins with
"bitte ergänzen:" or "please add:" is a gap, and marked as such everywhere.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from survey.domain.typesetting import TEMPLATES, printable, typeset

TEMPLATE = "papers/paper.typ"
WORD_FILES = ("[Content_Types].xml", "_rels/.rels", "word/styles.xml", "word/numbering.xml")
WORD_RELATIONS = "word/_rels/document.xml.rels"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the least a ZIP file can say about when it was made
_GAP = re.compile(r"(\[(?:bitte ergänzen|please add):[^\]]*\])")

Kind = Literal["text", "facts", "table", "bullets", "steps", "code"]
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One block: its rows have one cell (text, bullets, steps, code), two (facts) or as `head`."""

    kind: Kind
    rows: Rows
    head: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the blocks below it; `id` is the same in every language."""

    id: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document; `lead` is said first, `words` are those that the layout itself needs."""

    language: str
    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    foot: str


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text; `gap` where somebody has to write something."""

    text: str
    gap: bool


def text(*sentences: str) -> Part:
    """Paragraphs."""
    return Part("text", tuple((one,) for one in sentences))


def facts(rows: Sequence[tuple[str, str]]) -> Part:
    """Pairs of a name and what is so named."""
    return Part("facts", tuple(rows))


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Part:
    """A table with a row of headings."""
    return Part("table", tuple(rows), head)


def bullets(*entries: str) -> Part:
    """A list without an order."""
    return Part("bullets", tuple((one,) for one in entries))


def steps(*entries: str) -> Part:
    """A numbered list."""
    return Part("steps", tuple((one,) for one in entries))


def code(*lines: str) -> Part:
    """Something to be typed or compared sign by sign."""
    return Part("code", tuple((one,) for one in lines))


def spans(said: str) -> tuple[Span, ...]:
    """A text cut at its gaps, without signs that steer instead of being read."""
    pieces = (piece for piece in _GAP.split(printable(said)) if piece)
    return tuple(Span(piece, bool(_GAP.fullmatch(piece))) for piece in pieces)


def pdf(paper: Paper) -> bytes:
    """The paper as an accessible PDF; SurveyError when it could not be made."""
    return typeset(TEMPLATE, _plain(paper))


def word(paper: Paper) -> bytes:
    """The paper as a file that Word and LibreOffice Writer open and change (.docx, ECMA-376)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*WORD_FILES, WORD_RELATIONS, "word/document.xml"):
            template = _templates().get_template(f"papers/{name.replace('_rels/', 'rels/')}")
            content = template.render(paper=paper, sections=tuple(_numbered(paper)))
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return made.getvalue()


def _numbered(paper: Paper) -> Iterator[tuple[Section, list[tuple[Part, int]]]]:
    """Sections and blocks; each numbered list has a number of its own, so it begins with 1."""
    number = 1
    for section in paper.sections:
        parts: list[tuple[Part, int]] = []
        for part in section.parts:
            number += part.kind == "steps"
            parts.append((part, number if part.kind == "steps" else 1))
        yield section, parts


def _plain(paper: Paper) -> Mapping[str, Any]:
    return {
        "language": paper.language,
        "title": printable(paper.title),
        "lead": [_spans(one) for one in paper.lead],
        "foot": printable(paper.foot),
        "sections": [
            {
                "title": printable(section.title),
                "parts": [
                    {
                        "kind": part.kind,
                        "head": [printable(one) for one in part.head],
                        "rows": [[_spans(cell) for cell in row] for row in part.rows],
                    }
                    for part in section.parts
                ],
            }
            for section in paper.sections
        ],
    }


def _spans(said: str) -> list[list[Any]]:
    return [[span.text, span.gap] for span in spans(said)]


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals["spans"] = spans
    return made
