"""What does not fit in the relations of a tally file, beside the answers of everybody."""

from collections import Counter

from reports.layout import Layout
from reports.scoring import ScoringKey
from reports.tally_document import GroupPart, Matrix, PairPart, ProductsPart, RelationsPart
from reports.tally_group_checks import Found, can_be, is_ascending, moments


def of_relations(relations: RelationsPart, whole: GroupPart, layout: Layout) -> Found:
    """What the relations say that cannot be, or not of everybody: the place and a sentence."""
    names = [key.scale.id for key in layout.keys]
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    if {*relations.scales} != {*names} or [pair.scales for pair in relations.pairs] != pairs:
        yield "relations", "Its scales are not those of the questionnaire."
        return
    for key in layout.keys:
        name = key.scale.id
        place = f"relations.scales.{name}"
        yield from _of_products(relations.scales[name], whole, key, place)
    for number, pair in enumerate(relations.pairs):
        yield from _of_pair(pair, whole, f"relations.pairs.{number}")


def _of_products(found: ProductsPart, whole: GroupPart, key: ScoringKey, place: str) -> Found:
    k, complete = len(key.items), whole.scales[key.scale.id].complete
    matrices = (found.products, found.pair_products, found.pair_sums, found.pair_counts)
    rows = [len(found.sums), *(len(row) for matrix in matrices for row in matrix)]
    if {*rows} != {k} or any(len(matrix) != k for matrix in matrices):
        yield place, f"Its sums and products are not those of {k} items."
        return
    n, own = sum(n for _, n in complete.points), _diagonal(found.products)
    if (found.n, found.sums, own) != (n, complete.sums, complete.squares):
        yield place, "Its complete rows are not those of everybody."
    pairs = (found.pair_counts, found.pair_sums, found.pair_products)
    if [*zip(*map(_diagonal, pairs), strict=True)] != moments(whole, key):
        yield place, "Its answers are not those of everybody."
    if any([*zip(*matrix, strict=True)] != [*matrix] for matrix in (*matrices[:2], matrices[3])):
        yield place, "A product of two items differs from that of the same two turned round."
    if sum(map(sum, found.products)) != sum(n * total**2 for total, n in complete.points):
        yield place, "Its products do not add up to the squared points of everybody."


def _of_pair(pair: PairPart, whole: GroupPart, place: str) -> Found:
    if not is_ascending(pair.cells, 2):
        yield place, "Its cells stand twice or out of order."
    for at, name in enumerate(pair.scales):
        people, cells = Counter[int](), Counter[int]()
        for answered, _, n in whole.scales[name].people:
            people[answered] += n
        for cell in pair.cells:
            cells[cell[at]] += cell[2]
        if not cells <= people:
            yield place, f"It has more persons than answered as many items of {name}."
    for _, _, n, a, b, aa, bb, ab in pair.cells:
        most = (n * aa - a * a) * (n * bb - b * b)  # no correlation is beyond 1
        if not (can_be(n, a, aa) and can_be(n, b, bb) and (n * ab - a * b) ** 2 <= most):
            yield place, "Its squares and products are not those of its sums."


def _diagonal(matrix: Matrix) -> tuple[int, ...]:
    return tuple(row[at] for at, row in enumerate(matrix))
