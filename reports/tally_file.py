"""Tallies as a file, `tally/1`: whole numbers in JSON, the same bytes for equal tallies.

docs/tallies.md describes every field. What one machine wrote another reads and adds (`+`); a
file that does not fit its questionnaire or itself is refused with what is wrong.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import ValidationError

from questionnaires.errors import Finding, listed
from questionnaires.model import Questionnaire
from reports.errors import ResponsesError
from reports.histogram import Histogram, Integers
from reports.layout import Layout, sums
from reports.scoring import ScoringKey
from reports.tallies import Cell, Crossing, GroupTallies, K, Tallies
from reports.tally import PairTally, ProductsTally, Relations, ScaleTally, Tally
from reports.tally_checks import contradictions
from reports.tally_document import (
    CompletePart,
    CrossingPart,
    GroupPart,
    ProductsPart,
    RelationsPart,
    TallyDocument,
)

FORMAT = "tally/1"


def dump(tallies: Tallies) -> bytes:
    """The file: UTF-8, keys sorted, no spaces, one line end."""
    asked, crossing = tallies.layout.questionnaire, tallies.crossing
    document = {
        "format": FORMAT,
        "questionnaire": {
            "id": asked.id,
            "version": asked.version,
            "fingerprint": asked.fingerprint,
        },
        "whole": _group(tallies.layout, tallies.whole),
        "relations": _relations(tallies.relations),
        "groups": {
            column: {value: _group(tallies.layout, group) for value, group in groups.items()}
            for column, groups in tallies.groups.items()
        },
        "crossing": crossing
        and {
            "columns": crossing.columns,
            "cells": [
                {"values": cell, **_group(tallies.layout, crossing.cells[cell])}
                for cell in sorted(crossing.cells, key=_none_first)
            ],
        },
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def load(content: bytes, questionnaire: Questionnaire, name: str = "tally") -> Tallies:
    """The tallies in a file about `questionnaire`; `name` is what errors call the file.

    Raises:
        ResponsesError: another format, another questionnaire, fields that are missing or of
            another shape, or numbers that do not fit each other.
    """
    try:
        found = TallyDocument.model_validate_json(content)
    except ValidationError as error:
        raise ResponsesError(listed(_findings(error, name))) from None
    layout = Layout(questionnaire)
    wrong = [
        Finding(
            "error", "tally", said, "Write the file again from its responses.", place, file=name
        )
        for place, said in contradictions(found, layout)
    ]
    if wrong:
        raise ResponsesError(listed(wrong))
    return Tallies(
        layout,
        _arrays(layout, {"": found.whole}).together(),
        {column: _arrays(layout, groups) for column, groups in found.groups.items()},
        _read_relations(found.relations),
        _crossing(layout, found.crossing),
    )


def _crossing(layout: Layout, found: CrossingPart | None) -> Crossing | None:
    if found is None:
        return None
    return Crossing(found.columns, _arrays(layout, {cell.values: cell for cell in found.cells}))


def _none_first(cell: Cell) -> list[tuple[bool, str]]:
    return [(value is not None, value or "") for value in cell]


def _group(layout: Layout, group: Tally) -> dict[str, Any]:
    codes = {
        name: item.histogram | {layout.missing[kind]: n for kind, n in item.missing.items()}
        for name, item in group.items.items()
    }
    return {
        "n": group.n,
        "items": {
            name: [[code, n] for code, n in sorted(counts.items()) if n]
            for name, counts in codes.items()
        },
        "scales": {name: _scale(scale) for name, scale in group.scales.items()},
    }


def _scale(scale: ScaleTally) -> dict[str, Any]:
    return {
        "people": [[answered, total, n] for (answered, total), n in sorted(scale.people.items())],
        "complete": {
            "sums": scale.complete.sums,
            "squares": scale.complete.squares,
            "points": [[total, n] for total, n in sorted(scale.complete.points.items())],
        },
    }


def _relations(relations: Relations | None) -> dict[str, Any] | None:
    if relations is None:
        return None
    fields = ProductsPart.model_fields
    return {
        "scales": {
            name: {field: getattr(products, field) for field in fields}
            for name, products in relations.scales.items()
        },
        "pairs": [
            {"scales": names, "cells": [[*key, *row] for key, row in sorted(pair.cells.items())]}
            for names, pair in relations.pairs.items()
        ],
    }


def _read_relations(found: RelationsPart | None) -> Relations | None:
    if found is None:
        return None
    return Relations(
        {name: ProductsTally(**products.model_dump()) for name, products in found.scales.items()},
        {
            pair.scales: PairTally({(row[0], row[1]): row[2:] for row in pair.cells})
            for pair in found.pairs
        },
    )


def _arrays(layout: Layout, groups: Mapping[K, GroupPart]) -> GroupTallies[K]:
    """The groups of a column; those without rows are left out."""
    kept = {value: group for value, group in groups.items() if group.n}
    return GroupTallies(
        layout,
        tuple(kept),
        np.array([group.n for group in kept.values()], np.int64),
        _histogram(layout, kept.values()),
        tuple(
            _complete(key, [group.scales[key.scale.id].complete for group in kept.values()])
            for key in layout.keys
        ),
    )


def _histogram(layout: Layout, groups: Iterable[GroupPart]) -> Histogram:
    *starts, size = layout.starts.tolist()
    entries = [
        (number * size + start + place, n)
        for number, group in enumerate(groups)
        for start, table in zip(starts, _tables(layout, group), strict=True)
        for place, n in table
    ]
    array = np.array(entries, np.int64).reshape(-1, 2)
    return Histogram.of(size, [(array[:, 0], array[:, 1])])


def _tables(layout: Layout, group: GroupPart) -> Iterator[list[tuple[int, int]]]:
    """Place and count in each table of the layout."""
    for variable in layout.variables:
        yield [(code - layout.lowest, n) for code, n in group.items[variable.name]]
    for key in layout.keys:
        found = group.scales[key.scale.id].people
        yield [(answered * sums(key) + total, n) for answered, total, n in found]
    for number in layout.points:
        yield [*group.scales[layout.keys[number].scale.id].complete.points]


def _complete(key: ScoringKey, groups: Iterable[CompletePart]) -> Integers:
    rows = [(*one.sums, *one.squares) for one in groups]
    return np.array(rows, np.int64).reshape(-1, 2 * len(key.items))


def _findings(error: ValidationError, name: str) -> list[Finding]:
    """What pydantic says, as findings; a wrong format comes first and alone."""
    found = error.errors(include_url=False, include_input=False)
    if any(one["loc"] == ("format",) for one in found):
        said = f"This is not a file in the format {FORMAT}."
        return [
            Finding("error", "format", said, "Give a file that Pegel wrote.", "format", file=name)
        ]
    return [
        Finding(
            "error",
            "tally",
            f"{one['msg']}.",
            "Give the file as it was written.",
            ".".join(map(str, one["loc"])),
            file=name,
        )
        for one in found
    ]
