"""What does not fit in a tally file, its questionnaire or its own numbers."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from reports.layout import Layout
from reports.tallies import Cell
from reports.tally_document import CrossingPart, GroupPart, TallyDocument
from reports.tally_group_checks import Found, of_group
from reports.tally_relation_checks import of_relations

Key = tuple[int, ...]

EVERYBODY = "everybody together"


def contradictions(found: TallyDocument, layout: Layout) -> Found:
    """What does not fit: the place and a sentence."""
    asked = layout.questionnaire
    if found.questionnaire.fingerprint != asked.fingerprint:
        said = found.questionnaire
        theirs = f"{said.id} {said.version} ({said.fingerprint[:12]})"
        ours = f"{asked.id} {asked.version} ({asked.fingerprint[:12]})"
        yield "questionnaire", f"These are tallies of {theirs}, not of {ours}."
        return
    wrong = [*_of_groups(found, layout)]
    yield from wrong
    if wrong:  # what groups say of each other would repeat it
        return
    for column, groups in found.groups.items():
        yield from _of_parts(groups.values(), found.whole, f"groups.{column}", EVERYBODY)
    if found.crossing is not None:
        yield from _of_crossing(found.crossing, found)
    if found.relations is not None:
        yield from of_relations(found.relations, found.whole, layout)


def _of_groups(found: TallyDocument, layout: Layout) -> Found:
    """What is wrong within a group."""
    yield from of_group(found.whole, layout, "whole")
    for column, groups in found.groups.items():
        for value, group in groups.items():
            yield from of_group(group, layout, f"groups.{column}.{value}")
    for number, cell in enumerate(found.crossing.cells if found.crossing else ()):
        yield from of_group(cell, layout, f"crossing.cells.{number}")


def _of_crossing(crossing: CrossingPart, found: TallyDocument) -> Found:
    """Every row is in one cell, and the cells with a value of a column are its group."""
    if sorted(crossing.columns) != sorted(found.groups):
        yield "crossing.columns", "They are not the columns of the groups."
        return
    wrong = [*_of_values(crossing)]
    yield from wrong
    if wrong:
        return
    yield from _of_parts(crossing.cells, found.whole, "crossing", EVERYBODY, is_all=True)
    for at, column in enumerate(crossing.columns):
        cells: dict[str, list[GroupPart]] = {value: [] for value in found.groups[column]}
        for number, cell in enumerate(crossing.cells):
            value = cell.values[at]
            if value in cells:
                cells[value].append(cell)
            elif value is not None:
                yield f"crossing.cells.{number}", f"{column} has no group {value!r}."
        for value, parts in cells.items():
            group, name = found.groups[column][value], f"groups.{column}.{value}"
            yield from _of_parts(parts, group, "crossing", name, is_all=True)


def _of_values(crossing: CrossingPart) -> Found:
    met: set[Cell] = set()
    for number, cell in enumerate(crossing.cells):
        if len(cell.values) != len(crossing.columns):
            yield f"crossing.cells.{number}", "It has not one value per column."
        if cell.values in met:
            yield f"crossing.cells.{number}", "A cell with the same values stands before it."
        met.add(cell.values)


def _of_parts(
    parts: Collection[GroupPart], whole: GroupPart, place: str, name: str, *, is_all: bool = False
) -> Found:
    """Parts have together no more of anything than the whole; `is_all`: just as much."""
    rows = sum(part.n for part in parts)
    if rows > whole.n or (is_all and rows < whole.n):
        yield place, f"The parts have {rows} rows, {name} has {whole.n}."
        return
    together: defaultdict[str, Counter[Key]] = defaultdict(Counter)
    for part in parts:
        for table, counts in _tables(part):
            together[table].update(counts)  # adds
    for table, counts in _tables(whole):
        if not together[table] <= counts or (is_all and together[table] != counts):
            yield f"{place}, {table}", f"The parts do not add up to {name}."


def _tables(group: GroupPart) -> Iterator[tuple[str, Counter[Key]]]:
    """Everything of a group that adds up, by its place."""
    for name, counts in group.items.items():
        yield f"items.{name}", Counter({(code,): n for code, n in counts})
    for name, scale in group.scales.items():
        place, complete = f"scales.{name}", scale.complete
        yield f"{place}.people", Counter({(*key,): n for *key, n in scale.people})
        yield f"{place}.complete.points", Counter({(total,): n for total, n in complete.points})
        for field, row in (("sums", complete.sums), ("squares", complete.squares)):
            yield f"{place}.complete.{field}", Counter({(at,): n for at, n in enumerate(row)})
