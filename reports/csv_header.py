"""The columns of a CSV file, and everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from questionnaires.errors import Finding
from reports.errors import ResponsesError

LISTED = 20  # faults that are told one by one
NAMED = 10  # columns that are named

Fault = tuple[str, str, str, str]  # where, a code to look up, what is wrong, what to do


class Header:
    """The names of the columns, to be found without regard to case."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._by_name: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            self._by_name.setdefault(name.casefold(), []).append(place)

    def find(self, name: str) -> int | None:
        """The place of a column from 0; None when the file has none of that name."""
        return next(iter(self._by_name.get(name.casefold(), ())), None)

    def faults(self) -> Iterator[Fault]:
        """Columns that have the same name."""
        for name, places in self._by_name.items():
            if name and len(places) > 1:
                numbers = ", ".join(str(place + 1) for place in places)
                same = ", ".join(self.names[place] for place in places)
                yield (
                    "row 1",
                    "equal-columns",
                    f"The columns {numbers} have the same name apart from upper case: {same}.",
                    "Rename or remove all but one.",
                )


class Faults:
    """What is wrong with the rows: the first ones in words, the others counted."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self._path = path
        self._findings: list[Finding] = []
        self._more = 0
        for fault in faults:
            self.add(*fault)

    def __bool__(self) -> bool:
        return bool(self._findings)

    def add(self, place: str, code: str, message: str, remedy: str) -> None:
        """Add one: where, a code to look up, what is wrong, what to do."""
        if len(self._findings) < LISTED:
            where = f"{self._path.name}, {place}"
            self._findings.append(Finding("error", code, message, remedy, path=where))
        else:
            self._more += 1

    def end(self) -> None:
        """Raise ResponsesError when there is any fault."""
        if self._more:
            self._findings.append(Finding("error", "more", f"... and {self._more} more."))
        if self._findings:
            raise ResponsesError(self._findings)


def some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(name or "(without a name)" for name in names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED} more"
