"""What a sheet is: sections of blocks, their text already final.

PDF, page and workbook lay out what they find here; none formats a number, chooses a
sentence or reads a mart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from commerce_exterieur.charts.drawing import Table
from commerce_exterieur.charts.rows import RowGroup


@dataclass(frozen=True)
class Link:
    """A link, with what is read aloud where `text` alone does not say it."""

    href: str
    text: str
    title: str = ""


@dataclass(frozen=True)
class Downloads:
    """What a page offers beside a figure.

    Attributes
    ----------
    files
        The files with its data.
    save
        (`svg` or `png`, what is read aloud): kinds of picture to save.
    """

    files: tuple[Link, ...] = ()
    save: tuple[tuple[str, str], ...] = ()


class Links:
    """Where a sheet leads. A sheet on its own leads nowhere; the site's pages do."""

    def of_figure(self, territory_code: str, data_name: str, title: str) -> Downloads:
        """Give what can be saved of a figure."""
        del territory_code, data_name, title
        return Downloads()

    def of_data(self, data_name: str, title: str) -> Downloads:
        """Give the data files of a block that is no drawing."""
        del data_name, title
        return Downloads()

    def to_industry(self, industry_id: str) -> str | None:
        """Give the page of a Territoire d'industrie."""
        del industry_id
        return None

    def to_others(self) -> Link | None:
        """Give the page where the other territories are found."""
        return None


# ----------------------------------------------------------------------------- blocks


@dataclass(frozen=True)
class Block:
    """A part of a section; its `kind` tells the templates how to lay it out."""

    kind: ClassVar[str]


@dataclass(frozen=True)
class Exhibit(Block):
    """A block that shows data, with what stands around them.

    Attributes
    ----------
    key
        How to read it, after `key_term`.
    note
        What is to be said of its reliability.
    caption
        Of its table.
    csv
        The data as a file, named `data_name`; None when there are none.
    """

    id: str
    heading: str
    key_term: str
    key: str
    note: str | None
    source: str
    notice: str | None
    caption: str
    data_name: str
    csv: str | None
    downloads: Downloads


@dataclass(frozen=True)
class Text(Block):
    """Paragraphs, under a heading or none."""

    kind: ClassVar[str] = "text"
    paragraphs: tuple[str, ...]
    heading: str | None = None


@dataclass(frozen=True)
class Bar:
    """A row of `Bars`: its length, and the tick of France, as parts of the room."""

    label: str
    length: float
    tick: float | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Bars(Exhibit):
    """Shares as bars in a table, with a tick for France.

    Attributes
    ----------
    columns
        Heads: of the label, of the bar, and of the cells.
    color
        `export`, `import` or `top`, the red of the largest flows.
    """

    kind: ClassVar[str] = "bars"
    columns: tuple[str, ...]
    bars: tuple[Bar, ...]
    color: str


@dataclass(frozen=True)
class Dot:
    """A territory on a `Strip`: where, as part of the width, and what it is.

    Attributes
    ----------
    kind
        `own`, `region` (of the same region) or `other`.
    """

    place: float
    kind: str
    text: str


@dataclass(frozen=True)
class StripRow:
    """One flow of a `Strip`: all territories of the level, the own one last."""

    flow: str
    label: str
    dots: tuple[Dot, ...]

    @property
    def own(self) -> Dot:
        """The territory of the sheet."""
        return self.dots[-1]


@dataclass(frozen=True)
class Strip(Exhibit):
    """The place of a territory among those of its level, on one logarithmic axis.

    Attributes
    ----------
    ticks
        (place as part of the width, amount).
    cells
        Its complete data.
    """

    kind: ClassVar[str] = "strip"
    alt: str
    rows: tuple[StripRow, ...]
    ticks: tuple[tuple[float, str], ...]
    cells: Table


@dataclass(frozen=True)
class Line:
    """One flow of `Lines`.

    Attributes
    ----------
    pieces
        Lines between gaps: points (x, y) as parts of width and height, y downwards.
    """

    flow: str
    label: str
    pieces: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True)
class Lines(Exhibit):
    """Exports and imports over time, on one scale.

    Attributes
    ----------
    ends
        The first and the last point in time.
    levels
        (height as part of the room, y downwards, what is written there): rules.
    cells
        Its complete data.
    """

    kind: ClassVar[str] = "lines"
    alt: str
    lines: tuple[Line, ...]
    ends: tuple[str, str]
    levels: tuple[tuple[float, str], ...]
    cells: Table


@dataclass(frozen=True)
class Notice(Block):
    """A warning the reader must not miss."""

    kind: ClassVar[str] = "notice"
    heading: str
    text: str


@dataclass(frozen=True)
class Term:
    """A word or question and what there is to say of it: text, a link."""

    term: str
    text: str
    link: Link | None = None


@dataclass(frozen=True)
class Terms(Block):
    """A list of terms."""

    kind: ClassVar[str] = "terms"
    items: tuple[Term, ...]
    heading: str | None = None


@dataclass(frozen=True)
class Total(Block):
    """The printed total of a flow."""

    kind: ClassVar[str] = "total"
    label: str
    detail: str | None


