"""The attack itself: tie what belongs to codes to what belongs to responses, and count the hits.

The attacker knows in which order people came, each one's code, unit and breakdown answers, and
which rows appeared with each submission. He lays every order that he finds on the side of the
codes beside every order on the side of the responses, within a unit, forwards and backwards. And
where both sides hold the same kind of thing, he looks for equal values.
"""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from statistics import correlation, mean, median
from typing import Any

from tests.anonymity.chance import expected_hits, most_hits, most_likeness, most_successes
from tests.anonymity.sights import by_person, in_order
from tests.anonymity.town import answers
from tests.anonymity.wave import Turn, Wave

Sorted = Mapping[int, Any]

FEWEST = 10  # people whose order is worth comparing

# Readings that would name the same thing on both sides if rows were carried over.
SAME = (
    ("key", "key"),
    ("xmin", "xmin"),
    ("made by", "made by"),
    ("ended by", "made by"),
    ("next version", "page"),
    ("page", "page"),
)


@dataclass(frozen=True)
class Guess:
    """One way of guessing, tried on `attempts` people, and what chance allows."""

    name: str
    attempts: int
    hits: int
    expected: float
    bound: int
    likeness: float = 0.0
    most_likeness: float = 1.0

    @property
    def finds_something(self) -> bool:
        """Whether it does better than chance can explain."""
        return self.hits > self.bound or self.likeness > self.most_likeness


@dataclass(frozen=True)
class Attack:
    """All guesses at one moment; `candidates`: how many responses each code may belong to."""

    moment: str
    candidates: tuple[int, ...]
    guesses: tuple[Guess, ...]

    @property
    def best(self) -> Guess:
        """The guess that comes farthest."""
        return max(self.guesses, key=lambda guess: (guess.hits / guess.attempts, guess.likeness))

    @property
    def found(self) -> list[str]:
        """What does better than chance; empty when nothing does."""
        return [
            f"{self.moment}: {one.name}: {one.hits} of {one.attempts}, likeness {one.likeness:.2f}"
            for one in self.guesses
            if one.finds_something
        ]

    @property
    def fewest(self) -> int:
        """The smallest number of candidates that a code has."""
        return min(self.candidates)

    @property
    def usual(self) -> float:
        """The median number of candidates."""
        return median(self.candidates)


def attacks(wave: Wave) -> list[Attack]:
    """Every attack on a campaign: at each turn, and at the end with the copies of each moment."""
    by_unit: dict[int, Hashable] = dict(wave.unit_of)
    by_cell: dict[int, Hashable] = {
        person: (unit, breakdown(person)) for person, unit in wave.unit_of.items()
    }
    found = []
    for number, turn in enumerate(wave.turns, 1):
        sides = _across_a_turn(wave, turn)
        for given, groups in (("unit", by_unit), ("unit and breakdown", by_cell)):
            found.append(_attack(f"turn {number}, given {given}", *sides, groups))
    for name, codes in _sides_of_codes(wave).items():
        responses = _side_of_responses(wave)
        for given, groups in (("unit", by_unit), ("unit and breakdown", by_cell)):
            found.append(_attack(f"{name}, given {given}", codes, responses, groups))
    return found


def breakdown(person: int) -> str:
    """What a person answered to a question by which results are broken down: one of two groups."""
    return "a" if answers(person)[1] <= 3 else "b"


def _across_a_turn(wave: Wave, turn: Turn) -> tuple[dict[str, Sorted], dict[str, Sorted]]:
    """Rows before and after a turn. Old ones lie dead in the copy after it."""
    left = _codes(wave, len(turn.old) - 1)
    for sight in (turn.before, turn.after):
        left |= _named(f"{sight.moment} inbox", by_person(sight.readings["inbox"], turn.old))
        left |= _named("codes", by_person(sight.readings["access_codes"], wave.codes))
    right = _named("new", by_person(turn.after.readings["inbox"], turn.new))
    return left, right


def _sides_of_codes(wave: Wave) -> dict[str, dict[str, Sorted]]:
    """What is known of each code from the copies before a turn, after one, and before closing."""
    last = len(wave.units) - 1
    people = {"before a turn": wave.turns[-1].before, "after a turn": wave.turns[-1].after}
    rows = {"before a turn": wave.turns[-1].old, "after a turn": wave.turns[-1].new}
    people["after closing"], rows["after closing"] = wave.before_close[0], wave.sealed
    found = {}
    for moment, sight in people.items():
        side = _codes(wave, last)
        side |= _named("inbox", by_person(sight.readings["inbox"], rows[moment]))
        side |= _named("codes", by_person(sight.readings["access_codes"], wave.codes))
        side |= _named("submissions", by_person(sight.readings["submissions"], wave.submissions))
        found[moment] = side
    late = wave.after_commit[0].readings
    found["after closing"] |= _named("dead inbox", by_person(late["inbox"], wave.sealed))
    found["after closing"] |= _named("dead codes", by_person(late["access_codes"], wave.codes))
    return found


def _side_of_responses(wave: Wave) -> dict[str, Sorted]:
    found: dict[str, Sorted] = {}
    for sight in (wave.after_commit[0], wave.after_close[0]):
        found |= _named(sight.moment, by_person(sight.readings["responses"], wave.stored))
    return found


def _codes(wave: Wave, last: int) -> dict[str, Sorted]:
    people = range(last + 1)
    known = {key: person for key, person in wave.codes.items() if person <= last}
    return {
        "arrival": in_order(people),
        "code": {person: key for key, person in known.items()},
    }


