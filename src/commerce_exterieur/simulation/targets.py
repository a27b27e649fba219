"""What the simulated lines must add up to: published figures, then assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commerce_exterieur.errors import UserError
from commerce_exterieur.simulation.codes import (
    Partners,
    ReferenceCodes,
    read_prior,
    read_table,
)
from commerce_exterieur.simulation.draws import Case
from commerce_exterieur.simulation.margins import whole_shares
from commerce_exterieur.simulation.structure import Expected

EUROS = 1_000_000  # in a million


@dataclass(frozen=True)
class Targets:
    """Totals to reach for one flow and one year.

    Attributes
    ----------
    departments : ndarray of int64, shape (D,)
        Whole euros; they add up to every published total.
    partner_shares : dict of str to float
        Published share of a partner in France's flow, as a ratio.
    totals : DataFrame
        Published rows that apply: territory_code, value_meur, half_unit_meur.
    shares : DataFrame
        Published rows that apply: territory_code, dimension, member, share_pct,
        half_unit_pct.
    """

    departments: NDArray[np.int64]
    partner_shares: dict[str, float]
    totals: pd.DataFrame
    shares: pd.DataFrame


def _published(path: Path, case: Case, *numbers: str) -> pd.DataFrame:
    """Read the rows of an expectation seed that apply to a flow and year."""
    table = read_table(path, ("territory_code", "year", "flow", *numbers))
    table = table[(table["flow"] == case.flow) & (table["year"] == str(case.year))]
    return table.astype(dict.fromkeys(numbers, float)).reset_index(drop=True)


def _france(totals: pd.DataFrame, case: Case) -> float:
    """Give France's total, published or assumed, in millions of euros.

    A year without assumption takes that of the nearest year that has one.
    """
    published = totals.loc[totals["territory_code"] == "FR", "value_meur"]
    if len(published):
        return float(published.iloc[0])
    table = read_prior("assumptions", "territory_code", "year", "flow", "value_meur")
    table = table[(table["flow"] == case.flow) & (table["territory_code"] == "FR")]
    nearest = (table["year"] - case.year).abs().sort_values(kind="stable").index[0]
    return float(table.loc[nearest, "value_meur"])


def _fill(
    result: NDArray[np.int64],
    free: NDArray[np.bool_],
    total: int,
    prior: NDArray[np.float64],
    name: str,
) -> None:
    """Share what remains of a total among the departments still free, in place."""
    remaining = total - int(result[~free].sum())
    if remaining < 0 or (remaining > 0 and not free.any()):
        raise UserError(
            f"Published totals contradict each other: {name} is smaller than its parts."
        )
    if free.any():
        result[free] = whole_shares(prior[free], remaining)


def department_targets(
    reference: ReferenceCodes,
    totals: pd.DataFrame,
    france_meur: float,
    prior: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Give each department a total, consistent with every published one.

    A published department keeps its figure; the others share what remains of their
    region's when it is published, else of France's, according to `prior`.

    Parameters
    ----------
    reference : ReferenceCodes
        The codes.
    totals : DataFrame
        Published totals of the flow and year.
    france_meur : float
        France's total, millions of euros.
    prior : ndarray of float64, shape (D,)
        Relative sizes of the departments.

    Returns
    -------
    ndarray of int64, shape (D,)
        Whole euros.

    Raises
    ------
    UserError
        When a total is smaller than its parts.
    """
    result = np.zeros(len(prior), dtype=np.int64)
    done = np.zeros(len(prior), dtype=bool)
    rows = totals.assign(level=totals["territory_code"].str[:1])
    for row in rows[rows["level"] == "D"].itertuples():
        members = reference.members(row.territory_code)
        result[members] = round(row.value_meur * EUROS)
        done |= members
    for row in rows[rows["level"] == "R"].itertuples():
        members = reference.members(row.territory_code)
        part = result[members]
        _fill(
            part,
            ~done[members],
            round(row.value_meur * EUROS),
            prior[members],
            row.territory_code,
        )
        result[members] = part
        done |= members
    _fill(result, ~done, round(france_meur * EUROS), prior, "FR")
    return result


def read_targets(
    reference: ReferenceCodes,
    partners: Partners,
    expected: Expected,
    expectations_dir: Path,
    case: Case,
) -> Targets:
    """Read everything the lines of one flow and year must add up to.

    Raises
    ------
    UserError
        When a seed is missing, or names a territory or partner unknown here.
    """
    totals = _published(
        expectations_dir / "published_totals.csv",
        case,
        "value_meur",
        "half_unit_meur",
    )
    shares = _published(
        expectations_dir / "published_shares.csv",
        case,
        "share_pct",
        "half_unit_pct",
    )
    by_partner = shares[shares["dimension"] == "partner"]
    strange = set(by_partner["member"]) - set(partners.codes.tolist())
    if strange or (by_partner["territory_code"] != "FR").any():
        raise UserError(
            "Only shares of known partners in France's flows can be fitted: "
            f"look at {expectations_dir / 'published_shares.csv'}."
        )
    return Targets(
        departments=department_targets(
            reference, totals, _france(totals, case), expected.department_totals
        ),
        partner_shares={
            row.member: row.share_pct / 100 for row in by_partner.itertuples()
        },
        totals=totals,
        shares=shares,
    )
