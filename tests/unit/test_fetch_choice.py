"""Fetching: what names and titles say of a resource, and which files are picked."""

from __future__ import annotations

import pytest

from commerce_exterieur.fetching.choice import (
    Choice,
    FlowFile,
    Left,
    Unknown,
    choose,
    judge,
    quarters_of,
)
from commerce_exterieur.fetching.datagouv import resources_of
from commerce_exterieur.fetching.resources import (
    Resource,
    is_official,
    published_in,
    web_address,
)

HOST = "https://www.douane.gouv.fr/sites/default/files"


def resource(name: str, title: str = "", **said: object) -> Resource:
    return Resource("listing", f"{HOST}/2025-04/08/{name}", title, **said)


def offered(*names: str, day: str = "2026-05/08") -> list[Resource]:
    published = published_in(f"/{day}/")
    return [
        Resource("listing", f"{HOST}/{day}/{name}", published_on=published)
        for name in names
    ]


def pair(name: str) -> list[str]:
    return [name.format("export"), name.format("import")]


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        # The names of 2020, 2022, 2023 and 2026.
        ("202002_regional_2019_export.zip", "", ("2020-02", "Region_2019_Export.txt")),
        (
            "202205-stat-regional-ce-export.zip",
            "",
            ("2022-05", "REGIONAL_CPF4PAYSE.txt"),
        ),
        ("202308-Regional-2022-export.zip", "", ("2023-08", "Region_2022_Export.txt")),
        ("202605-Regional-2025-import.zip", "", ("2026-05", "Region_2025_Import.txt")),
        (
            "202308-Regional-2022-export_0.zip",
            "",
            ("2023-08", "Region_2022_Export.txt"),
        ),
        ("202002-Regional-2019-IMPORT.ZIP", "", ("2020-02", "Region_2019_Import.txt")),
        ("202002regional2019exports.zip", "", ("2020-02", "Region_2019_Export.txt")),
        ("202503_Regional_CPF4PaysE.zip", "", ("2025-03", "REGIONAL_CPF4PAYSE.txt")),
        # An attachment of data.economie.gouv.fr: no ending.
        ("202002_regional_2019_export_zip/", "", ("2020-02", "Region_2019_Export.txt")),
        # The name of the file stands in the query.
        (
            "a.asp?fic=202002_regional_2019_import.zip&rep=%2Ff",
            "",
            ("2020-02", "Region_2019_Import.txt"),
        ),
        # A name without a month: the title may say it, as customs are to be cited.
        (
            "regional_2019_export.zip",
            "Résultats de février 2020",
            ("2020-02", "Region_2019_Export.txt"),
        ),
        (
            "0b1c",
            "Régional 2019 : exportations, résultats de février 2020",
            ("2020-02", "Region_2019_Export.txt"),
        ),
        # Nor a zip by its name: the bytes will tell.
        ("202002_regional_2019_export", "", ("2020-02", "Region_2019_Export.txt")),
        # The day of publication is in the address, and is no month of results.
        ("regional_2019_export.zip", "", Unknown),
        ("202513_regional_2019_export.zip", "", Unknown),
        # They name a region, and nobody can tell which flow and year.
        ("regional_2018_2019_export.zip", "", Unknown),
        ("202002_regional_2019_export_import.zip", "", Unknown),
        ("202002_regional_2019.zip", "", Unknown),
        ("202002_REGIONAL_CPF4PAYS.zip", "", Unknown),
        ("a1b2.zip", "Statistiques régionales et départementales", Unknown),
        # They say that they are something else.
        ("202002_national_2019_export.zip", "", Left),
        ("202205-stat-national-ce-export.zip", "Données régionales", Left),
        ("202002_regional_2019_export.xlsx", "", Left),
        ("region_18.zip", "Région 18", Left),
        ("Libelle_regions.zip", "", Left),
        ("Description_Regional_2019_export.pdf", "", Left),
        ("departement_2019_export.zip", "", Left),
    ],
)
def test_a_file_is_known_by_its_name_or_else_by_its_title(
    name: str, title: str, expected: tuple[str, str] | type
) -> None:
    seen = judge(resource(name, title))
    if isinstance(expected, tuple):
        assert (seen.vintage, seen.name) == expected
    else:
        assert type(seen) is expected


