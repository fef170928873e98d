"""What R says about the reference data, as paths into our own tree, with the tolerance agreed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.reference.comparisons import compared
from tests.reference.expected import EXACT, OMEGA, TEST, TIGHT, Expected

FOLDER = Path(__file__).parent
TOP = {4: 2, 5: 2, 6: 2, 7: 3}


def expectations(name: str) -> Iterator[Expected]:
    reference = json.loads((FOLDER / name / "reference_r.json").read_text())
    for scale, values in reference["scales"].items():
        yield from _scale(scale.lower(), values)
        for item, said in values["items"].items():
            yield from _item(item, said, values["def"])
        yield from _groups(scale.lower(), values)
        yield from compared(scale.lower(), values)
    names = [str(scale).lower() for scale in reference.get("score_names") or ()]
    for row, first in enumerate(names):
        for column, second in enumerate(names):
            r = reference["score_cor_pairwise"][row][column]
            yield Expected("correlations", ("correlations", first, second), r, TEST)


def _scale(scale: str, values: dict[str, Any]) -> Iterator[Expected]:
    score, complete = values["scale"]["person_score"], values["scale"]["alpha_complete"]
    low, high = values["def"]["min"], values["def"]["max"]
    first, _, third = score["quartiles_type7"]
    said = {
        "n": (score["n"], EXACT),
        "mean": (score["mean"], TIGHT),
        "mean_0_100": (100 * (score["mean"] - low) / (high - low), TIGHT),
        "sd": (score["sd"], TIGHT),
        "se": (score["se"], TIGHT),
        "median": (score["median"], TIGHT),
        "q1": (first, TIGHT),
        "q3": (third, TIGHT),
        "skew": (score["skew_type3"], TEST),
        "n_complete": (values["scale"]["n_complete"], EXACT),
        "alpha": (complete["raw_alpha"], TEST),
        "alpha_pairwise": (values["scale"]["alpha_pairwise"]["raw_alpha"], TEST),
        "omega": (values["scale"]["omega"]["lavaan_listwise_tight"]["omega"], OMEGA),
        "average_r": (complete["average_r"], TEST),
    }
    for key, (value, tolerance) in said.items():
        yield Expected(f"scale.{key}", ("scales", scale, key), value, tolerance)
    for end in (0, 1):
        yield Expected("scale.ci95", ("scales", scale, "ci95", end), score["ci95"][end], TIGHT)
        path = ("scales", scale, "alpha_ci95", end)
        yield Expected("scale.alpha_ci95", path, complete["feldt95"][end], TEST)
    for ours, theirs in (("alpha_if_dropped", "alpha_if_dropped"), ("item_rest_r", "r_drop")):
        for item, value in complete[theirs].items():
            yield Expected(f"scale.{ours}", ("scales", scale, ours, item.lower()), value, TEST)


def _item(item: str, said: dict[str, Any], scale: dict[str, Any]) -> Iterator[Expected]:
    """R's items are after reversal, ours as answered; the favourable end is after reversal."""
    low, high, turned = scale["min"], scale["max"], item in scale["reverse"]
    values = {
        "n": (said["n"], EXACT),
        "missing": (said["missing"], EXACT),
        "mean": (low + high - said["mean"] if turned else said["mean"], TIGHT),
        "median": (low + high - said["median"] if turned else said["median"], EXACT),
        "sd": (said["sd"], TIGHT),
        "skew": (-said["skew_psych_type3"] if turned else said["skew_psych_type3"], TEST),
    }
    top = TOP[high - low + 1]
    values["favourable"] = (100 * sum(said["hist"][-top:]) / said["n"], TIGHT)
    values["unfavourable"] = (100 * sum(said["hist"][:top]) / said["n"], TIGHT)
    for key, (value, tolerance) in values.items():
        yield Expected(f"item.{key}", ("items", item.lower(), key), value, tolerance)
    for place, n in enumerate(said["hist"]):
        code = high - place if turned else low + place
        path = ("items", item.lower(), "histogram", str(code))
        yield Expected("item.histogram", path, n, EXACT)
    if top == 2:  # the reference has Wilson's interval for two categories
        for end, limit in enumerate(said["top2_wilson95"]):
            where = ("items", item.lower(), "favourable_ci95", end)
            yield Expected("item.favourable_ci95", where, 100 * limit, TEST)


def _groups(scale: str, values: dict[str, Any]) -> Iterator[Expected]:
    for column, said in (values.get("k_group") or {}).items():
        for place, level in enumerate(said["levels"]):
            where = ("groups", column, str(level), "scales", scale)
            yield Expected("group.n", (*where, "n"), said["n"][place], EXACT)
            yield Expected("group.mean", (*where, "mean"), said["mean"][place], TIGHT)
            yield Expected("group.sd", (*where, "sd"), said["sd"][place], TIGHT)
    units = values.get("units") or {"unit": [], "rwgj_unit": []}
    for place, unit in enumerate(units["unit"]):
        where = ("groups", "COMPID", str(unit), "scales", scale)
        yield Expected("unit.n", (*where, "n"), units["unit_n"][place], EXACT)
        yield Expected("unit.mean", (*where, "mean"), units["unit_mean"][place], TIGHT)
        yield Expected("unit.sd", (*where, "sd"), units["unit_sd"][place], TIGHT)
    for place, unit in enumerate(units["rwgj_unit"]):
        path = ("groups", "COMPID", str(unit), "scales", scale, "rwg_j")
        yield Expected("unit.rwg_j", path, units["rwgj"][place], TEST)
