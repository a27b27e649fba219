"""Read what the API of data.gouv.fr answers of a dataset.

Source: version 1 of the API, and the program behind it (udata).
"""

from __future__ import annotations

import re

from commerce_exterieur.customs.names import printable
from commerce_exterieur.errors import UserError
from commerce_exterieur.fetching.resources import (
    LONGEST_TITLE,
    Checksum,
    Resource,
    day,
    published_in,
    web_address,
)

#: The types of checksum checked, and the digits of their values: `sha2` names none.
_ALGORITHMS = {"md5": 32, "sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128}


def resources_of(
    answer: object, url: str, door: str, *, is_vouched: bool = True
) -> tuple[list[Resource], list[str]]:
    """Read the API's answer about a dataset.

    Parameters
    ----------
    answer
        The parsed JSON.
    url
        Where it came from, for messages.
    door
        Name of the door.
    is_vouched
        Whether the answer itself came from an official host.

    Returns
    -------
    tuple
        The resources, and the titles of those without a web address.

    Raises
    ------
    UserError
        The answer is not one about a dataset.
    """
    dataset = answer if isinstance(answer, dict) else {}
    listed = dataset.get("resources")
    if not isinstance(listed, list):
        raise UserError(
            f"{url} answers with JSON that lists no resources, so it is not the "
            "data.gouv.fr API, version 1. Check its address."
        )
    is_archived = bool(dataset.get("archived") or dataset.get("deleted"))
    resources, unusable = [], []
    for item in listed:
        described = item if isinstance(item, dict) else {}
        title = printable(described.get("title") or "")[:LONGEST_TITLE]
        address = web_address(described.get("url"))
        if address:
            said = _described(described, address)
            said["is_archived"] |= is_archived
            resources.append(
                Resource(
                    door=door, url=address, title=title, is_vouched=is_vouched, **said
                )
            )
        else:
            unusable.append(title or "(no title)")
    return resources, unusable


def _described(item: dict, url: str) -> dict:
    is_hosted = item.get("filetype") == "file" and not item.get("harvest")
    size = item.get("filesize")
    # What is harvested or remote bears the date of the harvest, not of the file.
    modified = day(item.get("last_modified")) if is_hosted else None
    return {
        "resource_id": printable(item.get("id") or "")[:LONGEST_TITLE] or None,
        "stable_url": web_address(item.get("latest")),
        "format": printable(item.get("format") or ""),
        "is_hosted": is_hosted,
        "is_archived": bool(item.get("archived") or item.get("deleted")),
        "published_on": published_in(url) or modified,
        "filesize": size if type(size) is int and size > 0 else None,
        "checksum": _checksum(item.get("checksum")),
    }


def _checksum(given: object) -> Checksum | None:
    if not isinstance(given, dict) or not given.get("value"):
        return None
    named = printable(given.get("type") or "sha1")
    value = printable(given["value"]).lower()
    algorithm = re.sub("[^a-z0-9]", "", named.lower())
    if algorithm == "sha2":
        digits = {length: name for name, length in _ALGORITHMS.items() if length > 40}
        algorithm = digits.get(len(value), "")
    return Checksum(algorithm if algorithm in _ALGORITHMS else None, value, named)
