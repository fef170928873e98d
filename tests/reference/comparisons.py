"""What R says about comparisons of groups: Welch, ranks, Games-Howell, ICC, against the rest."""

from collections.abc import Iterator
from typing import Any

from reports.grouping import in_order
from tests.reference.expected import TEST, Expected

PAIRED = 1e-8  # absolute: the studentized range by two quadratures
INTERVAL = 1e-8

Place = tuple[str | int, ...]


def compared(scale: str, values: dict[str, Any]) -> Iterator[Expected]:
    """Everything about one scale."""
    for column, said in (values.get("two_group") or {}).items():
        if column == "gender":  # the others of the reference are cut out of columns with more
            yield from _two(("comparisons", column, scale, "two_groups"), said)
    for column, said in (values.get("k_group") or {}).items():
        yield from _many(("comparisons", column, scale), said)
    if values.get("units"):
        yield from _units(("comparisons", "COMPID", scale), values["units"])


def _two(at: Place, said: dict[str, Any]) -> Iterator[Expected]:
    numbers = {
        "difference": said["mean1"] - said["mean2"],
        "t": said["welch_t"],
        "df": said["welch_df"],
        "p": said["welch_p"],
        "hedges_g": said["hedges_g"],
        "cliffs_delta": said["cliffs_delta"],
        "mann_whitney_p": said["mw_p_cc"],
    }
    for key, value in numbers.items():
        yield Expected(f"two.{key}", (*at, key), value, TEST)
    for end in (0, 1):
        yield Expected("two.ci95", (*at, "ci95", end), said["welch_ci95"][end], TEST)
        limit = said["hedges_g_ci95_ncp"][end]
        yield Expected("two.hedges_g_ci95", (*at, "hedges_g_ci95", end), limit, INTERVAL)


def _many(at: Place, said: dict[str, Any]) -> Iterator[Expected]:
    numbers: dict[Place, float] = {
        ("welch_anova", "f"): said["welch_F"],
        ("welch_anova", "df1"): said["welch_df"][0],
        ("welch_anova", "df2"): said["welch_df"][1],
        ("welch_anova", "p"): said["welch_p"],
        ("kruskal", "h"): said["kruskal_H"],
        ("kruskal", "df"): said["kruskal_df"],
        ("kruskal", "p"): said["kruskal_p"],
        ("eta_squared",): said["eta2"],
    }
    for path, value in numbers.items():
        yield Expected(".".join(map(str, path)), (*at, *path), value, TEST)
    names = in_order(str(level) for level in said["levels"])
    order = [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]
    for pair in said["pairs"]:
        a, b = sorted((str(pair["group1"]), str(pair["group2"])), key=names.index)
        where = (*at, "games_howell", order.index((a, b)))
        turned = 1 if a == str(pair["group1"]) else -1
        yield Expected("pair.difference", (*where, "difference"), turned * pair["diff"], TEST)
        yield Expected("pair.p", (*where, "p"), pair["gh_p_ptukey"], PAIRED)


def _units(at: Place, said: dict[str, Any]) -> Iterator[Expected]:
    yield Expected("icc1", (*at, "icc1"), said["ICC1_multilevel"], TEST)
    yield Expected("icc2", (*at, "icc2"), said["ICC2_multilevel"], TEST)
    for unit, rank in zip(said["unit"], said["percentile"], strict=True):
        yield Expected("percentile", (*at, "percentile", str(unit)), rank["mid"], TEST)
    for place, rest in enumerate(said["unit_vs_rest"]):
        where = (*at, "against_rest", rest["unit"])
        numbers = {
            "difference": rest["diff"],
            "t": rest["t"],
            "df": rest["df"],
            "p": rest["p"],
            "hedges_g": rest["g"],
            "p_bh": said["unit_vs_rest_BH"][place],
            "p_holm": said["unit_vs_rest_holm"][place],
        }
        for key, value in numbers.items():
            yield Expected(f"against_rest.{key}", (*where, key), value, TEST)
