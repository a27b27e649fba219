"""What surrounds every figure: heading, mention of simulated data, source, no data."""

from __future__ import annotations

from charts import theme
from charts.canvas import Canvas
from charts.subject import Subject
from charts.text import ASCENT, SEMIBOLD, measure, wrap

_EMPTY_HEIGHT = 120.0


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


def footer(canvas: Canvas, y: float, subject: Subject, *, titled: bool) -> float:
    """Write the source line when there is one; return the height of the picture."""
    below = y + footer_height(subject, titled=titled)
    if below > y:
        size = theme.SMALL_SIZE
        canvas.text(theme.EDGE, below - 4, subject.source, size, color=theme.SOFT_INK)
    return below


def footer_height(subject: Subject, *, titled: bool) -> float:
    """Give the height in px of the source line, when there is one."""
    return 18.0 if titled and subject.source else 0.0


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
