"""What all pages share, and what each page needs but must not carry itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commerce_exterieur import charts, factsheet, fonts
from commerce_exterieur.charts.embedding import vega_script
from commerce_exterieur.site.gazetteer import Gazetteer, search_index
from commerce_exterieur.site.home import tile_grid
from commerce_exterieur.site.members import member_entries
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LanguageCode, language

_STATIC = Path(__file__).parent / "static"
_SCRIPTS = ("site.js", "figures.js", "home.js", "compare.js")


def shared_files(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    languages: tuple[LanguageCode, ...],
    standing: dict[int, set[str]],
) -> dict[str, bytes]:
    """Make the files under `assets/`: path → content.

    Parameters
    ----------
    standing
        Territories whose page exists, by year, ascending; pages of other years learn
        of a new one from here.
    """
    files = {f"assets/{name}": _read(_STATIC / name) for name in _SCRIPTS}
    for name in ("sections.js", "touch.js"):
        files[f"assets/{name}"] = _read(Path(factsheet.__file__).with_name(name))
    files["assets/site.css"] = _style()
    files["assets/fonts.js"] = _script("fonts", fonts.font_face_css())
    files["assets/vega.js"] = vega_script().encode()
    for language_code in languages:
        templates = {
            name: charts.template(name, language_code) for name in charts.FIGURES
        }
        files[f"assets/figures-{language_code}.js"] = _script("templates", templates)
        files[f"assets/index-{language_code}.js"] = _script(
            "index", _index(warehouse, gazetteer, language_code, standing)
        )
    return files


def _style() -> bytes:
    """One style sheet, fonts inside: a file share may not load them beside it."""
    columns = max(column for column, _ in tile_grid().values())
    parts = [
        fonts.font_face_css(),
        f":root {{ --columns: {columns}; }}",
        Path(factsheet.__file__).with_name("style.css").read_text("utf-8"),
        _STATIC.joinpath("site.css").read_text("utf-8"),
    ]
    return "\n".join(parts).encode()


def _index(
    warehouse: Warehouse,
    gazetteer: Gazetteer,
    language_code: LanguageCode,
    standing: dict[int, set[str]],
) -> dict[str, Any]:
    words = language(language_code)
    return {
        "years": list(standing),
        "words": {
            "none": words.say("site.search_none"),
            "one": words.say("site.search_one"),
            "many": words.catalogue["site"]["search_many"],
        },
        "places": [
            *search_index(gazetteer, words, standing),
            *member_entries(warehouse, words, standing),
        ],
    }


def _script(name: str, value: object) -> bytes:
    """Set a property of the page's one global object."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"(window.commerce??={{}}).{name}={text};\n".encode()


def _read(path: Path) -> bytes:
    return path.read_bytes()
