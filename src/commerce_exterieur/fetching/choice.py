"""Judge what is offered, and pick the flow files of the wanted years."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from commerce_exterieur.customs.names import (
    ANNUAL,
    FLOWS,
    ROLLING,
    FlowName,
    flow_name,
    names_a_region,
    other_shape,
    results_month,
    text_name,
    words,
)
from commerce_exterieur.fetching.resources import Resource

#: How many quarters a rolling file holds, by the producer's description.
ROLLING_QUARTERS = 5


@dataclass(frozen=True)
class FlowFile:
    """A resource recognised as a file of customs lines.

    Attributes
    ----------
    resource
        The resource.
    flow
        `export` or `import`.
    kind
        `annual` or `rolling`.
    year
        The year of an annual file; none for a rolling one.
    vintage
        Last month of its results, `YYYY-MM`.
    remarks
        What about its names is odd.
    """

    resource: Resource
    flow: str
    kind: str
    year: int | None
    vintage: str
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the text file: ours, never taken from the network."""
        return text_name(self.flow, self.year)


@dataclass(frozen=True)
class Left:
    """A resource that is not fetched, and why."""

    resource: Resource
    reason: str


@dataclass(frozen=True)
class Unknown(Left):
    """One that may be a flow file, and is not understood."""


Verdict = FlowFile | Left


@dataclass
class Choice:
    """What is picked of an offer.

    Attributes
    ----------
    files
        The files to fetch, in order of vintage and name.
    left
        What is not fetched, and why.
    unknown
        What names a region and is not understood.
    lacks
        What is wanted and not offered; empty when all is there.
    remarks
        What else a person should know.
    """

    files: list[FlowFile] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        """The years whose annual files are picked."""
        return sorted({file.year for file in self.files if file.year is not None})


def judge(resource: Resource, results: str | None = None) -> Verdict:
    """Tell a file of customs lines from the rest, by its names alone.

    The file's name, which customs give, outvotes what people write in a title. The
    lines themselves are asked once they are here (`fetching.content`).

    Parameters
    ----------
    resource
        The resource.
    results
        The month of results (`YYYY-MM`) of one whose names do not say it.
    """
    name, title = resource.name, resource.title
    by_name, by_title = flow_name(name), flow_name(title)
    other = other_shape(name)
    if not other and "zip" not in words(name).split():
        other = other_shape(resource.format)
    if not other and not by_name and not by_title:
        other = other_shape(title)
    if other:
        return Left(resource, other)
    named = by_name or by_title
    if not named:
        if names_a_region(name) or names_a_region(title):
            reason = "it names a region, and is not a flow file by its names"
            return Unknown(resource, reason)
        return Left(resource, "its name is not one of a customs flow file")
    month = results_month(name) or results_month(title) or results
    if not month:
        reason = (
            "its names do not say the month of its results; if you know it, fetch it "
            "with --url ADDRESS --results YYYY-MM"
        )
        return Unknown(resource, reason)
    remarks = tuple(_contradictions(by_name, by_title, resource, month))
    return FlowFile(resource, named.flow, named.kind, named.year, month, remarks)


def choose(
    offered: Iterable[Resource],
    years: Collection[int] | None,
    results: str | None = None,
) -> Choice:
    """Pick every publication of the wanted years, and the latest rolling pair.

    Parameters
    ----------
    offered
        What the doors offer; a file offered twice is one, the first.
    years
        The years wanted; none for all.
    results
        The month of results of what does not say it.
    """
    chosen = Choice()
    unique: dict[tuple[str, str, str], Resource] = {}
    for resource in offered:
        unique.setdefault(resource.key, resource)
    found: list[FlowFile] = []
    for resource in unique.values():
        verdict = judge(resource, results)
        if isinstance(verdict, FlowFile):
            found.append(verdict)
        elif not isinstance(verdict, Unknown):
            chosen.left.append(verdict)
        elif _is_of_another_year(resource, years):
            chosen.left.append(Left(resource, "its year was not asked for"))
        else:
            chosen.unknown.append(verdict)
    kept = _wanted(found, years, chosen)
    kept = _latest_rolling(kept, chosen)
    chosen.files = _latest_of_each_vintage(kept, chosen)
    for file in chosen.files:
        label = file.resource.label
        chosen.remarks += [f"{label}: {remark}." for remark in file.remarks]
    if years is None:
        # Nobody said what the whole would be.
        chosen.remarks += [f"Beware: {lack}." for lack in chosen.lacks]
        chosen.lacks = [] if chosen.files else ["no flow file is recognised in it"]
    else:
        _look_for_gaps(years, found, chosen)
    return chosen


