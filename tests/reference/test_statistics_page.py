"""docs/statistics.md: every number that it quotes from R is ours, and no value is left out."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from survey.cli import run
from tests.reference.expectations import FOLDER

PAGE = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text()
QUOTED = re.findall(r"^[^#\n].*#> (\S+) (-?[\d.e-]+)$", PAGE, re.MULTILINE)
EXACT = 1e-11  # R prints 15 digits
LESS_EXACT = {"omega": 2e-6, "games_howell.1.p": 1e-8}  # lavaan's optimiser; ptukey's quadrature


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("page") / "bfi.json"
    command = re.search(r"\.venv/bin/pegel (analyse [^\n]+)\\\n\s+([^\n]+) -o bfi.json", PAGE)
    assert command is not None
    words = f"{command[1]} {command[2]}".replace("tests/reference", str(FOLDER)).split()
    assert run([*words, "-o", str(output)]) == 0
    found: dict[str, Any] = json.loads(output.read_text())
    return found


def test_every_number_that_r_printed_is_ours(tree: dict[str, Any]) -> None:
    assert len(QUOTED) > 60
    for path, value in QUOTED:
        got: Any = tree
        for step in path.split("."):
            got = got[int(step)] if isinstance(got, list) else got[step]
        off = next((LESS_EXACT[end] for end in LESS_EXACT if path.endswith(end)), EXACT)
        assert got == pytest.approx(float(value), rel=off, abs=0), path


def test_every_value_of_the_output_is_on_the_page(tree: dict[str, Any]) -> None:
    named = {*re.findall(r"`(\w+)`", PAGE), *chain(*(path.split(".") for path, _ in QUOTED))}
    assert {*keys(tree)} - named == set()


def keys(tree: dict[str, Any]) -> Iterator[str]:
    """The names of all statistics; not those of items, scales, columns, groups and codes."""
    yield from tree
    for part in (*tree["items"].values(), *tree["scales"].values()):
        yield from chain(part, part.get("weighted", {}))
    for groups in tree["groups"].values():
        for group in groups.values():
            yield from chain(group, *group["items"].values(), *group["scales"].values())
    for column in tree["comparisons"].values():
        for scale in column.values():
            parts = [scale[name] or {} for name in ("two_groups", "welch_anova", "kruskal")]
            pairs = scale["games_howell"] or []
            yield from chain(scale, *parts, *pairs, *scale["against_rest"].values())
