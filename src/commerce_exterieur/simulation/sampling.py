"""Draw which lines exist (quarter × department × product × partner) and how large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from commerce_exterieur.errors import UserError
from commerce_exterieur.simulation.codes import (
    QUARTERS,
    Partners,
    ReferenceCodes,
    read_prior,
)
from commerce_exterieur.simulation.draws import Case
from commerce_exterieur.simulation.margins import scale_to, whole_shares
from commerce_exterieur.simulation.structure import SIGMA_CUSTOMER, Expected

SIGMA_CELL = 0.9  # size of a (product, partner) cell, the same every year
SIGMA_LINE = 0.55  # size of one quarter of it
SIGMA_OCCURRENCE = 0.5  # whether a quarter of it is there
SIGMA_DENSITY_CELL = 0.5  # euros per kilogram of a cell, the same every year
SIGMA_DENSITY_LINE = 0.12
MIX_ROUNDS = 6
FEWEST_LINES = 1_000  # below, departments or quarters would be empty


@dataclass(frozen=True)
class Lines:
    """Lines of one flow and year as parallel arrays of shape (N,), sorted like a file.

    Attributes
    ----------
    quarter : ndarray of int64
        0 to 3.
    department, product, partner : ndarray of int64
        Positions in the reference codes.
    value : ndarray of float64
        Relative size: millions of euros before any fit.
    density : ndarray of float64
        Euros per kilogram, 0 for what has no mass.
    """

    quarter: NDArray[np.int64]
    department: NDArray[np.int64]
    product: NDArray[np.int64]
    partner: NDArray[np.int64]
    value: NDArray[np.float64]
    density: NDArray[np.float64]


def line_quotas(
    reference: ReferenceCodes, lines: int, capacity: int
) -> NDArray[np.int64]:
    """Share lines among departments the way real import files do.

    Parameters
    ----------
    reference : ReferenceCodes
        The codes.
    lines : int
        How many lines there are to share.
    capacity : int
        How many different keys one department has.

    Returns
    -------
    ndarray of int64, shape (D,)
        Sums to `lines`.

    Raises
    ------
    UserError
        When `lines` is too small for a file, or larger than all keys together.
    """
    priors = read_prior(
        "department_totals", "customs_code", "line_weight", "minimum_lines"
    ).sort_values("customs_code")
    count = len(reference.departments)
    if lines < FEWEST_LINES:
        raise UserError(
            f"{lines} lines are too few: ask for at least {FEWEST_LINES} a file."
        )
    if lines > count * capacity:
        raise UserError(
            f"{lines} lines cannot have different keys: {count * capacity} is the most "
            "a flow and year can hold."
        )
    floors = priors["minimum_lines"].to_numpy()
    floors = np.minimum(floors, floors * (lines / 2 / floors.sum()))
    weights = priors["line_weight"].to_numpy()
    # Between its floor and its capacity a department gets a number proportional to
    # its weight; the factor common to all is found by bisection.
    low, high = 0.0, lines / weights.min() + capacity
    for _ in range(200):
        middle = (low + high) / 2
        if np.clip(middle * weights, floors, capacity).sum() < lines:
            low = middle
        else:
            high = middle
    return whole_shares(np.clip(high * weights, floors, capacity), lines)


def _smallest(keys: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Give the positions of the `count` smallest keys, sorted; ties go to the first.

    `argpartition` would do, but which of two equal keys it keeps is not specified.
    """
    if count == 0:
        return np.empty(0, dtype=np.int64)
    threshold = np.partition(keys, count - 1)[count - 1]
    below = np.flatnonzero(keys < threshold)
    level = np.flatnonzero(keys == threshold)[: count - len(below)]
    return np.sort(np.concatenate([below, level]))


def _draw_department(
    reference: ReferenceCodes,
    partners: Partners,
    expected: Expected,
    position: int,
    quota: int,
    case: Case,
) -> Lines:
    """Draw the lines of one department, sorted by quarter, product and partner."""
    activity = reference.product_activity
    grid = len(reference.products), len(partners.codes)
    steady, yearly = case.steady(position), case.yearly(position)

    customer = steady.lognormal(SIGMA_CUSTOMER, len(reference.activities), grid[1])
    cells = expected.department_cells(position, customer, activity)
    partner_mix = cells.sum(axis=0)
    cells *= steady.lognormal(SIGMA_CELL, *grid)

    # A race: the smallest waiting times win. An activity gets lines like the square
    # root of its value, so that small ones are seen; within it, a cell waits the less
    # the larger it is. Square roots are exact on every machine, powers are not.
    activity_mix = expected.department_activity[position]
    root = np.sqrt(cells / activity_mix[activity][:, None])
    pull = root * np.sqrt(root) * np.sqrt(np.sqrt(root))  # share^0.875
    pull *= np.sqrt(activity_mix)[activity][:, None] * partners.presence
    waits = steady.exponential(*grid) / pull
    keys = waits * yearly.lognormal(SIGMA_OCCURRENCE, QUARTERS, *grid)
    chosen = _smallest(keys.ravel(), quota)
    quarter, cell = np.divmod(chosen, grid[0] * grid[1])
    product, partner = np.divmod(cell, grid[1])
    good = activity[product]

    value = cells.ravel()[cell] * yearly.lognormal(SIGMA_LINE, quota)
    value *= expected.season[quarter, good]
    # What was not drawn goes to the drawn lines of the same partner and activity: a
    # department keeps its mix however few its lines.
    for _ in range(MIX_ROUNDS):
        scale_to(value, partner, partner_mix)
        scale_to(value, good, activity_mix)

    density = expected.euros_per_kg[good] * yearly.lognormal(SIGMA_DENSITY_LINE, quota)
    density *= steady.lognormal(SIGMA_DENSITY_CELL, *grid).ravel()[cell]
    return Lines(quarter, np.full(quota, position), product, partner, value, density)


def draw_lines(
    reference: ReferenceCodes,
    partners: Partners,
    expected: Expected,
    quotas: NDArray[np.int64],
    case: Case,
    on_department: Callable[[], object] = lambda: None,
) -> Lines:
    """Draw the lines of one flow and one year.

    A line is drawn without replacement, the likelier the larger its expected value;
    its size is then lognormal around that value. Cells (product × partner) keep their
    luck, size and density from one quarter and one year to the next.

    Parameters
    ----------
    reference, partners, expected
        Codes and expected values.
    quotas : ndarray of int64, shape (D,)
        Number of lines of each department.
    case : Case
        The flow, year and seed.
    on_department : callable
        Called after each department, for a progress bar.

    Returns
    -------
    Lines
        `quotas.sum()` lines of different keys.
    """
    parts = []
    for position, quota in enumerate(quotas.tolist()):
        parts.append(
            _draw_department(reference, partners, expected, position, quota, case)
        )
        on_department()
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Lines)
    }
    order = np.lexsort(
        tuple(columns[name] for name in ("partner", "product", "department", "quarter"))
    )
    return Lines(**{name: column[order] for name, column in columns.items()})
