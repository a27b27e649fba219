"""The marts in pandas, as fast as we know how: a rival of the dbt build.

Run as `python benchmarks/rivals/pandas_marts.py <customs_dir> <out_dir>`.

- PyArrow parses the files on every core, each code a dictionary. A file is proven
  well-formed by column: the few distinct codes, the digits of the measures, as many
  rows as physical lines. A file in doubt is sifted line by line, then parsed again.
- Codes stay categories. A group is one integer, packed from the codes of its keys: to
  the finest flows, four times as fast as `groupby` on seven categories.
- The finest flows are written by a thread while the marts are computed: their time is
  that of the marts.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path

import customs_job as job
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from pandas.api.types import union_categoricals

from commerce_exterieur.customs.line import MOST_DIGITS

TEXT = pa.dictionary(pa.int32(), pa.string())
#: Where pandas has a wider type, or none for an empty column.
TYPES = {
    "year": pa.int32(),
    "quarter": pa.int32(),
    "rank": pa.int32(),
    "rank_in_region": pa.int32(),
    "rank_in_france": pa.int32(),
    "quarters_covered": pa.int32(),
    "line_number": pa.int64(),
    **dict.fromkeys(["vintage", "source_file", "raw_line", "reason"], pa.string()),
}
NUMBERS = {pa.int32(), pa.int64(), pa.float64()}
#: Up to this many cells, sums are scattered in an array of all of them.
MOST_CELLS = 1 << 22


def main() -> None:
    """Read the files, write the marts, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("customs_dir", type=Path)
    parser.add_argument("out_dir", type=Path)
    options = parser.parse_args()
    options.out_dir.mkdir(parents=True, exist_ok=True)
    # As fast as the default pool here, and a third less memory.
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    tally = job.Tally()
    with tally.timed("read"):
        lines, rejected, periods = read_folder(options.customs_dir, tally)
        write(rejected, options.out_dir / "rejected_lines.parquet")
    with tally.timed("flows"):
        regions = place(lines)
        flows = sum_by(lines, job.FLOW_KEYS, list(job.MEASURES))
        del lines
    with tally.timed("marts"), ThreadPoolExecutor(max_workers=1) as beside:
        target = options.out_dir / "fct_trade_flows.parquet"
        written = beside.submit(write, flows, target)
        for name, mart in marts(flows, regions, job.quarters_covered(periods)).items():
            write(mart, options.out_dir / f"{name}.parquet")
        written.result()
    tally.print()


# Reading


def read_folder(
    folder: Path, tally: job.Tally
) -> tuple[pd.DataFrame, pd.DataFrame, set[job.Period]]:
    """Read the lines that count, those refused, and the periods delivered."""
    frames, rejected = [], []
    taken: set[job.Period] = set()
    files = job.customs_files(folder)
    for group in job.by_preference(files):
        found: set[job.Period] = set()
        for file in group:
            frame, refused, line_count = read_file(file.path)
            tally.lines_read += line_count
            tally.lines_rejected += len(refused)
            rejected += [(file.vintage, file.path.name, *line) for line in refused]
            if not file.is_repeated:
                frame, periods = of_new_periods(frame, taken)
                frames.append(frame)
                found |= periods
            del frame
        taken |= found
    columns = ["vintage", "source_file", "line_number", "raw_line", "reason"]
    refused_lines = pd.DataFrame(sorted(rejected), columns=columns)
    return concatenated(frames), refused_lines, taken


def read_file(path: Path) -> tuple[pd.DataFrame, list[job.Rejected], int]:
    """Read one file: its well-formed lines, the others, the number of both."""
    line_count, needs_sifting = job.count_lines(path)
    rejected: list[job.Rejected] = []
    frame = None if needs_sifting else parse(path, line_count)
    if frame is None:
        good, kept, rejected = job.sift(path.read_bytes())
        frame = parse(pa.BufferReader(good), kept)
        if frame is None:
            raise ValueError(f"{path}: {kept} lines are well-formed but not parsed")
    return frame, rejected, len(frame) + len(rejected)


