"""Scale drawn lines to their targets, then round them to whole euros."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commerce_exterieur.errors import UserError
from commerce_exterieur.simulation.codes import Partners, ReferenceCodes
from commerce_exterieur.simulation.margins import scale_to
from commerce_exterieur.simulation.sampling import Lines
from commerce_exterieur.simulation.structure import Expected
from commerce_exterieur.simulation.targets import EUROS, Targets

SOFT_ROUNDS = 12
HARD_ROUNDS = 400
TOLERANCE = 1e-9
SMALLEST_SHARE = 0.004  # members below are fitted together


def _grouped(
    weights: NDArray[np.float64],
    total: float,
    fixed: NDArray[np.float64],
    separate: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Make groups of members and their targets.

    Parameters
    ----------
    weights : ndarray of float64, shape (m,)
        Relative sizes of the members that have no target.
    total : float
        Sum of all targets.
    fixed : ndarray of float64, shape (m,)
        Targets known beforehand, NaN elsewhere.
    separate : ndarray of bool, shape (m,)
        Members that make a group of their own; the others share group 0.

    Returns
    -------
    groups : ndarray of int64, shape (m,)
    targets : ndarray of float64, shape (number of groups,)
    """
    known = ~np.isnan(fixed)
    free = np.where(known, 0.0, weights)
    sizes = np.where(known, fixed, free * ((total - fixed[known].sum()) / free.sum()))
    groups = np.where(separate, np.cumsum(separate, dtype=np.int64), 0)
    return groups, np.bincount(groups, weights=sizes).astype(np.float64, copy=False)


def fit_values(
    reference: ReferenceCodes,
    partners: Partners,
    expected: Expected,
    lines: Lines,
    targets: Targets,
) -> NDArray[np.float64]:
    """Fit line values by iterative proportional fitting.

    First towards everything at once, assumptions included (departments, large partners,
    large activities), then to what is published (departments, published partners) until
    nothing moves any more.

    Parameters
    ----------
    reference, partners, expected
        Codes and expected values.
    lines : Lines
        The lines drawn, N of them.
    targets : Targets
        What to reach.

    Returns
    -------
    ndarray of float64, shape (N,)
        Euros.
    """
    total = float(targets.departments.sum())
    euros = targets.departments.astype(float)
    fixed = np.array([targets.partner_shares.get(c, np.nan) for c in partners.codes])
    fixed = fixed * total
    published = ~np.isnan(fixed)
    big_partner = expected.partner_totals > SMALLEST_SHARE * total / EUROS
    big_activity = expected.activity_totals > SMALLEST_SHARE * total / EUROS

    activity = reference.product_activity[lines.product]
    partner_groups, partner_targets = _grouped(
        expected.partner_totals, total, fixed, big_partner | published
    )
    activity_groups, activity_targets = _grouped(
        expected.activity_totals,
        total,
        np.full(len(reference.activities), np.nan),
        big_activity,
    )
    hard_groups, hard_targets = _grouped(
        expected.partner_totals, total, fixed, published
    )
    values = lines.value.copy()
    scale_to(values, lines.department, euros)
    for _ in range(SOFT_ROUNDS):
        scale_to(values, activity_groups[activity], activity_targets)
        scale_to(values, partner_groups[lines.partner], partner_targets)
        scale_to(values, lines.department, euros)
    for _ in range(HARD_ROUNDS):
        moved = scale_to(values, hard_groups[lines.partner], hard_targets)
        scale_to(values, lines.department, euros)
        if moved < TOLERANCE:
            break
    return values


def round_values(
    values: NDArray[np.float64],
    department: NDArray[np.int64],
    totals: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Round to whole euros, at least 1, so that departments keep their totals.

    Parameters
    ----------
    values : ndarray of float64, shape (N,)
        Euros.
    department : ndarray of int64, shape (N,)
        Position of each line's department.
    totals : ndarray of int64, shape (D,)
        Whole euros wanted in each department.

    Returns
    -------
    ndarray of int64, shape (N,)
        Largest remainders are rounded up; if lines raised to 1 euro cost more than
        that, the department's largest line pays.

    Raises
    ------
    UserError
        When a department has a total and no line, or fewer euros than lines.
    """
    whole = np.maximum(np.floor(values), 1).astype(np.int64)
    counts = np.bincount(department, minlength=len(totals))
    if ((counts == 0) & (totals > 0)).any() or (counts > totals).any():
        raise UserError("Too few or too many lines for a department's total.")
    sums = np.zeros(len(totals), dtype=np.int64)
    np.add.at(sums, department, whole)
    missing = totals - sums

    order = np.lexsort((whole - values, department))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    rank = np.arange(len(values)) - starts[department[order]]
    whole[order[rank < missing[department[order]]]] += 1

    by_size = np.lexsort((-values, department))
    indebted = np.flatnonzero(missing < 0)
    whole[by_size[starts[indebted]]] += missing[indebted]
    if (whole < 1).any():
        raise UserError("A department's total is too small for its number of lines.")
    return whole


def check_fit(
    reference: ReferenceCodes,
    partners: Partners,
    lines: Lines,
    values: NDArray[np.int64],
    targets: Targets,
) -> None:
    """Refuse values that do not give every applicable published figure back.

    Raises
    ------
    UserError
        Naming the first figure missed, which happens when lines are too few.
    """
    departments = np.zeros(len(reference.departments), dtype=np.int64)
    np.add.at(departments, lines.department, values)
    sums = {
        code: int(departments[reference.members(code)].sum())
        for code in {"FR", *targets.totals["territory_code"]}
        | set(targets.shares["territory_code"])
        | set(targets.shares.loc[targets.shares["dimension"] != "partner", "member"])
    }
    for row in targets.totals.itertuples():
        gap = sums[row.territory_code] / EUROS - row.value_meur
        if abs(gap) > row.half_unit_meur:
            raise UserError(
                f"{row.territory_code} misses its published total by {gap:.1f} M€: "
                "ask for more lines."
            )
    for row in targets.shares.itertuples():
        part, whole = sums[row.territory_code], sums["FR"]
        if row.dimension == "partner":
            position = int(np.searchsorted(partners.codes, row.member))
            part = int(values[lines.partner == position].sum())
        else:
            whole = sums[row.member]
        gap = 100 * part / whole - row.share_pct
        if abs(gap) > row.half_unit_pct:
            raise UserError(
                f"The share of {row.territory_code} and {row.member} misses the "
                f"published one by {gap:.2f} points: ask for more lines."
            )
