"""Head counts per unit from a CSV file with the columns unit and eligible."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from reports.csv_file import CsvFile, refuse
from reports.csv_header import Faults, Header, some

COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
COLUMNS = ("unit", "eligible")
NEEDED = "The columns unit and eligible are needed."


def read_eligible(path: Path) -> dict[str, int]:
    """The number of eligible people of each unit, in the order of the file.

    Raises:
        ResponsesError: everything that is wrong with the file, with rows.
        OSError: the file cannot be read.
    """
    with closing(CsvFile(path, COLUMNS)) as file:
        header = Header(file.header)
        unit, eligible = header.find("unit"), header.find("eligible")
        faults = Faults(path, header.faults())
        if unit is None or eligible is None:
            there = some(file.header)
            faults.add("row 1", "absent", NEEDED, f"The columns are {there}.")
            faults.end()
        counts: dict[str, int] = {}
        rows = file.records(file.texts(), file.header_row)
        for row, fields in enumerate(rows, start=file.header_row + 1):
            if any(map(str.strip, fields)):
                for fault in _count(fields, unit or 0, eligible or 0, counts):
                    faults.add(f"row {row}", *fault)
        faults.end()
    if not counts:
        refuse(path, "no-rows", "There is no unit in the file.", "Add one row per unit.")
    return counts


def _count(
    fields: list[str], unit: int, eligible: int, counts: dict[str, int]
) -> Iterator[tuple[str, str, str]]:
    """Take one row into `counts`, or say what is wrong with it."""
    if max(unit, eligible) >= len(fields):
        yield "fields", "A field is missing in this row.", "Give a unit and its head count."
        return
    name, number = fields[unit], fields[eligible].strip()
    if not name.strip():
        yield "unit", "The unit is empty.", "Name the unit as in the responses."
    elif name in counts:
        yield "unit", f"The unit {name} stands here for the second time.", "Remove one of them."
    elif not COUNT.fullmatch(number):
        yield "eligible", f"{number!r} is not a head count.", "Give a whole number from 0."
    else:
        counts[name] = int(number)
