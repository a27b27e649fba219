"""What the catalogue offers: read the API's answer, recognise and pick the flow files.

Sources: the dataset answer of the data.gouv.fr API, version 1, and the names under
which customs publish the files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from common.errors import UserError

FLOWS = ("export", "import")
YEAR = re.compile("(?:19|20)[0-9]{2}")
MONTH = re.compile("((?:19|20)[0-9]{2})(0[1-9]|1[0-2])")
# The patterns below are for names as `words` gives them: `REGIONAL_CPF4PAYSE` is
# `regional cpf 4 payse`.
FLOW = re.compile(r"\b(export|import)(?:s|ee?s?|ations?)?\b")
ROLLING = re.compile(r"\bregion[a-z]* cpf 4 pays ?(e|i|export|import)s?\b")
#: Other things that customs publish beside the flow files, and why they are left.
OTHERS = (
    (r"\b(xls|xlsx|ods|excel)\b", "a spreadsheet: thousands of euros, or no mass"),
    (r"\bnation[a-z]*\b|\bnc 8\b", "a national file: no departments"),
    (r"\b(libelle|label)[a-z]*\b", "a list of labels"),
    (r"\b(pdf|docx?|notice|lisez ?moi|readme)\b", "documentation"),
)


@dataclass(frozen=True)
class Resource:
    """One resource as the API describes it.

    Attributes
    ----------
    identifier
        The resource's id.
    title
        Its title, on one line.
    url
        Where the file is, as the catalogue names it.
    stable_url
        The address to ask: the catalogue's permanent one where there is one.
    format
        `zip`, `xls`, `application zip`, …, as `words`; may be empty.
    filesize
        Bytes; none when the catalogue does not say.
    checksum
        `sha1:…`, the algorithm and the value; none when the catalogue has none.
    published
        When the file was last modified (ISO 8601, as given); empty when unknown.
    """

    identifier: str
    title: str
    url: str
    stable_url: str
    format: str
    filesize: int | None
    checksum: str | None
    published: str


@dataclass(frozen=True)
class FlowFile:
    """A resource recognised as a file of customs lines.

    Attributes
    ----------
    resource
        The resource.
    flow
        `export` or `import`.
    year
        The year of an annual file; none for the rolling one.
    vintage
        Month of publication, `YYYY-MM`.
    """

    resource: Resource
    flow: str
    year: int | None
    vintage: str

    @property
    def name(self) -> str:
        """Name of the text file: the official one, never taken from the network."""
        if self.year is None:
            return f"REGIONAL_CPF4PAYS{self.flow[0].upper()}.txt"
        return f"Region_{self.year}_{self.flow.capitalize()}.txt"


@dataclass(frozen=True)
class Left:
    """A resource that is not fetched, and why."""

    title: str
    reason: str


@dataclass(frozen=True)
class _Named:
    """What a name says."""

    flow: str
    year: int | None
    month: str | None


def resources_of(answer: object, url: str) -> tuple[list[Resource], list[Left]]:
    """Read the API's answer about a dataset.

    Parameters
    ----------
    answer
        The parsed JSON.
    url
        Where it came from, for messages.

    Returns
    -------
    tuple
        The resources, and those described in a way that cannot be used.

    Raises
    ------
    UserError
        The answer is not one about a dataset.
    """
    listed = answer.get("resources") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise UserError(
            f"{url} answers with JSON that lists no resources, so it is not the "
            "data.gouv.fr API, version 1. Check --base-url."
        )
    resources, left = [], []
    for item in listed:
        resource = _resource(item if isinstance(item, dict) else {})
        if isinstance(resource, Resource):
            resources.append(resource)
        else:
            left.append(resource)
    return resources, left


def select(
    resources: Iterable[Resource], years: Iterable[int]
) -> tuple[list[FlowFile], list[Left]]:
    """Pick every publication of the wanted years, and the rolling files.

    Parameters
    ----------
    resources
        What the catalogue offers.
    years
        The years wanted.

    Returns
    -------
    tuple
        The files to fetch, in order of vintage and name, and what is left.

    Raises
    ------
    UserError
        A wanted year is not published, or one flow is missing.
    """
    wanted = sorted(set(years))
    found, left = [], []
    for resource in resources:
        seen = recognise(resource)
        (found if isinstance(seen, FlowFile) else left).append(seen)
    _refuse_missing(found, wanted)

    chosen: dict[tuple[str, str], FlowFile] = {}
    for file in sorted(found, key=lambda one: (_moment(one), one.resource.identifier)):
        title = file.resource.title
        if file.year is not None and file.year not in wanted:
            left.append(Left(title, f"the year {file.year} was not asked for"))
            continue
        older = chosen.get((file.vintage, file.name))
        if older:
            reason = f"published again in {file.vintage} as “{title}”"
            left.append(Left(older.resource.title, reason))
        chosen[file.vintage, file.name] = file
    return [chosen[key] for key in sorted(chosen)], left


def recognise(resource: Resource) -> FlowFile | Left:
    """Tell a file of customs lines from the rest.

    By its file name, which customs give, or else by its title, which people write. The
    lines themselves say their flow and year: nothing downstream rests on these names.
    """
    split = urlsplit(resource.url)
    # Some servers name the file in the query: `…/download.asp?fic=….zip`.
    address = words(
        unquote(split.path.rstrip("/").rpartition("/")[2] + " " + split.query)
    )
    title = words(resource.title)
    other = other_shape(address, title, resource.format)
    if other:
        return Left(resource.title, other)
    named = [said for said in (_named(address), _named(title)) if said]
    if not named:
        return Left(resource.title, "its name is not one of a customs flow file")
    if len({said.flow for said in named}) > 1:
        return Left(resource.title, "its title and its file name name two flows")
    if not any("zip" in text.split() for text in (address, title, resource.format)):
        return Left(resource.title, "not a zip")
    month = next((said.month for said in named if said.month), None)
    vintage = month or resource.published[:7]
    if not vintage:
        return Left(
            resource.title,
            "no month of publication: no YYYYMM in its name, no date of modification",
        )
    return FlowFile(resource, named[0].flow, named[0].year, vintage)


def other_shape(*texts: str) -> str | None:
    """Why names, as `words` gives them, are not of a flow file; none when they may be.

    The reason is one of `OTHERS`, the first that fits.
    """
    return next(
        (
            reason
            for pattern, reason in OTHERS
            if any(re.search(pattern, text) for text in texts)
        ),
        None,
    )


def month_named(text: str) -> str | None:
    """Find the one month (`YYYY-MM`) that a name gives as YYYYMM.

    Parameters
    ----------
    text
        The name as `words` gives it.

    Returns
    -------
    str or None
        None when the name holds no month, or several.
    """
    dates = (MONTH.fullmatch(word) for word in text.split())
    months = {f"{date[1]}-{date[2]}" for date in dates if date}
    return months.pop() if len(months) == 1 else None


def words(text: str) -> str:
    """Lower-case words and numbers of a name, one space between, accents dropped."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall("[a-z]+|[0-9]+", plain))


