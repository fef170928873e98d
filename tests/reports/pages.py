"""Pages of a report as a reader sees them: its texts, and the numbers in them."""

import json
import re
from collections.abc import Set as AbstractSet
from html.parser import HTMLParser

from questionnaires.model import Questionnaire
from reports.build import build
from reports.disclosure.values import Shown
from reports.documents.html import render_body
from reports.release import Release
from tests.reports.towns import INSTRUMENT

DATA = (
    "summary",
    "dimensions",
    "targets",
    "maturity",
    "comparison",
    "norms",
    "drivers",
    "questions",
    "units",
    "breakdowns",
)  # parts whose numbers are results
SCALE = {0, 5, 20, 25, 30, 39, 40, 49, 50, 59, 60, 69, 70, 75, 95, 100}  # axes, legends, rules
VOID = {"meta", "link", "br", "img"}
LABELS = re.compile(r"point \d|\d+ questions? not shown")


class Page(HTMLParser):
    """Texts, alt texts and attributes of the parts of a report, and the nesting of tags."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.part = ""
        self.texts: list[tuple[str, str]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(content)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        given = {name: value or "" for name, value in attrs}
        if tag == "section":
            self.part = given["id"]
        self.attributes += [(tag, name, value) for name, value in given.items()]
        if "aria-label" in given:
            self.texts.append((self.part, given["aria-label"]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.part, data))


def numbers(text: str) -> set[float]:
    """Numbers that are no part of a word."""
    found = re.findall(r"(?<![\w.])\d+(?:[.,]\d+)?", text)
    return {float(number.replace(",", ".")) for number in found}


def released_numbers(release: Release) -> set[float]:
    document = release.to_document()
    document["facts"] = document["questionnaire"] = {}
    return numbers(json.dumps(document)) | {abs(x) for x in numbers(json.dumps(document))}


def worked_out(release: Release) -> set[float]:
    """What follows from the release: differences to everybody."""
    pairs = [
        (result.scales[scale].score, whole.score)
        for result in release.groups.values()
        for scale, whole in release.whole.scales.items()
    ]
    return {
        float(abs(one.value - other.value))
        for one, other in pairs
        if isinstance(one, Shown) and isinstance(other, Shown)
    }


def numbers_of_its_own(
    release: Release, instrument: Questionnaire = INSTRUMENT, more: AbstractSet[float] = frozenset()
) -> list[str]:
    """What a page says with a number that is not in the release, and not among `more`."""
    allowed = released_numbers(release) | SCALE | {float(release.threshold)} | worked_out(release)
    allowed |= more
    return [
        text
        for group in release.groups
        for part, text in Page(render_body(build(release, instrument, group, "en"))).texts
        if part in DATA and not numbers(LABELS.sub("", text)) <= allowed
    ]
