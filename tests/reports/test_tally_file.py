"""Tallies as files: the same bytes for equal tallies, read back as they were, or refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from questionnaires.model import Questionnaire
from reports.errors import ResponsesError
from reports.tally_file import dump, load
from tests.reports.test_tallies import DEFINITIONS, Rows, cases, counted

DEFINITION = DEFINITIONS[0]
ROWS: Rows = [
    ([1, 2, 0, 10, 77, 5], "x", "1"),
    ([5, -9, 3, 4, -5, 1], None, "2"),
    ([4, 4, 9, 9, 8000, -8], "y", None),
]


@settings(deadline=None, max_examples=20)
@given(cases(parts=2))
def test_what_two_machines_wrote_is_merged_as_if_one_had_counted(
    case: tuple[Questionnaire, list[Rows]],
) -> None:
    definition, (one, other) = case
    files = [dump(counted(definition, rows)) for rows in (one, other)]
    merged = load(files[0], definition) + load(files[1], definition)
    together = counted(definition, one + other)
    assert merged == together
    assert dump(merged) == dump(together) == dump(counted(definition, other[::-1] + one[::-1]))
    assert load(dump(together), definition) == together


def test_a_file_is_canonical_json_of_whole_numbers() -> None:
    content = dump(counted(DEFINITION, ROWS))
    document = json.loads(content)
    again = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert content == again.encode() + b"\n"
    assert document["format"] == "tally/1"
    assert document["groups"]["unit"]["y"]["items"]["years"] == [[8000, 1]]
    assert document["whole"]["scales"]["one"]["people"] == [[1, 5, 1], [2, 5, 1], [2, 6, 1]]
    json.loads(content, parse_float=lambda text: pytest.fail(f"{text} is not a whole number"))


def test_tallies_without_relations_and_crossing_are_read_back() -> None:
    tallies = counted(DEFINITION, ROWS, crossed=False)
    bare = replace(tallies, relations=None)
    assert load(dump(bare), DEFINITION) == bare


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dump(counted(DEFINITION, ROWS)))
    return found


def setting(value: object, *path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(found: Any) -> None:  # noqa: ANN401 - a tree of anything
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (setting("tally/2", "format"), "not a file in the format tally/1"),
        (setting("0" * 64, "questionnaire", "fingerprint"), "not of test 1.0.0"),
        (setting(1.5, "whole", "n"), r"whole\.n.*valid integer"),
        (setting(-1, "whole", "n"), r"whole\.n.*greater than or equal to 0"),
        (setting("3", "whole", "n"), r"whole\.n.*valid integer"),
        (setting(1 << 60, "whole", "n"), r"whole\.n.*less than or equal"),
        (setting(1, "whole", "names"), r"whole\.names.*not permitted"),
        (setting({}, "whole", "items"), "whole.*not those of the questionnaire"),
        (setting([[6, 3]], "whole", "items", "a"), r"whole\.items\.a.*6 is not a code"),
        (setting([[1, 4]], "whole", "items", "a"), r"whole\.items\.a.*do not add up to the 3"),
        (setting([[3, 5, 3]], "whole", "scales", "one", "people"), "More is answered"),
        (setting([], "whole", "scales", "one", "people"), "do not add up to the 3 rows"),
        (setting([1], "whole", "scales", "one", "complete", "sums"), "not 2 sums"),
        (setting([], "whole", "scales", "one", "complete", "points"), "0 complete rows"),
        (setting([[9, 2]], "whole", "scales", "one", "complete", "points"), "not those of its"),
        (setting([], "relations", "pairs"), "relations.*not those of the questionnaire"),
        (setting([[1]], "relations", "scales", "one", "products"), "not those of 2 items"),
        (setting(["x"], "crossing", "cells", 0, "values"), "not one value per column"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], None], said: str
) -> None:
    wrong = document()
    change(wrong)
    with pytest.raises(ResponsesError, match=said):
        load(json.dumps(wrong).encode(), DEFINITION, "part.json")


def test_groups_have_no_more_rows_than_everybody() -> None:
    wrong = document()
    wrong["groups"]["unit"]["z"] = wrong["whole"]
    with pytest.raises(ResponsesError, match=r"part\.json, groups\.unit.*5 rows.*has 3"):
        load(json.dumps(wrong).encode(), DEFINITION, "part.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"a,b\n1,2\n"])
def test_what_is_no_tally_is_refused(content: bytes) -> None:
    with pytest.raises(ResponsesError, match="part"):
        load(content, DEFINITION, "part")
