"""`pegel questionnaire diff`: what changed, how far the number must rise, what may be trended."""

import json
import re
from pathlib import Path
from typing import Any

from questionnaires import loader, registry
from questionnaires.model import Questionnaire
from questionnaires.versions import (
    Bump,
    Change,
    Trend,
    bump_between,
    changes,
    least_bump,
    new_languages,
    rises_enough,
    trends,
)
from survey.cli.saying import AsJson

REFERENCE = re.compile(r"(?P<id>[a-z][a-z0-9-]*)@(?P<version>\d+\.\d+\.\d+)")


def diff(
    old: str,
    new: str,
    /,
    *,
    as_json: AsJson = False,
) -> int:
    """Compare two versions: every change, the least bump, and what may be drawn as one line.

    The exit code is 1 when the number of NEW rises less than its changes ask for.

    Example: pegel questionnaire diff change-climate@1.0.0 my-change-climate.yaml

    Parameters
    ----------
    old
        The earlier version: a file, or one that comes with Pegel, as in change-climate@1.0.0.
    new
        The later version.
    as_json
        Print JSON for programs.
    """
    before, after = _read(old), _read(new)
    found = changes(before, after)
    least, actual = least_bump(found), bump_between(before.version, after.version)
    holds = rises_enough(least, actual)
    between = registry.versions(after.id)
    lines = trends(before, after, between)
    fresh = new_languages(before, after, between)
    if as_json:
        tree = _tree(before, after, found, lines) | {"new_languages": fresh}
        print(json.dumps(tree | {"permitted": holds}, indent=2, ensure_ascii=False))
    else:
        print("\n".join([*_changes(found), *_trends(before, after, lines, fresh)]))
        print(_verdict(before, after, least, actual))
    return 0 if holds else 1


def _read(named: str) -> Questionnaire:
    reference = REFERENCE.fullmatch(named)
    if reference and not Path(named).exists():
        return registry.get(reference["id"], reference["version"])
    return loader.load(Path(named))


def _changes(found: tuple[Change, ...]) -> list[str]:
    return [f"{one.bump:9s} {one.said}" for one in found] or ["Nothing changed."]


def _trends(
    old: Questionnaire, new: Questionnaire, lines: tuple[Trend, ...], fresh: tuple[str, ...]
) -> list[str]:
    said = ["", f"Trend from {old.version} to {new.version}:"]
    for line in lines:
        items = f" on {', '.join(line.items)}" if line.line == "bridge" else ""
        why = f" ({'; '.join(map(str, line.reasons))})" if line.reasons else ""
        said.append(f"  {line.scale}: {line.line}{items}{why}")
    return [*said, *([f"  new in: {', '.join(fresh)}"] if fresh else []), ""]


def _verdict(
    old: Questionnaire, new: Questionnaire, least: Bump | None, actual: Bump | None
) -> str:
    rise = f"{old.version} to {new.version} is {actual or 'no rise'}"
    if least == "forbidden":
        return f"Refused: some of these changes are never permitted; {rise}."
    if least is None:
        return f"No change asks for a new number; {rise}."
    if not rises_enough(least, actual):
        return f"Refused: at least a {least} version is needed; {rise}."
    return f"Permitted: at least a {least} version is needed; {rise}."


def _tree(
    old: Questionnaire, new: Questionnaire, found: tuple[Change, ...], lines: tuple[Trend, ...]
) -> dict[str, Any]:
    return {
        "old": {"id": old.id, "version": old.version, "fingerprint": old.fingerprint},
        "new": {"id": new.id, "version": new.version, "fingerprint": new.fingerprint},
        "least_bump": least_bump(found),
        "bump": bump_between(old.version, new.version),
        "changes": [
            {"bump": one.bump, "code": one.code, "path": one.path, "message": one.said}
            for one in found
        ],
        "trends": {
            one.scale: {
                "line": one.line,
                "items": one.items,
                "reasons": [str(reason) for reason in one.reasons],
            }
            for one in lines
        },
    }
