"""The release as CSV: one line per group, item or scale, and statistic; earlier waves too."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from reports.disclosure.comparison_documents import weighted_to_document
from reports.disclosure.documents import group_to_document
from reports.release import Release
from reports.waves import past_to_document

COLUMNS = ("group", "name", "kind", "id", "statistic", "value")
HIDDEN = "hidden"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet would run a cell that begins so


def render_csv(release: Release, group_id: str | None = None) -> str:
    """All groups of a release, or one. A value that is not shown is "hidden".

    Texts that a spreadsheet would take for a formula get a leading apostrophe.

    Raises:
        KeyError: the release has no such group.
    """
    wanted = [release.find(group_id)] if group_id is not None else [*release.planned()]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for group in wanted:
        head = (_safe(group.id), _safe(group.name))
        part = group_to_document(release.groups[group.id], whole=group is release.tree)
        writer.writerows((*head, *rest) for rest in _lines(part))
        if group is release.tree:
            writer.writerows((*head, *rest) for rest in _weighted(release))
        writer.writerows((*head, *rest) for rest in _waves(release, group.id))
    return out.getvalue()


def _lines(part: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for name in ("n", "eligible", "rate"):
        yield "group", "", name, _value(part[name])
    for kind, key in (("scale", "scales"), ("item", "items")):
        for name, statistics in part[key].items():
            for statistic, value in statistics.items():
                yield from _statistic(kind, name, statistic, value)


def _weighted(release: Release) -> Iterator[tuple[str, str, str, str]]:
    """The whole weighted to head counts."""
    for name, statistics in weighted_to_document(release.weighted).items():
        for statistic, value in statistics.items():
            yield "weighted", name, statistic, _value(value)


def _waves(release: Release, group_id: str) -> Iterator[tuple[str, str, str, str]]:
    """The group in earlier waves, each named by its first day."""
    for wave in release.waves:
        for name, past in wave.groups[group_id].items():
            for statistic, value in past_to_document(past).items():
                yield f"wave {wave.first_day}", name, statistic, _value(value)


def _statistic(
    kind: str, name: str, statistic: str, value: object
) -> Iterator[tuple[str, str, str, str]]:
    if statistic == "categories" and isinstance(value, list):
        for cell in value:
            codes = "+".join(map(str, cell["codes"]))
            yield kind, name, f"percent of {codes}", str(cell["percent"])
    else:
        yield kind, name, statistic, _value(value)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return HIDDEN
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
