"""Proofs that a class is in no light union: proposed in floating point, evaluated in integers.

Sought are 0/1 vectors v in the span (see `span`) with w.v < bound for weights w >= 0. A case says
which classes are 0 (closed) and which are 1 (taken), and that no v fits is proven as follows. Let p
be the first taken class. Take t >= 0; m_a >= 0, but of any sign where a is closed; u_a >= 0; and
k_a >= 0 for the other taken classes. With rho = e_p - t w - u + m + k

    v_p = t w.v + u.v - m.v - k.v + rho.v <= t (bound - 1) + sum u - sum k + rho.v

for every v that fits, since v_a is 0 where a is closed, from 0 to 1 everywhere, and 1 where a is
taken. With v = K z / D, rho.v is at most the sum of the positive entries of rho K, over pivots that
are not closed, by D. Where all this is below 1, v_p is not 1, and no v fits.

A linear programme proposes multipliers with rho orthogonal to the span, so that rho.v is nearly 0.
They are rounded to multiples of 2**-SHIFT, and the inequality is evaluated in whole numbers: it
holds for any multipliers of the right signs. So a wrong programme costs a proof, never makes one.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix, eye_array, hstack

from reports.disclosure.limits import SOLVED_WITHIN
from reports.disclosure.span import Integers, Span

Truths = NDArray[np.bool_]
Floats = NDArray[np.float64]

NODES = 200  # of one integer programme
SHIFT = 30
LARGEST_MULTIPLIER = 1000.0
LARGEST_SUM = 2.0**61


@dataclass(frozen=True)
class Case:
    """Which classes are 0 (`closed`), and which are 1 (`taken`)."""

    closed: Truths
    taken: tuple[int, ...]


@dataclass(frozen=True)
class Proofs:
    """Of one question: groups (classes, groups), weights (classes,), their bound and their span."""

    groups: Integers
    weights: Integers
    bound: int
    span: Span

    def void(self, case: Case, *, cone: bool) -> bool:
        """Whether it is proven that no vector fits a case; `cone` makes no use of v <= 1."""
        n, others = len(self.weights), np.array(case.taken[1:], np.int64)
        blocks, costs = [self._weighed, -self._sides], [np.array([self.bound - 1.0]), np.zeros(n)]
        least = [np.zeros(1), np.where(case.closed, -LARGEST_MULTIPLIER, 0.0)]
        if not cone:
            blocks += [self._sides, -self._sides[:, others]]
            costs += [np.ones(n), -np.ones(len(others))]
            least += [np.zeros(n), np.zeros(len(others))]
        goal = self.groups[case.taken[0]].astype(np.float64)
        found = milp(
            np.concatenate(costs),
            constraints=LinearConstraint(hstack(blocks, format="csc"), goal, goal),
            bounds=Bounds(np.concatenate(least), LARGEST_MULTIPLIER),
            options={"time_limit": SOLVED_WITHIN},
        ).x
        return found is not None and self._holds(case, found)

    def _holds(self, case: Case, proposed: Floats) -> bool:
        """The inequality, in whole numbers, for rounded multipliers t, m and maybe u, k."""
        n = len(self.weights)
        whole = np.rint(np.clip(proposed, -LARGEST_MULTIPLIER, None) * 2**SHIFT).astype(np.int64)
        t, rest = max(0, int(whole[0])), whole[1:]
        m = np.where(case.closed, rest[:n], np.maximum(0, rest[:n]))
        u = np.maximum(0, rest[n : 2 * n]) if len(rest) > n else np.zeros(n, np.int64)
        k = np.maximum(0, rest[2 * n :])
        rho = m - t * self._light - u
        rho[list(case.taken[1 : 1 + len(k)])] += k
        rho[case.taken[0]] += 2**SHIFT
        multiples = self.span.multiples
        if (np.abs(rho).astype(np.float64) @ np.abs(multiples)).max(initial=0) > LARGEST_SUM:
            return False
        entries = (rho @ multiples)[~case.closed[self.span.pivots]].tolist()
        most = t * (self.bound - 1) + sum(u.tolist()) - sum(k.tolist())
        left = sum(entry for entry in entries if entry > 0)
        return bool(self.span.denominator * most + left < self.span.denominator * 2**SHIFT)

    def proposed(self, case: Case) -> Integers:
        """The lightest vector that an integer programme finds for a case; zeros for none."""
        found = self._programme(case, whole=True)
        return np.rint(found).astype(np.int64)

    def relaxed(self, case: Case) -> Floats:
        """The lightest vector for a case with values from 0 to 1; zeros for none."""
        return self._programme(case, whole=False)

    def _programme(self, case: Case, *, whole: bool) -> Floats:
        """Over the multiples of the groups, then the values of the pivots."""
        n, n_groups, pivots = len(self.weights), self.groups.shape[1], self.span.pivots
        low = np.zeros(n)
        low[list(case.taken)] = 1.0
        high = np.where(case.closed, 0.0, 1.0)
        values = hstack([self._sides.T, csc_matrix((n, len(pivots)))])
        equal = hstack([self._sides.T[pivots], -eye_array(len(pivots))])
        found = milp(
            np.concatenate([self.weights @ self.groups, np.zeros(len(pivots))]),
            integrality=np.repeat([0, int(whole)], [n_groups, len(pivots)]),
            constraints=[LinearConstraint(values, low, high), LinearConstraint(equal, 0, 0)],
            bounds=Bounds(-np.inf, np.inf),
            options={"node_limit": NODES, "time_limit": SOLVED_WITHIN},
        ).x
        return np.zeros(n) if found is None else self.groups @ found[:n_groups]

    @cached_property
    def _sides(self) -> csc_matrix:
        """The groups as rows, the classes as columns."""
        return csc_matrix(self.groups.T.astype(np.float64))

    @cached_property
    def _light(self) -> Integers:
        """The weights of classes that are not 0 anyway."""
        return np.where(self.weights < self.bound, self.weights, 0)

    @cached_property
    def _weighed(self) -> csc_matrix:
        return csc_matrix((self.groups.T @ self._light)[:, None].astype(np.float64))
