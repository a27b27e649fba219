"""Formulas of indicators, written from their definitions and not from our SQL."""

from __future__ import annotations

import numpy as np


def herfindahl(values: np.ndarray) -> float:
    return float(np.sum((values / values.sum()) ** 2))


def cepii(x: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Contribution to the balance, ‰, after the CEPII's own formula."""
    trade = x.sum() + m.sum()
    gdp_free = x - m - (x.sum() - m.sum()) * (x + m) / trade
    return 1000 * gdp_free / trade
