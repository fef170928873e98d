"""The cells of a CSV file: what a text means as an answer or as a group, and why not."""

import re
from collections.abc import Mapping

import numpy as np

from questionnaires.variables import Variable
from reports.responses import GroupColumn

REMEMBERED = 10_000  # texts per variable

WHOLE = re.compile(r"([+-]?[0-9]{1,18})(?:[.,]0*)?", re.ASCII)
FRACTION = re.compile(r"[+-]?[0-9]*[.,][0-9]+(?:[eE][+-]?[0-9]+)?", re.ASCII)
NOT_AVAILABLE = {"na", "n/a", "nan", "null", "none", ".", "-", "#n/a", "#nv", "k.a.", "k. a."}
BAD = -100  # below every missing code


class Reading(dict[str, int]):
    """The code of each text that a cell of one variable may hold, found out once per text."""

    def __init__(self, variable: Variable, missing: Mapping[str, int]) -> None:
        super().__init__()
        self._variable = variable
        self._codes = {*missing.values()}
        self._not_answered = missing["not_answered"]

    def __missing__(self, text: str) -> int:
        code = self._read(text.strip())
        if len(self) < REMEMBERED:
            self[text] = code
        return code

    def _read(self, text: str) -> int:
        if not text:
            return self._not_answered
        whole = WHOLE.fullmatch(text)
        if whole is None:
            return BAD
        value = int(whole[1])
        if value < 0:
            return value if value in self._codes else self._not_answered
        return value if self._variable.permits(value) else BAD


class Labels(dict[str, int]):
    """The groups of one column in the order in which they are met."""

    def __init__(self, negative_is_missing: bool) -> None:  # noqa: FBT001 - one flag, private
        super().__init__()
        self._negative_is_missing = negative_is_missing

    def __missing__(self, text: str) -> int:
        whole = WHOLE.fullmatch(text.strip())
        negative = self._negative_is_missing and whole and int(whole[1]) < 0
        if negative or not text.strip():
            return -1
        self[text] = len(self)
        return self[text]

    def column(self, texts: list[str]) -> GroupColumn:
        """The grouping of some rows."""
        index = np.fromiter(map(self.__getitem__, texts), np.int32, len(texts))
        return GroupColumn(tuple(self), index)


def explain(variable: Variable, text: str) -> tuple[str, str]:
    """What is wrong with a cell that holds no code, and what to do."""
    shown = repr(text if len(text) <= 40 else text[:40] + "...")  # noqa: PLR2004 - fits a line
    if WHOLE.fullmatch(text):
        return (
            f"{text[:20]} is not a code of {variable.name} ({_permitted(variable)}).",
            "Correct it, or leave the cell empty.",
        )
    if FRACTION.fullmatch(text):
        return (
            f"{shown} is not a whole number.",
            "Give the code as it was answered; averages and filled-in values cannot be counted.",
        )
    if text.casefold() in NOT_AVAILABLE:
        return f"{shown} is text.", "Leave the cell empty where an answer is missing."
    return (
        f"{shown} is text; {variable.name} has codes ({_permitted(variable)}).",
        "Give the code, or leave the cell empty.",
    )


def _permitted(variable: Variable) -> str:
    codes = sorted(variable.codes)
    if not codes or codes == list(range(variable.minimum, variable.maximum + 1)):
        return f"{variable.minimum} to {variable.maximum}"
    return ", ".join(map(str, codes))
