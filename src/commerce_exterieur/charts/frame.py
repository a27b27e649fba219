"""What surrounds every figure: heading, mention of simulated data, source, no data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from commerce_exterieur.charts import theme
from commerce_exterieur.charts.canvas import Canvas, worded
from commerce_exterieur.charts.drawing import Drawing, Table
from commerce_exterieur.charts.rows import RowGroup
from commerce_exterieur.charts.subject import Subject
from commerce_exterieur.charts.text import ASCENT, SEMIBOLD, measure, wrap
from commerce_exterieur.wording import Unit

_EMPTY_HEIGHT = 120.0
_SMALL_LEADING = theme.SMALL_SIZE + 3


@dataclass(frozen=True)
class Frame:
    """A figure begun: its canvas, with the heading on it where it has one.

    Attributes
    ----------
    figure
        `balances`, `activities`, `exports` or `imports`.
    titled
        Whether title, subtitle, mention and source are drawn, or left to the page.
    top
        The y, in px, below which the figure may draw.
    """

    figure: str
    subject: Subject
    title: str
    subtitle: str
    titled: bool
    canvas: Canvas
    top: float

    @classmethod
    def begin(
        cls,
        figure: str,
        subject: Subject,
        title: str,
        subtitle: str,
        *,
        titled: bool,
        compact: bool,
    ) -> Frame:
        """Begin a figure on an empty canvas."""
        canvas = Canvas(theme.WIDTH)
        top = 0.0
        if titled:
            top = heading(canvas, title, subtitle, subject, compact=compact)
        return cls(figure, subject, title, subtitle, titled, canvas, top)

    def finish(
        self,
        bottom: float,
        template: Callable[[], dict],
        *,
        alt: str,
        tables: list[Table],
        cells: Table,
        groups: tuple[RowGroup, ...],
        is_empty: bool,
        unit: Unit,
        note: str | None = None,
    ) -> Drawing:
        """Write source and note below what is drawn, and give the finished figure.

        Parameters
        ----------
        bottom
            The y, in px, that the figure reaches down to.
        template
            The specification without data and size.
        """
        subject, canvas, titled = self.subject, self.canvas, self.titled
        canvas.height = footer(canvas, bottom, subject, titled=titled, note=note)
        return Drawing(
            figure=self.figure,
            language=subject.words.code,
            territory_code=subject.territory.code,
            year=subject.year,
            title=self.title,
            subtitle=self.subtitle,
            spec=canvas.specification(
                worded(template, subject.words.code),
                self.title,
                alt,
                margin=theme.MARGIN if titled else 0,
            ),
            alt=alt,
            tables=tables,
            cells=cells,
            groups=groups,
            is_empty=is_empty,
            unit=unit,
            note=note,
            notice=subject.notice,
            source=subject.source,
        )


def heading(
    canvas: Canvas, title: str, subtitle: str, subject: Subject, *, compact: bool
) -> float:
    """Write title, subtitle and the mention of simulated data.

    Returns
    -------
    float
        The y, in px, below which the figure may draw.
    """
    size, leading = (16.0, 19.0) if compact else (theme.TITLE_SIZE, 24.0)
    small = 11.5 if compact else theme.SUBTITLE_SIZE
    y = size * ASCENT + 2
    for line in _title_lines(title, canvas.width, size):
        canvas.text(theme.EDGE, y, line, size, weight=SEMIBOLD)
        y += leading
    y += small - leading + 5
    for line in wrap(subtitle, canvas.width, small, max_lines=2):
        canvas.text(theme.EDGE, y, line, small, color=theme.SOFT_INK)
        y += small + 4
    if subject.notice:
        y = notice(canvas, y, subject.notice)
    return y + (0 if compact else 4)


def notice(canvas: Canvas, y: float, text: str) -> float:
    """Write the mention on its own line; return the y of the next line."""
    size = theme.NOTICE_SIZE
    canvas.text(theme.EDGE, y, text, size, weight=SEMIBOLD, color=theme.WARNING)
    return y + size + 4


def footer(
    canvas: Canvas, y: float, subject: Subject, *, titled: bool, note: str | None = None
) -> float:
    """Write note and source line, when there are any; return the picture's height."""
    if titled and note:
        y = _small_lines(canvas, y + 6, _small(note)) + 3
    below = y + footer_height(subject, titled=titled)
    if below > y:
        lines = _small(subject.source or "")
        _small_lines(canvas, below - 4 - len(lines) * _SMALL_LEADING, lines)
    return below


def footer_height(subject: Subject, *, titled: bool) -> float:
    """Give the height in px of the source line, when there is one."""
    if not titled or not subject.source:
        return 0.0
    return 5.0 + len(_small(subject.source)) * _SMALL_LEADING


def _small(text: str) -> list[str]:
    # Room for a wider typeface, where ours is missing.
    return wrap(text, 0.88 * theme.WIDTH, theme.SMALL_SIZE, max_lines=4)


def _small_lines(canvas: Canvas, y: float, lines: list[str]) -> float:
    for line in lines:
        y += _SMALL_LEADING
        canvas.text(theme.EDGE, y, line, theme.SMALL_SIZE, color=theme.SOFT_INK)
    return y


def empty_panel(
    canvas: Canvas, y: float, subject: Subject, flow: str | None = None
) -> float:
    """Draw the calm panel that says why nothing is drawn; return its lower edge."""
    canvas.rect("panel", 0, y, canvas.width, y + _EMPTY_HEIGHT, color=theme.CALM)
    canvas.text(
        canvas.width / 2,
        y + _EMPTY_HEIGHT / 2 + 5,
        subject.nothing(flow),
        15.0,
        align="center",
        color=theme.SOFT_INK,
    )
    return y + _EMPTY_HEIGHT


def _title_lines(title: str, width: float, size: float) -> list[str]:
    if measure(title, size, SEMIBOLD) <= width:
        return [title]
    return wrap(title, width, size, SEMIBOLD, max_lines=2)
