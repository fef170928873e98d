"""The release: the frozen document of a wave, rounded once, the only input of every report.

Its JSON has the tree of `pegel analyse --unprotected` (contract): a hidden value is
`{"hidden": true}`, whatever the rule was. Keys that end in `_0_100` are points from 0 to 100;
`categories` lists the cells of an item with their percent. Reading a release needs no numpy.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from questionnaires.norms import Norms
from questionnaires.text import Text
from reports.disclosure.comparison_documents import (
    against_rest_from_document,
    among_units_from_document,
    comparison_to_document,
    weighted_from_document,
    weighted_to_document,
)
from reports.disclosure.documents import (
    group_from_document,
    group_to_document,
    value_from_document,
    value_to_document,
)
from reports.disclosure.groups import Group, make_breakdown
from reports.disclosure.results import AgainstRest, AmongUnits, GroupResult, Weighted
from reports.disclosure.values import MARKER, Value
from reports.norms import released_tree
from reports.waves import Wave, wave_from_document, wave_to_document

__all__ = ["Ends", "Group", "Release", "ReleaseFacts", "short_hash"]

FORMAT = "release/1"
SHORT_HASH = 16  # hexadecimal digits
Document: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What a report says about the wave besides its numbers; dates are ISO, "" is unknown."""

    title: Text
    first_day: str = ""
    last_day: str = ""
    plan_hash: str = ""
    cosigned: bool = False  # by the staff council
    signed_on: str = ""  # also where the plan was signed on the command line, without an account
    software: str = ""


def short_hash(plan_hash: str) -> str:
    """The first 16 hexadecimal digits in groups of four, for people to compare."""
    return "-".join(plan_hash[start : start + 4] for start in range(0, SHORT_HASH, 4))


@dataclass(frozen=True, slots=True)
class Ends:
    """The codes of an item, as answered, that count as favourable and as unfavourable."""

    favourable: tuple[int, ...]
    unfavourable: tuple[int, ...]


