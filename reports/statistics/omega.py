"""McDonald's omega total of a scale, from one factor fitted by maximum likelihood."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEEDS = 3  # items; fewer do not identify a factor
STEPS = 300  # real scales take about 20, odd ones 100
DIVERGED = 30  # standardised loadings: there is no best fit, it runs away
CLOSE = 1e-24  # squared length of the next step, in standard errors of a sample of size 1
HALVINGS = 40


@dataclass(frozen=True, slots=True)
class _Model:
    """One factor: loadings and residual variances (k,), `fit` = log|Sigma| + tr(S Sigma^-1)."""

    loadings: Floats
    residuals: Floats
    inverse: Floats
    fit: float

    @classmethod
    def of(cls, loadings: Floats, residuals: Floats, observed: Floats) -> "_Model | None":
        """The model with these parameters; None where its covariance is not positive."""
        implied = np.outer(loadings, loadings) + np.diag(residuals)
        try:
            root = np.linalg.cholesky(implied)
        except np.linalg.LinAlgError:
            return None
        log_size = 2 * float(np.log(np.diag(root)).sum())
        inverse: Floats = np.asarray(np.linalg.inv(implied), np.float64)
        return cls(loadings, residuals, inverse, log_size + float(np.vdot(observed, inverse)))


def omega(covariance: Sequence[Sequence[float]]) -> float | None:
    """Omega total from a covariance matrix (k, k) in any unit, usually 0..1.

    (sum of loadings)^2 / (that + sum of residual variances): the model-implied total variance
    stands below, as lavaan and semTools have it. The fit is on covariances, no item is turned,
    and a residual variance may become negative. None below three items, without variance, where
    the matrix is not positive definite, and where the fit does not converge.

    McDonald 1999; maximum likelihood by Fisher scoring on the scale-free problem, for three items
    in closed form.
    """
    observed = np.array(covariance, float)
    spread = np.sqrt(np.diag(observed))
    if len(spread) < NEEDS or not spread.all():
        return None
    correlations = observed / np.outer(spread, spread)
    if np.linalg.eigvalsh(correlations)[0] <= 1e-12:  # noqa: PLR2004 - rounding of a singular one
        return None
    model = _three(correlations) if len(spread) == NEEDS else _fitted(correlations)
    if model is None:
        return None
    common = float(model.loadings @ spread) ** 2
    total = common + float(model.residuals @ spread**2)
    return common / total if total > 0 else None


def _three(observed: Floats) -> _Model | None:
    """The exact fit of three items: r12 = l1 l2, r13 = l1 l3, r23 = l2 l3.

    There is one where the product of the correlations is positive. Else the best fit runs away,
    or, with a correlation of zero, is one of many.
    """
    first, second, third = observed[0, 1], observed[0, 2], observed[1, 2]
    if not first * second * third > 0:
        return None
    sizes = np.sqrt([first * second / third, first * third / second, second * third / first])
    loadings = sizes * np.sign([1, first, second])
    return None if sizes.max() > DIVERGED else _Model.of(loadings, 1 - loadings**2, observed)


def _fitted(observed: Floats) -> _Model | None:
    first = np.linalg.eigh(observed)[1][:, -1]
    halves = np.full(len(observed), 0.5)
    model = _Model.of(np.where(first < 0, -1, 1) * np.sqrt(halves), halves, observed)
    for _ in range(STEPS):
        if model is None or np.abs(model.loadings).max() > DIVERGED:
            return None
        gradient, information = _slope(model, observed)
        step = np.asarray(np.linalg.lstsq(information, gradient, rcond=None)[0], np.float64)
        if float(step @ gradient) < CLOSE:
            return model
        model = _moved(model, step, observed)
    return None


def _slope(model: _Model, observed: Floats) -> tuple[Floats, Floats]:
    """Gradient (2k,) and expected second derivatives (2k, 2k) of the fit."""
    inverse, loadings = model.inverse, model.loadings
    pull = inverse - inverse @ observed @ inverse
    gradient = np.concatenate([2 * pull @ loadings, np.diag(pull)])
    turned = inverse @ loadings
    own = 2 * (np.outer(turned, turned) + inverse * float(loadings @ turned))
    mixed = 2 * inverse * turned
    return gradient, np.block([[own, mixed], [mixed.T, inverse**2]])


def _moved(model: _Model, step: Floats, observed: Floats) -> _Model | None:
    """The model after as much of the step as improves the fit; itself once rounding stops it."""
    k = len(model.loadings)
    for _ in range(HALVINGS):
        found = _Model.of(model.loadings - step[:k], model.residuals - step[k:], observed)
        if found is not None and found.fit <= model.fit + 1e-13:
            return found
        step = step / 2
    return None
