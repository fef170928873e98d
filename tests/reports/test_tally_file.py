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


def adding(*path: str | int) -> Callable[[dict[str, Any]], None]:
    """One more of a number."""

    def change(found: Any) -> None:  # noqa: ANN401 - a tree of anything
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] += 1

    return change


def twice(*path: str | int) -> Callable[[dict[str, Any]], None]:
    """The first entry of a list stands there again."""

    def change(found: Any) -> None:  # noqa: ANN401 - a tree of anything
        for step in path:
            found = found[step]
        found.insert(0, found[0])

    return change


ITEM = ("whole", "items", "a")
SCALE = ("whole", "scales", "one")
COMPLETE = (*SCALE, "complete")
PRODUCTS = ("relations", "scales", "one")
PAIR = ("relations", "pairs", 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (setting("tally/2", "format"), "not a file in the format tally/1"),
        (setting("0" * 64, "questionnaire", "fingerprint"), "not of test 1.0.0"),
        (setting(1.5, "whole", "n"), r"whole\.n.*valid integer"),
        (setting(-1, "whole", "n"), r"whole\.n.*greater than or equal to 0"),
        (setting("3", "whole", "n"), r"whole\.n.*valid integer"),
        (setting(1 << 60, "whole", "n"), r"whole\.n.*less than or equal"),
        (setting([[-(1 << 60), 3]], *ITEM), r"whole\.items\.a.*greater than or equal"),
        (setting(1, "whole", "names"), r"whole\.names.*not permitted"),
        (setting({}, "whole", "items"), "whole.*not those of the questionnaire"),
        (setting([[6, 3]], *ITEM), r"whole\.items\.a.*6 is not a code"),
        (setting([[-3, 3]], *ITEM), r"whole\.items\.a.*-3 is not a code"),
        (setting([[1, 4]], *ITEM), r"whole\.items\.a.*do not add up to the 3"),
        (setting([[1, 1], [1, 2]], *ITEM), r"whole\.items\.a.*twice or out of order"),
        (setting([[2, 1], [1, 2]], *ITEM), r"whole\.items\.a.*twice or out of order"),
        (setting([[3, 5, 3]], *SCALE, "people"), "More is answered"),
        (setting([], *SCALE, "people"), "do not add up to the 3 rows"),
        (twice(*SCALE, "people"), r"whole\.scales\.one.*persons stand twice"),
        (setting([[1, 5, 2], [2, 6, 1]], *SCALE, "people"), "answered more or less than its items"),
        (adding(*SCALE, "people", 0, 1), "more or less points than its items"),
        (setting([1], *COMPLETE, "sums"), "not 2 sums"),
        (setting([], *COMPLETE, "points"), "0 complete rows"),
        (setting([[9, 2]], *COMPLETE, "points"), "not those of its"),
        (twice(*COMPLETE, "points"), "points of its complete rows stand twice"),
        (adding(*COMPLETE, "sums", 0), "sums of its items are not the points"),
        (setting([5, 0], *COMPLETE, "squares"), "squares are not those of its sums"),
        (setting([10, 900], *COMPLETE, "sums"), "more points than all rows"),
        (setting(["unit"], "crossing", "columns"), r"crossing\.columns.*not the columns"),
        (setting(["unit", "unit"], "crossing", "columns"), r"crossing\.columns.*not the columns"),
        (setting(["x"], "crossing", "cells", 0, "values"), "not one value per column"),
        (setting(["z", "1"], "crossing", "cells", 0, "values"), r"cells\.0.*no group 'z'"),
        (twice("crossing", "cells"), r"crossing\.cells\.1.*same values"),
        (setting([], "crossing", "cells"), "crossing: .*0 rows, everybody together has 3"),
        (setting([], "relations", "pairs"), "relations.*not those of the questionnaire"),
        (setting([[1]], *PRODUCTS, "products"), "not those of 2 items"),
        (adding(*PRODUCTS, "n"), r"relations\.scales\.one.*complete rows are not those"),
        (adding(*PRODUCTS, "sums", 0), r"relations\.scales\.one.*complete rows are not those"),
        (adding(*PRODUCTS, "products", 0, 0), "complete rows are not those of everybody"),
        (adding(*PRODUCTS, "products", 0, 1), "turned round"),
        (setting([[17, 0], [0, 20]], *PRODUCTS, "products"), "squared points of everybody"),
        (adding(*PRODUCTS, "pair_counts", 1, 1), "answers are not those of everybody"),
        (adding(*PRODUCTS, "pair_sums", 1, 1), "answers are not those of everybody"),
        (adding(*PRODUCTS, "pair_products", 1, 0), "turned round"),
        (twice(*PAIR, "cells"), r"relations\.pairs\.0.*twice or out of order"),
        (setting(3, *PAIR, "cells", 0, 0), "answered as many items of one"),
        (adding(*PAIR, "cells", 0, 2), "more persons than answered as many items of one"),
        (setting(0, *PAIR, "cells", 0, 5), "squares and products are not those"),
        (setting(900, *PAIR, "cells", 0, 7), "squares and products are not those"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], None], said: str
) -> None:
    wrong = document()
    change(wrong)
    with pytest.raises(ResponsesError, match=said) as refused:
        load(json.dumps(wrong).encode(), DEFINITION, "part.json")
    assert all(finding.path and finding.remedy for finding in refused.value.findings)


def test_groups_have_no_more_of_anything_than_everybody() -> None:
    rows, codes = document(), document()
    rows["groups"]["unit"]["z"] = rows["whole"]
    with pytest.raises(ResponsesError, match=r"part\.json, groups\.unit.*5 rows.*has 3"):
        load(json.dumps(rows).encode(), DEFINITION, "part.json")
    codes["crossing"] = None
    codes["groups"]["unit"]["y"]["items"]["years"] = [[8001, 1]]
    with pytest.raises(ResponsesError, match=r"groups\.unit, items\.years.*not add up to everyb"):
        load(json.dumps(codes).encode(), DEFINITION, "part.json")


def test_cells_have_what_their_groups_have() -> None:
    wrong = document()
    one, _, other = wrong["crossing"]["cells"]
    one["values"], other["values"] = other["values"], one["values"]
    wrong["groups"]["age"] = {"1": wrong["groups"]["age"]["2"], "2": wrong["groups"]["age"]["1"]}
    with pytest.raises(ResponsesError, match=r"crossing, items\.a.*not add up to groups\.age\.1"):
        load(json.dumps(wrong).encode(), DEFINITION, "part.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"a,b\n1,2\n"])
def test_what_is_no_tally_is_refused(content: bytes) -> None:
    with pytest.raises(ResponsesError, match="part"):
        load(content, DEFINITION, "part")