def _named(prefix: str, readings: Mapping[str, Sorted]) -> dict[str, Sorted]:
    return {f"{prefix}: {name}": reading for name, reading in readings.items()}


def _attack(
    moment: str,
    left: Mapping[str, Sorted],
    right: Mapping[str, Sorted],
    groups: Mapping[int, Hashable],
) -> Attack:
    sizes: dict[Hashable, int] = defaultdict(int)
    for group in groups.values():
        sizes[group] += 1
    lefts, rights = _different("codes", left), _different("responses", right)
    guesses = [
        guess
        for a, one in lefts.items()
        for b, other in rights.items()
        for guess in _in_ranks(a, one, b, other, groups)
    ]
    guesses += [
        guess
        for a, one in left.items()
        for b, other in right.items()
        for guess in _as_equals(a, one, b, other, groups)
    ]
    attacked = _people(left) & _people(right)
    candidates = tuple(sizes[groups[person]] for person in sorted(attacked))
    return Attack(moment, candidates, tuple(guesses))


def _different(side: str, readings: Mapping[str, Sorted]) -> dict[str, list[int]]:
    """The orders in which readings put people; one that is the same as another counts once."""
    found: dict[tuple[int, ...], str] = {}
    for name, reading in readings.items():
        order = tuple(_sorted(side, reading))
        if len(order) >= FEWEST:
            found.setdefault(order, name)
    return {name: list(order) for order, name in found.items()}


def _people(side: Mapping[str, Sorted]) -> set[int]:
    return {person for reading in side.values() for person in reading}


def _in_ranks(
    a: str, one: list[int], b: str, other: list[int], groups: Mapping[int, Hashable]
) -> Iterator[Guess]:
    """The first with the first, the second with the second; and the other way round."""
    both = set(one) & set(other)
    if len(both) < FEWEST:
        return
    left = [person for person in one if person in both]
    right = [person for person in other if person in both]
    lefts, rights = _by_group(left, groups), _by_group(right, groups)
    sizes = [len(members) for members in lefts.values()]
    likeness = _likeness(left, right)
    for way in (1, -1):
        hits = sum(
            x == y
            for group, members in lefts.items()
            for x, y in zip(members, rights[group][::way], strict=True)
        )
        yield Guess(
            f"{a} | {b}{'' if way == 1 else ' backwards'}",
            len(both),
            hits,
            expected_hits(sizes),
            most_hits(sizes),
            likeness,
            most_likeness(len(both)),
        )


def _as_equals(
    a: str, one: Sorted, b: str, other: Sorted, groups: Mapping[int, Hashable]
) -> Iterator[Guess]:
    """Whoever has the same value on the other side; where several have it, any of them."""
    if (a.rpartition(": ")[2], b.rpartition(": ")[2]) not in SAME:
        return
    holders: dict[tuple[Hashable, object], list[int]] = defaultdict(list)
    for person in _sorted(b, dict.fromkeys(other, 0)):
        holders[groups[person], other[person]].append(person)
    tried = {
        person: found[0]
        for person, value in one.items()
        if (found := holders.get((groups[person], value)))
    }
    if tried:
        sizes = _sizes(groups, other)
        chance = max(1 / sizes[groups[person]] for person in tried)
        hits = sum(person == guess for person, guess in tried.items())
        expected = sum(1 / sizes[groups[person]] for person in tried)
        bound = most_successes(len(tried), chance)
        yield Guess(f"{a} = {b}", len(tried), hits, expected, bound)


def _sizes(groups: Mapping[int, Hashable], people: Mapping[int, object]) -> dict[Hashable, int]:
    sizes: dict[Hashable, int] = defaultdict(int)
    for person in people:
        sizes[groups[person]] += 1
    return sizes


def _sorted(side: str, reading: Sorted) -> list[int]:
    """People by what a reading says of them; whom it does not tell apart stand in any order."""

    def chance(person: int) -> bytes:
        return hashlib.sha256(f"{side} {person}".encode()).digest()

    return sorted(reading, key=lambda person: (reading[person], chance(person)))


def _by_group(order: list[int], groups: Mapping[int, Hashable]) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for person in order:
        found[groups[person]].append(person)
    return found


def _likeness(one: list[int], other: list[int]) -> float:
    """How much two orders of the same people resemble each other, from 0 to 1."""
    place = {person: number for number, person in enumerate(other)}
    return abs(correlation(range(len(one)), [place[person] for person in one]))


@dataclass(frozen=True)
class Figures:
    """An attack in figures: rates of the best guess, of all on average, of chance, and the bound.

    Beyond `most` a rate is no chance any more. Guesses about fewer than half of the people are
    left out here, because their rates mean little.
    """

    guesses: int
    best: float
    average: float
    chance: float
    most: float


def figures(attack: Attack) -> Figures:
    """The success rates of an attack."""
    told = [guess for guess in attack.guesses if 2 * guess.attempts >= len(attack.candidates)]
    best = max(told, key=lambda guess: guess.hits / guess.attempts)
    return Figures(
        len(attack.guesses),
        best.hits / best.attempts,
        mean(guess.hits / guess.attempts for guess in told),
        best.expected / best.attempts,
        best.bound / best.attempts,
    )


def everything_found(wave: Wave) -> list[str]:
    """What any guess finds beyond chance; empty when the campaign keeps its promise."""
    return [one for attack in attacks(wave) for one in attack.found]