@dataclass(frozen=True)
class Comparison(Block):
    """Opens the comparison with region and France."""

    kind: ClassVar[str] = "compare"
    heading: str
    text: str


@dataclass(frozen=True)
class NoTrade(Block):
    """Nothing was traded."""

    kind: ClassVar[str] = "none"
    text: str


@dataclass(frozen=True)
class Figure(Exhibit):
    """A figure, drawn.

    Attributes
    ----------
    figure
        `balances`, `activities`, `exports` or `imports`.
    size
        `full` or `compact`.
    cells
        Its complete data, exact euros; `tables` has them rounded.
    groups
        The same as rows of bars, for narrow screens.
    """

    kind: ClassVar[str] = "figure"
    figure: str
    territory_code: str
    size: str
    width: float
    subtitle: str
    svg: str
    spec: dict
    alt: str
    tables: tuple[Table, ...]
    cells: Table
    groups: tuple[RowGroup, ...]


@dataclass(frozen=True)
class Section:
    """A chapter of the sheet; `nav` is its name in the list of chapters."""

    id: str
    heading: str
    nav: str
    blocks: tuple[Block, ...]


def figures_in(sections: Iterable[Section]) -> list[Figure]:
    """Give the figures of chapters, in their order."""
    return [
        block
        for section in sections
        for block in section.blocks
        if isinstance(block, Figure)
    ]


def data_in(blocks: Iterable[Block]) -> list[Exhibit]:
    """Give the blocks that come with a data file, in their order."""
    return [
        block
        for block in blocks
        if isinstance(block, Exhibit) and block.csv is not None
    ]


# ------------------------------------------------------------------------------ cover


@dataclass(frozen=True)
class Industry:
    """A Territoire d'industrie of the department."""

    name: str
    href: str | None


@dataclass(frozen=True)
class Industries:
    """The Territoires d'industrie of a department; there may be none."""

    heading: str
    items: tuple[Industry, ...]
    text: str


@dataclass(frozen=True)
class Tile:
    """One of the four numbers a reader looks for first.

    Attributes
    ----------
    kind
        Its colour: a flow, a sign of the balance, or `coverage`.
    value_eur
        The amount, whole euros; None where the value is none.
    """

    id: str
    kind: str
    label: str
    value: str
    detail: str
    value_eur: int | None = None


@dataclass(frozen=True)
class KeyRow:
    """An indicator: exports, then imports."""

    id: str
    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class KeyTable:
    """The key figures of exports beside those of imports."""

    caption: str
    columns: tuple[str, str]
    rows: tuple[KeyRow, ...]


@dataclass(frozen=True)
class Attachment:
    """A data file the PDF carries."""

    name: str
    text: str
    description: str


@dataclass(frozen=True)
class PageWords:
    """The words of the page itself, whatever the sheet is about."""

    navigation: str
    contents: str
    skip: str
    back: str
    data: str
    scroll: str
    download: str
    scroll_hint: str
    rows_key: str
    more_rows: str
    tables_heading: str
    tables_intro: str
    key_nav: str
    method: str
    method_more: str
    territories: str
    diagram: str
    slide: str
    link: str
    embed: str


@dataclass(frozen=True)
class Sheet:
    """The sheet of a territory and year, in one language.

    Attributes
    ----------
    notice
        What simulated figures say everywhere.
    figure_source
        Whom its figures cite; `source_line` is for the sheet, with the vintages of the
        year it is compared with.
    built
        When the warehouse was built.
    key_data
        The numbers of `key_table` as CSV, a row a flow.
    overline, headline, summary
        What a page opens with: whom and when, the first finding as a title, and three
        sentences.
    opening
        What it shows first.
    """

    language_code: str
    title: str
    title_lines: tuple[str, ...]
    kicker: str
    territory_code: str
    territory_name: str
    year: int
    footer: str
    notice: str | None
    incomplete: str | None
    author: str
    version: str
    origin: str
    keywords: tuple[str, ...]
    built: datetime
    lead: str
    overline: str
    headline: str
    summary: tuple[str, ...]
    opening: tuple[Block, ...]
    findings_heading: str
    findings: tuple[str, ...]
    industries: Industries | None
    key_heading: str
    tiles: tuple[Tile, ...]
    key_table: KeyTable | None
    key_data: str | None
    key_notes: tuple[str, ...]
    source_line: str
    figure_source: str
    metadata: str
    attachments: tuple[Attachment, ...]
    sections: tuple[Section, ...]
    words: PageWords

    @property
    def figures(self) -> list[Figure]:
        """All figures, in the order of the sheet."""
        return figures_in(self.sections)

    @property
    def data(self) -> list[Exhibit]:
        """All that comes with a data file, in the order of the sheet."""
        blocks = [*self.opening]
        for section in self.sections:
            blocks += section.blocks
        return data_in(blocks)


@dataclass(frozen=True)
class Attribution:
    """What every page must say about its data, whatever it shows."""

    notice: str | None
    source_line: str
    version: str
    origin: str