def test_the_name_of_a_file_outvotes_its_title_and_that_is_told() -> None:
    title = "National, import 2018, résultats de mars 2019"
    seen = judge(resource("202502-Regional-2024-export.zip", title))
    assert (seen.flow, seen.year, seen.vintage) == ("export", 2024, "2025-02")
    title = "Régional, import 2018, résultats de mars 2019"
    chosen = choose([resource("202502-Regional-2024-export.zip", title)], [2024])
    assert any("imports of 2018" in one for one in chosen.remarks)
    assert any("results of 2019-03" in one for one in chosen.remarks)
    assert [one.year for one in chosen.files] == [2024]


def test_a_month_that_is_not_before_publication_is_told() -> None:
    """The YYYYMM of a name is the month of results: should that change, it shows."""
    named = resource("202504-Regional-2024-export.zip", published_on="2025-04-08")
    assert "not after 2025-04" in judge(named).remarks[0]
    named = resource("202502-Regional-2024-export.zip", published_on="2025-04-08")
    assert judge(named).remarks == ()


def test_the_month_of_results_can_be_given() -> None:
    assert judge(resource("Regional-2024-export.zip"), "2025-02").vintage == "2025-02"
    named = resource("202402-Regional-2024-export.zip")
    assert judge(named, "2025-02").vintage == "2024-02"


def test_what_is_not_understood_is_apart_unless_of_another_year() -> None:
    chosen = choose(
        [
            resource("Regional-2024-export.zip"),
            resource("Regional-2015-export.zip"),
            resource("202502-Regional-tout.zip"),
        ],
        [2024],
    )
    names = [one.resource.name for one in chosen.unknown]
    assert names == ["Regional-2024-export.zip", "202502-Regional-tout.zip"]
    assert "--results" in chosen.unknown[0].reason
    assert [one.resource.name for one in chosen.left] == ["Regional-2015-export.zip"]


def test_every_publication_of_a_year_is_picked_and_the_latest_rolling_pair() -> None:
    chosen = choose(
        offered(
            *pair("202308-Regional-2022-{}.zip"),
            *pair("202302-Regional-2022-{}.zip"),
            *pair("202305-stat-regional-ce-{}.zip"),
            *pair("202308-stat-regional-ce-{}.zip"),
            "202311-stat-regional-ce-export.zip",
        ),
        [2022],
    )
    assert [(one.vintage, one.name) for one in chosen.files] == [
        ("2023-02", "Region_2022_Export.txt"),
        ("2023-02", "Region_2022_Import.txt"),
        ("2023-08", "REGIONAL_CPF4PAYSE.txt"),
        ("2023-08", "REGIONAL_CPF4PAYSI.txt"),
        ("2023-08", "Region_2022_Export.txt"),
        ("2023-08", "Region_2022_Import.txt"),
    ]
    assert chosen.lacks == []
    reasons = {one.resource.name: one.reason for one in chosen.left}
    assert "of older results" in reasons["202305-stat-regional-ce-import.zip"]
    assert "without its pair" in reasons["202311-stat-regional-ce-export.zip"]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_publications_with_the_same_results_the_later_counts(
    turned: bool,
) -> None:
    april = offered("202502-Regional-2024-export.zip", day="2025-04/08")
    june = offered("202502-Regional-2024-export.zip", day="2025-06/06")
    undated = [Resource("kiosk", "https://x.org/202502-Regional-2024-export.zip")]
    both = [*june, *april, *undated][:: -1 if turned else 1]
    chosen = choose(both, [2024])
    assert [one.resource.published_on for one in chosen.files] == ["2025-06-06"]
    assert {one.reason for one in chosen.left} >= {
        "published again, as 202502-Regional-2024-export.zip on 2025-06-06"
    }


