"""Noncentralities of Student's t, which scipy's inverse (`nctdtrinc`) gives to 1e-6 only."""

from functools import cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

NODES = 128  # of each of three parts
REACH = 12.0  # standard deviations of chi on either side that are integrated
STEP = 9.0  # standard deviations in which the normal distribution goes from 0 to 1

Floats = NDArray[np.float64]


def noncentrality(t: float, df: float, share: float) -> float:
    """The noncentrality under which a share (0..1) of the distribution lies at or below `t`.

    P(T <= t) with `df` degrees of freedom is the expectation of Phi(t s - noncentrality) over
    s = chi(df) / sqrt(df), here by Gauss-Legendre quadrature below, within and above the step of
    Phi at s = noncentrality / t, which for a large t is steep.
    """
    reach = REACH * (1 + abs(t) / sqrt(2 * df)) + abs(t)

    def too_many(away: float) -> float:
        s, weights = _scaled_chi(df, [(away - STEP) / t, (away + STEP) / t] if t else [])
        return float(special.ndtr(t * s - away) @ weights) - share

    return float(optimize.brentq(too_many, t - reach, t + reach, xtol=1e-13, rtol=1e-14))


def _scaled_chi(df: float, cuts: list[float]) -> tuple[Floats, Floats]:
    """Nodes of s = chi(df) / sqrt(df) and their probabilities, in parts that meet at `cuts`."""
    spread = REACH / sqrt(2 * df)
    low, high = max(0.0, 1 - spread), 1 + spread
    ends = np.array([low, *sorted(np.clip(cuts, low, high)), high])
    nodes, weights = _rule()
    half = np.diff(ends)[:, None] / 2
    s, width = ((ends[:-1, None] + half + half * nodes).ravel(), (half * weights).ravel())
    log = df / 2 * np.log(df / 2) - special.gammaln(df / 2) + np.log(2)
    return s, width * np.exp(log + special.xlogy(df - 1, s) - df * s * s / 2)


@cache
def _rule() -> tuple[Floats, Floats]:
    """Nodes between -1 and 1 and their weights."""
    return np.polynomial.legendre.leggauss(NODES)
