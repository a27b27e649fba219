"""Set a sheet as a workbook: typed numbers, one tab a figure, source and method.

The rows are those of the data files of the figures; what is said of them is what the
page says.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from commerce_exterieur.factsheet.sheet import Exhibit, Notice, Sheet, Terms
from commerce_exterieur.wording import Language, language

#: Told by the title of a tab, when the same throughout.
_TOLD_ONCE = {"year", "territory_level", "territory_code", "territory_name", "flow"}
_LEFT_OUT = {"panel", "data_origin", "vintages"}
_SHARES = {"share", "reference_share"}
_DATES = {"period_start", "published_on"}
#: The rows of these come to the whole of the flow: a total says something.
_COMPLETE = {"exports", "imports"}
_HEAD_ROW = 5
_WIDEST = 52
_TEXT_WIDTH = 100
_LONGEST_NAME = 31


@dataclass(frozen=True)
class _Tab:
    """A figure with its place in the workbook."""

    name: str
    figure: str
    exhibit: Exhibit


def render_workbook(sheet: Sheet) -> bytes:
    """Set the sheet as an Excel workbook.

    Returns
    -------
    bytes
        The same for the same sheet.
    """
    words = language(sheet.language_code)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        # A label is a text, whatever it begins with.
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {
            "title": sheet.title,
            "author": sheet.author,
            "comments": sheet.metadata,
            "keywords": ", ".join(sheet.keywords),
            "created": sheet.built.replace(tzinfo=None),
        }
    )
    writer = _Writer(book, words, sheet)
    tabs = _tabs(sheet, words)
    writer.cover(tabs)
    if sheet.key_data:
        writer.key_figures(_read(sheet.key_data))
    used: dict[str, None] = {}
    for tab in tabs:
        used |= dict.fromkeys(writer.figure(tab))
    writer.dictionary(list(used))
    book.close()
    return stream.getvalue()


def _tabs(sheet: Sheet, words: Language) -> list[_Tab]:
    """Name a tab for each figure: of another territory, with its code."""
    tabs = []
    for exhibit in sheet.data:
        code, _, figure = exhibit.data_name.split("_", 2)
        name = words.say(f"workbook.tab.{figure.replace('-', '_')}")
        if code != sheet.territory_code:
            name = f"{name} {code}"
        tabs.append(_Tab(name[:_LONGEST_NAME], figure, exhibit))
    return tabs


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


class _Writer:
    """Writes the tabs of one workbook."""

    def __init__(self, book: Workbook, words: Language, sheet: Sheet) -> None:
        self.book, self.words, self.sheet = book, words, sheet
        styles = {
            "title": {"bold": True, "font_size": 16},
            "heading": {"bold": True, "font_size": 12, "top": 1},
            "bold": {"bold": True, "valign": "top"},
            "text": {"text_wrap": True, "valign": "top"},
            "note": {"italic": True, "font_color": "#565D6B"},
            "warn": {"bold": True, "font_color": "#8A3A00"},
            "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
            "right": {"bold": True, "align": "right", "bottom": 1},
            "link": {"font_color": "#0057B3", "underline": 1},
            "eur": {"num_format": "#,##0", "align": "right"},
            "share": {"num_format": "0.0%"},
            "ratio": {"num_format": "0.0"},
            "count": {"num_format": "0"},
            "date": {"num_format": "dd/mm/yyyy"},
            "plain": {},
            "aside": {"align": "right", "text_wrap": True, "valign": "top"},
        }
        self.style = {name: book.add_format(each) for name, each in styles.items()}

    def cover(self, tabs: list[_Tab]) -> None:
        """Say what the workbook is, and how to read it; list the tabs."""
        words, sheet = self.words, self.sheet
        tab = self._page(words.say("workbook.tab.cover"))
        tab.hide_gridlines(2)
        tab.set_column(0, 0, 34)
        tab.set_column(1, 1, _TEXT_WIDTH)
        tab.write_string(0, 0, sheet.title, self.style["title"])
        row = 1
        for text, style in (
            (sheet.source_line, "plain"),
            (sheet.notice, "warn"),
            (sheet.incomplete, "warn"),
            (words.say("workbook.exact"), "plain"),
        ):
            if text:
                tab.write_string(row, 0, text, self.style[style])
                row += 1
        row = self._heading(tab, row + 1, sheet.findings_heading)
        for finding in sheet.findings:
            self._wrapped(tab, row, 1, finding)
            row += 1
        row = self._heading(tab, row + 1, words.say("workbook.tabs"))
        listed = [(each.name, each.exhibit.heading) for each in tabs]
        if sheet.key_data:
            listed.insert(0, (words.say("workbook.tab.key"), sheet.key_heading))
        listed.append(
            (words.say("workbook.tab.dictionary"), words.say("workbook.dictionary"))
        )
        for name, text in listed:
            place = name.replace("'", "''")
            tab.write_url(row, 0, f"internal:'{place}'!A1", self.style["link"], name)
            tab.write_string(row, 1, text)
            row += 1
        for section in sheet.sections:
            for block in section.blocks:
                if isinstance(block, Notice):
                    row = self._heading(tab, row + 1, block.heading)
                    self._wrapped(tab, row, 1, block.text)
                    row += 1
                elif isinstance(block, Terms):
                    row = self._heading(tab, row + 1, block.heading or section.heading)
                    for item in block.items:
                        tab.write_string(row, 0, item.term, self.style["bold"])
                        link = f" {item.link.text}" if item.link else ""
                        self._wrapped(tab, row, 1, item.text + link)
                        row += 1

    def _wrapped(self, tab: Worksheet, row: int, column: int, text: str) -> None:
        """Write a text on as many lines as it takes; not every program finds out."""
        tab.set_row(row, 15.5 * max(1, math.ceil(len(text) / _TEXT_WIDTH)))
        tab.write_string(row, column, text, self.style["text"])

    def _page(self, name: str) -> Worksheet:
        """Begin a tab that prints on pages as wide as it is."""
        tab = self.book.add_worksheet(name)
        tab.set_landscape()
        tab.set_paper(9)
        tab.fit_to_pages(1, 0)
        tab.set_footer(f"&L{self.sheet.footer.replace('&', '&&')}&R&P / &N")
        return tab

    def _heading(self, tab: Worksheet, row: int, text: str) -> int:
        tab.write_string(row, 0, text, self.style["heading"])
        return row + 1

    def key_figures(self, rows: list[dict[str, str]]) -> None:
        """Write the key figures: an indicator a row, exports beside imports."""
        words = self.words
        tab = self._page(words.say("workbook.tab.key"))
        tab.set_column(0, 0, 44)
        tab.set_column(1, len(rows), 44)
        self._top(tab, self.sheet.key_heading, "", self.sheet.source_line)
        for column, row in enumerate(rows, start=1):
            flow = words.say(f"key.{row['flow']}s")
            tab.write_string(_HEAD_ROW, column, flow, self.style["right"])
        names = [
            name
            for name in rows[0]
            if name not in _TOLD_ONCE | _LEFT_OUT and self._is_shown(name)
        ]
        for index, name in enumerate(names, start=_HEAD_ROW + 1):
            tab.write_string(index, 0, self._label(name), self.style["bold"])
            for column, row in enumerate(rows, start=1):
                self._cell(tab, index, column, name, row[name], plain="aside")

    def figure(self, tab: _Tab) -> list[str]:
        """Write the rows of a figure; return the columns shown."""
        exhibit = tab.exhibit
        rows = [self._named(row) for row in _read(exhibit.csv or "")]
        names = [
            name
            for name in rows[0]
            if name not in _LEFT_OUT
            and self._is_shown(name)
            and not (name in _TOLD_ONCE and len({row[name] for row in rows}) == 1)
            and any(row[name] for row in rows)
        ]
        page = self._page(tab.name)
        self._top(page, exhibit.heading, exhibit.caption, exhibit.source)
        for index, row in enumerate(rows, start=_HEAD_ROW + 1):
            for column, name in enumerate(names):
                self._cell(page, index, column, name, row[name])
        last = _HEAD_ROW + len(rows)
        heads = [
            {"header": self._label(name), "header_format": self.style["head"]}
            for name in names
        ]
        is_complete = tab.figure in _COMPLETE
        if is_complete:
            heads[0]["total_string"] = self.words.say("workbook.total")
            at = names.index("value_eur")
            # Excel would name the column, which LibreOffice cannot read.
            summed = xl_range(_HEAD_ROW + 1, at, last, at)
            heads[at] |= {
                "total_function": f"=SUBTOTAL(109,{summed})",
                "total_value": sum(int(row["value_eur"]) for row in rows),
                "format": self.style["eur"],
            }
        page.add_table(
            _HEAD_ROW,
            0,
            last + is_complete,
            len(names) - 1,
            {
                "columns": heads,
                "total_row": is_complete,
                "style": "Table Style Light 1",
                "name": f"Figure_{self.book.worksheets().index(page)}",
            },
        )
        for column, name in enumerate(names):
            page.set_column(column, column, self._width(name, rows))
        page.set_row(_HEAD_ROW, 31)
        page.repeat_rows(_HEAD_ROW)
        page.freeze_panes(_HEAD_ROW + 1, 0)
        return names

    def _named(self, row: dict[str, str]) -> dict[str, str]:
        """Name what has a code of ours, such as the rest, and no name in the marts."""
        names = {
            f"{kind}_name_{self.words.code}": self.words.say(f"workbook.code.{code}")
            for kind in ("activity", "country")
            if (code := row.get(f"{kind}_code", "").removeprefix("*"))
            in ("other", "unspecified")
        }
        return row | names

    def dictionary(self, names: list[str]) -> None:
        """Say what each column is, under the name it has in the data files."""
        words = self.words
        tab = self._page(words.say("workbook.tab.dictionary"))
        tab.set_column(0, 0, 34)
        tab.set_column(1, 1, 28)
        tab.set_column(2, 2, _TEXT_WIDTH)
        heads = ("column", "name", "meaning")
        for column, head in enumerate(heads):
            tab.write_string(
                0, column, words.say(f"workbook.head_{head}"), self.style["head"]
            )
        for index, name in enumerate(names, start=1):
            key = self._key(name)
            tab.write_string(index, 0, self._label(name), self.style["bold"])
            tab.write_string(index, 1, name, self.style["text"])
            meaning = words.say(f"workbook.means.{key}")
            self._wrapped(tab, index, 2, meaning)

    def _top(self, tab: Worksheet, title: str, caption: str, source: str) -> None:
        """Write what stands over the rows: title, caption, source."""
        tab.write_string(0, 0, title, self.style["title"])
        tab.write_string(1, 0, caption)
        tab.write_string(2, 0, source, self.style["note"])
        if self.sheet.notice:
            tab.write_string(3, 0, self.sheet.notice, self.style["warn"])

    def _is_shown(self, name: str) -> bool:
        """Leave out the names in the other language."""
        return not name.endswith("_en" if self.words.code == "fr" else "_fr")

    def _key(self, name: str) -> str:
        return name.removesuffix("_fr").removesuffix("_en")

    def _label(self, name: str) -> str:
        return self.words.say(f"workbook.column.{self._key(name)}")

    def _width(self, name: str, rows: list[dict[str, str]]) -> float:
        longest = max(len(row[name]) for row in rows)
        return min(_WIDEST, max(12, longest + 3))

    def _cell(
        self,
        tab: Worksheet,
        row: int,
        column: int,
        name: str,
        value: str,
        plain: str = "plain",
    ) -> None:
        """Write a value with the type of its column; nothing where there is none."""
        kind = _kind(name)
        if value == "":
            tab.write_blank(row, column, None, self.style["plain"])
        elif kind == "bool":
            tab.write_boolean(row, column, value == "true")
        elif kind == "date":
            tab.write_datetime(row, column, _date(value), self.style["date"])
        elif kind == "text":
            tab.write_string(row, column, self._text(name, value), self.style[plain])
        else:
            number = float(value) if "." in value or "e" in value else int(value)
            tab.write_number(row, column, number, self.style[kind])

    def _text(self, name: str, value: str) -> str:
        """Write a code in words where it has some; a label without its apostrophe."""
        if name == "flow":
            return self.words.say(f"key.{value}s")
        if name.endswith("_status"):
            return self.words.say(f"workbook.status.{value}")
        # The data file keeps spreadsheets from reading a formula; a text cell does.
        is_guarded = value[:1] == "'" and value[1:2] in tuple("=+-@\t\r\n")
        return self.words.label(value[1:] if is_guarded else value)


def _kind(name: str) -> str:
    """Tell what a column holds, which its name says."""
    if name.endswith("_eur"):
        return "eur"
    if name in _SHARES or name.endswith("_share") or name == "change_ratio":
        return "share"
    if name == "ratio" or name.endswith("_pct"):
        return "ratio"
    if name.startswith("is_"):
        return "bool"
    if name in _DATES:
        return "date"
    if name in ("year", "quarter", "position", "members", "partners", "activities"):
        return "count"
    return "count" if name.startswith("rank") else "text"


def _date(text: str) -> Any:  # noqa: ANN401
    return date.fromisoformat(text[:10])
