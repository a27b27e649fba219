"""What is expected to be traded: who, what, with whom, before any line is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commerce_exterieur.simulation.codes import (
    QUARTERS,
    Partners,
    ReferenceCodes,
    read_prior,
)
from commerce_exterieur.simulation.draws import Case

BALANCING_ROUNDS = 60
# Standard deviations of the logarithm of the noises, from the steadiest to the
# loosest. The first four are the same in every year, the last three are not.
SIGMA_ACTIVITY = 0.35  # a department's taste for an activity nobody listed
SIGMA_PRODUCT = 0.8  # for a product within an activity
SIGMA_PARTNER = 0.28  # for a partner
SIGMA_CUSTOMER = 0.4  # for a partner within an activity
SIGMA_YEAR_DEPARTMENT = 0.035
SIGMA_YEAR_ACTIVITY = 0.09
SIGMA_YEAR_NATIONAL = 0.03


@dataclass(frozen=True)
class Expected:
    """Expected values of one flow in one year.

    Attributes
    ----------
    department_totals : ndarray of float64, shape (D,)
        Millions of euros.
    department_activity : ndarray of float64, shape (D, A)
        Millions of euros.
    product_share : ndarray of float64, shape (D, P)
        Share of each product in its activity, department by department.
    activity_partner : ndarray of float64, shape (A, C)
        Share of each partner in the activity, nationally.
    department_partner : ndarray of float64, shape (D, C)
        Attraction between a department and a partner, 1 on average.
    season : ndarray of float64, shape (4, A)
        Weight of each quarter, 1 on average.
    euros_per_kg : ndarray of float64, shape (A,)
        Median unit value, 0 for what has no mass.
    activity_totals, partner_totals : ndarray of float64, shapes (A,) and (C,)
        National values, millions of euros.
    """

    department_totals: NDArray[np.float64]
    department_activity: NDArray[np.float64]
    product_share: NDArray[np.float64]
    activity_partner: NDArray[np.float64]
    department_partner: NDArray[np.float64]
    season: NDArray[np.float64]
    euros_per_kg: NDArray[np.float64]
    activity_totals: NDArray[np.float64]
    partner_totals: NDArray[np.float64]

    def department_cells(
        self, position: int, customer: NDArray[np.float64], activity: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Spread a department's value over products and partners.

        Parameters
        ----------
        position : int
            Position of the department.
        customer : ndarray of float64, shape (A, C)
            The department's own tastes.
        activity : ndarray of int64, shape (P,)
            Activity of each product.

        Returns
        -------
        ndarray of float64, shape (P, C)
            Millions of euros a year.
        """
        tastes = self.activity_partner * self.department_partner[position] * customer
        tastes *= (self.department_activity[position] / tastes.sum(axis=1))[:, None]
        return tastes[activity] * self.product_share[position][:, None]


