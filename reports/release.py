"""The release: the frozen document of a wave, rounded once, the only input of every report.

Its JSON has the tree of `pegel analyse --unprotected` (contract): a hidden value is
`{"hidden": true}`, whatever the rule was. Keys that end in `_0_100` are points from 0 to 100;
`categories` lists the cells of an item with their percent. Reading a release needs no numpy.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from questionnaires.text import Text
from reports.disclosure.documents import (
    group_from_document,
    group_to_document,
    value_from_document,
    value_to_document,
)
from reports.disclosure.groups import Group
from reports.disclosure.results import GroupResult
from reports.disclosure.values import MARKER, Value

__all__ = ["Ends", "Group", "Release", "ReleaseFacts"]

FORMAT = "release/1"
Document: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What a report says about the wave besides its numbers; dates are ISO, "" is unknown."""

    title: Text
    first_day: str = ""
    last_day: str = ""
    plan_hash: str = ""
    cosigned: bool = False
    software: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """The codes of an item, as answered, that count as favourable and as unfavourable."""

    favourable: tuple[int, ...]
    unfavourable: tuple[int, ...]


@dataclass(frozen=True)
class Release:
    """Every planned group with its values, each shown or suppressed.

    `groups` holds a result for every group of `tree`, `column` names what the groups are
    ("unit", or the column of a file). `threshold` is N of the plan. `ends` has the favourable and
    the unfavourable codes of the items that have such.
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

    @property
    def whole(self) -> GroupResult:
        """The result of everybody together."""
        return self.groups[self.tree.id]

    def to_document(self) -> Document:
        """The release as plain JSON objects, in the order of definition and plan."""
        parts = [group.id for group in self.tree.walk()][1:]
        return {
            "format": FORMAT,
            "questionnaire": {
                "id": self.questionnaire_id,
                "version": self.version,
                "fingerprint": self.fingerprint,
            },
            "threshold": self.threshold,
            "facts": _facts_to_document(self.facts),
            **group_to_document(self.whole, whole=True),
            "correlations": {
                scale: {other: value_to_document(value) for other, value in row.items()}
                for scale, row in self.correlations.items()
            },
            "groups": {self.column: {name: group_to_document(self.groups[name]) for name in parts}}
            if parts
            else {},
            "comparisons": {self.column: dict.fromkeys(self.whole.scales, MARKER)} if parts else {},
            "ends": {
                name: {"favourable": list(ends.favourable), "unfavourable": list(ends.unfavourable)}
                for name, ends in self.ends.items()
            },
            "tree": _tree_to_document(self.tree),
        }

    def of_group(self, group_id: str) -> Document:
        """One group with what is needed to read it alone.

        Raises:
            KeyError: the release has no such group.
        """
        whole = self.to_document()
        group = next((group for group in self.tree.walk() if group.id == group_id), None)
        if group is None:
            raise KeyError(group_id)
        head = {key: whole[key] for key in ("format", "questionnaire", "threshold", "facts")}
        is_whole = group_id == self.tree.id
        return {
            **head,
            self.column: group.id,
            "name": group.name,
            **group_to_document(self.groups[group_id], whole=is_whole),
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
        column, parts = next(iter(read["groups"].items()), ("unit", {}))
        groups = {name: group_from_document(part) for name, part in parts.items()}
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
        )


def _facts_to_document(facts: ReleaseFacts) -> Document:
    return {
        "title": dict(facts.title.items()),
        "first_day": facts.first_day,
        "last_day": facts.last_day,
        "plan_hash": facts.plan_hash,
        "cosigned": facts.cosigned,
        "software": facts.software,
    }


def _facts_from_document(read: Document) -> ReleaseFacts:
    return ReleaseFacts(**(read | {"title": Text(read["title"])}))


def _tree_to_document(group: Group) -> Document:
    parts = [_tree_to_document(child) for child in group.children]
    return {"id": group.id, "name": group.name} | ({"parts": parts} if parts else {})


def _tree_from_document(read: Document) -> Group:
    children = tuple(_tree_from_document(part) for part in read.get("parts", ()))
    return Group(read["id"], read["name"], children=children)