def test_a_second_upload_of_the_same_day_counts() -> None:
    first, second = (
        "202502-Regional-2024-export.zip",
        "202502-Regional-2024-export_0.zip",
    )
    chosen = choose(offered(second, first), [2024])
    assert [one.resource.name for one in chosen.files] == [second]


def test_the_same_file_offered_twice_is_one() -> None:
    name = "202502-Regional-2024-export.zip"
    one = resource(name)
    two = Resource("kiosk", f"http://douane.gouv.fr{one.url[26:]}")
    chosen = choose([one, two], [2024])
    assert [file.resource.door for file in chosen.files] == ["listing"]
    assert chosen.left == []


@pytest.mark.parametrize(
    ("names", "lack"),
    [
        ([], "no annual file is offered for 2024 (years offered: none)"),
        (pair("202402-Regional-2023-{}.zip"), "(years offered: 2023)"),
        (["202502-Regional-2024-export.zip"], "2024 is offered without imports"),
        (
            [
                *pair("202502-Regional-2024-{}.zip"),
                "202506-stat-regional-ce-import.zip",
            ],
            "the rolling files of 2025-06 are offered without exports",
        ),
    ],
)
def test_what_is_wanted_and_not_offered_is_named(names: list[str], lack: str) -> None:
    (said,) = choose(offered(*names), [2024]).lacks
    assert lack in said


def test_without_rolling_files_the_quarters_that_will_be_missing_are_told() -> None:
    chosen = choose(offered(*pair("202502-Regional-2024-{}.zip")), [2024])
    assert chosen.remarks == [
        "No rolling files are offered: every quarter after the fourth of 2024 will be "
        "missing."
    ]


def test_a_wanted_year_that_only_the_rolling_files_hold_is_told() -> None:
    names = [
        *pair("202502-Regional-2024-{}.zip"),
        *pair("202509-stat-regional-ce-{}.zip"),
    ]
    chosen = choose(offered(*names), [2024, 2025])
    assert chosen.lacks == []
    assert chosen.remarks == [
        "No annual file of 2025 is offered. The rolling files (results of 2025-09) "
        "should hold its quarters 1, 2, 3."
    ]
    (lack,) = choose(offered(*names), [2024, 2026]).lacks
    assert "no annual file is offered for 2026" in lack


@pytest.mark.parametrize(
    ("results", "first", "last"),
    [
        ("2022-05", (2021, 1), (2022, 1)),
        ("2025-12", (2024, 4), (2025, 4)),
        ("2026-02", (2024, 4), (2025, 4)),
        ("2026-03", (2025, 1), (2026, 1)),
    ],
)
def test_a_rolling_file_holds_the_five_last_complete_quarters(
    results: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    quarters = quarters_of(results)
    assert (quarters[0], quarters[-1], len(quarters)) == (first, last, 5)


def test_an_address_given_by_hand_is_taken_whatever_the_years() -> None:
    named = resource("202402-Regional-2023-export.zip", is_named=True)
    assert len(choose([named], [2024]).files) == 1
    old = resource("202205-stat-regional-ce-export.zip", is_named=True)
    new = offered(*pair("202305-stat-regional-ce-{}.zip"))
    assert len(choose([old, *new], None).files) == 3


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("  \n/a.zip\t", "https://x.org/a.zip"),
        ("a b.zip", "https://x.org/p/a%20b.zip"),
        ("é%20.zip#top", "https://x.org/p/%C3%A9%20.zip"),
        ("../a.zip?b=c d", "https://x.org/a.zip?b=c%20d"),
        ("//y.org/a.zip", "https://y.org/a.zip"),
        ("http://y.org:8080/a.zip", "http://y.org:8080/a.zip"),
        # The customs' hosts are asked over https, whatever an old page says.
        ("http://www.douane.gouv.fr/a.zip", "https://www.douane.gouv.fr/a.zip"),
        ("mailto:a@x.org", None),
        ("javascript:void(0)", None),
        ("file:///etc/passwd", None),
        ("http://[", None),
        ("http://x.org:99999/", None),
        ("https://\ud800.org/", None),
        (None, None),
    ],
)
def test_the_address_of_a_link_is_made_as_a_browser_would(
    link: object, address: str | None
) -> None:
    assert web_address(link, "https://x.org/p/page.asp") == address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.douane.gouv.fr/a.zip", True),
        ("https://www.douane.gouv.fr:443/a.zip", True),
        ("https://static.data.gouv.fr/a.zip", True),
        ("http://www.douane.gouv.fr/a.zip", False),
        ("https://www.douane.gouv.fr.example.org/a.zip", False),
        ("https://www.douane.gouv.fr@example.org/a.zip", False),
        ("https://me@www.douane.gouv.fr/a.zip", False),
        ("https://www.douane.gouv.fr:8443/a.zip", False),
        ("https://example.org/www.douane.gouv.fr/a.zip", False),
    ],
)
def test_official_is_a_short_list_of_hosts_over_https(url: str, expected: bool) -> None:
    assert is_official(url) is expected


