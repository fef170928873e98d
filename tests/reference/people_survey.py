"""The norms of people-survey-core, made from the published results of the People Survey.

    python -m tests.reference.people_survey > \
        questionnaires/definitions/people-survey-core/1.0.0.norms.yaml

Scales have a norm for every year since 2009, with the values of the 103 organisations in 2024;
items for 2024.
"""

import csv
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from questionnaires.norms import Centre

CSPS = Path(__file__).parent / "csps"
CENTRES: dict[str, Centre] = {
    "median of organisations": "median-of-organisations",
    "mean of all respondents": "mean-of-people",
}
YEARS = range(2009, 2025)
LAST = YEARS[-1]
SUMMARIES = {"CS_MEDIAN", "CS_MEAN"}  # rows of organisations_2024.csv that are no organisation
GROUPS = {"MOJ_GROUP", "UKSA_GROUP"}  # several organisations that have rows of their own

SCALES = {  # measure of the published tables: scale
    "EES": "engagement",
    "mw_ts": "my_work",
    "op_ts": "objectives",
    "lm_ts": "my_manager",
    "mt_ts": "my_team",
    "ld_ts": "learning",
    "if_ts": "inclusion",
    "rw_ts": "resources",
    "pb_ts": "pay",
    "lc_ts": "leading_change",
}
PARTS = {  # prefix of our items: the first and the last question of the survey in 2024
    "wrk": (1, 5),
    "obj": (6, 7),
    "mgr": (8, 16),
    "tea": (18, 20),
    "lrn": (21, 24),
    "inc": (25, 28),
    "res": (29, 34),
    "pay": (35, 37),
    "chg": (38, 46),
    "eng": (47, 51),
}
ITEMS = {
    f"B{number:02}": f"{prefix}_{place:02}"
    for prefix, (first, last) in PARTS.items()
    for place, number in enumerate(range(first, last + 1), start=1)
}

HEAD = """\
# Published results of the UK Civil Service People Survey, made by tests/reference/people_survey.py.
format: norms/1
questionnaire: people-survey-core@1.0.0
sources:
  csps:
    citation: "Cabinet Office. Civil Service People Survey: benchmark scores 2009 to 2024 and \
organisation scores 2024. Gathered in https://github.com/mattkerlogue/csps-data."
    licence:
      id: OGL-UK-3.0
      holder: "Crown copyright, Cabinet Office"
      ship: true
      note: "Contains public sector information licensed under the Open Government Licence v3.0."
norms:"""
POPULATION = (
    '{de: "Staatsverwaltung des Vereinigten Königreichs", en: "UK Civil Service", '
    'de-simple: "Ämter des Staates in Großbritannien"}'
)


def benchmarks() -> dict[tuple[Centre, str], dict[int, float]]:
    """The published values by centre and measure, per year."""
    path = CSPS / "benchmark_timeseries_2009_2024.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (CENTRES[row["statistic"]], row["Measure"]): {
                year: float(row[str(year)]) for year in YEARS if _is_number(row[str(year)])
            }
            for row in csv.DictReader(file)
        }


def wordings() -> dict[str, str]:
    """What each measure asks, as published."""
    path = CSPS / "benchmark_timeseries_2009_2024.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = {row["Measure"]: row["Label"] for row in csv.DictReader(file)}
    return {name: label.split("\n")[0].replace("\xa0", " ") for name, label in found.items()}


def organisations() -> dict[str, list[float]]:
    """The values of the organisations in 2024, by measure, in the order of the table."""
    with (CSPS / "organisations_2024.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    own = [row for row in rows if row[0] not in SUMMARIES | GROUPS]
    measures = [name.split("\n")[0] for name in head]
    columns = dict(zip(measures, zip(*own, strict=True), strict=True))
    return {
        measure: [float(cell) for cell in columns[measure] if _is_number(cell)]
        for measure in SCALES
    }


def norms() -> str:
    """The file of norms."""
    published, among = benchmarks(), organisations()
    blocks = (
        _norm(centre, year, published, among)
        for year in reversed(YEARS)
        for centre in CENTRES.values()
    )
    return "\n".join([HEAD, *chain.from_iterable(blocks)]) + "\n"


def _norm(
    centre: Centre,
    year: int,
    published: dict[tuple[Centre, str], dict[int, float]],
    among: dict[str, list[float]],
) -> Iterator[str]:
    yield f"  - source: csps\n    population: {POPULATION}\n    year: {year}\n    centre: {centre}"
    told = year == LAST and centre == "median-of-organisations"
    if year == LAST:
        yield f"    organisations: {len(among['EES'])}"
    yield "    scales:"
    for measure, scale in SCALES.items():
        value = published[centre, measure][year]
        kind = "mean_0_100" if scale == "engagement" else "percent_favourable"
        places = f", among: {sorted(among[measure])}" if told else ""
        yield f"      {scale}: {{statistic: {kind}, value: {value}{places}}}"
    if year == LAST:
        yield "    items:"
        for measure, item in ITEMS.items():
            value = published[centre, measure][year]
            yield f"      {item}: {{statistic: percent_favourable, value: {value}}}"


def _is_number(cell: str) -> bool:
    return bool(cell) and cell[0] != "["


if __name__ == "__main__":
    sys.stdout.write(norms())