def quarters_of(results: str) -> list[tuple[int, int]]:
    """List the quarters (year, quarter) that a rolling file should hold.

    Assumed: the last five complete ones at the month of its results.
    """
    year, month = int(results[:4]), int(results[5:])
    last = year * 4 + month // 3 - 1
    numbers = range(last - ROLLING_QUARTERS + 1, last + 1)
    return [(number // 4, number % 4 + 1) for number in numbers]


def _contradictions(
    by_name: FlowName | None, by_title: FlowName | None, resource: Resource, month: str
) -> Iterable[str]:
    if by_name and by_title and _what(by_name) != _what(by_title):
        yield (
            f"its title says {_shown(by_title)} (“{resource.title}”), its name "
            f"{_shown(by_name)}. The name is followed"
        )
    titled = results_month(resource.title)
    if titled and titled != month:
        yield (
            f"its title says results of {titled} (“{resource.title}”), its name "
            f"{month}. The name is followed"
        )
    if resource.published_on and resource.published_on[:7] <= month:
        yield (
            f"it was published on {resource.published_on}, not after {month}, which "
            "may then be the month of publication and not of results"
        )


def _what(named: FlowName) -> tuple[str, int | None]:
    return named.flow, named.year


def _shown(named: FlowName) -> str:
    return f"{named.flow}s of {named.year}" if named.year else f"rolling {named.flow}s"


def _is_of_another_year(resource: Resource, years: Collection[int] | None) -> bool:
    """Whether what is not understood is at least not of a wanted year."""
    named = flow_name(resource.name) or flow_name(resource.title)
    if years is None or resource.is_named or not named or named.kind == ROLLING:
        return False
    return named.year not in years


def _wanted(
    found: list[FlowFile], years: Collection[int] | None, chosen: Choice
) -> list[FlowFile]:
    kept = []
    for file in found:
        asked = years is None or file.kind == ROLLING or file.year in years
        if asked or file.resource.is_named:
            kept.append(file)
        else:
            reason = f"the year {file.year} was not asked for"
            chosen.left.append(Left(file.resource, reason))
    return kept


def _latest_rolling(kept: list[FlowFile], chosen: Choice) -> list[FlowFile]:
    """Keep the rolling pair of the latest results; each restates the one before."""
    flows: dict[str, set[str]] = {}
    for file in kept:
        if file.kind == ROLLING:
            flows.setdefault(file.vintage, set()).add(file.flow)
    whole = [month for month, found in flows.items() if found == set(FLOWS)]
    latest = max(whole or flows, default="")
    if flows and not whole:
        (flow,) = set(FLOWS) - flows[latest]
        chosen.lacks.append(
            f"the rolling files of {latest} are offered without {flow}s, and one flow "
            "alone would give wrong balances"
        )
    files = []
    for file in kept:
        if file.kind == ANNUAL or file.vintage == latest or file.resource.is_named:
            files.append(file)
            continue
        reason = f"a rolling file of older results; those of {latest} are fetched"
        if file.vintage > latest:
            reason = f"a rolling file of {file.vintage} without its pair"
        chosen.left.append(Left(file.resource, reason))
    return files


def _latest_of_each_vintage(files: list[FlowFile], chosen: Choice) -> list[FlowFile]:
    """Of two publications with the same results, the one published later counts.

    One without a day of publication counts as the earlier; else the address decides,
    where Drupal numbers a second upload (`…_0.zip`).
    """
    best: dict[tuple[str, str], FlowFile] = {}
    for file in sorted(files, key=_moment):
        older = best.get((file.vintage, file.name))
        if older:
            reason = f"published again, as {file.resource.label}"
            if file.resource.published_on:
                reason += f" on {file.resource.published_on}"
            chosen.left.append(Left(older.resource, reason))
        best[file.vintage, file.name] = file
    return [best[key] for key in sorted(best)]


def _moment(file: FlowFile) -> tuple[bool, str, str]:
    resource = file.resource
    return resource.is_named, resource.published_on or "", resource.url


def _look_for_gaps(
    years: Collection[int], found: list[FlowFile], chosen: Choice
) -> None:
    rolling = [file for file in chosen.files if file.kind == ROLLING]
    covered = quarters_of(rolling[-1].vintage) if rolling else []
    offered = sorted({file.year for file in found if file.year is not None})
    missing = []
    for year in sorted(years):
        flows = {file.flow for file in chosen.files if file.year == year}
        quarters = [str(quarter) for at, quarter in covered if at == year]
        if not flows and quarters:
            chosen.remarks.append(
                f"No annual file of {year} is offered. The rolling files (results of "
                f"{rolling[-1].vintage}) should hold its quarters "
                f"{', '.join(quarters)}."
            )
        elif not flows:
            missing.append(str(year))
        elif len(flows) == 1:
            (flow,) = set(FLOWS) - flows
            chosen.lacks.append(
                f"{year} is offered without {flow}s, and one flow alone would give "
                "wrong balances"
            )
    if missing:
        exist = ", ".join(map(str, offered)) or "none"
        chosen.lacks.insert(
            0,
            f"no annual file is offered for {', '.join(missing)} (years offered: "
            f"{exist})",
        )
    if not rolling and chosen.years:
        chosen.remarks.append(
            "No rolling files are offered: every quarter after the fourth of "
            f"{chosen.years[-1]} will be missing."
        )
