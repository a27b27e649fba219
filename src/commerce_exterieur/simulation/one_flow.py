"""Simulate one flow of one year, from the assumptions to whole euros."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from commerce_exterieur.simulation.codes import (
    QUARTERS,
    Partners,
    ReferenceCodes,
    read_partners,
)
from commerce_exterieur.simulation.draws import Case
from commerce_exterieur.simulation.fitting import check_fit, fit_values, round_values
from commerce_exterieur.simulation.sampling import Lines, draw_lines, line_quotas
from commerce_exterieur.simulation.structure import expected_values
from commerce_exterieur.simulation.targets import read_targets


@dataclass(frozen=True)
class Simulated:
    """Lines of one flow and year.

    Attributes
    ----------
    case : Case
        The flow and year.
    reference, partners
        The codes that positions in `lines` stand for.
    lines : Lines
        N lines, sorted like a file.
    values : ndarray of int64, shape (N,)
        Whole euros, at least 1.
    """

    case: Case
    reference: ReferenceCodes
    partners: Partners
    lines: Lines
    values: NDArray[np.int64]

    @property
    def masses(self) -> NDArray[np.int64]:
        """Whole kilograms, shape (N,); 0 for what has no mass or nearly none."""
        kilograms = np.divide(
            self.values,
            self.lines.density,
            out=np.zeros(len(self.values)),
            where=self.lines.density > 0,
        )
        return np.rint(kilograms).astype(np.int64)


def simulate(
    reference: ReferenceCodes,
    seeds_dir: Path,
    case: Case,
    line_count: int,
    on_department: Callable[[], object] = lambda: None,
) -> Simulated:
    """Simulate one flow of one year.

    Parameters
    ----------
    reference : ReferenceCodes
        The codes.
    seeds_dir : Path
        The folder that holds `reference/` and `expectations/`.
    case : Case
        The flow, year and seed.
    line_count : int
        Number of lines wanted, exactly.
    on_department : callable
        Called after each department, for a progress bar.

    Returns
    -------
    Simulated
        `line_count` lines of different keys, fitted to what is published.

    Raises
    ------
    UserError
        When the number of lines is impossible or published figures are out of reach.
    """
    partners = read_partners(seeds_dir / "reference", case.flow, case.year)
    capacity = QUARTERS * len(reference.products) * len(partners.codes)
    quotas = line_quotas(reference, line_count, capacity)
    expected = expected_values(reference, partners, case)
    targets = read_targets(
        reference, partners, expected, seeds_dir / "expectations", case
    )
    lines = draw_lines(reference, partners, expected, quotas, case, on_department)
    values = round_values(
        fit_values(reference, partners, expected, lines, targets),
        lines.department,
        targets.departments,
    )
    check_fit(reference, partners, lines, values, targets)
    return Simulated(case, reference, partners, lines, values)
