"""Responses from a CSV file: columns found by item id, cells checked, rows streamed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice
from pathlib import Path
from typing import Self

import numpy as np

from questionnaires.model import Demographic, Questionnaire
from questionnaires.variables import variables
from reports.csv_cells import BAD, Labels, Reading, explain
from reports.csv_file import BLOCK, CsvFile, refuse
from reports.csv_header import Faults, Header, some
from reports.csv_plain import PlainBlock, PlainReader
from reports.responses import Codes, ResponseTable, answer_type, missing_codes

CELLS = 1 << 19  # cells that are held as text at once
MOST_GROUPS = 10_000


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows with as many fields as the header, and their numbers in the file."""

    numbers: Sequence[int]
    fields: list[list[str]]

    def texts(self, place: int) -> list[str]:
        """The cells of one column."""
        return [fields[place] for fields in self.fields]


class CsvResponses:
    """A CSV file of responses to one version of a questionnaire.

    Columns are found by variable name without regard to case. Every item must have its column;
    a demographic may be left out (its code is then "not in this version"). An empty cell is
    "not answered"; a negative number is the missing kind with that code, else "not answered".
    `groups` are further columns to group rows by; they keep the strings of the file. Use as a
    context manager.

    Raises:
        ResponsesError: on opening, everything that is wrong with the header; at the end of
            `tables`, everything that is wrong with the rows (the first 20 and how many more).
    """

    def __init__(
        self,
        path: Path,
        questionnaire: Questionnaire,
        groups: Sequence[str] = (),
        *,
        cells: int = CELLS,
        block: int = BLOCK,
    ) -> None:
        self.questionnaire = questionnaire
        self.variables = variables(questionnaire)
        self._missing = {str(k): code for k, code in missing_codes(questionnaire.missing).items()}
        wanted = {variable.name: None for variable in self.variables}
        self._cells = cells
        self._rows_read = 0
        self._labels: dict[str, Labels] = {}
        names = wanted.keys() | {name.casefold() for name in groups}
        self._file = CsvFile(path, names, block=block)
        self._header = Header(self._file.header)
        self._places = {name: self._header.find(name) for name in wanted}
        found = {name: self._header.find(name) for name in groups}
        self._groups = {name: place for name, place in found.items() if place is not None}
        self._faults = Faults(path, chain(self._header.faults(), self._absent(found)))
        if self._faults:
            self._file.close()
            self._faults.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the columns, each a sentence."""
        used = {*self._places.values(), *self._groups.values()}
        further = [name for at, name in enumerate(self._header.names) if at not in used]
        left_out = [name for name, place in self._places.items() if place is None]
        found = []
        if further:
            found.append(f"Columns that are left alone: {some(further)}.")
        if left_out:
            found.append(f"Demographics that the file does not have: {some(left_out)}.")
        return tuple(found)

    def tables(self) -> Iterator[ResponseTable]:
        """The rows as tables of bounded size; can be read once."""
        self._labels = {name: Labels(self._negative_is_missing(name)) for name in self._groups}
        n = 0
        texts = self._file.texts()
        left: list[str] = []
        for table in chain(self._plain_tables(texts, left), self._other_tables(texts, left)):
            n += table.n
            if not self._faults:
                yield table
        self._faults.end()
        if not n:
            refuse(
                self._file.path,
                "no-rows",
                "The file has a header and no responses.",
                "Add one row per response.",
            )

    def _plain_tables(self, texts: Iterator[str], left: list[str]) -> Iterator[ResponseTable]:
        """Tables as long as the texts are plain; the first that is not goes to `left`."""
        present = [one for one in self.variables if self._places[one.name] is not None]
        places = [place for place in self._places.values() if place is not None]
        reader = PlainReader(
            present,
            places,
            frozenset(self._missing.values()),
            self._missing["not_answered"],
        )
        where = [number for number, one in enumerate(self.variables) if one in present]
        for text in texts:
            block = PlainBlock.of(text, self._file.delimiter, len(self._header.names))
            codes = block and reader.answers(block)
            if block is None or codes is None:
                left.append(text)
                return
            answers = np.full((block.n, len(self.variables)), self._missing["not_in_version"])
            answers[:, where] = codes
            self._rows_read += block.n
            yield self._table(answers.astype(answer_type(self.variables)), block.texts)

    def _other_tables(self, texts: Iterator[str], left: list[str]) -> Iterator[ResponseTable]:
        readings = {variable.name: Reading(variable, self._missing) for variable in self.variables}
        for rows in self._batches(chain(left, texts)):
            yield self._table(self._answers(rows, readings), rows.texts)

    def _table(self, answers: Codes, texts: Callable[[int], list[str]]) -> ResponseTable:
        groups = {
            name: self._labels[name].column(texts(place)) for name, place in self._groups.items()
        }
        self._too_many_groups()
        return ResponseTable(self.questionnaire, self.variables, answers, groups)

    def _batches(self, texts: Iterable[str]) -> Iterator[_Rows]:
        """All rows; blank lines are passed over, ragged ones are faults."""
        width = len(self._header.names)
        size = max(1, self._cells // width)
        above = self._file.header_row + self._rows_read
        records = self._file.records(texts, above)
        first = above + 1
        while batch := list(islice(records, size)):
            numbers: Sequence[int] = range(first, first + len(batch))
            first += len(batch)
            if set(map(len, batch)) != {width}:
                self._ragged(numbers, batch, width)
                kept = [len(fields) == width for fields in batch]
                numbers, batch = [*compress(numbers, kept)], [*compress(batch, kept)]
            yield _Rows(numbers, batch)

    def _ragged(self, numbers: Iterable[int], batch: list[list[str]], width: int) -> None:
        for number, fields in zip(numbers, batch, strict=True):
            if len(fields) != width and any(map(str.strip, fields)):
                self._faults.add(
                    f"row {number}",
                    "fields",
                    f"This row has {len(fields)} fields, the header has {width}.",
                    "Put text that contains the delimiter in quotation marks.",
                )

    def _answers(self, rows: _Rows, readings: Mapping[str, "Reading"]) -> Codes:
        dtype = answer_type(self.variables)
        answers = np.empty((len(self.variables), len(rows.fields)), dtype)
        for number, variable in enumerate(self.variables):
            place = self._places[variable.name]
            if place is None:
                answers[number] = self._missing["not_in_version"]
                continue
            texts = rows.texts(place)
            codes = map(readings[variable.name].__getitem__, texts)
            answers[number] = np.fromiter(codes, dtype, len(texts))
            for at in np.flatnonzero(answers[number] == BAD).tolist():
                where = f"row {rows.numbers[at]}, column {self._header.names[place]}"
                self._faults.add(where, "value", *explain(variable, texts[at].strip()))
        return answers.T

    def _too_many_groups(self) -> None:
        for name, label in self._labels.items():
            if len(label) > MOST_GROUPS:
                refuse(
                    self._file.path,
                    "groups",
                    f"The column {name} has more than {MOST_GROUPS} different values.",
                    "Name a column that holds groups, not numbers of persons.",
                )

    def _negative_is_missing(self, column: str) -> bool:
        return column.casefold() in self._places

    def _absent(self, groups: Mapping[str, int | None]) -> Iterator[tuple[str, str, str, str]]:
        for variable in self.variables:
            optional = isinstance(variable.question, Demographic)
            if self._places[variable.name] is None and not optional:
                yield (
                    "row 1",
                    "absent",
                    f"There is no column for the item {variable.name}.",
                    "Add it; its cells may be empty.",
                )
        for name, place in groups.items():
            if place is None:
                there = some(self._header.names)
                yield (
                    "row 1",
                    "absent",
                    f"There is no column {name}.",
                    f"The columns are {there}.",
                )
