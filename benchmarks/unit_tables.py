"""The unit report table by Pegel, by pandas with pingouin, by polars, and its bare counts.

For every unit the histogram, n, mean, sd and percent favourable of every item; n, mean, sd, 95 %
interval, alpha and r_wg(j) of every scale; and Welch's test of the unit against all others.
"""

import warnings
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pingouin as pg
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from benchmarks.unit_survey import CODES, FAVOURABLE, ITEMS, MIN_VALID, SCALES, UnitSurvey
from reports.comparisons import rest_trees
from reports.counting import tally
from reports.statistics.groups import GroupValues
from reports.tallies import GroupTallies
from reports.unprotected import group_trees

Floats = NDArray[np.float64]
Table = dict[str, Floats]  # items: (units, items), scales: (units, scales)

ITEM = ("n", "mean", "sd", "favourable")
SCALE = ("n", "mean", "sd", "low", "high", "alpha", "rwg_j")
REST = ("difference", "t", "df", "p")
KEYS = 8  # places of a unit in the counts of an item by polars; 0 for missing
NULL_VARIANCE = (len(CODES) ** 2 - 1) / 12


def pegel(survey: UnitSurvey) -> tuple[GroupTallies[str], dict[str, Any], list[dict[str, Any]]]:
    """As `pegel analyse --unprotected` does it: tallies, trees of groups, comparisons.

    Besides what the others do it keeps every missing kind, and all sums as whole numbers; it
    adjusts p by Holm and by Benjamini and Hochberg, and gives Hedges' g.
    """
    asked = survey.table.questionnaire
    groups = tally([survey.table], asked, ["unit"], related=False).groups["unit"]
    rests = [
        rest_trees(groups.order, GroupValues.of_scores(groups, place).sums)
        for place in range(len(SCALES))
    ]
    return groups, group_trees(asked, groups), rests


def as_table(
    found: tuple[GroupTallies[str], dict[str, Any], list[dict[str, Any]]], units: int
) -> Table:
    """What Pegel found, in the shape of the others, for tests."""
    groups, trees, rests = found
    names = [f"unit {number}" for number in range(units)]
    table: Table = {}
    for key in ITEM:
        values = [[trees[name]["items"][item][key] for item in ITEMS] for name in names]
        table[f"item_{key}"] = np.array(values, float)
    for code in CODES:
        counts = [[groups[name].items[item].histogram[code] for item in ITEMS] for name in names]
        table[f"item_{code}"] = np.array(counts, float)
    for key in SCALE:
        table[f"scale_{key}"] = np.array(
            [[_of_scale(trees[name]["scales"][scale], key) for scale in SCALES] for name in names],
            float,
        )
    for key in REST:
        table[f"rest_{key}"] = np.array([[rest[name][key] for rest in rests] for name in names])
    return table


def _of_scale(tree: Mapping[str, Any], key: str) -> float | None:
    if key in {"low", "high"}:
        return None if tree["ci95"] is None else float(tree["ci95"][key == "high"])
    value: float | None = tree[key]
    return value


def pandas_frame(survey: UnitSurvey) -> pd.DataFrame:
    """The survey as pandas has it; missing answers are NaN."""
    answers = survey.answers.astype(np.float64)
    answers[answers < 0] = np.nan
    return pd.DataFrame(answers, columns=[*ITEMS]).assign(unit=survey.unit)


def by_pandas(frame: pd.DataFrame) -> Table:
    """Grouped by pandas; alpha and Welch's test by pingouin, unit by unit and scale by scale."""
    grouped = frame.groupby("unit")[[*ITEMS]]
    table = {
        "item_n": grouped.count().to_numpy(float),
        "item_mean": grouped.mean().to_numpy(),
        "item_sd": grouped.std().to_numpy(),
    }
    for code in CODES:
        table[f"item_{code}"] = (
            frame[[*ITEMS]].eq(code).groupby(frame["unit"]).sum().to_numpy(float)
        )
    good = sum(table[f"item_{code}"] for code in FAVOURABLE)
    table["item_favourable"] = 100 * good / table["item_n"]
    columns = [_scale_by_pandas(frame, [*items]) for items in SCALES.values()]
    return table | {key: np.column_stack([one[key] for one in columns]) for key in columns[0]}


