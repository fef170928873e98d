"""CSV as people have it: read rightly, or refused with row, column and remedy."""

import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from questionnaires.model import Questionnaire
from reports.counting import tally
from reports.csv_file import CsvFile
from reports.csv_responses import CsvResponses
from reports.errors import ResponsesError
from reports.responses import ResponseTable
from tests.reports.questionnaires import questionnaire, response_scale

DEFINITION = questionnaire({"five": response_scale([1, 2, 3, 4, 5])}, {"a": "five", "b": "five"})
PLAIN = [[1, 2], [3, -9], [5, 4]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def tables(
    path: Path, *groups: str, definition: Questionnaire = DEFINITION, cells: int = 1 << 19
) -> list[ResponseTable]:
    with CsvResponses(path, definition, groups, cells=cells) as source:
        return list(source.tables())


def rows(path: Path) -> list[list[int]]:
    return [row for table in tables(path) for row in table.answers.tolist()]


def faults(path: Path, *groups: str, definition: Questionnaire = DEFINITION) -> str:
    with pytest.raises(ResponsesError) as caught:
        tables(path, *groups, definition=definition)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n3,\n5,4\n",
        b"a;b\n1;2\n3;\n5;4\n",
        b"a\tb\n1\t2\n3\t\n5\t4\n",
        b"a,b\n1,2\n3,\n5,4",
        b"a,b\r\n1,2\r\n3,\r\n5,4\r\n",
        b"a,b\r1,2\r3,\r5,4\r",
        b"a,b\r1,2\r3,\r5,4",
        b"\xef\xbb\xbfa,b\n1,2\n3,\n5,4\n",
        b'\xef\xbb\xbf"a","b"\n1,2\n3,\n5,4\n',
        b"A,B\n1,2\n3,\n5,4\n",
        b"b,a\n2,1\n,3\n4,5\n",
        b'"a","b"\n"1","2"\n"3",""\n"5","4"\n',
        b" a , b \n 1, 2\n3 , \n5,4\n",
        b"a,b\n1,2\n3,-1\n5,4\n",
        b"a,b\n1,2\n3,-99999999\n5,4\n",
        b"a,b\n1.0,2.\n3.00,\n+5,4\n",
        b"a;b\n1,0;2\n3;\n5;4\n",
        b"a,b\n1,2\n3,\n5,4\n\n\n\r\n",
        b"\n\na,b\n\n1,2\n\n3,\n5,4\n",
        b"sep=;\r\na;b\r\n1;2\r\n3;\r\n5;4\r\n",
        b"\xef\xbb\xbfSEP=,\na,b\n1,2\n3,\n5,4\n",
        b'"sep=;"\na;b\n1;2\n3;\n5;4\n',
        b'a,b,comment\n1,2,"hard, but\nfair"\n3,,"said ""no"""\n5,4,\n',
        'a;b;"Anmerkung, Größe, Straße, Ort"\n1;2;ü\n3;;€\n5;4;😀\n'.encode(),
        "a,b,comment\n1,2,one\u2028two\x0bthree\x85\n3,,\n5,4,\n".encode(),
    ],
)
def test_the_same_answers_in_every_spelling(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert rows(file) == PLAIN


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_size_of_a_block_changes_nothing(file: Path, end: str, size: int) -> None:
    lines = ["a,b,comment", "1,2,ä", '3,,"x\ny"', "5,4,😀", ""]
    file.write_bytes(end.join(lines).encode())
    source = CsvFile(file, ["a", "b"], block=size)
    assert source.header == ["a", "b", "comment"]
    assert list(source.records(source.texts(), 1)) == [
        ["1", "2", "ä"],
        ["3", "", "x\ny"],
        ["5", "4", "😀"],
    ]
    source.close()


@pytest.mark.parametrize("cells", [1, 2, 5, 100])
def test_the_size_of_a_batch_changes_nothing(file: Path, cells: int) -> None:
    file.write_text("a,b,g\n1,2,x\n\n3,,y\n5,4,\n2,2,x\n")
    found = [
        (row, column.values[place] if place >= 0 else None)
        for table in tables(file, "g", cells=cells)
        for column in [table.groups["g"]]
        for row, place in zip(table.answers.tolist(), column.index.tolist(), strict=True)
    ]
    assert found == [([1, 2], "x"), ([3, -9], "y"), ([5, 4], None), ([2, 2], "x")]


def test_declared_missing_codes_keep_their_kind_and_others_are_not_answered(file: Path) -> None:
    file.write_text("a,b\n-5,-6\n-7,-8\n-9,-3\n")
    assert rows(file) == [[-5, -6], [-7, -8], [-9, -9]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n9,4\n", r"answers\.csv, row 3, column a: 9 is not a code of a \(1 to 5\)"),
        ("b,a\n1,0\n", r"row 2, column a: 0 is not a code"),
        ("A,b\n7,2\n", r"row 2, column A: 7 is not a code"),
        ("a,b\n1,99999999999999999\n", r"row 2, column b: 9999999999\d* is not a code"),
        ("a,b\n1,999999999999999999999999\n", r"row 2, column b"),
        ("a,b\n1,x\n", r"row 2, column b: 'x' is text; b has codes \(1 to 5\)"),
        ("a,b\n1,NA\n", r"row 2, column b: 'NA' is text\. Leave the cell empty"),
        ("a,b\n1,\u0663\n", r"row 2, column b: '\u0663' is text"),
        ("a,b\n1,1e0\n", r"row 2, column b: '1e0' is text"),
        ("a,b\n1,3.5\n", r"row 2, column b: '3\.5' is not a whole number"),
        ("a;b\n1;3,5\n", r"row 2, column b: '3,5' is not a whole number"),
        ("a,b\n1,-3.5\n", r"row 2, column b: '-3\.5' is not a whole number"),
        ("a,b\n\n\n1,8\n", r"row 4, column b: 8"),
        ('a,b,c\n1,2,"x\ny"\n1,8,\n', r"row 3, column b: 8"),
        ("sep=;\na;b\n1;8\n", r"row 2, column b: 8"),
        ("a,b\n1,2\n1,2,3\n", r"row 3: This row has 3 fields, the header has 2\."),
        ("a,b\n1,2\n1\n", r"row 3: This row has 1 fields, the header has 2\."),
        ("a,c\n1,2\n", r"row 1: There is no column for the item b\."),
        ("a,b,A\n1,2,3\n", r"row 1: The columns 1, 3 have the same name.*: a, A\."),
        ("a,b,x,X\n1,2,3,4\n", r"The columns 3, 4 have the same name"),
        ("", r"The file is empty"),
        ("\n\n \n", r"The file is empty"),
        ("\ufeff", r"The file is empty"),
        ("a,b\n", r"a header and no responses"),
        ("a,b", r"a header and no responses"),
        ("a,b\n\n\n", r"a header and no responses"),
        ('a,b\n1,"2\n3,4\n', r"row 2: A field does not end.*Close the quotation mark"),
        ('a,"b\n1,2\n', r"row 1: A field does not end"),
        ('a,b\n1,"2"x\n', r"row 2: The quotation marks of this row do not fit"),
        ('a,b,c\n1,2,"%s"\n' % ("x" * 200_000), r"row 2: A field is longer than 131072 characters"),
    ],
)
def test_bad_files_are_refused_with_place_and_remedy(file: Path, content: str, said: str) -> None:
    file.write_text(content, encoding="utf-8", newline="")
    assert re.search(said, faults(file)), faults(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b,ort\n1,2,Köln\n".encode("latin-1"), "byte 0xF6 at position 13 is not UTF-8"),
        ("a,ä,b\n1,2,3\n".encode("cp1252"), "line 1: The byte 0xE4 at position 2 "),
        (b"\xef\xbb\xbfa,b,c\n1,2,\xe4\n", "line 2: The byte 0xE4 at position 13 "),
        ("a,b\n1,2\n".encode("utf-16"), "a text in UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "byte 0x00 stands at position 1"),
        ("a,b\n1,2\n".encode("utf-32"), "a text in UTF-"),
        (b"a,b\n1,\x002\n", "byte 0x00 stands at position 6"),
        (b"\x1f\x8b\x08\x00rest", "a gzip file"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
    ],
)
def test_other_encodings_and_formats_are_named(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    found = faults(file)
    assert said in found
    assert "CSV UTF-8" in found


def test_a_workbook_named_csv_is_recognised(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "a ZIP file, perhaps an Excel or LibreOffice workbook" in faults(file)


def test_a_column_that_begins_with_pk_is_no_archive(file: Path) -> None:
    file.write_text("PK,a,b\n7,1,2\n")
    assert rows(file) == [[1, 2]]


def test_folders_and_missing_files_are_errors_of_the_system(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(OSError, match=str(path)):
            tables(path)


def test_a_line_without_an_end_is_no_csv(file: Path) -> None:
    file.write_bytes(b"x" * (9 << 20))
    assert "more than 8 MB" in faults(file)


def test_many_faults_are_counted_and_the_first_twenty_are_told(file: Path) -> None:
    file.write_text("a,b\n" + "9,x\n" * 500)
    found = faults(file).splitlines()
    assert len(found) == 21
    assert found[-1] == "... and 980 more."


def test_a_grouping_column_that_is_absent_names_those_that_are_there(file: Path) -> None:
    file.write_text("a,b,Amt\n1,2,x\n")
    assert "There is no column team. The columns are a, b, Amt." in faults(file, "team")
    assert tables(file, "AMT")[0].groups["AMT"].values == ("x",)


def test_groups_keep_the_strings_of_the_file(file: Path) -> None:
    file.write_text('a,b,g\n1,2,01\n1,2,1\n1,2," x"\n1,2,\n1,2,"  "\n1,2,-9\n')
    (table,) = tables(file, "g")
    assert table.groups["g"].values == ("01", "1", " x", "-9")
    assert table.groups["g"].index.tolist() == [0, 1, 2, -1, -1, 3]


def test_a_missing_answer_makes_no_group(file: Path) -> None:
    file.write_text("a,b\n1,2\n-9,2\n,2\n")
    (table,) = tables(file, "a")
    assert table.groups["a"].values == ("1",)
    assert table.groups["a"].index.tolist() == [0, -1, -1]


def test_a_column_of_persons_is_no_grouping(file: Path) -> None:
    file.write_text("a,b,id\n" + "".join(f"1,2,{i}\n" for i in range(10_001)))
    assert "id has more than 10000 different values" in faults(file, "id")


def test_demographics_may_be_left_out_but_not_be_wrong(file: Path) -> None:
    definition = questionnaire(
        {"five": response_scale([1, 2])}, {"a": "five"}, demographics={"tenure": "five"}
    )
    file.write_text("a,note\n1,x\n")
    with CsvResponses(file, definition) as source:
        assert source.notes == (
            "Columns that are left alone: note.",
            "Demographics that the file does not have: tenure.",
        )
        assert [table.answers.tolist() for table in source.tables()] == [[[1, -6]]]
    file.write_text("a,tenure\n1,3\n")
    assert "column tenure: 3 is not a code" in faults(file, definition=definition)


def test_numbers_and_multiple_choice_have_their_columns(file: Path) -> None:
    definition = questionnaire(
        {"two": response_scale([1, 2])},
        {
            "n": {"kind": "number", "min": 0, "max": 400},
            "m": {"kind": "multiple-choice", "response": "two"},
            "e": {"kind": "explanation"},
        },
    )
    file.write_text("N,M_1,m_2\n400,1,0\n-9,,1\n")
    (table,) = tables(file, definition=definition)
    assert table.answers.tolist() == [[400, 1, 0], [-9, -9, 1]]
    assert table.answers.dtype == np.int16
    file.write_text("n,m_1,m_2\n401,2,0\n")
    assert re.search(
        r"column n: 401 is not.*\(0 to 400\)(.|\n)*column m_1: 2 is not",
        faults(file, definition=definition),
    )


def test_ten_thousand_columns_of_which_two_are_wanted(file: Path) -> None:
    names = [f"x{place}" for place in range(9_998)]
    row = ",".join(["7"] * 9_998)
    file.write_text(",".join(["a", *names, "b"]) + "\n" + f"1,{row},2\n" * 50)
    with CsvResponses(file, DEFINITION) as source:
        (note,) = source.notes
        assert note.endswith("x9 and 9988 more.")
        assert tally(source.tables(), DEFINITION).whole.items["b"].histogram[2] == 50


def test_memory_does_not_grow_with_the_rows(file: Path) -> None:
    with peak() as small:
        _count(file, 2_000)
    with peak() as large:
        _count(file, 40_000)
    assert large[0] < 1.5 * small[0]


def _count(path: Path, n: int) -> None:
    path.write_text("a,b,g\n" + "1,2,x\n" * n)
    tracemalloc.reset_peak()
    with CsvResponses(path, DEFINITION, ["g"], block=5_000) as source:
        assert tally(source.tables(), DEFINITION, ["g"]).groups["g"]["x"].n == n


@contextmanager
def peak() -> Iterator[list[int]]:
    found: list[int] = []
    tracemalloc.start()
    yield found
    found.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
