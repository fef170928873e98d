"""The quick way through CSV: blocks of plain numbers without quotation marks, read as arrays.

It takes a block only when nothing about it needs thought; everything else (quotation marks,
ragged rows, texts, codes outside the scale) goes to the csv module, which also finds the words
for what is wrong. Both give the same answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from questionnaires.variables import Variable

Places = NDArray[np.intp]

LONGEST = 6  # characters of a code with its sign
ZERO, MINUS, LINE_END = b"0-\n"


@dataclass(frozen=True, slots=True)
class PlainBlock:
    """A block of complete rows: where each field starts and ends, both (rows, columns)."""

    content: bytes
    starts: Places
    ends: Places

    @classmethod
    def of(cls, text: str, delimiter: str, width: int) -> "PlainBlock | None":
        """The block in `text`; None unless every row is plain and has `width` > 1 fields."""
        if '"' in text or width < 2:  # noqa: PLR2004 - a blank line could be an empty field
            return None
        content = text.replace("\r\n", "\n").encode()
        if b"\r" in content:
            return None
        content += b"" if content.endswith(b"\n") else b"\n"
        found = np.frombuffer(content, np.uint8)
        ends = np.flatnonzero((found == ord(delimiter)) | (found == LINE_END))
        if len(ends) % width:
            return None
        starts = np.concatenate([[0], ends[:-1] + 1])
        last = found[ends].reshape(-1, width) == LINE_END
        if not last[:, -1].all() or last[:, :-1].any():
            return None
        return cls(content, starts.reshape(-1, width), ends.reshape(-1, width))

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.starts)

    def texts(self, column: int) -> list[str]:
        """The fields of one column."""
        places = zip(self.starts[:, column].tolist(), self.ends[:, column].tolist(), strict=True)
        return [self.content[start:end].decode() for start, end in places]

    def numbers(self, columns: Sequence[int]) -> tuple[NDArray[np.int32], NDArray[np.bool_]] | None:
        """Values (rows, columns) with what is empty; None where a field is no short integer."""
        starts, ends = self.starts[:, columns], self.ends[:, columns]
        lengths = ends - starts
        longest = int(lengths.max(initial=0))
        if longest > LONGEST:
            return None
        found = np.frombuffer(self.content + bytes(LONGEST), np.uint8)
        minus = (found[starts] == MINUS) & (lengths > 1)
        values = np.zeros(starts.shape, np.int32)
        for place in range(longest):
            digits = found[starts + place] - np.uint8(ZERO)  # wraps around below "0"
            used = (lengths > place) & ~(minus & (place == 0))
            if (used & (digits > 9)).any():  # noqa: PLR2004 - the last digit
                return None
            values = np.where(used, 10 * values + digits, values)
        return np.where(minus, -values, values), lengths == 0


@dataclass(frozen=True)
class PlainReader:
    """Reads the answers of many variables from plain blocks; `columns` beside `variables`."""

    variables: Sequence[Variable]
    columns: Sequence[int]
    missing: frozenset[int]
    not_answered: int

    def answers(self, block: PlainBlock) -> NDArray[np.int32] | None:
        """Codes (rows, variables); None when any field is not one, so that it can be told."""
        numbers = block.numbers(self.columns)
        if numbers is None:
            return None
        values, empty = numbers
        for number, variable in enumerate(self.variables):
            given = values[:, number]
            permitted = (
                np.isin(given, variable.codes, kind="table")
                if variable.codes
                else (given >= variable.minimum) & (given <= variable.maximum)
            )
            if not (permitted | (given < 0) | empty[:, number]).all():
                return None
        unknown = (values < 0) & ~np.isin(values, list(self.missing))
        return np.where(empty | unknown, self.not_answered, values)
