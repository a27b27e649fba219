"""The static site as files: what is made, from what, and whether it all agrees."""

from __future__ import annotations

import csv
import io
import re
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pypdf
import pytest
from colours import MACHADO, contrast, lab, linear
from documents import elements, read_script, tables
from sample import SAMPLE
from site_links import links, parse

from commerce_exterieur.site import assets
from commerce_exterieur.site.home import MEASURES, write_value
from commerce_exterieur.site.layout import PREFIX
from commerce_exterieur.wording import LANGUAGES, language

YEAR = 2024
TERRITORIES = ("D52", "R44", "FR", "D48")
FIGURES = ("balances", "activities", "exports", "imports")
INDUSTRIES = 183
LIMIT = 800_000


def rows(path: Path, query: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as warehouse:
        return warehouse.execute(query, list(values)).fetchall()


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def text(value: object) -> str:
    """How a CSV of the site writes a value: whole numbers whole, nothing for null."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


# ---------------------------------------------------------------------------- links


def test_every_link_points_to_a_file_of_the_site(site: Path) -> None:
    parsed = {path: parse(path)[1] for path in pages(site)}
    ids = {
        path.resolve(): {each["id"] for _, each in found if "id" in each}
        for path, found in parsed.items()
    }
    broken = set()
    for path, found in parsed.items():
        for address, target, fragment in links(path, found):
            file = target.resolve()
            whole = (
                file.is_relative_to(site.resolve())
                and file.is_file()
                and (not fragment or fragment in ids.get(file, set()))
            )
            if not whole:
                broken.add(f"{path.relative_to(site)}: {address}")
    assert len(parsed) > 2 * INDUSTRIES
    assert sorted(broken) == []


def test_pages_name_both_languages_of_themselves(site: Path) -> None:
    for path in pages(site):
        _, found = parse(path)
        told = {
            each["hreflang"]: (path.parent / each["href"]).resolve()
            for tag, each in found
            if tag == "link" and each.get("rel") == "alternate"
        }
        place = path.relative_to(site).as_posix().removeprefix("en/")
        assert told == {
            code: (site / PREFIX[code] / place).resolve() for code in LANGUAGES
        }
        own = "en" if path.is_relative_to(site / "en") else "fr"
        assert dict(found[0][1])["lang"] == own


@pytest.mark.parametrize("code", LANGUAGES)
def test_pages_are_light(site: Path, code: str) -> None:
    """What a page loads beside what all pages share."""
    heavy = {}
    for name in [f"{YEAR}/{one}" for one in TERRITORIES] + ["index"]:
        path = site / PREFIX[code] / f"{name}.html"
        _, found = parse(path)
        loaded = {
            (path.parent / (each.get("src") or each["href"])).resolve()
            for tag, each in found
            if tag == "script" or (tag == "link" and each["rel"] == "stylesheet")
        }
        assert loaded
        weight = path.stat().st_size + sum(
            file.stat().st_size for file in loaded if file.parent.name != "assets"
        )
        if weight > LIMIT:
            heavy[name] = weight
    assert heavy == {}


# ----------------------------------------------------------------------------- data

_BEHIND = {
    "balances": (
        "select country_code, import_eur, export_eur, balance_eur "
        "from marts.rpt_factsheet_countries where territory_code = ? and year = ?"
    ),
    "activities": (
        "select flow, activity_code, value_eur, value_share, members "
        "from marts.rpt_factsheet_activities where territory_code = ? and year = ?"
    ),
    **{
        f"{flow}s": (
            "select activity_code, country_code, value_eur, value_share, is_top_flow "
            "from marts.rpt_factsheet_flows where territory_code = ? and year = ? "
            f"and flow = '{flow}'"
        )
        for flow in ("export", "import")
    },
}


@pytest.mark.parametrize("code", TERRITORIES)
@pytest.mark.parametrize("figure", FIGURES)
def test_data_files_hold_the_mart(site: Path, code: str, figure: str) -> None:
    query = _BEHIND[figure]
    names = re.match(r"select (.+?) from", query)[1].split(", ")
    expected = sorted(rows(SAMPLE, query, code, YEAR))
    path = site / f"{YEAR}/data/{code}_{YEAR}_{figure}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))

    assert expected
    assert sorted(tuple(row[name] for name in names) for row in read) == sorted(
        tuple(text(value) for value in row) for row in expected
    )
    assert {(row["territory_code"], row["year"]) for row in read} == {(code, str(YEAR))}
    with duckdb.connect() as memory:
        parquet = memory.sql(f"from '{path.with_suffix('.parquet')}'")
        assert parquet.columns == list(read[0])
        typed = parquet.fetchall()
    # The same rows in the same order, empty for null.
    assert [[text(value) for value in row] for row in typed] == [
        list(row.values()) for row in read
    ]
    at = [parquet.columns.index(name) for name in names]
    assert sorted(tuple(row[i] for i in at) for row in typed) == expected


def test_map_data_holds_the_mart(site: Path) -> None:
    path = site / f"{YEAR}/data/departments_{YEAR}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = {
            (row["territory_code"], row["measure"]): (row["value"], row["class"])
            for row in csv.DictReader(file)
        }
    expected = rows(
        SAMPLE,
        "select territory_code, measure, value, class from marts.rpt_site_map "
        "where year = ?",
        YEAR,
    )
    assert len(expected) == 101 * len(MEASURES)
    assert read == {
        (code, measure): (text(value), text(number))
        for code, measure, value, number in expected
    }


# ------------------------------------------------------------------------------ map


@pytest.mark.parametrize("code", LANGUAGES)
def test_map_says_what_the_mart_holds(site: Path, code: str) -> None:
    words = language(code)
    names = dict(
        rows(SAMPLE, "select territory_code, territory_name from marts.dim_territory")
    )
    held = rows(
        SAMPLE,
        "select territory_code, measure, value, class from marts.rpt_site_map "
        "where year = ?",
        YEAR,
    )
    said = read_script(site / f"{YEAR}/data/map-{code}.js")
    expected: dict[str, dict] = {}
    for territory, measure, value, number in held:
        label = words.say(
            "site.home.tile",
            name=words.label(names[territory]),
            code=territory[1:],
            measure=words.say(f"site.measure.{measure}"),
            value=write_value(value, MEASURES[measure], words, "M€"),
        )
        expected.setdefault(territory, {})[measure] = [number or 0, label]
    assert said == expected
    # Without scripts, tiles carry the first measure.
    _, found = parse(site / PREFIX[code] / "index.html")
    tiles = {
        each["data-code"]: [int(each["data-class"]), each["aria-label"]]
        for tag, each in found
        if tag == "a" and "data-code" in each
    }
    assert tiles == {
        territory: measures["exports"] for territory, measures in expected.items()
    }


@pytest.mark.parametrize("measure", MEASURES)
def test_legend_spans_are_apart_and_hold_every_value(measure: str) -> None:
    held = rows(
        SAMPLE,
        "select value, class, class_low, class_high, class_from, class_to "
        "from marts.rpt_site_map "
        "where year = ? and measure = ? and class is not null order by value",
        YEAR,
        measure,
    )
    assert [row[1] for row in held] == sorted(row[1] for row in held)
    for value, number, low, high, begin, end in held:
        assert low <= value <= high
        # The legend's bounds are round: at most two digits, and between the classes.
        assert (begin is None) == (number == held[0][1])
        assert (end is None) == (number == held[-1][1])
        assert begin is None or begin <= low
        assert end is None or high < end
        for bound in (begin, end):
            digits = f"{bound or 0:.6g}".replace(".", "").strip("-0").split("e")[0]
            assert len(digits) <= 2, bound


@pytest.fixture(scope="module")
def palettes() -> dict[str, dict[int, tuple[str, str]]]:
    """Measure → class → colour of the tile and of its text, as the style sheet says."""
    style = (Path(assets.__file__).parent / "static/site.css").read_text("utf-8")
    inks = dict(
        re.findall(
            r'(?m)^\[data-class="([1-5])"\] \{.*?--tile-ink: (#[0-9a-f]{3,6})', style
        )
    )
    found: dict[str, dict[int, tuple[str, str]]] = {}
    for selector, body in re.findall(r"(?m)^(\[data-measure=[^{]+?)\{([^}]+)\}", style):
        colours = dict(re.findall(r"--c([1-5]): (#[0-9a-f]{6})", body))
        ink = re.search(r"--tile-ink: (#[0-9a-f]{3,6})", body)
        for part in selector.split(","):
            measure = re.search(r'data-measure="(\w+)"', part)[1]
            told = found.setdefault(measure, {})
            for number, colour in colours.items():
                told[int(number)] = (colour, inks[number])
            only = re.search(r'data-class="([1-5])"', part)
            if only and ink:
                number = int(only[1])
                told[number] = (told[number][0], ink[1])
    return {
        measure: {
            number: tuple(
                "#" + "".join(c * 2 for c in one[1:]) if len(one) == 4 else one
                for one in pair
            )
            for number, pair in classes.items()
        }
        for measure, classes in found.items()
    }


def test_every_class_has_a_colour(palettes: dict) -> None:
    assert palettes.keys() == MEASURES.keys()
    assert all(set(classes) == {1, 2, 3, 4, 5} for classes in palettes.values())


@pytest.mark.parametrize("measure", MEASURES)
def test_text_on_tiles_is_readable(palettes: dict, measure: str) -> None:
    for number, (tile, ink) in palettes[measure].items():
        assert contrast(tile, ink) >= 4.5, (number, tile, ink)


@pytest.mark.parametrize(
    "measure", ["exports", "imports", "top_destination_share", "top_origin_share"]
)
def test_more_is_always_darker(palettes: dict, measure: str) -> None:
    light = [lab(linear(palettes[measure][n][0]))[0] for n in range(1, 6)]
    steps = [one - next_one for one, next_one in pairwise(light)]
    assert min(steps) > 5, light


@pytest.mark.parametrize("measure", ["balance", "coverage"])
@pytest.mark.parametrize("vision", ["all", *MACHADO])
def test_deficit_and_surplus_stay_apart(
    palettes: dict, measure: str, vision: str
) -> None:
    matrix = MACHADO.get(vision, np.eye(3))
    colours = [lab(matrix @ linear(palettes[measure][n][0])) for n in range(1, 6)]
    for one in range(5):
        for other in range(one):
            apart = np.linalg.norm(colours[one] - colours[other])
            assert apart > 10, (other + 1, one + 1, round(float(apart), 1))


# ------------------------------------------------------------- Territoires d'industrie


@pytest.mark.parametrize("code", LANGUAGES)
def test_industries_show_their_departments(site: Path, code: str) -> None:
    words = language(code)
    held: dict[str, list] = {}
    for identifier, *department in rows(
        SAMPLE,
        "select territoire_industrie_id, territory_name, commune_count, commune_share "
        "from marts.rpt_factsheet_territoires_industrie "
        "order by commune_count desc, territory_code",
    ):
        held.setdefault(identifier, []).append(department)
    folder = site / PREFIX[code] / str(YEAR)
    assert {path.stem for path in folder.glob("ti-*.html")} == set(held)
    assert len(held) == INDUSTRIES
    for identifier, departments in held.items():
        shares, figures = tables(folder / f"{identifier}.html")
        # One row a department and no other: nothing is summed over them.
        assert shares[1:] == [
            [words.label(name), words.integer(count), words.share(share)]
            for name, count, share in departments
        ]
        assert figures[0][1:] == [words.label(name) for name, *_ in departments]
        assert all(len(row) == 1 + len(departments) for row in figures)


def test_industries_show_the_figures_of_whole_departments(site: Path) -> None:
    words = language("fr")
    held = {
        words.label(name): [words.eur(each, unit="M€") for each in (exports, imports)]
        for name, exports, imports in rows(
            SAMPLE,
            "select territory_name, export_eur, import_eur "
            "from marts.rpt_factsheet_territories "
            "where year = ?",
            YEAR,
        )
    }
    for path in (site / str(YEAR)).glob("ti-*.html"):
        _, figures = tables(path)
        amounts = {row[0]: row[1:] for row in figures[1:]}
        for at, name in enumerate(figures[0][1:]):
            said = [amounts["Exportations"][at], amounts["Importations"][at]]
            assert said == held[name], path.name


# ------------------------------------------------------------------------------ PDFs


@pytest.fixture(scope="module", params=LANGUAGES)
def pdf(request: pytest.FixtureRequest, site: Path) -> tuple[str, bytes]:
    code = request.param
    return code, (site / PREFIX[code] / f"{YEAR}/D52.pdf").read_bytes()


def test_pdf_carries_the_data_of_the_site(site: Path, pdf: tuple[str, bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf[1]))
    attached = reader.attachments
    published = {
        path.name: path.read_bytes()
        for path in (site / f"{YEAR}/data").glob("D52_*.csv")
    }
    assert len(published) >= len(FIGURES)
    assert published.keys() <= attached.keys()
    for name, contents in attached.items():
        (content,) = contents if isinstance(contents, list) else [contents]
        assert content == (site / f"{YEAR}/data/{name}").read_bytes(), name


def test_pdf_says_what_it_is(pdf: tuple[str, bytes]) -> None:
    code, content = pdf
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.root_object
    assert root["/Lang"].startswith(code)
    title = {
        "fr": "Le commerce extérieur de la Haute-Marne en 2024",
        "en": "The foreign trade of Haute-Marne in 2024",
    }[code]
    assert reader.metadata.title == title
    packet = root["/Metadata"].get_data().decode()
    for told in (
        "<pdfuaid:part>1</pdfuaid:part>",
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        title,
    ):
        assert told in packet
    ((origin, version),) = rows(
        SAMPLE, "select data_origin, project_version from marts.build_info"
    )
    subject = str(reader.metadata.subject)
    keywords = str(reader.metadata.get("/Keywords"))
    said = f"{subject} {keywords}"
    assert re.search(r"Source.*commerce_exterieur", said), said
    assert f"version {version}" in said
    assert re.search(r"(?i)simul", said) if origin == "simulated" else origin in said
    vintage = {"fr": "Millésime", "en": "Vintage"}[code]
    assert vintage in said


def test_pdf_is_accessible(pdf: tuple[str, bytes]) -> None:
    found = elements(pdf[1])
    kinds = [element["/S"] for element in found]
    figures = [element for element in found if element["/S"] == "/Figure"]
    assert len(figures) == 8
    assert all(figure["/Alt"].strip() for figure in figures)
    assert kinds.count("/TH") > kinds.count("/Table") > 10
    assert kinds.count("/H1") == 1


# --------------------------------------------------------------------------- building
