"""The bundled lines read a second time with pandas, without a model."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from commerce_exterieur.warehouse import PROJECT

SEEDS = PROJECT / "seeds"
FLOWS = {"I": "import", "E": "export"}
#: Columns that say which year of which territory.
TERRITORY = ["year", "territory_level", "territory_code"]


def read(path: Path, delimiter: str) -> pd.DataFrame:
    """Read a CSV file, every column as text, empty as empty."""
    return pd.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False)


@lru_cache(maxsize=1)
def raw_lines() -> pd.DataFrame:
    """All raw lines with their territories, one row per territory that contains it."""
    raw = pd.concat(
        [read(file, ";") for file in sorted((SEEDS / "customs").glob("*.csv"))]
    )
    departments = read(SEEDS / "reference" / "departments.csv", ",")
    single = departments.insee_code.str.fullmatch(r"\w+")
    departments["code"] = "D" + departments.insee_code.where(
        single, departments.customs_code
    )
    raw = raw.merge(
        departments, left_on="departement", right_on="customs_code", how="left"
    )
    assert raw.code.notna().all()
    flat = pd.DataFrame(
        {
            "year": raw.annee.astype(int),
            "quarter": raw.trimestre.astype(int),
            "flow": raw.flux.map(FLOWS),
            "customs_code": raw.departement,
            "department": raw.code,
            "region": raw.insee_region_code,
            "activity_code": raw.a129,
            "product_code": raw.cpf4,
            "country_code": raw.pays,
            "value_eur": raw.valeur.astype("int64"),
            "mass_kg": raw.masse.astype("int64"),
        }
    )
    sets = read(SEEDS / "reference" / "territory_sets.csv", ",")
    members = flat.merge(sets[["set_code", "customs_code"]], on="customs_code")
    levels = [
        flat.assign(territory_level="department", territory_code=flat.department),
        flat[flat.region != ""].assign(
            territory_level="region", territory_code="R" + flat.region
        ),
        flat.assign(territory_level="country", territory_code="FR"),
        members.assign(territory_level="set", territory_code=members.set_code).drop(
            columns="set_code"
        ),
    ]
    return pd.concat(levels, ignore_index=True).drop(columns="customs_code")


@lru_cache(maxsize=1)
def latest_countries() -> pd.DataFrame:
    """The latest window of every partner code."""
    rows = read(SEEDS / "reference" / "countries.csv", ",")
    return rows.sort_values("valid_to").drop_duplicates("country_code", keep="last")


def special_partners() -> set[str]:
    """Codes of partners that are not countries."""
    rows = latest_countries()
    return set(rows[rows.category == "special"].country_code)
