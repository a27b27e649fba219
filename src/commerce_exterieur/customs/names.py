"""What the name of a file, a folder, a title or an address says of customs files.

The names customs use, and from where they are known, are listed in docs/sources.md.
A name is evidence, no proof: the lines of a file say their flow and year themselves.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

FLOWS = ("export", "import")
ANNUAL, ROLLING = "annual", "rolling"
#: A month of results, as folders are named.
VINTAGE = re.compile("(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
YEAR = re.compile("(?:19|20)[0-9]{2}")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet"),
    *("aout", "septembre", "octobre", "novembre", "decembre"),
)
# The patterns below are for names as `words` gives them: `REGIONAL_CPF4PAYSE` is
# `regional cpf 4 payse`.
_YYYYMM = re.compile(r"\b((?:19|20)[0-9]{2})(0[1-9]|1[0-2])\b")
_YYYY_MM = re.compile(r"\b((?:19|20)[0-9]{2}) (0[1-9]|1[0-2])\b(?! ?[0-9])")
_RESULTS = re.compile(
    r"\bresultats? (?:du mois )?(?:de |d )?"
    rf"({'|'.join(MONTHS)}) ((?:19|20)[0-9]{{2}})\b"
)
_REGION = re.compile(r"\bregion[a-z]*")
_FLOW = re.compile(r"\b(export|import)(?:s|ee?s?|ations?|ateurs?)?\b")
#: `REGIONAL_CPF4PAYSE`, and `202205-stat-regional-ce-export`.
_ROLLING = (
    re.compile(r"\bregion[a-z]* cpf 4 ?pays ?(e|i|export|import)s?\b"),
    re.compile(r"\bstat[a-z]* region[a-z]* ce (export|import)s?\b"),
)
SPREADSHEET = "a spreadsheet: thousands of euros, or no mass"
NATIONAL = "a national file: no departments"
#: Other things that customs publish beside the flow files, and why they are left.
_OTHERS = (
    (r"\b(xls|xlsx|ods|excel)\b", SPREADSHEET),
    (r"\bnation[a-z]*\b|\bnc 8\b", NATIONAL),
    (
        r"\b(libelle|label|nomenclature)[a-z]*\b"
        r"|^(pays|departements?( regions?)?)( txt)?$",
        "a list of labels",
    ),
    (r"\b(pdf|docx?|notice|lisez ?moi|readme)\b", "documentation"),
    (
        r"^region [0-9]{1,2}( zip)?$",
        "the spreadsheets of one region: thousands of euros, or no mass",
    ),
)
_DOCUMENTATION = re.compile(r"\b(notice|lisez ?moi|read ?me|licen[cs]e)\b")


@dataclass(frozen=True)
class FlowName:
    """What the name of a flow file says.

    Attributes
    ----------
    flow
        `export` or `import`.
    kind
        `annual`, one year, or `rolling`, the latest quarters.
    year
        The year of an annual file; none for a rolling one.
    results
        Last month of the results, `YYYY-MM`; none when the name does not say it.
    """

    flow: str
    kind: str
    year: int | None
    results: str | None


def words(text: str) -> str:
    """Lower-case words and numbers of a name, one space between, accents dropped."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall("[a-z]+|[0-9]+", plain))


def printable(text: object) -> str:
    """One line of visible characters: a title may carry terminal commands."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return " ".join(shown.split())


def flow_name(text: str) -> FlowName | None:
    """Read a name as that of a flow file.

    Parameters
    ----------
    text
        The name of a file, a folder or an address's end, or a title.

    Returns
    -------
    FlowName or None
        None when it is not one, or says two things.
    """
    text = words(text)
    if other_shape(text):
        return None
    results = results_month(text)
    for pattern in _ROLLING:
        if found := pattern.search(text):
            flow = "export" if found[1][0] == "e" else "import"
            return FlowName(flow, ROLLING, None, results)
    years = {int(word) for word in _without_month(text).split() if YEAR.fullmatch(word)}
    flows = {match[1] for match in _FLOW.finditer(text)}
    if len(years) == 1 and len(flows) == 1 and _REGION.search(text):
        return FlowName(flows.pop(), ANNUAL, years.pop(), results)
    return None


def text_name(flow: str, year: int | None) -> str:
    """Name the text of a flow file as customs do; no year is the rolling one.

    Parameters
    ----------
    flow
        `export` or `import`.
    year
        The year of an annual file.
    """
    if year is None:
        return f"REGIONAL_CPF4PAYS{flow[0].upper()}.txt"
    return f"Region_{year}_{flow.capitalize()}.txt"


def names_a_region(text: str) -> bool:
    """Whether a name or title speaks of regions: it may be a flow file."""
    return _REGION.search(words(text)) is not None


def results_month(text: str) -> str | None:
    """Find the month of results (`YYYY-MM`) that a name gives.

    As `YYYYMM` or `YYYY-MM`, which in customs' names is the last month of the results
    and not of publication, or in words (« résultats de février 2025 »).

    Parameters
    ----------
    text
        The name.

    Returns
    -------
    str or None
        None when the name holds no month, or several.
    """
    text = words(text)
    months = {f"{year}-{month}" for year, month in _YYYYMM.findall(text)}
    months |= {f"{year}-{month}" for year, month in _YYYY_MM.findall(text)}
    months |= {
        f"{year}-{MONTHS.index(month) + 1:02}" for month, year in _RESULTS.findall(text)
    }
    return months.pop() if len(months) == 1 else None


def other_shape(*texts: str) -> str | None:
    """Why names are not of a flow file; none when they may be.

    The reason is that of the first of `_OTHERS` that fits one of the names.
    """
    named = [words(text) for text in texts]
    return next(
        (
            reason
            for pattern, reason in _OTHERS
            if any(re.search(pattern, text) for text in named)
        ),
        None,
    )


def is_documentation(name: str) -> bool:
    """Whether a text is a LISEZ-MOI or the like, by its name."""
    return _DOCUMENTATION.search(words(name)) is not None


def _without_month(text: str) -> str:
    for pattern in (_RESULTS, _YYYY_MM, _YYYYMM):
        text = pattern.sub(" ", text)
    return text
