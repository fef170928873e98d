"""The weighted whole as a reader of the report works it out, with pencil and paper."""

from collections.abc import Iterator
from typing import Any

from reports.release import Group, Release
from tests.reports.towns import Town


def not_from_paper(town: Town, release: Release) -> list[str]:
    """Scales whose weighted score, or its being shown, is not what the document tells."""
    document = release.to_document()
    groups = {town.tree.id: document, **document["groups"].get("unit", {})}
    return [
        scale
        for scale, found in document["weighted"].items()
        if not _follows(found, paper(town.tree, groups, scale))
    ]


def _follows(found: dict[str, Any], strata: list[tuple[float, ...]]) -> bool:
    if len(strata) < 2:
        return found == {"mean_0_100": {"hidden": True}, "ci95_0_100": {"hidden": True}}
    score = sum(one[0] * one[2] for one in strata) / sum(one[0] for one in strata)
    told = found["mean_0_100"]
    is_near = isinstance(told, int) and abs(told - min(95, max(5, score))) <= 0.5 + 1e-9
    return is_near and isinstance(found["ci95_0_100"], dict) is any(one[3] < 0 for one in strata)


def paper(tree: Group, groups: dict[str, dict[str, Any]], scale: str) -> list[tuple[float, ...]]:
    """Per stratum people, n, score, sd (-1: not told)."""

    def read(group: Group) -> tuple[int, int, int, int | None] | None:
        found, people = groups[group.id]["scales"][scale], group.head_count
        n, score, sd = found["n"], found["mean_0_100"], found["sd_0_100"]
        if people is None or isinstance(n, dict) or isinstance(score, dict):
            return None
        if n >= 30 and not 5 < score < 95:
            return None
        return people, n, score, None if isinstance(sd, dict) else sd

    def strata(group: Group) -> Iterator[tuple[float, ...]]:
        mine = read(group)
        assert mine is not None
        people, n, total, spread = mine[0], mine[1], mine[1] * mine[2], mine[3]
        inside = [(part, found) for part in group.children if (found := read(part)) is not None]
        for part, found in inside:
            yield from strata(part)
            people, n, total = people - found[0], n - found[1], total - found[1] * found[2]
        if n > 0:
            own = spread if not inside else None
            whole = read(tree)
            assert whole is not None
            yield max(n, people), n, total / n, -1 if (sd := own or whole[3]) is None else sd

    return [*strata(tree)] if read(tree) else []