def _scale_by_pandas(frame: pd.DataFrame, items: list[str]) -> dict[str, Floats]:
    answers = frame[items]
    score = answers.mean(axis=1).where(answers.count(axis=1) >= MIN_VALID)
    grouped = score.groupby(frame["unit"])
    found = {
        f"scale_{name}": getattr(grouped, how)().to_numpy(float)
        for name, how in (("n", "count"), ("mean", "mean"), ("sd", "std"))
    }
    se = found["scale_sd"] / np.sqrt(found["scale_n"])
    ends = stats.t.interval(0.95, found["scale_n"] - 1, found["scale_mean"], se)
    found |= {"scale_low": ends[0], "scale_high": ends[1]}
    complete = answers.dropna()
    inner = complete.groupby(frame["unit"]).var().mean(axis=1)
    found["scale_rwg_j"] = _agreement(inner.to_numpy(float), len(items))
    rows = []
    for unit, own in frame.groupby("unit"):
        alpha = pg.cronbach_alpha(data=own[items].dropna())[0]
        rest = score[frame["unit"] != unit].dropna()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its Bayes factor overflows at a million rows
            test = pg.ttest(score[own.index].dropna(), rest, correction=True)
        apart = score[own.index].mean() - rest.mean()
        rows.append([alpha, apart, test["T"].iloc[0], test["dof"].iloc[0], test["p_val"].iloc[0]])
    names = ("scale_alpha", *(f"rest_{key}" for key in REST))
    return found | dict(zip(names, np.array(rows, float).T, strict=True))


def polars_frame(survey: UnitSurvey) -> pl.DataFrame:
    """The survey as polars has it; missing answers are null."""
    columns = {name: survey.answers[:, place] for place, name in enumerate(ITEMS)}
    frame = pl.DataFrame(columns | {"unit": survey.unit})
    return frame.with_columns(
        pl.when(pl.col(name) >= 0).then(pl.col(name)).otherwise(None).alias(name) for name in ITEMS
    )


def by_polars(frame: pl.DataFrame) -> Table:
    """Histograms by one grouping per item, scores by one for all; the rest from their moments.

    It leaves out what it has no words for: missing kinds, exact sums, adjusted p.
    """
    key = pl.col("unit").cast(pl.Int32) * KEYS
    by_item = [
        frame.lazy().group_by((key + pl.col(name).fill_null(0)).alias("key")).len()
        for name in ITEMS
    ]
    scored = frame.lazy().with_columns(
        one for name, items in SCALES.items() for one in _scored(name, items)
    )
    of_scales = [one for name, items in SCALES.items() for one in _of_scores(name, items)]
    *counted, found = pl.collect_all(
        [*by_item, scored.group_by("unit").agg(of_scales).sort("unit")]
    )

    def column(name: str) -> Floats:
        return found.select(f"{scale} {name}" for scale in SCALES).to_numpy().astype(float)

    table = _items_from_counts(counted, len(found))
    n, mean, sd = column("n"), column("mean"), column("sd")
    half = stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n)
    k = len(ITEMS) // len(SCALES)
    inner, total = column("inner"), column("total")
    table |= {
        "scale_n": n,
        "scale_mean": mean,
        "scale_sd": sd,
        "scale_low": mean - half,
        "scale_high": mean + half,
        "scale_alpha": k / (k - 1) * (1 - inner / total),
        "scale_rwg_j": _agreement(inner / k, k),
    }
    return table | _against_rest(n, mean, sd)


def _items_from_counts(counted: Sequence[pl.DataFrame], units: int) -> Table:
    """What follows from the histograms of items; one frame of keys and counts per item."""
    counts = np.zeros((units * KEYS, len(counted)))
    for item, frame in enumerate(counted):
        counts[frame["key"].to_numpy(), item] = frame["len"].to_numpy()
    by_code = counts.reshape(units, KEYS, -1)
    codes = np.array(CODES, float)[:, None]
    given = by_code[:, list(CODES)]
    n, total = given.sum(axis=1), (given * codes).sum(axis=1)
    squares = (given * codes**2).sum(axis=1) - total**2 / n
    table: Table = {f"item_{code}": by_code[:, code] for code in CODES}
    return table | {
        "item_n": n,
        "item_mean": total / n,
        "item_sd": np.sqrt(squares / (n - 1)),
        "item_favourable": 100 * by_code[:, list(FAVOURABLE)].sum(axis=1) / n,
    }


