"""The quick way through CSV reads what the csv module reads, or leaves it alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.csv_plain import PlainBlock
from reports.csv_responses import CsvResponses
from reports.errors import ResponsesError
from tests.reports.questionnaires import questionnaire, response_scale

DEFINITION = questionnaire(
    {"some": response_scale([0, 2, 11, 100])},
    {"a": "some", "n": {"kind": "number", "min": 3, "max": 32767}},
)
PLAIN = ["", "0", "2", "11", "100", "-9", "-8", "-5", "-1", "-999", "3", "32767", "007", "-0"]
ODD = ["1", "101", "32768", "99999999", "--1", "-", "+2", " 2", "2.0", "x", "\u0663", "1-1", "/"]
END = st.sampled_from(["\n", "\r\n"])


def read(path: Path, rows: list[tuple[str, str, str]], end: str, header: str) -> object:
    lines = [header, *(",".join(row) for row in rows)]
    path.write_text(end.join(lines), encoding="utf-8", newline="")
    try:
        with CsvResponses(path, DEFINITION, ["g"]) as source:
            return [
                (row, table.groups["g"].values[place] if place >= 0 else None)
                for table in source.tables()
                for row, place in zip(
                    table.answers.tolist(), table.groups["g"].index.tolist(), strict=True
                )
            ]
    except ResponsesError as error:
        return str(error)


@pytest.mark.parametrize("fields", [PLAIN, PLAIN + ODD])
def test_both_ways_agree_on_answers_and_on_faults(
    tmp_path_factory: pytest.TempPathFactory, fields: list[str]
) -> None:
    path = tmp_path_factory.mktemp("plain") / "answers.csv"
    field = st.sampled_from(fields)
    row = st.tuples(field, field, st.sampled_from(["", "x", "ä", "1", "01"]))

    @given(st.lists(row, min_size=1, max_size=12), END)
    def agree(rows: list[tuple[str, str, str]], end: str) -> None:
        quick = read(path, rows, end, "a,n,g")
        careful = read(path, [*rows, ("", "", '""')], end, "a,n,g")  # quotes: the csv module
        if isinstance(careful, list):
            assert careful[:-1] == quick
        else:
            assert careful == quick

    agree()


@pytest.mark.parametrize(
    "text",
    ['1,"2"\n', "1,2\n\n", "1\n2,3\n4\n", "1,2,3\n", "1,2\r3,4\r", "1,2\n3\n", "1,\n2\n,3\n"],
)
def test_what_is_not_plain_is_left_alone(text: str) -> None:
    assert PlainBlock.of(text, ",", 2) is None


def test_a_single_column_is_left_alone() -> None:
    assert PlainBlock.of("1\n\n2\n", ",", 1) is None


def test_rows_are_numbered_on_from_the_plain_blocks(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("a,n\n" + "0,3\n" * 1000 + "0,x\n")
    with (
        CsvResponses(path, DEFINITION, block=256) as source,
        pytest.raises(ResponsesError, match=r"row 1002, column n: 'x'"),
    ):
        assert sum(table.n for table in source.tables()) > 0
