"""Units of one to three people, an item against all others, one that never varies: as R has it."""

from typing import Any

import pytest

from reports.counting import tally
from reports.unprotected import unprotected
from tests.reports.questionnaires import questionnaire, response_scale, scale, table

ROWS = """\
one   1 1 2 3 2
two   0 1 0 4 2
two   2 2 1 2 2
three 3 4 3 0 2
three 4 3 4 1 2
three 1 2 0 . 2
four  2 3 2 2 .
four  4 4 3 1 2
four  0 0 1 3 2
four  3 . 3 1 2
same  2 2 2 2 2
same  2 2 2 2 2
none  . . 3 . .
"""
ITEMS = ["a1", "a2", "a3", "a4", "a5"]
GROUP = "groups.unit"
COMPARED = "comparisons.unit.against"
RWG = "scales.against.rwg_j"

# R 4.2.2 with psych 2.2.9, lavaan 0.6-14, multilevel 2.7; `rows` holds ROWS:
#   d <- read.table(text = rows, na.strings = "."); x <- d[2:5]; full <- na.omit(x)
#   d$s <- ifelse(rowSums(!is.na(x)) >= 2, rowMeans(x, na.rm = TRUE), NA); e <- d[!is.na(d$s), ]
#   alpha <- function(x) ncol(x) / (ncol(x) - 1) * (1 - sum(diag(cov(x))) / sum(cov(x)))
#   a <- psych::alpha(full); pairs <- psych::alpha(x, use = "pairwise")
#   h <- kruskal.test(round(e$s, 10), e$V1)
#   m <- aov(s ~ V1, e); v <- summary(m)[[1]]; three <- na.omit(d[d$V1 == "three", 2:5])
#   t <- t.test(e$s[e$V1 == "two"], e$s[e$V1 != "two"])
#   f <- lavaan::lavInspect(lavaan::cfa("f =~ V2 + V3 + V4 + V5", full, std.lv = TRUE), "est")
SAID = [
    ("mean(e$s)", "scales.against.mean", 1.98611111111111),
    ("a$total$raw_alpha", "scales.against.alpha", 0.125786163522012),
    ("a$total$average_r", "scales.against.average_r", -0.0140610128892023),
    ("a$alpha.drop$raw_alpha[1]", "scales.against.alpha_if_dropped.a1", -2.30769230769231),
    ("a$item.stats$r.drop[4]", "scales.against.item_rest_r.a4", -0.916242924388084),
    ("pairs$total$raw_alpha", "scales.against.alpha_pairwise", 0.0788298691301),
    ("alpha(na.omit(cbind(d$V3, 4 - d$V4)))", "scales.pair.alpha", -3.93103448275862),
    ("alpha(na.omit(cbind(d$V2, 4 - d$V5, d$V6)))", "scales.flat.alpha", 0.699664429530201),
    ("multilevel::rwg.j(three, c(1, 1), 2)$rwg.j", f"{GROUP}.three.{RWG}", 0.923076923076923),
    ("h$statistic", f"{COMPARED}.kruskal.h", 2.12263593380614),
    ("h$p.value", f"{COMPARED}.kruskal.p", 0.713214973129415),
    ("v[1, 2] / sum(v[, 2])", f"{COMPARED}.eta_squared", 0.142614408699592),
    ("multilevel::ICC1(m)", f"{COMPARED}.icc1", -0.419204131298414),
    ("multilevel::ICC2(m)", f"{COMPARED}.icc2", -2.43537955293317),
    ("t$statistic", f"{COMPARED}.against_rest.two.t", -1.7463655204797),
    ("t$p.value", f"{COMPARED}.against_rest.two.p", 0.179616212219273),
    ("p.adjust(of all four, 'holm')", f"{COMPARED}.against_rest.two.p_holm", 0.718464848877092),
]
OMEGA = 0.882208728867046  # o <- sum(f$lambda)^2; o / (o + sum(diag(f$theta)))


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    definition = questionnaire(
        {"zero": response_scale([0, 1, 2, 3, 4])},
        dict.fromkeys(ITEMS, "zero"),
        [
            scale("against", "a1", "a2", "a3", "a4"),
            scale("flat", "a1", "-a4", "a5"),
            scale("pair", "a2", "-a3"),
        ],
    )
    rows = [line.split() for line in ROWS.splitlines()]
    codes = [[-9 if cell == "." else int(cell) for cell in cells] for _, *cells in rows]
    counted = tally(
        [table(definition, codes, unit=[unit for unit, *_ in rows])], definition, ["unit"]
    )
    return unprotected(definition, counted)


def at(tree: dict[str, Any], path: str) -> object:
    found: Any = tree
    for step in path.split("."):
        found = found[step]
    return found


@pytest.mark.parametrize(("call", "path", "value"), SAID)
def test_small_units_and_negative_alphas_are_what_r_says(
    tree: dict[str, Any], call: str, path: str, value: float
) -> None:
    assert at(tree, path) == pytest.approx(value, rel=1e-12), call


def test_omega_keeps_an_item_that_goes_against_the_others(tree: dict[str, Any]) -> None:
    assert at(tree, "scales.against.omega") == pytest.approx(OMEGA, abs=2e-6)


@pytest.mark.parametrize(
    "path",
    [
        "scales.flat.omega",  # a5 does not vary
        "scales.flat.average_r",
        "scales.flat.item_rest_r.a5",
        "scales.pair.omega",  # two items
        "scales.pair.alpha_if_dropped",
        f"{COMPARED}.welch_anova",  # "same" does not vary
        f"{COMPARED}.against_rest.one",
        f"{COMPARED}.percentile.none",
        f"{GROUP}.one.scales.against.sd",
        f"{GROUP}.same.scales.against.alpha",
    ],
)
def test_what_r_cannot_compute_either_is_null(tree: dict[str, Any], path: str) -> None:
    assert at(tree, path) is None
