"""Random draws that give the same bytes on every machine.

NumPy promises a stable stream for a bit generator, not for the distributions built
on it, and `exp` or `log` may differ in the last digit from one processor to the next.
So raw PCG64 words choose rows of tables of quantiles, and the tables are rounded to
nine significant digits: only exact operations come after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

FLOWS = ("export", "import")
TABLE_SIZE = 65_536  # one 16-bit word chooses one quantile


def _rounded(value: float) -> float:
    """Keep nine significant digits, so that libraries agree on the result."""
    return float(f"{value:.9g}")


@lru_cache(maxsize=32)
def lognormal_table(sigma: float) -> NDArray[np.float64]:
    """Quantiles of a lognormal of median 1.

    Parameters
    ----------
    sigma : float
        Standard deviation of the logarithm, no unit.

    Returns
    -------
    ndarray of float64, shape (65536,)
        Increasing, all positive.
    """
    normal = NormalDist()
    return np.array(
        [
            _rounded(math.exp(sigma * normal.inv_cdf((rank + 0.5) / TABLE_SIZE)))
            for rank in range(TABLE_SIZE)
        ]
    )


@lru_cache(maxsize=1)
def exponential_table() -> NDArray[np.float64]:
    """Quantiles of an exponential of mean 1, shape (65536,), all positive."""
    return np.array(
        [
            _rounded(-math.log(1 - (rank + 0.5) / TABLE_SIZE))
            for rank in range(TABLE_SIZE)
        ]
    )


class Stream:
    """One independent sequence of draws, named by integers.

    Parameters
    ----------
    seed : int
        Seed of the whole simulation, not negative.
    *path : int
        What the stream is for (flow, department, year…): another path, another
        sequence, whatever was drawn before.
    """

    def __init__(self, seed: int, *path: int) -> None:
        # As a spawn key: NumPy takes two entropies that differ by final zeros for one.
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=path))

    def _ranks(self, shape: tuple[int, ...]) -> NDArray[np.uint16]:
        """Draw table rows, four out of each 64-bit word."""
        count = math.prod(shape)
        words = np.asarray(self._bits.random_raw(-(-count // 4)), dtype="<u8")
        return words.view("<u2")[:count].reshape(shape)

    def lognormal(self, sigma: float, *shape: int) -> NDArray[np.float64]:
        """Draw factors of median 1 and log standard deviation `sigma`."""
        return lognormal_table(sigma).take(self._ranks(shape))

    def exponential(self, *shape: int) -> NDArray[np.float64]:
        """Draw waiting times of mean 1."""
        return exponential_table().take(self._ranks(shape))


@dataclass(frozen=True)
class Case:
    """What is simulated: one flow of one year, under one seed.

    Attributes
    ----------
    flow : str
        `export` or `import`.
    year : int
        Four digits.
    seed : int
        Seed of the whole simulation, not negative.
    """

    flow: str
    year: int
    seed: int

    def steady(self, *path: int) -> Stream:
        """Open a stream that gives the same draws in every year."""
        return Stream(self.seed, FLOWS.index(self.flow), 0, *path)

    def yearly(self, *path: int) -> Stream:
        """Open a stream that belongs to the year."""
        return Stream(self.seed, FLOWS.index(self.flow), self.year, *path)
