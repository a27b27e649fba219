"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from commerce_exterieur.customs.names import VINTAGE, YEAR
from commerce_exterieur.warehouse import PUBLISHED
from commerce_exterieur.wording import LANGUAGES

#: A parser, or a group of its options.
Parser = argparse._ActionsContainer
_TERRITORIES = "D52, 52, Haute-Marne, R44, FR"


def add_customs(parser: Parser) -> None:
    """Let other files be read than the sample's, and the state of a past month."""
    parser.add_argument(
        "--customs-dir",
        type=Path,
        metavar="DIR",
        help="official files instead of the bundled sample",
    )
    parser.add_argument(
        "--as-of",
        type=month,
        metavar="YYYY-MM",
        help="what was known with the results of a month",
    )


def add_territories(parser: argparse.ArgumentParser) -> None:
    """Ask for territories, or for all of them."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--territory",
        nargs="+",
        action="extend",
        metavar="CODE",
        help=f"{_TERRITORIES}; several may do",
    )
    which.add_argument("--all", action="store_true", help="every territory")


def add_only_territories(parser: Parser) -> None:
    """Let a command that makes all territories make some."""
    parser.add_argument(
        "--territory",
        nargs="+",
        action="extend",
        metavar="CODE",
        help=f"only these sheets: {_TERRITORIES}; default: all",
    )


def add_year(parser: Parser) -> None:
    """Let the year be chosen."""
    parser.add_argument("--year", type=int, help="default: the latest complete year")


def add_warehouse(parser: Parser) -> None:
    """Let the warehouse be another file than the published one."""
    parser.add_argument(
        "--warehouse",
        type=Path,
        default=PUBLISHED,
        metavar="FILE",
        help="default: the published one",
    )


def add_out(parser: Parser, folder: Path, help: str | None = None) -> None:
    """Let the files go elsewhere."""
    parser.add_argument("--out", type=Path, default=folder, metavar="FOLDER", help=help)


def add_formats(parser: Parser, formats: Iterable[str]) -> None:
    """Let some of the formats be chosen; all by default."""
    parser.add_argument(
        "--format", nargs="+", choices=list(formats), default=list(formats)
    )


def add_language(parser: Parser) -> None:
    """Let the language be chosen; French by default."""
    parser.add_argument("--language", choices=LANGUAGES, default="fr")


def add_languages(parser: Parser) -> None:
    """Let some of the languages be chosen; all by default."""
    parser.add_argument(
        "--language", nargs="+", choices=LANGUAGES, default=list(LANGUAGES)
    )


def year(text: str) -> int:
    """Read a year.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none.
    """
    if not YEAR.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a year such as 2024")
    return int(text)


def month(text: str) -> str:
    """Read a month of results, `YYYY-MM`.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none.
    """
    if not VINTAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a month such as 2025-02")
    return text


def count(text: str) -> int:
    """Read a whole number of nine digits at most.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none.
    """
    if not re.fullmatch("[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def seconds(text: str) -> float:
    """Read a number of seconds, a day at most.

    Raises
    ------
    argparse.ArgumentTypeError
        It is none.
    """
    try:
        found = float(text)
    except ValueError:
        found = -1
    if not 0 <= found <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return found