def printable(text: object) -> str:
    """One line of visible characters: a title may carry terminal commands."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(shown.split())


def _named(text: str) -> _Named | None:
    month = month_named(text)
    rolling = ROLLING.search(text)
    if rolling:
        return _Named("export" if rolling[1][0] == "e" else "import", None, month)
    years = {int(word) for word in text.split() if YEAR.fullmatch(word)}
    flows = {match[1] for match in FLOW.finditer(text)}
    if len(years) == 1 and len(flows) == 1 and re.search(r"\bregion", text):
        return _Named(flows.pop(), years.pop(), month)
    return None


def _refuse_missing(found: list[FlowFile], wanted: list[int]) -> None:
    """Refuse a year, or the rolling files, with less than the two flows."""
    flows: dict[int | None, set[str]] = {}
    for file in found:
        flows.setdefault(file.year, set()).add(file.flow)
    published = sorted(year for year in flows if year is not None)
    missing = [str(year) for year in wanted if year not in flows]
    if missing:
        exist = ", ".join(map(str, published)) or "none"
        raise UserError(
            f"No annual file is published for {', '.join(missing)}. "
            f"Years published: {exist}."
        )
    for year in [*wanted, None]:
        lacking = set(FLOWS) - flows.get(year, set(FLOWS))
        if lacking:
            what = "The rolling files are" if year is None else f"{year} is"
            raise UserError(
                f"{what} published without {lacking.pop()}s, and one flow alone would "
                "give wrong balances. Try again when both are published."
            )


def _moment(file: FlowFile) -> datetime:
    """When a file was published; the earliest time when unknown."""
    if not file.resource.published:
        return datetime.min
    return datetime.fromisoformat(file.resource.published).replace(tzinfo=None)


def _resource(item: dict) -> Resource | Left:
    title = printable(item.get("title") or "")[:200]
    identifier = printable(item.get("id") or "")[:200]
    url = item.get("url")
    if not identifier or not is_web_address(url):
        return Left(title or "(no title)", "described without an id or a web address")
    latest = item.get("latest")
    size = item.get("filesize")
    return Resource(
        identifier=identifier,
        title=title or "(no title)",
        url=url,
        stable_url=latest if is_web_address(latest) else url,
        format=words(str(item.get("format") or "")),
        filesize=size if type(size) is int and size > 0 else None,
        checksum=_checksum(item.get("checksum")),
        published=_date(item.get("last_modified")),
    )


def is_web_address(url: object) -> bool:
    """Whether this is an http or https address on one line."""
    if not isinstance(url, str) or printable(url) != url or " " in url:
        return False
    try:
        split = urlsplit(url)
        return split.scheme in ("http", "https") and bool(split.hostname)
    except ValueError:
        return False


def _checksum(given: object) -> str | None:
    if not isinstance(given, dict) or not given.get("value"):
        return None
    algorithm = printable(given.get("type") or "sha1").lower()
    return f"{algorithm}:{printable(given['value']).lower()}"


def _date(given: object) -> str:
    try:
        datetime.fromisoformat(given)
    except (TypeError, ValueError):
        return ""
    # The forms without dashes (`20250207`) would give no month.
    return given if re.match(YEAR.pattern + "-[0-9]{2}-", given) else ""
