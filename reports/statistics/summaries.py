"""What is said about one item and one scale of one group, at full precision."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from questionnaires.model import MissingKind
from reports.scoring import Ends
from reports.statistics import reliability
from reports.statistics.distribution import Distribution
from reports.statistics.intervals import Interval, feldt, mean_interval, percent, wilson
from reports.statistics.omega import omega
from reports.tally import ItemTally, ProductsTally, ScaleTally


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """An item as answered; shares in percent 0..100, None where not defined.

    `favourable` and `unfavourable` look in the direction of the item's scales.
    """

    n: int
    missing: int
    missing_by_kind: Mapping[MissingKind, int]
    histogram: Mapping[int, int]
    mean: float | None
    sd: float | None
    median: float | None
    skew: float | None
    favourable: float | None
    unfavourable: float | None
    favourable_ci95: Interval | None


@dataclass(frozen=True, slots=True)
class ScaleSummary:
    """A scale after reversing: the person scores, and the reliability of its items.

    Reliability is computed on the rows that are complete in the scale, `alpha_pairwise` on the
    rows that answered each pair. None where not defined.
    """

    n: int
    mean: float | None
    sd: float | None
    se: float | None
    ci95: Interval | None
    mean_0_100: float | None
    median: float | None
    q1: float | None
    q3: float | None
    skew: float | None
    alpha: float | None
    alpha_ci95: Interval | None
    alpha_pairwise: float | None
    n_complete: int
    omega: float | None
    average_r: float | None
    alpha_if_dropped: Mapping[str, float | None] | None
    item_rest_r: Mapping[str, float | None]


def item_summary(item: ItemTally, ends: Ends | None) -> ItemSummary:
    """Summarise one item; `ends` are its favourable and unfavourable codes (`scoring`)."""
    answers = Distribution.of_item(item)
    good = count(item, ends.favourable) if ends else None
    bad = count(item, ends.unfavourable) if ends else None
    return ItemSummary(
        n=answers.n,
        missing=item.missing_n,
        missing_by_kind=item.missing,
        histogram=item.histogram,
        mean=answers.mean,
        sd=answers.sd,
        median=answers.median,
        skew=answers.skew,
        favourable=None if good is None else percent(good, answers.n),
        unfavourable=None if bad is None else percent(bad, answers.n),
        favourable_ci95=None if good is None else wilson(good, answers.n),
    )


def scale_summary(scale: ScaleTally, products: ProductsTally) -> ScaleSummary:
    """Summarise one scale, with the products of its items over the same rows."""
    scores = Distribution.of_scores(scale)
    matrix = reliability.scatter(products)
    alpha = complete_alpha(scale)
    return ScaleSummary(
        n=scores.n,
        mean=scores.mean,
        sd=scores.sd,
        se=None if scores.sd is None else scores.sd / sqrt(scores.n),
        ci95=mean_interval(scores),
        mean_0_100=mean_0_100(scale, scores),
        median=scores.median,
        q1=scores.quantile(1),
        q3=scores.quantile(3),
        skew=scores.skew,
        alpha=alpha,
        alpha_ci95=feldt(alpha, products.n, len(scale.items)),
        alpha_pairwise=reliability.alpha(reliability.covariances(products)),
        n_complete=products.n,
        omega=omega(matrix),
        average_r=reliability.average_r(matrix),
        alpha_if_dropped=reliability.alpha_if_dropped(matrix, scale.items),
        item_rest_r=reliability.item_rest(matrix, scale.items),
    )


def complete_alpha(scale: ScaleTally) -> float | None:
    """Cronbach's alpha on the rows that are complete in the scale."""
    return reliability.complete_alpha(scale.complete)


def mean_0_100(scale: ScaleTally, scores: Distribution) -> float | None:
    """The mean score from 0 (lowest possible) to 100 (highest possible)."""
    if not scores.n:
        return None
    whole = scores.n * scores.denominator
    above = scores.total - scale.minimum * whole
    return 100 * above / ((scale.maximum - scale.minimum) * whole)


def count(item: ItemTally, codes: frozenset[int]) -> int:
    """How many answers have one of `codes`."""
    return sum(n for code, n in item.histogram.items() if code in codes)
