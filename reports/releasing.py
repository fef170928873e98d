"""Releasing: from tallies to the frozen release, the one place where the rules are applied."""

from collections.abc import Mapping, Sequence

from questionnaires.model import Questionnaire
from reports.cube import Cube
from reports.disclosure.comparisons import against_rest, among_units
from reports.disclosure.detail import released_correlations
from reports.disclosure.groups import Group, make_breakdown
from reports.disclosure.unions import Work
from reports.disclosure.weighting import weighted
from reports.release import Ends, Release, ReleaseFacts
from reports.tallies import Tallies
from reports.tally import Tally, merge

FLOOR = 5  # no plan goes below
NOTHING: Mapping[str, Sequence[str]] = {}


def make_release(
    questionnaire: Questionnaire,
    tree: Group,
    tallies: Mapping[str, Tally],
    threshold: int,
    facts: ReleaseFacts,
    *,
    column: str = "unit",
    whole: Tally | None = None,
    breakdowns: Mapping[str, Sequence[str]] = NOTHING,
    crossed: Tallies | None = None,
    by_head_counts: bool = False,
) -> Release:
    """The release of one wave.

    `tallies` are by stored group: a leaf of `tree`, or a group into which smaller ones were
    merged; a group without rows may be left out. `whole` is the tally of everybody, also of
    rows that belong to no group; by default the groups together, without correlations.
    `threshold` is N. `breakdowns` has the planned values of each column; their tallies are in
    `crossed`, with all columns crossed. `by_head_counts` adds the whole weighted to the head
    counts of `tree`.

    Raises:
        ValueError: the threshold is below the floor, a tally belongs to no group, or a category
            has the id of a group.
    """
    cube = make_cube(
        questionnaire,
        tree,
        tallies,
        threshold,
        column=column,
        whole=whole,
        breakdowns=breakdowns,
        crossed=crossed,
    )
    return freeze(cube, facts, by_head_counts=by_head_counts)


def freeze(cube: Cube, facts: ReleaseFacts, *, by_head_counts: bool = False) -> Release:
    """The release of a cube, with what is worked out from its values; see `make_release`."""
    results, tree = cube.results(), cube.tree
    current = [scale.id for scale in cube.questionnaire.scales if scale.target_of is None]
    units = [group.id for group in tree.walk() if not group.children]
    return Release(
        questionnaire_id=cube.questionnaire.id,
        version=cube.questionnaire.version,
        fingerprint=cube.questionnaire.fingerprint,
        threshold=cube.threshold,
        facts=facts,
        tree=tree,
        groups=results,
        ends={
            name: Ends(tuple(sorted(ends.favourable)), tuple(sorted(ends.unfavourable)))
            for name, ends in cube.ends.items()
            if ends
        },
        correlations=released_correlations(cube.tallies[tree.id], results[tree.id].scales),
        column=cube.column,
        breakdowns=cube.breakdowns,
        against_rest={
            name: against_rest(
                {scale: found.scales[scale] for scale in current},
                results[tree.id].scales,
                cube.threshold,
            )
            for name, found in results.items()
            if name != tree.id
        },
        among_units={
            scale: among_units({unit: results[unit].scales[scale].score for unit in units})
            for scale in current
        },
        weighted={
            scale: weighted(
                tree, {group.id: results[group.id].scales[scale] for group in tree.walk()}
            )
            for scale in results[tree.id].scales
        }
        if by_head_counts
        else {},
    )


def make_cube(
    questionnaire: Questionnaire,
    tree: Group,
    tallies: Mapping[str, Tally],
    threshold: int,
    *,
    column: str = "unit",
    whole: Tally | None = None,
    breakdowns: Mapping[str, Sequence[str]] = NOTHING,
    crossed: Tallies | None = None,
    work: Work | None = None,
) -> Cube:
    """The cube of a release, with everything that must not be told; see `make_release`.

    `work` limits what is spent on the guard of the breakdowns.
    """
    if threshold < FLOOR:
        raise ValueError(f"the threshold {threshold} is below the floor of {FLOOR}")
    known = {group.id for group in tree.walk()}
    if unknown := tallies.keys() - known:
        raise ValueError(f"tallies of unknown groups: {', '.join(sorted(unknown))}")
    planned = tuple(make_breakdown(name, values) for name, values in breakdowns.items())
    categories = _by_category(planned, crossed)
    if twice := known & categories.keys():
        raise ValueError(f"groups and categories of one name: {', '.join(sorted(twice))}")
    return Cube(
        questionnaire,
        tree,
        _by_group(tree, tallies, whole) | categories,
        _merged(tree, tallies),
        threshold,
        planned,
        column,
        crossed.crossing if crossed else None,
        work or Work(),
    )


def _by_category(planned: Sequence[Group], crossed: Tallies | None) -> dict[str, Tally | None]:
    """The tally of every planned category."""
    groups = crossed.groups if crossed else {}
    return {
        category.id: groups[part.id].get(category.name) if part.id in groups else None
        for part in planned
        for category in part.children
    }


def _by_group(
    tree: Group, tallies: Mapping[str, Tally], whole: Tally | None
) -> dict[str, Tally | None]:
    """The tally of every group: what is stored under its id and everything inside it."""
    together: dict[str, Tally | None] = {}
    for group in tree.walk():
        inside = [tallies[part.id] for part in group.walk() if part.id in tallies]
        together[group.id] = merge(inside) if inside else None
    if whole is not None:
        together[tree.id] = whole
    return together


def _merged(tree: Group, tallies: Mapping[str, Tally]) -> frozenset[str]:
    """Groups whose own rows come from at least two units that were too small to be stored."""

    def leaves_without_rows(group: Group) -> int:
        leaves = (part for part in group.walk() if not part.children)
        return sum(1 for leaf in leaves if leaf.id not in tallies or not tallies[leaf.id].n)

    return frozenset(
        group.id
        for group in tree.walk()
        if group.children
        and group.id in tallies
        and tallies[group.id].n
        and leaves_without_rows(group) > 1
    )
