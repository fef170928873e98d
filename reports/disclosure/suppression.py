"""Which groups of a tree may be shown for one item or scale: R2, R3, R4 and the bounds.

Why it is enough to look at remainders: the groups of a tree lie within or outside each other,
so the span of the shown groups is also spanned by their remainders (a shown group minus its
shown children). Remainders do not overlap; so the 0/1 vectors in the span are exactly the
unions of remainders, and a union of fit remainders is fit: it has at least as many persons, and
outside its largest cell at least as many as the parts have outside theirs. Remainders across
several levels (the whole minus shown teams) are such unions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import sub

from reports.disclosure.bounds import Interval, tree_bounds
from reports.disclosure.groups import Group
from reports.disclosure.limits import LEAST_WIDTH, UNITS_JOINED
from reports.disclosure.piles import Pile
from reports.disclosure.rules import Rule, Verdict
from reports.disclosure.told import Form, is_narrow

Said = Mapping[str, tuple[Interval, ...] | None]  # per shown group what one form tells


@dataclass(frozen=True)
class Families:
    """The tree with what every variable shares.

    `rows` are the responses per group, which rank siblings alike for every variable, so that
    items and scales hide the same sibling. `merged` are the groups whose own rows come from two
    or more units that were too small to be stored apart. `overfull` groups hold more responses
    than people: an outsider may know most of their answers, so they protect nobody.
    """

    tree: Group
    rows: Mapping[str, int]
    threshold: int
    merged: frozenset[str] = frozenset()
    overfull: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """One item or scale: its pile per group, the step from which it is shown (R2).

    `banned` groups may not show it for a reason outside this variable. `forms` say what
    a shown cell gives away in each of its released forms; none: nothing to bound.
    """

    piles: Mapping[str, Pile]
    step: int
    banned: frozenset[str] = frozenset()
    forms: tuple[Form, ...] = ()


def shown_groups(families: Families, question: Question) -> Verdict:
    """The groups of the tree that may show this variable; hiding only, until nothing changes."""
    hidden: dict[str, Rule] = {}
    for group in families.tree.walk():
        rule = hidden_by(families, question, group.id)
        if rule is not None:
            hidden[group.id] = rule
    shown = {group.id for group in families.tree.walk()} - hidden.keys()
    said = [{name: form.told(question.piles[name]) for name in shown} for form in question.forms]
    while True:
        for name in _hide_below_hidden(families.tree, shown):
            hidden[name] = "remainder"
        if (hide := _unfit_remainder(families, question, shown)) is not None:
            hidden[hide] = "remainder"
        elif (hide := _pinned_down(families, question, shown, said)) is not None:
            hidden[hide] = "bounds"
        else:
            return Verdict(frozenset(shown), hidden)
        shown.discard(hide)


def hidden_by(families: Families, question: Question, name: str) -> Rule | None:
    """The rule that hides a group whatever else is shown; None where it may be shown."""
    pile = question.piles[name]
    if not pile.showable(question.step, is_whole=name == families.tree.id):
        return "step" if pile.n < question.step else "alike"
    if name in question.banned:
        return "links"
    return "stuffed" if name in families.overfull else None


def remainder(group: Group, piles: Mapping[str, Pile], shown: frozenset[str] | set[str]) -> Pile:
    """The persons of a shown group who are in none of its shown children."""
    inside = (piles[child.id] for child in group.children if child.id in shown)
    return reduce(sub, inside, piles[group.id])


def _hide_below_hidden(tree: Group, shown: set[str]) -> list[str]:
    hidden = []
    for group in tree.walk():
        if group.id not in shown:
            hidden += [child.id for child in group.children if child.id in shown]
            shown.difference_update(hidden)
    return hidden


def _shown_in_tree(tree: Group, shown: set[str]) -> Iterator[Group]:
    return (group for group in tree.walk() if group.id in shown)


def _unfit_remainder(families: Families, question: Question, shown: set[str]) -> str | None:
    for group in _shown_in_tree(families.tree, shown):
        if not _remainder_holds(families, question, group, shown):
            return _one_more(families, group, shown)
    return None


def _remainder_holds(families: Families, question: Question, group: Group, shown: set[str]) -> bool:
    """R3: nobody is left over, or what is left over is fit and joins enough hidden groups."""
    piles = question.piles
    left = remainder(group, piles, shown)
    if not left.n:
        return True
    hidden = [child for child in group.children if child.id not in shown and piles[child.id].n]
    real = [reduce(sub, _stuffed(families, child, piles), piles[child.id]) for child in hidden]
    units = sum(pile.n > 0 for pile in real) + UNITS_JOINED * (group.id in families.merged)
    if hidden and units < UNITS_JOINED:
        return False
    stuffed = [pile for child in hidden for pile in _stuffed(families, child, piles)]
    if not stuffed and not _shown_children(group, shown):
        return True  # what is left over is the group itself, which is shown
    return reduce(sub, stuffed, left).fit(families.threshold)


def _stuffed(families: Families, group: Group, piles: Mapping[str, Pile]) -> list[Pile]:
    """The outermost piles inside a group that hold more responses than people."""
    if group.id in families.overfull:
        return [piles[group.id]]
    return [pile for child in group.children for pile in _stuffed(families, child, piles)]


def _shown_children(group: Group, shown: set[str]) -> list[Group]:
    return [child for child in group.children if child.id in shown]


def _one_more(families: Families, group: Group, shown: set[str]) -> str:
    """The smallest shown child (ties by id); the group itself when none is left."""
    children = _shown_children(group, shown)
    if not children:
        return group.id
    return min(children, key=lambda child: (families.rows[child.id], child.id)).id


def _pinned_down(
    families: Families, question: Question, shown: set[str], said: Sequence[Said]
) -> str | None:
    """One more to hide, where the shown values pin a hidden group down to a narrow interval.

    The whole is not hidden for the sake of a group that is fit, since a fit group may be known.
    """
    piles, whole = question.piles, families.tree.id
    places = [
        (_one_more(families, group, shown), inside.id)
        for group in _shown_in_tree(families.tree, shown)
        for inside in _hidden_inside(group, shown)
        if piles[inside.id].n
    ]
    places = [
        (one_more, name)
        for one_more, name in places
        if not (one_more == whole and piles[name].fit(families.threshold))
    ]
    if not places:
        return None
    sizes = {name: pile.n for name, pile in piles.items()}
    for form, told in zip(question.forms, said, strict=True):
        bounds = _bounds(families.tree, sizes, form, told, shown)
        for one_more, name in places:
            found = [sums[name] for sums in bounds]
            if is_narrow(form.weights, found, sizes[name], LEAST_WIDTH):
                return one_more
    return None


def _bounds(
    tree: Group, sizes: Mapping[str, int], form: Form, told: Said, shown: set[str]
) -> list[dict[str, Interval]]:
    """Per sum of a form the bounds of every group."""
    known = {name: found for name in shown if (found := told[name]) is not None}
    return [
        tree_bounds(tree, sizes, {name: found[place] for name, found in known.items()})
        for place in range(len(form.weights))
    ]


def _hidden_inside(group: Group, shown: set[str]) -> Iterator[Group]:
    for child in group.children:
        if child.id not in shown:
            yield from child.walk()