def parse(source: Path | pa.BufferReader, line_count: int) -> pd.DataFrame | None:
    """Parse a file; None unless every one of its lines is proven well-formed."""
    if not line_count:
        return empty_frame()
    try:
        table = pa_csv.read_csv(
            source,
            read_options=pa_csv.ReadOptions(column_names=job.COLUMNS),
            parse_options=pa_csv.ParseOptions(
                delimiter=";",
                quote_char=False,
                double_quote=False,
                ignore_empty_lines=False,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(job.CODES, TEXT)
                | dict.fromkeys(job.MEASURES, pa.string()),
                null_values=[],
                strings_can_be_null=False,
                # The checks below look at every byte.
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:  # a wrong number of fields
        return None
    # A lone CR makes two rows of a line.
    if table.num_rows != line_count:
        return None
    table = table.unify_dictionaries()
    for name in job.CODES:
        codes = table[name].chunk(0).dictionary.cast(pa.binary()).to_pylist()
        if not job.are_codes(name, [code.decode("latin-1") for code in codes]):
            return None
    for name in job.MEASURES:
        if not are_whole_numbers(table[name]):
            return None
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, table[name].cast(pa.int64()))
    # `self_destruct` frees each column as soon as it is converted.
    table = table.drop_columns("region")
    return table.to_pandas(self_destruct=True, split_blocks=True)


def are_whole_numbers(texts: pa.ChunkedArray) -> bool:
    """Whether every text is made of 1 to 15 ASCII digits."""
    return (
        pc.all(pc.ascii_is_decimal(texts)).as_py()
        and pc.max(pc.binary_length(texts)).as_py() <= MOST_DIGITS
    )


def empty_frame() -> pd.DataFrame:
    """Make the frame of a file without a well-formed line."""
    codes = [name for name in job.CODES if name != "region"]
    no_code = pd.Categorical([], categories=pd.Index([], dtype="str"))
    no_number = np.empty(0, dtype=np.int64)
    columns = dict.fromkeys(codes, no_code) | dict.fromkeys(job.MEASURES, no_number)
    return pd.DataFrame(columns)


def of_new_periods(
    frame: pd.DataFrame, taken: set[job.Period]
) -> tuple[pd.DataFrame, set[job.Period]]:
    """Keep the lines of the periods that no better file delivered, and list those."""
    keys = ["flow", "year", "quarter"]
    key = packed(frame, keys)
    present = np.flatnonzero(np.bincount(key))
    codes = unpacked(frame, keys, present)
    periods = {
        int(packed_period): (flow, int(year), int(quarter))
        for packed_period, flow, year, quarter in zip(present, *codes, strict=True)
    }
    old = [number for number, period in periods.items() if period in taken]
    if old:
        frame = frame[~np.isin(key, old)]
    return frame, set(periods.values()) - taken


def concatenated(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Stack frames and sort their categories; empties the frames as it goes."""
    columns = {}
    for name in list(frames[0]):
        parts = [frame.pop(name) for frame in frames]
        if name in job.MEASURES:
            columns[name] = pd.concat(parts, ignore_index=True)
        else:
            columns[name] = union_categoricals(parts, sort_categories=True)
    return pd.DataFrame(columns, copy=False)


# Summing


def packed(frame: pd.DataFrame, keys: Sequence[str]) -> np.ndarray:
    """Make one integer of the codes of several categorical columns.

    Returns
    -------
    numpy.ndarray
        int64, one per row, ordered as the keys are.

    Raises
    ------
    OverflowError
        When the keys have too many combinations for 63 bits.
    """
    sizes = [len(frame[name].cat.categories) for name in keys]
    if prod(sizes) >= 1 << 63:
        raise OverflowError(f"too many combinations of {keys}")
    key = np.zeros(len(frame), dtype=np.int64)
    for name, size in zip(keys, sizes, strict=True):
        key *= size
        key += frame[name].cat.codes.to_numpy()
    return key


def unpacked(
    frame: pd.DataFrame, keys: Sequence[str], key: np.ndarray
) -> list[pd.Categorical]:
    """Make the columns again of which `packed` made one integer."""
    columns = []
    for name in reversed(keys):
        dtype = frame[name].dtype
        key, codes = np.divmod(key, max(len(dtype.categories), 1))
        columns.append(pd.Categorical.from_codes(codes, dtype=dtype))
    return columns[::-1]


def sum_by(
    frame: pd.DataFrame, keys: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    """Sum measures by categorical keys, exactly, in the order of the keys."""
    key = packed(frame, keys)
    values = {name: frame[name].to_numpy() for name in measures}
    cells = prod(len(frame[name].cat.categories) for name in keys)
    if cells <= MOST_CELLS:
        present, sums = scattered(key, values, cells)
        groups = zip(keys, unpacked(frame, keys, present), strict=True)
    else:
        rows, sums = gathered(key, values)
        groups = ((name, frame[name].array.take(rows)) for name in keys)
    return pd.DataFrame(dict(groups) | sums, copy=False)


def scattered(
    key: np.ndarray, values: dict[str, np.ndarray], cells: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Add rows up in one cell per possible key; keep the keys that are present."""
    is_present = np.zeros(cells, dtype=bool)
    is_present[key] = True
    sums = {}
    for name, column in values.items():
        total = np.zeros(cells, dtype=np.int64)
        np.add.at(total, key, column)
        sums[name] = total[is_present]
    return np.flatnonzero(is_present), sums


def gathered(
    key: np.ndarray, values: dict[str, np.ndarray]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Sort rows by key and add runs up; name one row of each run."""
    # Stable is the faster one where runs are in order already, as in the files.
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_new = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=is_new[1:])
    if is_new.all():  # every key once: nothing to add
        return order, {name: column[order] for name, column in values.items()}
    starts = np.flatnonzero(is_new)
    sums = {
        name: np.add.reduceat(column[order], starts) for name, column in values.items()
    }
    return order[starts], sums


# Territories


def place(lines: pd.DataFrame) -> dict[str, str | None]:
    """Put lines in their department, in place; say the region of each department.

    Raises
    ------
    OverflowError
        When a sum could exceed a bigint, which numpy would not say.
    """
    for name in job.MEASURES:
        if lines[name].to_numpy().sum(dtype="float64") > 9e18:
            raise OverflowError(f"the sum of {name} exceeds a bigint")
    territories = job.departments(lines["department"].cat.categories)
    codes = lines.pop("department").cat.rename_categories(
        {code: territory for code, (territory, _) in territories.items()}
    )
    lines["territory_code"] = codes
    lines["flow"] = lines["flow"].cat.rename_categories(job.FLOWS)
    for name in ("year", "quarter"):
        lines[name] = lines[name].cat.rename_categories(int)
    return dict(territories.values())


def rolled_up(
    frame: pd.DataFrame, regions: dict[str, str | None], keys: Sequence[str]
) -> pd.DataFrame:
    """Sum the values of departments in departments, regions and France.

    Parameters
    ----------
    frame
        `territory_code` (departments), the other keys, `value_eur`.
    regions
        The region of each department, None when it has none.
    keys
        Categorical columns, `territory_code` among them.
    """
    own = frame["territory_code"].cat.categories
    parents = [regions[code] for code in own]
    territories = pd.Index(sorted({*own, *filter(None, parents), "FR"}))
    parts = []
    for level in (own, parents, ["FR"] * len(own)):
        # -1 where a department has no region.
        of_department = territories.get_indexer(level)
        codes = of_department[frame["territory_code"].cat.codes]
        placed = pd.Categorical.from_codes(codes, territories)
        parts.append(frame.assign(territory_code=placed)[codes >= 0])
    return sum_by(pd.concat(parts, ignore_index=True), keys, ["value_eur"])


def with_level(frame: pd.DataFrame) -> pd.DataFrame:
    """Add `territory_level`, which the code of a territory says."""
    codes = frame["territory_code"].cat
    levels = ["country", "department", "region"]
    of_code = np.array(
        [levels.index(job.territory_level(code)) for code in codes.categories],
        dtype=np.int8,
    )
    level = pd.Categorical.from_codes(of_code[codes.codes], levels)
    return frame.assign(territory_level=level)


# Marts


def marts(
    flows: pd.DataFrame, regions: dict[str, str | None], covered: dict[int, int]
) -> dict[str, pd.DataFrame]:
    """Make every mart from the finest flows.

    Parameters
    ----------
    flows
        Summed by `job.FLOW_KEYS`.
    regions
        The region of each department.
    covered
        Quarters for which both flows were delivered, by year.
    """
    place = ["year", "territory_code", "flow"]
    fine = [*place, "quarter", "activity_code", "product_code"]
    # All the marts need of the finest flows; without partners they are sixteen times
    # as few.
    by_product = sum_by(flows, fine, ["value_eur"])
    by_country = sum_by(flows, [*place, "country_code"], ["value_eur"])
    quarters = rolled_up(by_product, regions, [*place, "quarter"])
    members = {
        "country": rolled_up(by_country, regions, [*place, "country_code"]),
        "activity": rolled_up(by_product, regions, [*place, "activity_code"]),
        "product": rolled_up(by_product, regions, [*place, "product_code"]),
    }
    totals = sum_by(quarters, place, ["value_eur"])
    by_quarter = balances(quarters, ["year", "quarter", "territory_code"])
    by_year = balances(totals, ["year", "territory_code"])
    for mart in (by_quarter, by_year):
        years = mart["year"].astype("int32")
        mart["quarters_covered"] = years.map(covered)
    by_partner = ["year", "territory_code", "country_code"]
    return {
        "fct_territory_quarters": by_quarter,
        "fct_territory_totals": by_year,
        "fct_trade_balances": balances(members["country"], by_partner),
        "fct_rankings": rankings(members, totals),
        "fct_share_ratios": share_ratios(totals, regions),
    }


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Divide a part by its whole; missing when the whole is empty or missing."""
    return part / whole.where(whole != 0)


def balances(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Set imports and exports side by side, 0 when there is none."""
    for flow in job.FLOWS.values():
        value = frame["value_eur"].where(frame["flow"] == flow, 0)
        frame = frame.assign(**{f"{flow}_eur": value})
    result = with_level(sum_by(frame, keys, ["import_eur", "export_eur"]))
    result["balance_eur"] = result["export_eur"] - result["import_eur"]
    result["coverage_ratio"] = share(result["export_eur"], result["import_eur"])
    at = keys.index("territory_code")
    measures = ["import_eur", "export_eur", "balance_eur", "coverage_ratio"]
    return result[[*keys[:at], "territory_level", *keys[at:], *measures]]


def rankings(members: dict[str, pd.DataFrame], totals: pd.DataFrame) -> pd.DataFrame:
    """Rank the members of every flow by value, ties by code."""
    special = job.special_countries()
    ranked = []
    for ranked_by, frame in members.items():
        name = f"{ranked_by}_code"
        if ranked_by == "country":
            frame = frame[~frame[name].isin(special)]
        ranked.append(frame.rename(columns={name: "member_code"}))
    codes = union_categoricals([frame.pop("member_code") for frame in ranked])
    frame = pd.concat(ranked, ignore_index=True)
    frame["member_code"] = codes
    frame["ranked_by"] = pd.Categorical.from_codes(
        np.repeat(np.arange(len(ranked)), [len(part) for part in ranked]), list(members)
    )
    # Members come in the order of their codes: a stable sort breaks ties by code.
    group = packed(frame, ["ranked_by", "year", "territory_code", "flow"])
    frame = frame.iloc[np.lexsort((-frame["value_eur"], group))].reset_index(drop=True)
    groups = frame.groupby(np.sort(group), sort=False)
    frame["rank"] = groups.cumcount() + 1
    # The categories are those of the totals: one packed key finds them.
    place = ["year", "territory_code", "flow"]
    total = totals["value_eur"].set_axis(packed(totals, place))
    total = total.reindex(packed(frame, place)).reset_index(drop=True)
    frame["value_share"] = share(frame["value_eur"], total)
    frame["cumulative_share"] = share(groups["value_eur"].cumsum(), total)
    return with_level(frame)[
        [
            "year",
            "territory_level",
            "territory_code",
            "flow",
            "ranked_by",
            "member_code",
            "rank",
            "value_eur",
            "value_share",
            "cumulative_share",
        ]
    ]


def share_ratios(totals: pd.DataFrame, regions: dict[str, str | None]) -> pd.DataFrame:
    """Compare the flows of a territory with those of its region and of France."""
    # A small table: plain text is simpler than categories.
    frame = with_level(totals).astype(
        {"territory_code": str, "territory_level": str, "flow": str, "year": "int32"}
    )
    frame["region_code"] = frame["territory_code"].map(regions)
    # Int64 holds missing values and whole euros; float64 would round them.
    whole = frame.set_index(["year", "flow", "territory_code"])["value_eur"]
    whole = whole.astype("Int64")
    for name, code in (("region", frame["region_code"]), ("france", "FR")):
        key = frame[["year", "flow"]].assign(territory_code=code)
        frame[f"{name}_eur"] = whole.reindex(pd.MultiIndex.from_frame(key)).array
        frame[f"{name}_share"] = share(frame["value_eur"], frame[f"{name}_eur"])
    frame = frame.sort_values(
        ["value_eur", "territory_code"], ascending=[False, True], ignore_index=True
    )
    is_ranked = frame["region_code"].notna() | (frame["territory_level"] == "region")
    for name, rows, keys in (
        ("region", frame["region_code"].notna(), ["region_code"]),
        ("france", is_ranked, ["territory_level"]),
    ):
        rank = frame[rows].groupby(["year", "flow", *keys]).cumcount() + 1
        frame[f"rank_in_{name}"] = rank.astype("Int32").reindex(frame.index)
    return frame[
        [
            "year",
            "territory_level",
            "territory_code",
            "flow",
            "value_eur",
            "region_eur",
            "region_share",
            "france_eur",
            "france_share",
            "rank_in_region",
            "rank_in_france",
        ]
    ]


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as Parquet, integers as wide as in the marts of dbt."""
    arrays = {}
    for name, column in frame.items():
        if TYPES.get(name) == pa.int32() and column.dtype == "category":
            column = column.astype("int32")
        array = pa.Array.from_pandas(column, type=TYPES.get(name))
        if pa.types.is_dictionary(array.type) and not array.dictionary:
            array = array.cast(pa.string())  # no code at all: no type either
        arrays[name] = array
    # A dictionary of numbers is tried, then given up: only codes have one.
    codes = [name for name, array in arrays.items() if array.type not in NUMBERS]
    pq.write_table(pa.table(arrays), path, use_dictionary=codes)


if __name__ == "__main__":
    main()
