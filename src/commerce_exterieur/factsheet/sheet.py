"""What a sheet is: sections of blocks, their text already final.

Both templates lay out what they find here, the PDF's as JSON; neither formats a number,
chooses a sentence or reads a mart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from commerce_exterieur.charts.drawing import Table


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
class Text(Block):
    """Paragraphs, under a heading or none."""

    kind: ClassVar[str] = "text"
    paragraphs: tuple[str, ...]
    heading: str | None = None


@dataclass(frozen=True)
class Bar:
    """A row of `Bars`: a share of the whole row, and that of France as a tick."""

    label: str
    share: float
    reference: float | None
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Bars(Block):
    """Shares as bars in a table, with a tick for France, and how to read them.

    Attributes
    ----------
    columns
        Heads: of the label, of the bar, and of the cells.
    """

    kind: ClassVar[str] = "bars"
    id: str
    heading: str
    caption: str
    columns: tuple[str, ...]
    bars: tuple[Bar, ...]
    color: str
    key_term: str
    key: str
    source: str
    notice: str | None


@dataclass(frozen=True)
class Notice(Block):
    """A warning the reader must not miss."""

    kind: ClassVar[str] = "notice"
    heading: str
    text: str


@dataclass(frozen=True)
class Term:
    """A word or question and what there is to say of it: text, a command, a link."""

    term: str
    text: str
    command: str | None = None
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
class Figure(Block):
    """A figure, drawn, with all that stands around it.

    Attributes
    ----------
    figure
        `balances`, `activities`, `exports` or `imports`.
    size
        `full` or `compact`.
    key
        How to read it.
    cells
        Its complete data, exact euros; `tables` has them rounded.
    csv
        The data as a file, named `data_name`; None when there are none.
    """

    kind: ClassVar[str] = "figure"
    id: str
    figure: str
    territory_code: str
    size: str
    width: float
    height: float
    heading: str
    subtitle: str
    svg: str
    spec: dict
    alt: str
    key_term: str
    key: str
    note: str | None
    source: str
    notice: str | None
    caption: str
    tables: tuple[Table, ...]
    cells: Table
    data_name: str
    csv: str | None
    downloads: Downloads


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


# ------------------------------------------------------------------------------ cover


@dataclass(frozen=True)
class Industry:
    """A Territoire d'industrie of the department."""

    id: str
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
    tables_heading: str
    tables_intro: str


@dataclass(frozen=True)
class Sheet:
    """The sheet of a territory and year, in one language.

    Attributes
    ----------
    of
        The name in the genitive: « de la Haute-Marne ».
    notice
        What simulated figures say everywhere.
    figure_source
        Whom its figures cite; `source_line` is for the sheet, with the vintages of the
        year it is compared with.
    built
        When the warehouse was built.
    """

    language_code: str
    title: str
    title_lines: tuple[str, ...]
    kicker: str
    territory_code: str
    territory_name: str
    of: str
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
    findings_heading: str
    findings: tuple[str, ...]
    industries: Industries | None
    key_heading: str
    tiles: tuple[Tile, ...]
    key_table: KeyTable | None
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


@dataclass(frozen=True)
class Frame:
    """What every page must say about its data, whatever it shows."""

    notice: str | None
    source_line: str
    version: str
    origin: str
