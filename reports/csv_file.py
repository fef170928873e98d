"""CSV as people have it: encodings, delimiters, line ends, and files that are no CSV at all.

Rows are numbered as a spreadsheet shows them: the header is row 1, blank lines count.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NoReturn, Self

from questionnaires.errors import Finding
from reports.errors import ResponsesError

DELIMITERS = (",", ";", "\t")
LINE_END = b"\n"
BLOCK = 1 << 20  # bytes that are read at once
LONGEST_LINE = 1 << 23  # bytes; nothing sensible is longer
SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[,;\t])"?\s*', re.IGNORECASE)

MAGIC = (
    (b"PK", "a ZIP file, perhaps an Excel or LibreOffice workbook"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF file"),
    (b"\xff\xfe", "a text in UTF-16"),
    (b"\xfe\xff", "a text in UTF-16"),
    (b"\x00\x00\xfe\xff", "a text in UTF-32"),
)
SAVE_AS = "Save it as 'CSV UTF-8' in the spreadsheet."


class CsvFile:
    """An open CSV file: its header, and its rows as a stream.

    `wanted` are names that the file is expected to have; they tell the delimiter from
    punctuation inside of names.

    Raises:
        ResponsesError: not a CSV file in UTF-8, or a file without a header.
        OSError: the file cannot be read.
    """

    def __init__(self, path: Path, wanted: Iterable[str], *, block: int = BLOCK) -> None:
        self.path = path
        self._stream = path.open("rb")
        try:
            self._texts = _texts(path, self._stream, block)
            self.delimiter, self.header, self.header_row = self._start({*wanted})
        except BaseException:
            self._stream.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def texts(self) -> Iterator[str]:
        """Everything below `header_row` in parts that end with a line end; can be read once.

        Raises:
            ResponsesError: the bytes are not UTF-8.
        """
        return (text for text in self._texts if text)

    def records(self, texts: Iterable[str], above: int) -> Iterator[list[str]]:
        """The rows in `texts`, blank ones included (as no fields); `above` rows stand above.

        Raises:
            ResponsesError: a quotation mark is never closed or stands in the wrong place, or a
                field is longer than the csv module takes.
        """
        row = above
        lines = chain.from_iterable(io.StringIO(text, newline="") for text in texts)
        try:
            for fields in csv.reader(lines, delimiter=self.delimiter, strict=True):
                row += 1
                yield fields
        except csv.Error as error:
            refuse_row(self.path, row + 1, error)

    def _start(self, wanted: set[str]) -> tuple[str, list[str], int]:
        """Delimiter, header and row of the header; leaves the stream behind the header."""
        lines = _Lines(self._texts)
        row, first = 1, next(lines, None)
        declared = SEPARATOR_LINE.fullmatch(first or "")
        if declared:
            first = next(lines, None)  # spreadsheets hide this line
        while first is not None and not first.strip():
            row, first = row + 1, next(lines, None)
        if first is None:
            refuse(self.path, "empty", "The file is empty.", "Give a CSV with a header.")
        ahead = [first, *islice(lines, 100)] if '"' in first else [first]
        delimiters = (declared["delimiter"],) if declared else DELIMITERS
        best = _best(self.path, row, [_read_header(ahead, one) for one in delimiters], wanted)
        self._texts = chain(["".join(ahead[best.lines :])], lines.rest())
        return best.delimiter, [name.strip() for name in best.fields], row


class _Lines:
    """The lines of several texts, and what is left of them."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._current = io.StringIO("", newline="")

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        while not (line := self._current.readline()):
            self._current = io.StringIO(next(self._texts), newline="")
        return line

    def rest(self) -> Iterator[str]:
        """The texts behind the last line."""
        yield self._current.read()
        yield from self._texts


@dataclass(frozen=True, slots=True)
class _Header:
    """The header as one delimiter would have it."""

    delimiter: str
    fields: list[str]
    lines: int

    def fits(self, wanted: set[str]) -> tuple[int, int]:
        """How many wanted names it has, then how many names at all."""
        names = {name.strip().casefold() for name in self.fields}
        return len(names & wanted), len(self.fields)


def _read_header(lines: Sequence[str], delimiter: str) -> _Header | csv.Error:
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    try:
        return _Header(delimiter, next(reader), reader.line_num)
    except csv.Error as error:
        return error


def _best(path: Path, row: int, found: Sequence[_Header | csv.Error], wanted: set[str]) -> _Header:
    """The header that fits best; quotation marks may only fit with the right delimiter."""
    readable = [header for header in found if isinstance(header, _Header)]
    broken = [error for error in found if isinstance(error, csv.Error)]
    best = max(readable, key=lambda header: header.fits(wanted), default=None)
    if best is None or (broken and best.fits(wanted)[0] == 0):
        refuse_row(path, row, broken[0])
    return best


def refuse(path: Path, code: str, message: str, remedy: str, place: str = "") -> NoReturn:
    """Refuse the whole file."""
    where = f"{path.name}, {place}" if place else path.name
    raise ResponsesError([Finding("error", code, message, remedy, path=where)])


def refuse_row(path: Path, row: int, error: csv.Error) -> NoReturn:
    """Refuse the file because of what the csv module says about a row."""
    said = str(error)
    if "field limit" in said:
        message = f"A field is longer than {csv.field_size_limit()} characters."
        remedy = "Shorten it, or look for a quotation mark that is never closed."
    elif "unexpected end" in said:
        message = "A field does not end: its closing quotation mark is missing."
        remedy = "Close the quotation mark, or write it twice where it belongs to the text."
    else:
        message = f"The quotation marks of this row do not fit ({said})."
        remedy = "Put the whole field in quotation marks and double those inside."
    refuse(path, "quotes", message, remedy, f"row {row}")


def _texts(path: Path, stream: BinaryIO, size: int) -> Iterator[str]:
    """The file decoded, in parts that end with a line end: LF, CR LF or a lone CR."""
    start = 0
    line = 1
    for block in _blocks(path, stream, size):
        if start == 0:
            _recognise(path, block)
        if b"\x00" in block:
            place = start + block.index(b"\x00")
            refuse(
                path,
                "nul",
                f"The byte 0x00 stands at position {place}: this is no text, or one in UTF-16.",
                SAVE_AS,
            )
        try:
            yield block.decode("utf-8-sig" if start == 0 else "utf-8")
        except UnicodeDecodeError as error:
            # utf-8-sig counts from behind the mark
            skipped = 3 if start == 0 and block.startswith(b"\xef\xbb\xbf") else 0
            place = skipped + error.start
            refuse(
                path,
                "encoding",
                f"The byte 0x{block[place]:02X} at position {start + place} is not UTF-8.",
                SAVE_AS,
                f"line {line + block[:place].count(LINE_END)}",
            )
        start += len(block)
        line += block.count(LINE_END)


def _blocks(path: Path, stream: BinaryIO, size: int) -> Iterator[bytes]:
    """The file in parts that end with a line end, the last one perhaps without."""
    rest = b""
    while block := stream.read(size):
        rest += block
        # a \r at the very end may be half of a \r\n
        cut = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, len(rest) - 1)) + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > LONGEST_LINE:
            refuse(path, "line", "A line has more than 8 MB: this is no CSV file.", SAVE_AS)
    if rest:
        yield rest


def _recognise(path: Path, block: bytes) -> None:
    """Refuse what is certainly something else, by its first bytes."""
    for magic, what in MAGIC:
        if block.startswith(magic) and (magic != b"PK" or block[2:4] in {b"\3\4", b"\5\6"}):
            refuse(path, "not-csv", f"This is {what}, not a CSV file.", SAVE_AS)
