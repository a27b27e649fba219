"""Sums by group: scaling values to them, and rounding shares without losing any."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def scale_to(
    values: NDArray[np.float64],
    groups: NDArray[np.int64],
    targets: NDArray[np.float64],
) -> float:
    """Scale values in place so that each group adds up to its target.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Positive, any unit.
    groups : ndarray of int64, shape (n,)
        The group of each value.
    targets : ndarray of float64, shape (number of groups,)
        Same unit as `values`. A group without value keeps its target unmet.

    Returns
    -------
    float
        The largest relative change; 0 when nothing had to move.
    """
    sums = np.bincount(groups, weights=values, minlength=len(targets))
    factors = np.divide(targets, sums, out=np.ones_like(sums), where=sums > 0)
    values *= factors[groups]
    return float(np.abs(factors - 1).max())


def whole_shares(shares: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Round shares to whole numbers of a given sum, by largest remainder.

    Parameters
    ----------
    shares : ndarray of float64, shape (n,)
        Any unit: they are rescaled to `total`.
    total : int
        The sum wanted.

    Returns
    -------
    ndarray of int64, shape (n,)
        Ties go to the first.
    """
    exact = shares * (total / shares.sum())
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole
