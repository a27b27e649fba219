"""The first words of a sheet: what is remarkable about the territory, in sentences."""

from __future__ import annotations

from typing import Any

from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import Language
from commerce_exterieur.wording.numbers import unit_for

#: How many stand at the head of a sheet.
SHOWN = 3
#: More than so many times is no number that anyone has a feeling for.
_MOST = 100


def read_findings(
    warehouse: Warehouse, territory_code: str, year: int
) -> list[dict[str, Any]]:
    """Read the findings of a territory, the best first: rows with the names they need.

    Returns
    -------
    list of dict
        The columns of `rpt_territory_findings`, and the forms of the name of the
        territory its balance is compared with (`territory_name`, `name_locative` …),
        null for others.
    """
    return warehouse.rows(
        """
        select
            findings.*,
            reference.territory_name,
            reference.name_locative
        from marts.rpt_territory_findings as findings
        left join marts.dim_territory as reference
            on
                findings.kind = 'balance'
                and findings.second_member_code = reference.territory_code
        where findings.territory_code = ? and findings.year = ?
        order by findings.rank
        """,
        [territory_code, year],
    )


def finding_sentence(row: dict[str, Any], of: str, here: str, words: Language) -> str:
    """Say a finding.

    Parameters
    ----------
    row
        From `read_findings`.
    of, here
        « de la Haute-Marne », « en Haute-Marne ».
    """
    sentence = words.say(f"findings.{_key(row)}", **_values(row, of, here, words))
    if row["note"] is None:
        return sentence
    note = words.say("findings.note_" + row["note"])
    return f"{sentence} {note}"


def finding_title(row: dict[str, Any], of: str, here: str, words: Language) -> str:
    """Say a finding as a title, without what stands above it: whom and when."""
    return words.say(f"findings.title.{_key(row)}", **_values(row, of, here, words))


def _key(row: dict[str, Any]) -> str:
    """Name the sentence of a finding in the catalogue."""
    kind, flow = row["kind"], row["flow"]
    if kind == "rank":
        return f"rank_{row['territory_level']}"
    if kind == "balance" and row["reference_share"] is None:
        return "balance_alone"
    if kind == "total" and row["territory_level"] == "country":
        return f"whole_{flow}"
    return f"{kind}_{flow}" if flow else kind


def _values(
    row: dict[str, Any], of: str, here: str, words: Language
) -> dict[str, object]:
    """Write the numbers and names of a finding."""
    values: dict[str, object] = {"of": of, "here": here, "year": row["year"]}
    if row["member_code"]:
        name = words.named(row, "member_name") or row["member_code"]
        values["member"] = name
        values["partner"] = _in_sentence(row, "member", name, words)
    if row["kind"] == "largest_flow":
        name = words.named(row, "second_member_name") or row["second_member_code"]
        values["second"] = _in_sentence(row, "second_member", name, words)
    if row["share"] is not None:
        values["share"] = _share(row["share"], words)
        count = round(100 * row["share"], 1)
        points = "points" if abs(count) < 2 else "points_many"
        values["points"] = words.say(
            f"findings.{points}", value=words.decimal(count, 1, signed=True)
        )
    if row["reference_share"] is not None:
        is_change = row["kind"] == "change"
        values["reference"] = words.share(row["reference_share"], signed=is_change)
    if row["ratio"] is not None:
        values["ratio"] = _ratio(row["ratio"], words)
    if row["rank_in_france"] is not None:
        feminine = row["territory_level"] == "region"
        values["rank"] = words.ordinal(row["rank_in_france"], feminine=feminine)
    if row["value_eur"] is not None:
        is_signed = row["kind"] == "balance"
        values["value"] = words.eur(
            row["value_eur"], unit=unit_for(row["value_eur"]), signed=is_signed
        )
    if row["territory_name"] is not None:
        values["there"] = words.here(row)
    return values


def _ratio(ratio: float, words: Language) -> str:
    """Write how many times: « 1,9 », « 12 », « plus de 100 »."""
    if ratio > _MOST:
        return words.say("sheet.more_than") + words.decimal(_MOST, 0)
    return words.decimal(ratio, 0 if ratio >= 10 else 1)


def _share(share: float, words: Language) -> str:
    """Write a share with two digits that say something: « 0,02 % », « 18,9 % »."""
    return words.share(share, 1 if abs(share) >= 0.01 else 2)


def _in_sentence(row: dict[str, Any], column: str, name: str, words: Language) -> str:
    """Give a country its article in French: « l'Italie »."""
    article = row[f"{column}_with_article_fr"] if words.code == "fr" else None
    return name if article is None else words.label(article)