def _balance(
    matrix: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Scale a positive matrix until its margins are `columns` and `rows`, rows last."""
    columns = columns * (rows.sum() / columns.sum())
    for _ in range(BALANCING_ROUNDS):
        matrix = matrix * (columns / matrix.sum(axis=0))
        matrix = matrix * (rows / matrix.sum(axis=1))[:, None]
    return matrix


def _lookup(codes: NDArray[np.str_], wanted: pd.Series) -> NDArray[np.int64]:
    """Give the positions of codes in a sorted list, -1 for the absent ones."""
    return pd.Index(codes).get_indexer(pd.Index(wanted))


def _department_activity(
    reference: ReferenceCodes,
    flow: str,
    totals: NDArray[np.float64],
    activity_totals: NDArray[np.float64],
    spread: NDArray[np.float64],
    noise: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Share departments' totals among activities, shape (D, A), millions of euros.

    What `specialisations.csv` lists takes its percentage; the rest follows the
    national mix, less what is too concentrated to be found everywhere.
    """
    listed = read_prior(
        "specialisations", "customs_code", "activity_code", "flow", "weight_pct"
    )
    listed = listed[listed["flow"] == flow]
    special = np.zeros((len(reference.departments), len(reference.activities)))
    special[
        _lookup(reference.departments, listed["customs_code"]),
        _lookup(reference.activities, listed["activity_code"]),
    ] = listed["weight_pct"].to_numpy() / 100
    common = (activity_totals * spread) * noise
    common /= common.sum(axis=1)[:, None]
    shares = np.where(special > 0, special, common * (1 - special.sum(axis=1))[:, None])
    return _balance(totals[:, None] * shares, totals, activity_totals)


def _affinities(
    reference: ReferenceCodes, partners: Partners, flow: str
) -> NDArray[np.float64]:
    """Read who trades what with France, shape (A, C).

    An exact line of `partner_affinities.csv` wins; otherwise the line of all
    partners (`*`) times the line of all activities (`*`), 1 when there is none.
    """
    table = read_prior(
        "partner_affinities", "flow", "activity_code", "country_code", "multiplier"
    )
    table = table[table["flow"] == flow].assign(
        activity=lambda lines: _lookup(reference.activities, lines["activity_code"]),
        partner=lambda lines: _lookup(partners.codes, lines["country_code"]),
    )
    result = np.ones((len(reference.activities), len(partners.codes)))
    by_activity = table[(table["country_code"] == "*") & (table["activity"] >= 0)]
    by_partner = table[(table["activity_code"] == "*") & (table["partner"] >= 0)]
    exact = table[(table["activity"] >= 0) & (table["partner"] >= 0)]
    result[by_activity["activity"]] *= by_activity["multiplier"].to_numpy()[:, None]
    result[:, by_partner["partner"]] *= by_partner["multiplier"].to_numpy()
    result[exact["activity"], exact["partner"]] = exact["multiplier"]
    return result


def _neighbours(reference: ReferenceCodes, partners: Partners) -> NDArray[np.float64]:
    """Read which departments trade more with which partners, shape (D, C)."""
    table = read_prior("neighbours", "customs_code", "country_code", "multiplier")
    department = _lookup(reference.departments, table["customs_code"])
    partner = _lookup(partners.codes, table["country_code"])
    known = (department >= 0) & (partner >= 0)
    result = np.ones((len(reference.departments), len(partners.codes)))
    result[department[known], partner[known]] = table["multiplier"].to_numpy()[known]
    return result


def _product_share(
    reference: ReferenceCodes, noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share every activity among its products, shape (D, P)."""
    listed = read_prior("products", "product_code", "weight")
    weights = (
        listed.set_index("product_code")["weight"]
        .reindex(reference.products)
        .fillna(1.0)
        .to_numpy()
    ) * noise
    totals = np.zeros((len(reference.departments), len(reference.activities)))
    for product, activity in enumerate(reference.product_activity):
        totals[:, activity] += weights[:, product]
    return weights / totals[:, reference.product_activity]


def _season(reference: ReferenceCodes, flow: str) -> NDArray[np.float64]:
    """Read the weight of each quarter in each activity, shape (4, A)."""
    table = read_prior("seasonality", "flow", "activity_code", "q1", "q2", "q3", "q4")
    table = table[table["flow"] == flow]
    result = np.ones((QUARTERS, len(reference.activities)))
    result[:, _lookup(reference.activities, table["activity_code"])] = (
        table[["q1", "q2", "q3", "q4"]].to_numpy().T
    )
    return result


def expected_values(
    reference: ReferenceCodes, partners: Partners, case: Case
) -> Expected:
    """Combine the assumptions of this folder for one flow and one year.

    Parameters
    ----------
    reference : ReferenceCodes
        The codes.
    partners : Partners
        The partners in force.
    case : Case
        The flow, and the year, which moves totals and mixes a little.

    Returns
    -------
    Expected
        Values in millions of euros, before the fit to published figures.
    """
    shape = len(reference.departments), len(reference.activities)
    steady, yearly, flow = case.steady(), case.yearly(), case.flow

    totals = (
        read_prior("department_totals", "customs_code", f"{flow}_meur")
        .sort_values("customs_code")[f"{flow}_meur"]
        .to_numpy()
    ) * yearly.lognormal(SIGMA_YEAR_DEPARTMENT, shape[0])
    activities = read_prior(
        "activities", f"{flow}_meur", f"{flow}_spread", "eur_per_kg"
    ).sort_values("activity_code")
    activity_totals = activities[f"{flow}_meur"].to_numpy() * yearly.lognormal(
        SIGMA_YEAR_NATIONAL, shape[1]
    )
    department_activity = _department_activity(
        reference,
        flow,
        totals,
        activity_totals,
        activities[f"{flow}_spread"].to_numpy(),
        steady.lognormal(SIGMA_ACTIVITY, *shape),
    )
    moved = department_activity * yearly.lognormal(SIGMA_YEAR_ACTIVITY, *shape)
    partner_totals = partners.weights * yearly.lognormal(
        SIGMA_YEAR_NATIONAL, len(partners.codes)
    )
    activity_partner = _balance(
        _affinities(reference, partners, flow) * partner_totals,
        activity_totals,
        partner_totals,
    )
    return Expected(
        department_totals=totals,
        department_activity=moved * (totals / moved.sum(axis=1))[:, None],
        product_share=_product_share(
            reference,
            steady.lognormal(SIGMA_PRODUCT, shape[0], len(reference.products)),
        ),
        activity_partner=activity_partner / activity_partner.sum(axis=1)[:, None],
        department_partner=_neighbours(reference, partners)
        * steady.lognormal(SIGMA_PARTNER, shape[0], len(partners.codes)),
        season=_season(reference, flow),
        euros_per_kg=activities["eur_per_kg"].to_numpy(),
        activity_totals=activity_totals,
        partner_totals=partner_totals,
    )
