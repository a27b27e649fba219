"""What surrounds every figure: heading, mention of simulated data, source, no data."""

from __future__ import annotations

from commerce_exterieur.charts import theme
from commerce_exterieur.charts.canvas import Canvas
from commerce_exterieur.charts.subject import Subject
from commerce_exterieur.charts.text import ASCENT, SEMIBOLD, measure, wrap

_EMPTY_HEIGHT = 120.0
_SMALL_LEADING = theme.SMALL_SIZE + 3


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
