"""Shares as bars: lengths, ticks, and what stands around them."""

from __future__ import annotations

from commerce_exterieur.factsheet.data import file_name
from commerce_exterieur.factsheet.facts import Facts
from commerce_exterieur.factsheet.sheet import Bar, Bars, Links


def share_bars(
    facts: Facts,
    rows: list[dict],
    links: Links,
    *,
    name: str,
    said: str,
    columns: tuple[str, ...],
    cells: list[tuple[str, ...]],
    flow: str,
    key: str,
    has_reference: bool,
    labels: list[str] | None = None,
    color: str | None = None,
    heading: str | None = None,
) -> Bars:
    """Draw rows with a `share`, and the `reference_share` of France as a tick.

    Parameters
    ----------
    name
        Of the block and its data file.
    said
        Where its words stand in the catalogue: `heading`, and one per column.
    cells
        What stands beside each bar.
    flow
        Whose reliability is told.
    labels
        Of the rows; default: the names of their members.
    """
    words = facts.words
    title = heading or words.say(
        f"{said}.heading", of=facts.profile.of, year=facts.year
    )
    shares = [row["share"] for row in rows]
    ticks = [row["reference_share"] if has_reference else None for row in rows]
    # The longest bar fills the room: what is compared is each with its tick.
    longest = max([*shares, *(tick for tick in ticks if tick is not None)])
    labels = labels or [
        words.named(row, "member_name") or row["member_code"] for row in rows
    ]
    data_name = file_name(name, facts.profile.code, facts.year)
    return Bars(
        id=name,
        heading=title,
        caption=title,
        columns=tuple(words.say(f"{said}.{column}") for column in columns),
        bars=tuple(
            Bar(
                label,
                share / longest,
                None if tick is None else tick / longest,
                row_cells,
            )
            for label, share, tick, row_cells in zip(
                labels, shares, ticks, cells, strict=True
            )
        ),
        color=color or flow,
        key_term=words.say("figure.key_term"),
        key=key,
        source=facts.made_from.source(words),
        notice=facts.made_from.mark(words),
        note=reliability(facts, flow),
        data_name=data_name,
        csv=facts.data.get(name),
        downloads=links.of_data(data_name, title),
    )


def reliability(facts: Facts, flow: str) -> str | None:
    """Say what a reader must know of a flow's figures; nothing where all is well."""
    row = facts.reliability.get(flow)
    if row is None or not row["reasons"]:
        return None
    words = facts.words
    return words.say(
        "reliability.note",
        grade=row["grade"],
        reasons=", ".join(
            words.say(f"reliability.{reason}") for reason in row["reasons"]
        ),
    )
