"""Noncentralities of Student's t, which scipy's inverse (`nctdtrinc`) gives to 1e-6 only."""

from functools import cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

NODES = 512
REACH = 12.0  # standard deviations of chi on either side that are integrated


def noncentrality(t: float, df: float, share: float) -> float:
    """The noncentrality under which a share (0..1) of the distribution lies at or below `t`.

    P(T <= t) with `df` degrees of freedom is the expectation of Phi(t s - noncentrality) over
    s = chi(df) / sqrt(df), here by Gauss-Legendre quadrature.
    """
    s, weights = _scaled_chi(df)
    reach = REACH * (1 + abs(t) / sqrt(2 * df)) + abs(t)

    def too_many(away: float) -> float:
        return float(special.ndtr(t * s - away) @ weights) - share

    return float(optimize.brentq(too_many, t - reach, t + reach, xtol=1e-13, rtol=1e-14))


def _scaled_chi(df: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes of s = chi(df) / sqrt(df) and their probabilities, which add up to one."""
    spread = REACH / sqrt(2 * df)
    low, high = max(0.0, 1 - spread), 1 + spread
    nodes, weights = _rule()
    s = (low + high) / 2 + (high - low) / 2 * nodes
    log = df / 2 * np.log(df / 2) - special.gammaln(df / 2) + np.log(2)
    log = log + (df - 1) * np.log(s) - df * s * s / 2
    return s, (high - low) / 2 * weights * np.exp(log)


@cache
def _rule() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes between -1 and 1 and their weights; a fifth of a second that few programs need."""
    return np.polynomial.legendre.leggauss(NODES)
