"""What does not fit in a tally file, its questionnaire or its own numbers."""

from collections.abc import Iterable, Iterator

from reports.layout import Layout, sums
from reports.scoring import ScoringKey
from reports.tally_document import GroupPart, RelationsPart, TallyDocument


def contradictions(found: TallyDocument, layout: Layout) -> Iterator[tuple[str, str]]:
    """What does not fit: the place and a sentence."""
    asked = layout.questionnaire
    if found.questionnaire.fingerprint != asked.fingerprint:
        said = found.questionnaire
        theirs = f"{said.id} {said.version} ({said.fingerprint[:12]})"
        ours = f"{asked.id} {asked.version} ({asked.fingerprint[:12]})"
        yield "questionnaire", f"These are tallies of {theirs}, not of {ours}."
        return
    yield from _of_group(found.whole, layout, "whole")
    for column, groups in found.groups.items():
        for value, group in groups.items():
            yield from _of_group(group, layout, f"groups.{column}.{value}")
        yield from _too_many(groups.values(), found.whole.n, f"groups.{column}")
    if found.crossing is not None:
        for place, cell in enumerate(found.crossing.cells):
            yield from _of_group(cell, layout, f"crossing.cells.{place}")
            if len(cell.values) != len(found.crossing.columns):
                yield f"crossing.cells.{place}", "It has not one value per column."
        yield from _too_many(found.crossing.cells, found.whole.n, "crossing")
    if found.relations is not None:
        yield from _of_relations(found.relations, layout)


def _too_many(groups: Iterable[GroupPart], n: int, place: str) -> Iterator[tuple[str, str]]:
    rows = sum(group.n for group in groups)
    if rows > n:
        yield place, f"The groups have {rows} rows, everybody together has {n}."


def _of_group(group: GroupPart, layout: Layout, place: str) -> Iterator[tuple[str, str]]:
    names = [variable.name for variable in layout.variables]
    scales = [key.scale.id for key in layout.keys]
    if {*group.items} != {*names} or {*group.scales} != {*scales}:
        yield place, "Its items and scales are not those of the questionnaire."
        return
    for variable in layout.variables:
        where, counts = f"{place}.items.{variable.name}", group.items[variable.name]
        for code, _ in counts:
            if code not in layout.missing.values() and not variable.permits(code):
                yield where, f"{code} is not a code of it."
        if sum(n for _, n in counts) != group.n:
            yield where, f"Its counts do not add up to the {group.n} rows of the group."
    for number, key in enumerate(layout.keys):
        where = f"{place}.scales.{key.scale.id}"
        yield from _of_scale(group, key, where, layout.points.get(number))


def _of_scale(
    group: GroupPart, key: ScoringKey, place: str, most: int | None
) -> Iterator[tuple[str, str]]:
    scale, k = group.scales[key.scale.id], len(key.items)
    if sum(n for _, _, n in scale.people) != group.n:
        yield place, f"Its persons do not add up to the {group.n} rows of the group."
    if any(answered > k or total >= sums(key) for answered, total, _ in scale.people):
        yield place, f"More is answered or summed up than its {k} items allow."
    in_full = [(total, n) for answered, total, n in scale.people if answered == k]
    complete = sum(n for _, n in scale.complete.points)
    if complete != sum(n for _, n in in_full):
        yield place, f"It has {complete} complete rows, and others by items answered."
    elif key.favourable is None and [*scale.complete.points] != in_full:
        yield place, "The points of its complete rows are not those of its persons."
    if most is not None and any(points >= most for points, _ in scale.complete.points):
        yield place, f"More points are summed up than its {k} items allow."
    if (len(scale.complete.sums), len(scale.complete.squares)) != (k, k):
        yield place, f"Its complete rows have not {k} sums and squares."


def _of_relations(relations: RelationsPart, layout: Layout) -> Iterator[tuple[str, str]]:
    keys = {key.scale.id: key for key in layout.keys}
    names = [*keys]
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    if {*relations.scales} != {*names} or [pair.scales for pair in relations.pairs] != pairs:
        yield "relations", "Its scales are not those of the questionnaire."
        return
    for name, products in relations.scales.items():
        k = len(keys[name].items)
        matrices = (
            products.products,
            products.pair_products,
            products.pair_sums,
            products.pair_counts,
        )
        rows = [len(products.sums), *(len(row) for matrix in matrices for row in matrix)]
        if {*rows} != {k} or any(len(matrix) != k for matrix in matrices):
            yield f"relations.scales.{name}", f"Its sums and products are not those of {k} items."
