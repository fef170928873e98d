"""The studentized range distribution, by quadrature: scipy's is slow and ends near 1e-9."""

from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

INNER = 96
REACH = 8.0  # standard deviations of the normal distribution that are integrated

_Z, _WEIGHTS = np.polynomial.legendre.leggauss(INNER)
_Z = REACH * _Z
_NORMAL = REACH * _WEIGHTS * np.exp(-_Z * _Z / 2) / sqrt(2 * np.pi)


def studentized_range(q: float, k: int, df: float) -> float:
    """P(Q >= q), Q the range of `k` normal values over an independent SD with `df`; 0..1.

    The probability that a range stays below q s, averaged over s = chi(df) / sqrt(df):
    k times the integral of phi(z) (Phi(z) - Phi(z - q s))^(k - 1). Off by less than 1e-10
    from df = 1 on, the least that Welch gives.
    """
    log_s, weights = _log_chi(df, q)
    inside = special.ndtr(_Z) - special.ndtr(_Z - q * np.exp(log_s)[:, None])
    below = k * (inside ** (k - 1)) @ _NORMAL
    return float(np.clip(1 - weights @ below, 0.0, 1.0))


def _log_chi(df: float, q: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes of log(chi(df) / sqrt(df)) and their probabilities.

    Of the logarithm the density is smooth for every df, and with the range it vanishes at both
    ends, where a sum with equal steps is as good as any quadrature.
    """
    step = 1 / sqrt(40 + 4 * df)
    lowest = max(-sqrt(37 / df) - 37 / df, log(1e-7 / max(1.0, q)))  # exp(-37) is 1e-16
    log_s = np.arange(lowest, log(1 + 10 / sqrt(2 * df)), step)
    at_one = df / 2 * log(df / 2) - float(special.gammaln(df / 2)) + log(2)
    return log_s, step * np.exp(at_one + df * (log_s - np.exp(2 * log_s) / 2))
