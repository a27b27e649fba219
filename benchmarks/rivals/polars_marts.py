"""The marts in Polars, as fast as we know how: a rival of the dbt build.

Run as `python benchmarks/rivals/polars_marts.py <customs_dir> <out_dir>`.

- The streaming engine parses the files on every core, each code a categorical of 16
  bits. A file is proven well-formed by column: the few distinct codes, the digits of
  the measures, as many rows as physical lines. A file in doubt is sifted line by line,
  then parsed again.
- The finest flows are a streaming `group_by` of seven categoricals; packed by hand in
  one integer they are no faster, once unpacked.
- The marts are written by one lazy query, all at once.

With `--lean`, what is usually timed: lines are typed but not checked, nothing is
written, and row counts are printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import customs_job as job
import polars as pl

from commerce_exterieur.customs.line import MOST_DIGITS

PLACE = ["year", "territory_level", "territory_code"]
#: One set of categories per column: it lists the codes seen in that column.
CODES = {
    name: pl.Categorical(pl.Categories(name, physical=pl.UInt16)) for name in job.CODES
}
REJECTED = {
    "vintage": pl.String,
    "source_file": pl.String,
    "line_number": pl.Int64,
    "raw_line": pl.String,
    "reason": pl.String,
}


def main() -> None:
    """Read the files, write the marts, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("customs_dir", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--lean", action="store_true")
    options = parser.parse_args()
    tally = job.Tally()
    with tally.timed("read"):
        lines, rejected, periods = read_folder(options.customs_dir, tally, options.lean)
    with tally.timed("flows"):
        flows, regions = summed(lines)
        del lines
    with tally.timed("marts"):
        queries = marts(flows, regions, job.quarters_covered(periods))
        queries["fct_trade_flows"] = flows.lazy()
        queries["rejected_lines"] = rejected.lazy()
        if options.lean:
            frames = pl.collect_all(queries.values(), engine="streaming")
        else:
            write(queries, options.out_dir)
    if options.lean:
        tally.print(rows=dict(zip(queries, map(len, frames), strict=True)))
    else:
        tally.print()


# Reading


def read_folder(
    folder: Path, tally: job.Tally, lean: bool
) -> tuple[pl.DataFrame, pl.DataFrame, set[job.Period]]:
    """Read the lines that count, those refused, and the periods delivered."""
    frames, rejected = [], []
    taken: set[job.Period] = set()
    for group in job.by_preference(job.customs_files(folder)):
        found: set[job.Period] = set()
        for file in group:
            read = read_file_lean if lean else read_file
            frame, refused, line_count = read(file.path)
            tally.lines_read += line_count
            tally.lines_rejected += len(refused)
            rejected += [(file.vintage, file.path.name, *line) for line in refused]
            if not file.is_repeated:
                frame, periods = of_new_periods(frame, taken)
                frames.append(frame)
                found |= periods
            del frame
        taken |= found
    refused_lines = pl.DataFrame(sorted(rejected), schema=REJECTED, orient="row")
    return pl.concat(frames), refused_lines, taken


def read_file(path: Path) -> tuple[pl.DataFrame, list[job.Rejected], int]:
    """Read one file: its well-formed lines, the others, the number of both."""
    line_count, needs_sifting = job.count_lines(path)
    rejected: list[job.Rejected] = []
    frame = None if needs_sifting else parse(path, line_count)
    if frame is None:
        good, kept, rejected = job.sift(path.read_bytes())
        frame = parse(good, kept, is_sifted=True)
        if frame is None:
            raise ValueError(f"{path}: {kept} lines are well-formed but not parsed")
    return frame, rejected, len(frame) + len(rejected)


def parse(
    source: Path | bytes, line_count: int, is_sifted: bool = False
) -> pl.DataFrame | None:
    """Parse a file; None unless every one of its lines is proven well-formed."""
    texts = CODES | dict.fromkeys(job.MEASURES, pl.String)
    if not line_count:
        integers = CODES | dict.fromkeys(job.MEASURES, pl.Int64)
        return pl.DataFrame(schema=integers).drop("region")
    query = scan(source, texts).with_columns(map(whole_number, job.MEASURES))
    try:
        frame = query.collect(engine="streaming")
    # Too many fields, no UTF-8, more distinct codes than 16 bits can count.
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None
    # A field that is empty, missing or no whole number is null.
    nulls = frame.null_count().sum_horizontal().item()
    if nulls or frame.height != line_count:
        return None
    # A code that another file had wrong still stands among the categories. Then this
    # file is sifted too, which costs time and is exact.
    if not is_sifted and not all(
        job.are_codes(name, list(kind.categories)) for name, kind in CODES.items()
    ):
        return None
    return frame.drop("region")


def scan(source: Path | bytes, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    """Plan the reading of a file where a quote has no meaning."""
    return pl.scan_csv(
        source, has_header=False, separator=";", quote_char=None, schema=schema
    )


def whole_number(name: str) -> pl.Expr:
    """Read 1 to 15 ASCII digits as an integer; null for anything else."""
    text = pl.col(name)
    # Behind a digit, the cast accepts digits only: no sign, no space, no underscore.
    may_be = (
        (text.str.len_bytes() <= MOST_DIGITS)
        & (text >= pl.lit("0"))
        & (text < pl.lit(":"))
    )
    return pl.when(may_be).then(text.cast(pl.Int64, strict=False)).alias(name)


def read_file_lean(path: Path) -> tuple[pl.DataFrame, list[job.Rejected], int]:
    """Read one file whose lines are taken to be well-formed."""
    schema = CODES | dict.fromkeys(job.MEASURES, pl.Int64)
    frame = scan(path, schema).drop("region").collect(engine="streaming")
    return frame, [], frame.height


def of_new_periods(
    frame: pl.DataFrame, taken: set[job.Period]
) -> tuple[pl.DataFrame, set[job.Period]]:
    """Keep the lines of the periods that no better file delivered, and list those."""
    keys = ["flow", "year", "quarter"]
    present = frame.lazy().select(keys).unique().collect(engine="streaming")
    periods = {
        (flow, int(year), int(quarter)) for flow, year, quarter in present.rows()
    }
    if taken & periods:
        new = [(f, str(y), str(q)) for f, y, q in periods - taken]
        schema = {name: CODES[name] for name in keys}
        kept = pl.DataFrame(new, schema=schema, orient="row")
        frame = frame.join(kept, on=keys, how="semi")
    return frame, periods - taken


# Summing


def summed(lines: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str | None]]:
    """Sum lines to the finest flows; say the region of each department.

    Raises
    ------
    OverflowError
        When a sum could exceed a bigint, which Polars would not say.
    """
    largest = lines.select(pl.col(*job.MEASURES).cast(pl.Float64).sum())
    if max(largest.row(0)) > 9e18:
        raise OverflowError("a sum of euros or kilograms exceeds a bigint")
    present = lines.get_column("department").unique()
    departments = job.departments(present)
    regions = dict(departments.values())
    codes = {code: territory for code, (territory, _) in departments.items()}
    territory = pl.Enum(sorted({*regions, *filter(None, regions.values()), "FR"}))
    keys = [name for name in lines.columns if name not in job.MEASURES]
    flows = (
        lines.lazy()
        .group_by(keys)
        .agg(pl.col(*job.MEASURES).sum())
        .select(
            decoded(lines["year"], int, pl.Int32),
            decoded(lines["quarter"], int, pl.Int32),
            decoded(lines["flow"], job.FLOWS.get, pl.Enum(list(job.FLOWS.values()))),
            decoded(lines["department"], codes.get, territory).alias("territory_code"),
            *job.FLOW_KEYS[4:],
            *job.MEASURES,
        )
    )
    return flows.collect(engine="streaming"), regions


def decoded(
    codes: pl.Series, value_of: Callable[[str], object], dtype: pl.DataType
) -> pl.Expr:
    """Give the codes of a column their values, looked up by position."""
    present = set(codes.unique())
    values = [
        value_of(code) if code in present else None for code in codes.dtype.categories
    ]
    looked_up = pl.lit(pl.Series(values, dtype=dtype))
    return looked_up.gather(pl.col(codes.name).to_physical()).alias(codes.name)


# Marts


def marts(
    flows: pl.DataFrame, regions: dict[str, str | None], covered: dict[int, int]
) -> dict[str, pl.LazyFrame]:
    """Sum the finest flows, then plan every mart.

    Parameters
    ----------
    flows
        Summed by `job.FLOW_KEYS`.
    regions
        The region of each department, None when it has none.
    covered
        Quarters for which both flows were delivered, by year.
    """
    own = ["year", "flow", "territory_code"]
    euros = pl.col("value_eur").sum()
    # All the marts need of the finest flows, in one pass: without partners there are
    # sixteen times as few. Collected here, or each mart would sum them anew.
    by_product, by_country = pl.collect_all(
        [
            flows.lazy()
            .group_by(*own, "quarter", "activity_code", "product_code")
            .agg(euros),
            flows.lazy().group_by(*own, "country_code").agg(euros),
        ],
        engine="streaming",
    )
    nested = nesting(regions, flows.schema["territory_code"])
    by_product, by_country = by_product.lazy(), by_country.lazy()
    quarters = rolled_up(by_product, nested, "quarter").collect().lazy()
    members = {
        "country": rolled_up(by_country, nested, "country_code"),
        "activity": rolled_up(by_product, nested, "activity_code"),
        "product": rolled_up(by_product, nested, "product_code"),
    }
    totals = quarters.group_by(*PLACE, "flow").agg(euros)
    coverage = pl.col("year").replace_strict(covered, return_dtype=pl.Int32)
    coverage = coverage.alias("quarters_covered")
    by_quarter = ["year", "quarter", *PLACE[1:]]
    return {
        "fct_territory_quarters": balances(quarters, by_quarter).with_columns(coverage),
        "fct_territory_totals": balances(totals, PLACE).with_columns(coverage),
        "fct_trade_balances": balances(members["country"], [*PLACE, "country_code"]),
        "fct_rankings": rankings(members, totals),
        "fct_share_ratios": share_ratios(totals, regions),
    }


def nesting(regions: dict[str, str | None], territory: pl.DataType) -> pl.LazyFrame:
    """Say which territories contain each department, itself included."""
    rows = []
    for department, region in regions.items():
        rows.append((department, "department", department))
        rows.append((department, "country", "FR"))
        if region is not None:
            rows.append((department, "region", region))
    level = pl.Enum(["country", "region", "department"])
    schema = {
        "department": territory,
        "territory_level": level,
        "territory_code": territory,
    }
    return pl.LazyFrame(rows, schema=schema, orient="row")


def rolled_up(frame: pl.LazyFrame, nested: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Sum departments by one more key, then in departments, regions and France."""
    return (
        frame.rename({"territory_code": "department"})
        .group_by("year", "flow", "department", key)
        .agg(pl.col("value_eur").sum())
        .join(nested, on="department")
        .group_by(*PLACE, "flow", key)
        .agg(pl.col("value_eur").sum())
    )


def share(part: str, whole: str) -> pl.Expr:
    """Divide a part by its whole; null when the whole is empty or missing."""
    return pl.when(pl.col(whole) != 0).then(pl.col(part) / pl.col(whole))


def balances(frame: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Set imports and exports side by side, 0 when there is none."""
    measures = [
        pl.col("value_eur").filter(pl.col("flow") == flow).sum().alias(f"{flow}_eur")
        for flow in job.FLOWS.values()
    ]
    return (
        frame.group_by(keys)
        .agg(measures)
        .with_columns(
            balance_eur=pl.col("export_eur") - pl.col("import_eur"),
            coverage_ratio=share("export_eur", "import_eur"),
        )
    )


def rankings(members: dict[str, pl.LazyFrame], totals: pl.LazyFrame) -> pl.LazyFrame:
    """Rank the members of every flow by value, ties by code."""
    special = pl.col("country_code").cast(pl.String).is_in(job.special_countries())
    candidates = members | {"country": members["country"].filter(~special)}
    ranked_by = pl.Enum(list(candidates))
    group = [*PLACE, "flow", "ranked_by"]
    return (
        pl.concat(
            frame.with_columns(
                ranked_by=pl.lit(name, dtype=ranked_by),
                member_code=pl.col(f"{name}_code").cast(pl.String),
            ).select(*group, "member_code", "value_eur")
            for name, frame in candidates.items()
        )
        .sort("value_eur", "member_code", descending=[True, False])
        .with_columns(
            rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(group),
            cumulative_eur=pl.col("value_eur").cum_sum().over(group),
        )
        .join(totals.rename({"value_eur": "total_eur"}), on=[*PLACE, "flow"])
        .select(
            *group,
            "member_code",
            "rank",
            "value_eur",
            share("value_eur", "total_eur").alias("value_share"),
            share("cumulative_eur", "total_eur").alias("cumulative_share"),
        )
    )


def share_ratios(totals: pl.LazyFrame, regions: dict[str, str | None]) -> pl.LazyFrame:
    """Compare the flows of a territory with those of its region and of France."""
    region = pl.col("territory_code").replace_strict(
        regions, default=None, return_dtype=pl.String
    )
    whole = totals.select(
        "year",
        "flow",
        pl.col("territory_code").cast(pl.String).alias("whole_code"),
        pl.col("value_eur").alias("whole_eur"),
    )
    compared = totals.with_columns(region_code=region, france_code=pl.lit("FR"))
    for name in ("region", "france"):
        compared = compared.join(
            whole.rename({"whole_code": f"{name}_code", "whole_eur": f"{name}_eur"}),
            on=["year", "flow", f"{name}_code"],
            how="left",
        ).with_columns(share("value_eur", f"{name}_eur").alias(f"{name}_share"))
    has_region = pl.col("region_code").is_not_null()
    is_ranked = has_region | (pl.col("territory_level") == "region")
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int32)
    return (
        compared.with_columns(is_ranked=is_ranked)
        .sort("value_eur", "territory_code", descending=[True, False])
        .select(
            *PLACE,
            "flow",
            "value_eur",
            "region_eur",
            "region_share",
            "france_eur",
            "france_share",
            rank_in_region=pl.when(has_region).then(
                rank.over("year", "flow", "region_code")
            ),
            rank_in_france=pl.when(is_ranked).then(
                rank.over("year", "flow", "territory_level", "is_ranked")
            ),
        )
    )


def write(queries: dict[str, pl.LazyFrame], folder: Path) -> None:
    """Run every query at once, each into a Parquet file."""
    folder.mkdir(parents=True, exist_ok=True)
    sinks = [
        query.sink_parquet(folder / f"{name}.parquet", compression="snappy", lazy=True)
        for name, query in queries.items()
    ]
    pl.collect_all(sinks, engine="streaming")


if __name__ == "__main__":
    main()