@dataclass(frozen=True)
class Release:
    """Every planned group with its values, each shown or suppressed.

    `groups` holds a result for every group of `tree` and for every category of `breakdowns`, which
    are groups with their categories as children; `column` names what the groups of the tree are
    ("unit", or the column of a file). `threshold` is N of the plan. `ends` has the favourable and
    the unfavourable codes of the items that have such. `waves` are the earlier ones of the series,
    the oldest first. `against_rest` has every group but the whole by scale, `among_units` every
    scale over the units, which are groups without groups inside. `weighted` has the whole by scale,
    weighted to head counts, where the plan says so. `norms` are those that it is read beside.
    """

    questionnaire_id: str
    version: str
    fingerprint: str
    threshold: int
    facts: ReleaseFacts
    tree: Group
    groups: Mapping[str, GroupResult]
    ends: Mapping[str, Ends] = field(default_factory=dict)
    correlations: Mapping[str, Mapping[str, Value[float]]] = field(default_factory=dict)
    column: str = "unit"
    breakdowns: tuple[Group, ...] = ()
    waves: tuple[Wave, ...] = ()
    against_rest: Mapping[str, Mapping[str, AgainstRest]] = field(default_factory=dict)
    among_units: Mapping[str, AmongUnits] = field(default_factory=dict)
    weighted: Mapping[str, Weighted] = field(default_factory=dict)
    norms: Norms | None = None

    @property
    def whole(self) -> GroupResult:
        """The result of everybody together."""
        return self.groups[self.tree.id]

    def planned(self) -> Iterator[Group]:
        """Every group that has a result: the whole, the tree, the categories of breakdowns."""
        yield from self.tree.walk()
        for breakdown in self.breakdowns:
            yield from breakdown.children

    def find(self, group_id: str) -> Group:
        """A planned group.

        Raises:
            KeyError: the release has no such group.
        """
        for group in self.planned():
            if group.id == group_id:
                return group
        raise KeyError(group_id)

    def breakdown(self, group_id: str) -> Group | None:
        """The breakdown to which a category belongs; None for a group of the tree."""
        for planned in self.breakdowns:
            if any(category.id == group_id for category in planned.children):
                return planned
        return None

    def to_document(self) -> Document:
        """The release as plain JSON objects, in the order of definition and plan."""
        columns = self._columns()
        return {
            **self._head(),
            **group_to_document(self.whole, whole=True),
            "correlations": {
                scale: {other: value_to_document(value) for other, value in row.items()}
                for scale, row in self.correlations.items()
            },
            "groups": {
                column: {
                    name: group_to_document(self.groups[key]) | self._norms_to_document(key)
                    for name, key in names.items()
                }
                for column, names in columns.items()
            },
            "comparisons": {
                column: self._comparisons(column, names) for column, names in columns.items()
            },
            "ends": {
                name: {"favourable": list(ends.favourable), "unfavourable": list(ends.unfavourable)}
                for name, ends in self.ends.items()
            },
            "tree": _tree_to_document(self.tree),
            "breakdowns": [breakdown.id for breakdown in self.breakdowns],
            **_waves_to_document(self.waves),
            **self._weighted_to_document(self.tree),
            **self._norms_to_document(self.tree.id),
            **({"norms_file": _norms_file(self.norms)} if self.norms else {}),
        }

    def _norms_to_document(self, group_id: str) -> Document:
        """Nothing where there are no norms, so that such a release is as it always was."""
        return {"norms": released_tree(self.groups[group_id], self.norms)} if self.norms else {}

    def _weighted_to_document(self, group: Group) -> Document:
        """Of the whole, where the plan weights."""
        is_weighted = self.weighted and group is self.tree
        return {"weighted": weighted_to_document(self.weighted)} if is_weighted else {}

    def _head(self) -> Document:
        """What is needed to read any part of the release."""
        return {
            "format": FORMAT,
            "questionnaire": {
                "id": self.questionnaire_id,
                "version": self.version,
                "fingerprint": self.fingerprint,
            },
            "threshold": self.threshold,
            "facts": _facts_to_document(self.facts),
        }

    def _columns(self) -> dict[str, dict[str, str]]:
        """Per column the name of each group in the document, and its id."""
        parts = [group.id for group in self.tree.walk()][1:]
        columns = {self.column: {name: name for name in parts}} if parts else {}
        return columns | {
            breakdown.id: {category.name: category.id for category in breakdown.children}
            for breakdown in self.breakdowns
        }

    def _comparisons(self, column: str, names: Mapping[str, str]) -> Document:
        """Per scale the groups of a column; `names` has their ids by their names."""
        nothing = AmongUnits()
        return {
            scale: comparison_to_document(
                {
                    group: self.against_rest[group][scale]
                    for group in names.values()
                    if scale in self.against_rest.get(group, {})
                },
                self.among_units.get(scale, nothing) if column == self.column else nothing,
                names,
            )
            for scale in self.whole.scales
        }

    def of_group(self, group_id: str) -> Document:
        """One group with what is needed to read it alone.

        Raises:
            KeyError: the release has no such group.
        """
        group, breakdown = self.find(group_id), self.breakdown(group_id)
        column, name = (breakdown.id, group.name) if breakdown else (self.column, group.id)
        alone = {} if group is self.tree else {name: group_id}
        return {
            **self._head(),
            column: name,
            "name": group.name,
            **group_to_document(self.groups[group_id], whole=group is self.tree),
            "comparisons": {column: self._comparisons(column, alone)},
            **_waves_to_document(tuple(wave.of_group(group_id) for wave in self.waves)),
            **self._weighted_to_document(group),
            **self._norms_to_document(group_id),
        }

    def to_json(self) -> str:
        """The release as one line of JSON; equal releases give equal bytes."""
        return json.dumps(self.to_document(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, document: str) -> "Release":
        """A release as it was written by `to_json`.

        Raises:
            ValueError: the document is no release of this format.
        """
        read: Document = json.loads(document)
        if read.get("format") != FORMAT:
            raise ValueError(f"not a document of the format {FORMAT}")
        tree = _tree_from_document(read["tree"])
        columns = read["groups"]
        breakdowns = tuple(
            make_breakdown(name, columns[name]) for name in read.get("breakdowns", ())
        )
        of_tree = [name for name in columns if name not in {part.id for part in breakdowns}]
        column = of_tree[0] if of_tree else "unit"
        groups = {
            name: group_from_document(part) for name, part in columns.get(column, {}).items()
        } | {
            category.id: group_from_document(columns[part.id][category.name])
            for part in breakdowns
            for category in part.children
        }
        return cls(
            questionnaire_id=read["questionnaire"]["id"],
            version=read["questionnaire"]["version"],
            fingerprint=read["questionnaire"]["fingerprint"],
            threshold=read["threshold"],
            facts=_facts_from_document(read["facts"]),
            tree=tree,
            groups={tree.id: group_from_document(read)} | groups,
            ends={
                name: Ends(tuple(ends["favourable"]), tuple(ends["unfavourable"]))
                for name, ends in read["ends"].items()
            },
            correlations={
                scale: {other: value_from_document(value) for other, value in row.items()}
                for scale, row in read["correlations"].items()
            },
            column=column,
            breakdowns=breakdowns,
            waves=tuple(wave_from_document(wave) for wave in read.get("waves", ())),
            **_comparisons_from_document(read["comparisons"], column, breakdowns),
            weighted=weighted_from_document(read.get("weighted", {})),
            norms=Norms.model_validate(read["norms_file"]) if "norms_file" in read else None,
        )


def _waves_to_document(waves: tuple[Wave, ...]) -> Document:
    """Nothing where there are none: such a release is as it was before there were series."""
    return {"waves": [wave_to_document(wave) for wave in waves]} if waves else {}


def _norms_file(norms: Norms) -> Document:
    return norms.model_dump(mode="json", exclude_defaults=True)


def _facts_to_document(facts: ReleaseFacts) -> Document:
    return {
        "title": dict(facts.title.items()),
        "first_day": facts.first_day,
        "last_day": facts.last_day,
        "plan_hash": facts.plan_hash,
        "cosigned": facts.cosigned,
        "signed_on": facts.signed_on,
        "software": facts.software,
    }


def _facts_from_document(read: Document) -> ReleaseFacts:
    return ReleaseFacts(**(read | {"title": Text(read["title"])}))


def _comparisons_from_document(
    read: Document, column: str, breakdowns: tuple[Group, ...]
) -> dict[str, Any]:
    """The fields that hold comparisons; nothing where there is one group alone.

    The first releases had none and wrote the marker in their place.
    """
    read = {
        name: {scale: found for scale, found in scales.items() if found != MARKER}
        for name, scales in read.items()
    }
    ids = {part.id: {one.name: one.id for one in part.children} for part in breakdowns}
    against: dict[str, dict[str, AgainstRest]] = {}
    for name, scales in read.items():
        for scale, found in scales.items():
            for group, one in found["against_rest"].items():
                known = ids[name][group] if name in ids else group
                against.setdefault(known, {})[scale] = against_rest_from_document(one)
    return {
        "against_rest": against,
        "among_units": {
            scale: among_units_from_document(found) for scale, found in read.get(column, {}).items()
        },
    }


def _tree_to_document(group: Group) -> Document:
    parts = [_tree_to_document(child) for child in group.children]
    return {"id": group.id, "name": group.name} | ({"parts": parts} if parts else {})


def _tree_from_document(read: Document) -> Group:
    children = tuple(_tree_from_document(part) for part in read.get("parts", ()))
    return Group(read["id"], read["name"], children=children)
