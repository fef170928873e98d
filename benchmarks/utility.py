"""What the rules of disclosure leave to be seen, and which rule hid the rest.

Values are cells (a group and an item or scale) with as many answers as the threshold alone would
ask for. `python -m benchmarks.utility [lq2002.csv]` adds a real data set, if there is one.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np

from questionnaires.model import Demographic, NumberItem, Questionnaire
from questionnaires.registry import get
from questionnaires.variables import variables
from reports.counting import tally
from reports.csv_responses import CsvResponses
from reports.cube import Cube
from reports.disclosure.groups import Group
from reports.disclosure.participation import participation
from reports.disclosure.unions import Work
from reports.disclosure.values import Suppressed
from reports.grouping import in_order
from reports.releasing import make_cube
from reports.responses import GroupColumn, ResponseTable, answer_type
from survey.demo import town
from survey.demo.answers import invent
from survey.demo.build import RESPONSE_RATES
from survey.domain.merging import merge

THRESHOLD = 7
BREAKDOWNS = ("tenure", "workday")
LEAD = {"lead": range(1, 12), "tsig": range(1, 4), "hostil": range(1, 6)}
RULES = {
    "step": "R2: too few answers for the step",
    "alike": "R4: (nearly) all said the same",
    "remainder": "R3: what is left over in the tree",
    "overlap": "R3: unions across breakdowns",
    "unproven": "R3: not proven in time",
    "bounds": "R3: a hidden group would be pinned down",
    "links": "items and scales give each other away",
    "stuffed": "more responses than people",
}


def main() -> None:
    """Print the share of values that are shown, and of the others the rule."""
    _print("Demo town", _demo(()))
    _print(f"Demo town, by {' and '.join(BREAKDOWNS)}", _demo(BREAKDOWNS))
    for argument in sys.argv[1:]:
        _print(argument, _leadership(Path(argument)))


def _print(title: str, cube: Cube) -> None:
    print(f"\nShown of {title}, N = {THRESHOLD}, {len(cube.tallies)} groups")
    shown, hidden = _count(cube)
    for kind in sorted({*shown} | {kind for kind, _ in hidden}):
        lost = {rule: n for (of, rule), n in hidden.items() if of == kind}
        total = shown[kind] + sum(lost.values())
        print(f"  {kind:24s} {100 * shown[kind] / total:5.1f} % of {total}")
        for rule, n in sorted(lost.items(), key=lambda pair: -pair[1]):
            print(f"    {100 * n / total:5.1f} %  {RULES[rule]}")
    took_part = participation(cube.tree, cube.rows, {*cube.tallies})
    groups = [group.id for group in cube.tree.walk() if cube.rows[group.id] >= THRESHOLD]
    silent = sum(isinstance(took_part[name], Suppressed) for name in groups)
    print(f"  numbers of responses     {len(groups) - silent} of {len(groups)} units (R7)")


def _count(cube: Cube) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Values shown by kind, and values hidden by kind and rule."""
    shown: Counter[str] = Counter()
    hidden: Counter[tuple[str, str]] = Counter()
    units = {group.id for group in cube.tree.walk()}
    for (of, name), verdict in cube.verdicts.items():
        if of == "item" and isinstance(cube.variables[name].question, Demographic | NumberItem):
            continue  # by design for the whole only, or not at all
        piles = cube.scale_piles[name] if of == "scale" else cube.item_piles[name]
        for group, pile in piles.items():
            kind = f"{of}s of {'units' if group in units else 'breakdowns'}"
            if group in verdict.shown:
                shown[kind] += 1
            elif pile.n >= THRESHOLD:
                hidden[kind, verdict.hidden[group]] += 1
    return shown, hidden


