"""How long the rules of disclosure take where breakdowns cross many units, on one core."""

from random import Random
from time import process_time

import numpy as np

from questionnaires.model import Questionnaire
from questionnaires.variables import variables
from reports.counting import tally
from reports.cube import Cube
from reports.disclosure.groups import Group
from reports.disclosure.unions import Work
from reports.releasing import make_cube
from reports.responses import GroupColumn, ResponseTable, answer_type

ITEMS, SCALES, UNITS, PEOPLE = 40, 8, 30, 700
BREAKDOWNS = {"tenure": 5, "role": 4, "age": 6}
THRESHOLD = 7
SILENT = 0.03  # answers, and statements about oneself, that are left out
MISSING = ("not_answered", "no_answer", "not_shown", "not_in_version", "suppressed")


def main() -> None:
    """Measure, and print what was measured."""
    print(f"\nDisclosure: {ITEMS} items, {SCALES} scales, {UNITS} units, {PEOPLE} responses")
    for columns in ({}, BREAKDOWNS):
        work = Work()
        started = process_time()
        cube = _cube(columns, work)
        counted = process_time() - started
        scales, items = cube.visible
        cells = sum(map(len, scales.values())) + sum(map(len, items.values()))
        print(f"  {len(columns)} breakdowns: {process_time() - started:.1f} s of processor time")
        print(f"    counting {counted:.1f} s, span guard {work.spent:.1f} s")
        print(f"    {work.questions} questions, {cells} of {_cells(cube)} cells shown")
    print("  (at most 300 s with 3 breakdowns)")


def _cells(cube: Cube) -> int:
    return len(cube.tallies) * (len(cube.variables) + len(cube.questionnaire.scales))


def _cube(columns: dict[str, int], work: Work) -> Cube:
    questionnaire = _questionnaire()
    tree = _tree()
    units = [group.id for group in tree.walk() if not group.children]
    counted = tally([_table(questionnaire, units)], questionnaire, ["unit", *columns], crossed=True)
    return make_cube(
        questionnaire,
        tree,
        counted.groups["unit"],
        THRESHOLD,
        breakdowns={name: [str(n) for n in range(size)] for name, size in columns.items()},
        crossed=counted,
        work=work,
    )


def _tree() -> Group:
    """Five departments of six units."""
    departments = [
        Group(
            f"d{n}", f"D{n}", children=tuple(Group(f"d{n}u{m}", f"U{m}") for m in range(UNITS // 5))
        )
        for n in range(5)
    ]
    return Group("all", "Musterheim", children=tuple(departments))


def _table(questionnaire: Questionnaire, units: list[str]) -> ResponseTable:
    """Invented answers, the same in every run."""
    chance = Random(5)  # noqa: S311 - invented answers
    sizes = {unit: chance.choice((6, 12, 20, 26, 35)) for unit in units}
    columns = variables(questionnaire)
    rows = []
    for _ in range(PEOPLE):
        mood = chance.gauss(0.4, 0.8)
        rows.append(
            [
                -9 if chance.random() < SILENT else min(5, max(1, round(chance.gauss(3 + mood, 1))))
                for _ in columns
            ]
        )
    groups = {"unit": chance.choices(range(UNITS), [sizes[unit] for unit in units], k=PEOPLE)}
    for name, size in BREAKDOWNS.items():
        places = chance.choices(range(size), [size + 1 - n for n in range(size)], k=PEOPLE)
        groups[name] = [-1 if chance.random() < SILENT else place for place in places]
    values = {"unit": tuple(units)} | {
        name: tuple(map(str, range(size))) for name, size in BREAKDOWNS.items()
    }
    return ResponseTable(
        questionnaire,
        columns,
        np.array(rows, answer_type(columns)),
        {
            name: GroupColumn(values[name], np.array(index, np.int32))
            for name, index in groups.items()
        },
    )


def _questionnaire() -> Questionnaire:
    def text(words: str) -> dict[str, str]:
        return {"en": words}

    names = [f"q{n}" for n in range(ITEMS)]
    size = ITEMS // SCALES
    points = [{"value": code, "label": text(str(code))} for code in range(1, 6)]
    return Questionnaire.model_validate(
        {
            "format": "questionnaire/1",
            "id": "measured",
            "version": "1.0.0",
            "status": "active",
            "title": text("Measured"),
            "languages": {"source": "en", "available": ["en"]},
            "licence": {"id": "CC0-1.0", "holder": "nobody", "ship": False},
            "source": {"kind": "own", "citation": "a benchmark"},
            "missing": {
                kind: {"code": code, "label": text(kind)} for code, kind in enumerate(MISSING, -9)
            },
            "response_scales": {"agree": {"level": "ordinal", "points": points}},
            "items": [
                {"id": name, "kind": "rating", "response": "agree", "text": text(name)}
                for name in names
            ],
            "demographics": [],
            "sections": [{"id": "all", "title": text("All"), "show": names}],
            "scales": [
                {
                    "id": f"s{n}",
                    "title": text(f"s{n}"),
                    "items": [{"ref": name} for name in names[n * size : (n + 1) * size]],
                }
                for n in range(SCALES)
            ],
        }
    )


if __name__ == "__main__":
    main()