@pytest.mark.parametrize(
    ("url", "day"),
    [
        (f"{HOST}/2023-10/06/202308-Regional-2022-export.zip", "2023-10-06"),
        ("https://static.data.gouv.fr/resources/x/20200415-093012/a.zip", "2020-04-15"),
        (f"{HOST}/openData/files/a.zip", None),
        (f"{HOST}/2023-13/06/a.zip", None),
    ],
)
def test_the_day_of_publication_stands_in_the_address(
    url: str, day: str | None
) -> None:
    assert published_in(url) == day


def described(**said: object) -> Resource:
    url = "https://static.data.gouv.fr/x/202502_regional_2024_export.zip"
    answer = {"resources": [{"title": "…", "url": url, **said}]}
    (found,), _ = resources_of(answer, "…", "catalogue")
    return found


def test_only_the_date_of_a_file_the_catalogue_keeps_is_one_of_publication() -> None:
    date = "2025-04-08T09:12:00+00:00"
    assert described(filetype="file", last_modified=date).published_on == "2025-04-08"
    assert described(filetype="remote", last_modified=date).published_on is None
    harvested = described(filetype="file", last_modified=date, harvest={"uri": "x"})
    assert harvested.published_on is None
    assert not harvested.is_hosted


@pytest.mark.parametrize("date", ["soon", "2025-02-30", "", 3, None, ["x"]])
def test_an_invalid_date_hides_nothing(date: object) -> None:
    found = described(filetype="file", last_modified=date)
    assert found.published_on is None
    assert isinstance(judge(found), FlowFile)


@pytest.mark.parametrize(
    ("given", "value", "algorithm"),
    [
        ("sha1", "0" * 40, "sha1"),
        ("SHA1", "0" * 40, "sha1"),
        ("SHA-256", "0" * 64, "sha256"),
        ("sha2", "0" * 64, "sha256"),
        (None, "0" * 40, "sha1"),
        ("crc", "0" * 8, None),
        ("sha2", "0" * 7, None),
    ],
)
def test_spellings_of_a_checksums_type(
    given: str | None, value: str, algorithm: str | None
) -> None:
    checksum = described(checksum={"type": given, "value": value.upper()}).checksum
    assert (checksum.algorithm, checksum.value) == (algorithm, value)


def test_archived_entries_are_marked() -> None:
    assert described(archived="2024-01-01").is_archived
    assert not described().is_archived


def test_a_format_counts_only_where_the_name_says_nothing() -> None:
    url = "https://x.org/202502_regional_2024_export"
    spreadsheet = Resource("catalogue", url, format="xlsx")
    assert isinstance(judge(spreadsheet), Left)
    zipped = Resource("catalogue", f"{url}.zip", format="xls")
    assert isinstance(judge(zipped), FlowFile)


def test_addresses_of_which_none_is_a_flow_file_do_not_suffice() -> None:
    assert choose([], None) == Choice(lacks=["no flow file is recognised in it"])