def _scored(name: str, items: tuple[str, ...]) -> list[pl.Expr]:
    """The score, the sum of complete rows, and the items of complete rows."""
    answered = pl.sum_horizontal(pl.col(item).is_not_null().cast(pl.Int8) for item in items)
    score = pl.when(answered >= MIN_VALID).then(pl.mean_horizontal(*items))
    total = pl.sum_horizontal(pl.col(item).cast(pl.Int16) for item in items)
    return [
        score.alias(name),
        pl.when(answered == len(items)).then(total).alias(f"{name} sum"),
        *(
            pl.when(answered == len(items)).then(pl.col(item)).alias(f"{name} {item}")
            for item in items
        ),
    ]


def _of_scores(name: str, items: tuple[str, ...]) -> list[pl.Expr]:
    score = pl.col(name)
    return [
        score.count().alias(f"{name} n"),
        score.mean().alias(f"{name} mean"),
        score.std().alias(f"{name} sd"),
        pl.col(f"{name} sum").var().alias(f"{name} total"),
        pl.sum_horizontal(pl.col(f"{name} {item}").var() for item in items).alias(f"{name} inner"),
    ]


def _against_rest(n: Floats, mean: Floats, sd: Floats) -> Table:
    totals, squares = n * mean, (n - 1) * sd**2 + n * mean**2
    others = n.sum(axis=0) - n
    rest = (totals.sum(axis=0) - totals) / others
    variance = (squares.sum(axis=0) - squares - others * rest**2) / (others - 1)
    of_unit, of_rest = sd**2 / n, variance / others
    t = (mean - rest) / np.sqrt(of_unit + of_rest)
    df = (of_unit + of_rest) ** 2 / (of_unit**2 / (n - 1) + of_rest**2 / (others - 1))
    return {
        "rest_difference": mean - rest,
        "rest_t": t,
        "rest_df": df,
        "rest_p": 2 * stats.t.sf(abs(t), df),
    }


def _agreement(mean_variance: Floats, k: int) -> Floats:
    noise = np.minimum(1, mean_variance / NULL_VARIANCE)
    return np.asarray(k * (1 - noise) / (k * (1 - noise) + noise))


def bare(survey: UnitSurvey) -> list[NDArray[Any]]:
    """The counts alone, by bincount and BLAS, for exactly this survey; no statistic is made.

    Rows in the order of their units, one bincount per item and per scale, one product of the
    complete rows per unit and scale.
    """
    order = np.argsort(survey.unit.astype(np.int16), kind="stable")
    unit = survey.unit[order].astype(np.int64)
    borders = np.searchsorted(unit, np.arange(survey.units + 1)).tolist()
    columns = np.empty(survey.answers.shape[::-1], np.int8)
    for start in range(0, len(unit), 4096):
        rows = order[start : start + 4096]
        columns[:, start : start + 4096] = survey.answers[rows].T
    found: list[NDArray[Any]] = [
        np.bincount(unit * 15 + (column + np.int8(9)), minlength=15 * survey.units)
        for column in columns
    ]
    for start in range(0, len(ITEMS), 5):
        part = columns[start : start + 5]
        valid = part >= 0
        answered = valid.sum(axis=0, dtype=np.int8)
        total = (part * valid).sum(axis=0, dtype=np.int16)
        found.append(np.bincount(unit * 156 + (answered * np.int16(26) + total)))
        points = (part * (answered == 5)).astype(np.float32)
        for first, last in pairwise(borders):
            found.append(points[:, first:last] @ points[:, first:last].T)
    return found


def packed(survey: UnitSurvey) -> list[NDArray[Any]]:
    """The counts alone, by bincount alone: pairs of items together, apart in complete rows."""
    unit = survey.unit.astype(np.int64)
    columns = np.empty(survey.answers.shape[::-1], np.int8)
    for start in range(0, len(unit), 4096):
        columns[:, start : start + 4096] = survey.answers[start : start + 4096].T
    by_pair, by_item, by_score = unit * 450, unit * 30, unit * 156
    found: list[NDArray[Any]] = []
    for start in range(0, len(ITEMS), 5):
        part = columns[start : start + 5]
        valid = part >= 0
        answered = valid.sum(axis=0, dtype=np.int8)
        total = (part * valid).sum(axis=0, dtype=np.int16)
        found.append(np.bincount(by_score + (answered * np.int16(26) + total)))
        side = (answered == 5) * np.int16(225) + np.int16(144)
        for one, other in ((0, 1), (2, 3)):
            found.append(np.bincount(by_pair + (side + part[one] * np.int16(15) + part[other])))
        side = (answered == 5) * np.int16(15) + np.int16(9)
        found.append(np.bincount(by_item + (side + part[4])))
    return found
