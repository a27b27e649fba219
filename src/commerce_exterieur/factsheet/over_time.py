"""Exports and imports over time as lines: quarters, and what publications revised.

Invented figures have no history worth showing: a simulated warehouse gets neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from commerce_exterieur.charts.drawing import Table
from commerce_exterieur.factsheet.bars import reliability
from commerce_exterieur.factsheet.data import file_name
from commerce_exterieur.factsheet.facts import FLOWS, Facts
from commerce_exterieur.factsheet.sheet import Line, Lines, Links
from commerce_exterieur.wording import Language
from commerce_exterieur.wording.numbers import unit_for

#: Fewer quarters than this are no line.
_FEWEST_QUARTERS = 4
#: The last publication has its level too, drawn in what is left of the width.
_LAST = 0.94
#: Revisions below this share of the year would look like more than they are.
_LEAST_RANGE = 0.001

Point = tuple[float, float]


def quarters(facts: Facts, links: Links) -> Lines | None:
    """Show the quarters of the year and of the one before."""
    words, profile, rows = facts.words, facts.profile, facts.quarters
    if facts.made_from.origin == "simulated" or len(rows) < _FEWEST_QUARTERS:
        return None
    most = max(row[f"{flow}_eur"] for row in rows for flow in FLOWS)
    if not most:
        return None
    unit = unit_for(most)
    names = [
        words.say("quarters.name", quarter=row["quarter"], year=row["year"])
        for row in rows
    ]
    # Quarters that are missing leave their room.
    numbers = [4 * row["year"] + row["quarter"] for row in rows]
    places = _places(numbers)

    def line(flow: str) -> Line:
        delivered = [row[f"{flow}_status"] != "not_delivered" for row in rows]
        value = (
            words.eur(rows[-1][f"{flow}_eur"], unit=unit)
            if delivered[-1]
            else words.say("sheet.not_delivered")
        )
        return Line(
            flow,
            words.say(
                "quarters.label",
                flow=words.say(f"key.{flow}s"),
                value=value,
                quarter=names[-1],
            ),
            _pieces(
                [
                    (number, (place, 1 - row[f"{flow}_eur"] / most))
                    for number, place, row, has_value in zip(
                        numbers, places, rows, delivered, strict=True
                    )
                    if has_value
                ]
            ),
        )

    lines = tuple(map(line, FLOWS))
    heading = words.say("quarters.heading")
    data_name = file_name("quarters", profile.code, facts.year)
    return Lines(
        id="quarters",
        heading=heading,
        alt=_alt(lines),
        lines=lines,
        ends=(names[0], names[-1]),
        # A zero without a unit: "0 M€" would read as a value.
        levels=((0, words.eur(most, unit=unit)), (1, "0")),
        key_term=words.say("figure.key_term"),
        key=words.say("quarters.key"),
        source=facts.cited.source(words),
        notice=facts.made_from.mark(words),
        note=reliability(facts, "export"),
        caption=words.say("quarters.caption", of=profile.of),
        cells=Table(
            columns=[
                words.say("quarters.quarter"),
                words.say("key.exports"),
                words.say("key.imports"),
            ],
            kinds=["rank", "amount", "amount"],
            rows=[
                [
                    name,
                    *(
                        words.say("sheet.not_delivered")
                        if row[f"{flow}_status"] == "not_delivered"
                        else words.euros(row[f"{flow}_eur"])
                        for flow in FLOWS
                    ),
                ]
                for name, row in zip(names, rows, strict=True)
            ],
        ),
        data_name=data_name,
        csv=facts.data.get("quarters"),
        downloads=links.of_data(data_name, heading),
    )


def revisions(facts: Facts, links: Links) -> Lines | None:
    """Show what each publication changed in the year, once there are two."""
    words, profile = facts.words, facts.profile
    shown = [
        row for row in facts.revisions if row["change_from_first_share"] is not None
    ]
    vintages = sorted({row["vintage"] for row in shown})
    if facts.made_from.origin == "simulated" or len(vintages) < 2:
        return None
    changes = [row["change_from_first_share"] for row in shown]
    low, high = min(0, *changes), max(0, *changes)
    if high - low < _LEAST_RANGE:
        low, high = low - _LEAST_RANGE, high + _LEAST_RANGE
    months = [12 * int(each[:4]) + int(each[5:]) for each in vintages]
    places = dict(zip(vintages, _places(months), strict=True))

    def height(share: float) -> float:
        return (high - share) / (high - low)

    lines = []
    for flow in FLOWS:
        rows = [row for row in shown if row["flow"] == flow]
        if not rows:
            continue
        lines.append(
            Line(
                flow,
                _revised(words, flow, rows[0], rows[-1]),
                (
                    _steps(
                        [
                            (
                                places[row["vintage"]],
                                height(row["change_from_first_share"]),
                            )
                            for row in rows
                        ]
                    ),
                ),
            )
        )
    heading = words.say("revisions.heading", year=facts.year)
    data_name = file_name("revisions", profile.code, facts.year)
    levels = sorted({low, 0, high}, reverse=True)
    return Lines(
        id="revisions",
        heading=heading,
        alt=_alt(lines),
        lines=tuple(lines),
        ends=(words.month(vintages[0]), words.month(vintages[-1])),
        levels=tuple(
            (height(level), words.share(level, 2, signed=bool(level)))
            for level in levels
        ),
        key_term=words.say("figure.key_term"),
        key=" ".join(
            [words.say("revisions.key"), *_summary(words, facts.revision_summary)]
        ),
        source=facts.made_from.source(words),
        notice=facts.made_from.mark(words),
        note=reliability(facts, "export"),
        caption=words.say("revisions.caption", of=profile.of, year=facts.year),
        cells=_revisions_table(words, facts.revisions),
        data_name=data_name,
        csv=facts.data.get("revisions"),
        downloads=links.of_data(data_name, heading),
    )


def _revised(words: Language, flow: str, first: dict, last: dict) -> str:
    kind = "changed" if last["change_from_first_eur"] else "same"
    return words.say(
        f"revisions.label_{kind}",
        flow=words.say(f"key.{flow}s"),
        value=words.eur(last["value_eur"], unit=unit_for(last["value_eur"])),
        share=words.share(last["change_from_first_share"], 2, signed=True),
        first=words.month(first["vintage"]),
    )


def _summary(words: Language, rows: list[dict]) -> list[str]:
    """Say of each flow how far its quarters were corrected, and in how many days."""
    return [
        words.say(
            "revisions.summary" if row["days"] is None else "revisions.summary_days",
            flow=words.say(f"key.{row['flow']}s"),
            bias=words.share(row["mean_revision"], 2, signed=True),
            absolute=words.share(row["mean_absolute_revision"], 2),
            days=row["days"],
        )
        for row in rows
        if row["mean_revision"] is not None
    ]


def _revisions_table(words: Language, rows: list[dict]) -> Table:
    cells: dict[str, dict[str, str]] = {}
    for row in rows:
        cells.setdefault(row["vintage"], {})[row["flow"]] = words.euros(
            row["value_eur"]
        )
    return Table(
        columns=[
            words.say("revisions.vintage"),
            words.say("key.exports"),
            words.say("key.imports"),
        ],
        kinds=["rank", "amount", "amount"],
        rows=[
            [words.month(vintage), *(values.get(flow, "–") for flow in FLOWS)]
            for vintage, values in sorted(cells.items())
        ],
    )


def _alt(lines: Sequence[Line]) -> str:
    return " ".join(f"{line.label}." for line in lines)


def _places(numbers: list[int]) -> list[float]:
    """Give points in time as parts of the width."""
    first, last = min(numbers), max(numbers)
    return [(number - first) / (last - first) for number in numbers]


def _steps(points: list[Point]) -> tuple[Point, ...]:
    """Keep each value until the next publication says another."""
    steps: list[Point] = []
    for x, y in points:
        if steps:
            steps.append((_LAST * x, steps[-1][1]))
        steps.append((_LAST * x, y))
    return (*steps, (1, steps[-1][1]))


def _pieces(points: list[tuple[int, Point]]) -> tuple[tuple[Point, ...], ...]:
    """Break a line where a quarter is missing."""
    pieces: list[list[Point]] = []
    last = None
    for number, point in points:
        if last is None or number != last + 1:
            pieces.append([])
        pieces[-1].append(point)
        last = number
    return tuple(map(tuple, pieces))
