"""One value of R, where ours stands, and how far they may differ.

statistics.md of the design: counts, medians and histograms exact; means, SD, intervals and
quartiles 1e-12; alpha, r, skew, Welch and rank tests 1e-10; intervals of g 1e-8; omega 2e-6.
"""

from dataclasses import dataclass

EXACT, TIGHT, TEST, OMEGA = 0.0, 1e-12, 1e-10, 2e-6


@dataclass(frozen=True)
class Expected:
    """One value that R gives, where ours stands, and how far they may differ (relative)."""

    statistic: str
    path: tuple[str | int, ...]
    value: float
    tolerance: float
