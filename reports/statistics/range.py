"""The studentized range distribution, by quadrature: scipy's is slow and ends near 1e-9."""

from math import sqrt

import numpy as np
from scipy import special

INNER, OUTER = 96, 64
REACH = 8.0  # standard deviations of the normal distribution that are integrated

_X, _V = np.polynomial.legendre.leggauss(INNER)
_S, _W = np.polynomial.legendre.leggauss(OUTER)


def studentized_range(q: float, k: int, df: float) -> float:
    """P(Q >= q), Q the range of `k` normal values over an independent SD with `df`; 0..1.

    The probability that a range stays below q s, averaged over s = chi(df) / sqrt(df):
    k times the integral of phi(z) (Phi(z) - Phi(z - q s))^(k - 1).
    """
    spread = 10 / sqrt(2 * df)
    low, high = max(0.0, 1 - spread), 1 + spread
    s = (low + high) / 2 + (high - low) / 2 * _S
    log = df / 2 * np.log(df / 2) - special.gammaln(df / 2) + np.log(2)
    density = np.exp(log + (df - 1) * np.log(s) - df * s * s / 2) * (high - low) / 2 * _W
    z = REACH * _X
    phi = np.exp(-z * z / 2) / sqrt(2 * np.pi) * REACH * _V
    inside = special.ndtr(z) - special.ndtr(z - q * s[:, None])
    below = k * (inside ** (k - 1)) @ phi
    return float(min(1.0, max(0.0, 1 - density @ below)))
