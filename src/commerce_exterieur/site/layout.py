"""Where each file of the site stands, and how a page points to another.

French pages stand at the top of the site, English ones under `en/` at the same places:
the other language of a page is its own path with or without that prefix. Links are
relative, so that the site works from any folder, a file share included.
"""

from __future__ import annotations

from dataclasses import dataclass

from commerce_exterieur.wording import LANGUAGES, LanguageCode

HOME = "index.html"
#: What language models read first, below the language's prefix.
LLMS = "llms.txt"
PREFIX: dict[LanguageCode, str] = {"fr": "", "en": "en/"}
OTHER: dict[LanguageCode, LanguageCode] = {"fr": "en", "en": "fr"}


def sheet_page(territory_code: str, year: int) -> str:
    """Path of a territory's page, below the language's prefix."""
    return f"{year}/{territory_code}.html"


def link_to_sheet(territory_code: str, year: int, made: set[str]) -> str | None:
    """Path of a territory's page, or None when it could not be made."""
    return sheet_page(territory_code, year) if territory_code in made else None


def sheet_pdf(territory_code: str, year: int) -> str:
    """Path of a territory's PDF, below the language's prefix."""
    return f"{year}/{territory_code}.pdf"


def sheet_workbook(territory_code: str, year: int) -> str:
    """Path of a territory's workbook, below the language's prefix."""
    return f"{year}/{territory_code}.xlsx"


def industry_page(industry_id: str, year: int) -> str:
    """Path of a Territoire d'industrie's page, below the language's prefix."""
    return f"{year}/{industry_id}.html"


def member_page(kind: str, code: str, year: int) -> str:
    """Path of the page of an `activity` or a `country`, below the prefix."""
    return f"{year}/{kind}-{code}.html"


def year_page(year: int) -> str:
    """Path of the home page of one year, below the language's prefix."""
    return f"{year}/{HOME}"


def compare_page(year: int) -> str:
    """Path of the comparison of two territories, below the language's prefix."""
    return f"{year}/compare.html"


def map_script(year: int, language_code: LanguageCode) -> str:
    """Path of what the map of the home page shows, in one language."""
    return f"{year}/data/map-{language_code}.js"


def figures_script(territory_code: str, year: int, size: str) -> str:
    """Path of the data of a territory's interactive figures, below the prefix."""
    return (
        f"{year}/figures/{territory_code}{'-compact' if size == 'compact' else ''}.js"
    )


def card_picture(territory_code: str, year: int) -> str:
    """Path of the picture of a shared link, below the language's prefix."""
    return f"{year}/cards/{territory_code}.png"


def members_script(territory_code: str, year: int) -> str:
    """Path of a territory's activities and countries, which both languages share."""
    return f"{year}/figures/{territory_code}-members.js"


def data_file(name: str, year: int, ending: str) -> str:
    """Path of a data file, which both languages share."""
    return f"{year}/data/{name}.{ending}"


@dataclass(frozen=True)
class PageAddress:
    """Where a page stands; every link it holds is made by it.

    Attributes
    ----------
    language_code
        Language of the page.
    path
        Its path below the language's prefix.
    languages
        The languages it is made in.
    """

    language_code: LanguageCode
    path: str
    languages: tuple[LanguageCode, ...] = LANGUAGES

    @property
    def file(self) -> str:
        """Its path in the site."""
        return PREFIX[self.language_code] + self.path

    @property
    def root(self) -> str:
        """The way up to the top of the site: ``, `../`, `../../`."""
        return "../" * self.file.count("/")

    @property
    def home(self) -> str:
        """The way up to the top of the language."""
        return "../" * self.path.count("/")

    def to(self, path: str) -> str:
        """Link to a page of the same language."""
        return self.home + path

    def prefixed(self, path: str) -> str:
        """Give the path of a file of the same language from the top of the site."""
        return PREFIX[self.language_code] + path

    def shared(self, path: str) -> str:
        """Link to a file both languages share."""
        return self.root + path

    @property
    def other(self) -> str | None:
        """Link to the same page in the other language; None if it is not made."""
        if OTHER[self.language_code] not in self.languages:
            return None
        return self.root + PREFIX[OTHER[self.language_code]] + self.path
