"""Read the codes (seeds/reference) and the assumptions (this folder's tables)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from commerce_exterieur.errors import UserError

DATA_DIR = Path(__file__).resolve().parent
QUARTERS = 4
NO_REGION = "00"  # field 5 of department 98, which belongs to no customs region


def read_table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a comma-separated table as text (`NA` is Namibia, never a missing value).

    Parameters
    ----------
    path : Path
        The file.
    columns : tuple of str
        Columns that must be there.

    Raises
    ------
    UserError
        When the file or one of the columns is missing.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise UserError(
            f"{path} is missing: run from a complete checkout of the project."
        ) from error
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}.") from error
    absent = [name for name in columns if name not in table.columns]
    if absent:
        raise UserError(f"{path} has no column {', '.join(absent)}.")
    return table


def read_prior(name: str, *columns: str) -> pd.DataFrame:
    """Read one of this folder's tables, its number columns as floats."""
    texts = {"customs_code", "activity_code", "country_code", "product_code"}
    texts |= {"flow", "source", "territory_code", "basis"}
    table = read_table(DATA_DIR / f"{name}.csv", columns)
    return table.astype({c: float for c in table.columns if c not in texts})


@dataclass(frozen=True)
class ReferenceCodes:
    """The codes lines are made of, each list sorted the way files are.

    Attributes
    ----------
    departments : ndarray of str, shape (D,)
        Customs codes.
    field_regions : ndarray of str, shape (D,)
        Field 5 of the files, `00` when the department has no region.
    territories : ndarray of str, shape (D,)
        Territory codes (`D52`, `D971`, `D20`).
    regions : ndarray of str, shape (D,)
        Codes of the INSEE region (`R44`), empty when there is none.
    activities : ndarray of str, shape (A,)
        The A129 codes that carry goods.
    products : ndarray of str, shape (P,)
        The CPF4 codes goods are declared under, sorted by activity then code.
    product_activity : ndarray of int64, shape (P,)
        Position of the activity of each product.
    """

    departments: NDArray[np.str_]
    field_regions: NDArray[np.str_]
    territories: NDArray[np.str_]
    regions: NDArray[np.str_]
    activities: NDArray[np.str_]
    products: NDArray[np.str_]
    product_activity: NDArray[np.int64]

    def members(self, territory_code: str) -> NDArray[np.bool_]:
        """Say which departments a territory (`FR`, `R44`, `D52`) is made of.

        Raises
        ------
        UserError
            When no department belongs to it.
        """
        if territory_code == "FR":
            return np.ones(len(self.departments), dtype=bool)
        level = self.regions if territory_code[:1] == "R" else self.territories
        mask = level == territory_code
        if not mask.any():
            raise UserError(f"No department belongs to the territory {territory_code}.")
        return mask


def _territory_code(customs_code: str, insee_code: str) -> str:
    """Give the code of a department's territory; Corse keeps its customs number."""
    if not insee_code or "|" in insee_code:
        return f"D{customs_code}"
    return f"D{insee_code}"


def read_codes(reference_dir: Path) -> ReferenceCodes:
    """Read the codes of departments, activities and products.

    Parameters
    ----------
    reference_dir : Path
        The folder `seeds/reference`.

    Raises
    ------
    UserError
        When a file or a column is missing, or a table of this folder disagrees.
    """
    departments = read_table(
        reference_dir / "departments.csv",
        ("customs_code", "insee_code", "insee_region_code", "customs_region_code"),
    ).sort_values("customs_code")
    activities = sorted(
        read_table(reference_dir / "activities.csv", ("activity_code",))[
            "activity_code"
        ]
    )
    products = read_table(
        reference_dir / "products.csv", ("product_code", "activity_code", "is_goods")
    )
    weights = read_prior("products", "product_code", "weight")
    services = set(weights.loc[weights["weight"] == 0, "product_code"])
    goods = products[
        products["is_goods"].str.lower().isin(["true", "1"])
        & products["activity_code"].isin(activities)
        & ~products["product_code"].isin(services)
    ].sort_values(["activity_code", "product_code"])
    reference = ReferenceCodes(
        departments=departments["customs_code"].to_numpy(dtype=str),
        field_regions=departments["customs_region_code"]
        .replace("", NO_REGION)
        .to_numpy(dtype=str),
        territories=np.array(
            [
                _territory_code(customs, insee)
                for customs, insee in zip(
                    departments["customs_code"], departments["insee_code"], strict=True
                )
            ]
        ),
        regions=np.array(
            [f"R{code}" if code else "" for code in departments["insee_region_code"]]
        ),
        activities=np.array(activities),
        products=goods["product_code"].to_numpy(dtype=str),
        product_activity=np.searchsorted(activities, goods["activity_code"]),
    )
    _check_same_codes(reference)
    return reference


def _check_same_codes(reference: ReferenceCodes) -> None:
    """Refuse tables of this folder that do not cover the reference codes."""
    for name, column, codes in (
        ("department_totals", "customs_code", reference.departments),
        ("activities", "activity_code", reference.activities),
    ):
        odd = set(read_prior(name, column)[column]) ^ set(codes.tolist())
        if odd:
            raise UserError(
                f"simulation/{name}.csv and seeds/reference disagree on "
                f"{', '.join(sorted(odd))}."
            )


@dataclass(frozen=True)
class Partners:
    """The partner codes in force in a year, for one flow.

    Attributes
    ----------
    codes : ndarray of str, shape (C,)
        Sorted.
    weights : ndarray of float64, shape (C,)
        National value of the flow, millions of euros, before the fit.
    presence : ndarray of float64, shape (C,)
        How much likelier than its value says a line of the partner is.
    """

    codes: NDArray[np.str_]
    weights: NDArray[np.float64]
    presence: NDArray[np.float64]


def read_partners(reference_dir: Path, flow: str, year: int) -> Partners:
    """Read the partners of a flow whose code is in force in a year.

    The set is the same from 2014 on; before, a few codes are missing and every draw
    about partners moves with them.

    Raises
    ------
    UserError
        When a file or a column is missing.
    """
    countries = read_table(
        reference_dir / "countries.csv", ("country_code", "valid_from", "valid_to")
    )
    first, last = f"{year}01", f"{year}12"
    valid = countries.loc[
        (countries["valid_from"] <= last) & (countries["valid_to"] >= first),
        "country_code",
    ]
    priors = read_prior("partners", "flow", "country_code", "value_meur", "presence")
    priors = priors[
        (priors["flow"] == flow) & priors["country_code"].isin(set(valid))
    ].sort_values("country_code")
    return Partners(
        codes=priors["country_code"].to_numpy(dtype=str),
        weights=priors["value_meur"].to_numpy(),
        presence=priors["presence"].to_numpy(),
    )