def _demo(breakdowns: Sequence[str]) -> Cube:
    questionnaire = get("change-climate", "1.0.0")
    chance = Random(20260901)  # noqa: S311 - invented answers
    tree = _demo_tree()
    heads = {group.id: group.eligible or 0 for group in tree.walk() if not group.children}
    counts = {
        unit: round(n * RESPONSE_RATES[place % len(RESPONSE_RATES)])
        for place, (unit, n) in enumerate(heads.items())
    }
    stored = merge(tree, counts, THRESHOLD)
    rows = [
        (invent(questionnaire, unit, chance), unit) for unit, n in counts.items() for _ in range(n)
    ]
    names = [variable.name for variable in variables(questionnaire)]
    columns = {"unit": [stored[unit] for _, unit in rows]} | {
        name: [str(row[names.index(name)]) for row, _ in rows] for name in breakdowns
    }
    planned = {name: _codes(questionnaire, name) for name in breakdowns}
    return _cube(questionnaire, tree, [row for row, _ in rows], columns, planned)


def _demo_tree() -> Group:
    departments = [
        Group(name, title, children=tuple(Group(*unit) for unit in units))
        for name, title, units in town.TREE
    ]
    return Group("musterheim", "Stadt Musterheim", children=tuple(departments))


def _codes(questionnaire: Questionnaire, name: str) -> tuple[str, ...]:
    scale = questionnaire.response_scale(questionnaire.questions[name])
    return tuple(str(code) for code in scale.codes) if scale else ()


def _cube(
    questionnaire: Questionnaire,
    tree: Group,
    rows: Sequence[Sequence[int]],
    columns: Mapping[str, Sequence[str]],
    planned: Mapping[str, Sequence[str]],
) -> Cube:
    asked = variables(questionnaire)
    groups = {}
    for name, cells in columns.items():
        values = tuple(planned.get(name) or dict.fromkeys(cells))
        index = [values.index(cell) if cell in values else -1 for cell in cells]
        groups[name] = GroupColumn(values, np.array(index, np.int32))
    table = ResponseTable(questionnaire, asked, np.array(rows, answer_type(asked)), groups)
    counted = tally([table], questionnaire, [*columns], crossed=True)
    return make_cube(
        questionnaire,
        tree,
        counted.groups["unit"],
        THRESHOLD,
        breakdowns=planned,
        crossed=counted,
        work=Work(),
    )


def _leadership(path: Path) -> Cube:
    """Leadership, task significance and hostility in 49 companies (R package multilevel)."""
    questionnaire = _leadership_questionnaire()
    with CsvResponses(path, questionnaire, ("COMPID",)) as source:
        counted = tally(source.tables(), questionnaire, ["COMPID"])
    groups = counted.groups["COMPID"]
    children = tuple(Group(name, name) for name in in_order(groups))
    return make_cube(
        questionnaire,
        Group("", "all", children=children),
        groups,
        THRESHOLD,
        column="COMPID",
        whole=counted.whole,
    )


def _leadership_questionnaire() -> Questionnaire:
    def text(words: str) -> dict[str, str]:
        return {"en": words}

    def points(codes: range) -> dict[str, object]:
        return {
            "level": "ordinal",
            "points": [{"value": code, "label": text(str(code))} for code in codes],
        }

    names = {scale: [f"{scale}{n:02d}" for n in places] for scale, places in LEAD.items()}
    every = [name for found in names.values() for name in found]
    kinds = ("not_answered", "no_answer", "not_shown", "not_in_version", "suppressed")
    return Questionnaire.model_validate(
        {
            "format": "questionnaire/1",
            "id": "lq2002",
            "version": "1.0.0",
            "status": "active",
            "title": text("Leadership"),
            "languages": {"source": "en", "available": ["en"]},
            "licence": {"id": "GPL-2.0-or-later", "holder": "multilevel", "ship": False},
            "source": {"kind": "verbatim", "citation": "R package multilevel, lq2002"},
            "missing": {kind: {"code": n, "label": text(kind)} for n, kind in enumerate(kinds, -9)},
            "response_scales": {"five": points(range(1, 6)), "often": points(range(5))},
            "items": [
                {
                    "id": name,
                    "kind": "rating",
                    "response": "often" if name.startswith("hostil") else "five",
                    "text": text(name),
                }
                for name in every
            ],
            "demographics": [],
            "sections": [{"id": "all", "title": text("All"), "show": every}],
            "scales": [
                {"id": name, "title": text(name), "items": [{"ref": item} for item in items]}
                for name, items in names.items()
            ],
        }
    )


if __name__ == "__main__":
    main()
