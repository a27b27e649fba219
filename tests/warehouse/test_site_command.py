"""The command that makes the site: what is made when, and what a failure costs."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import site_workers
from documents import read_script
from sample import SAMPLE
from sheet_copies import changed, small_copy
from site_links import links, parse
from site_runs import dates, remade, run

from commerce_exterieur.site import assets, sheets, workers
from commerce_exterieur.site import command as build_site

YEAR = 2024


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes long and has no part in what is made when."""
    monkeypatch.setattr(assets, "vega_script", lambda: "")
    monkeypatch.setattr(assets.fonts, "font_face_css", lambda: "")
    monkeypatch.setattr(sheets, "render_pdf", lambda _: b"%PDF-1.7")
    monkeypatch.setattr(sheets, "render_card", lambda _: b"PNG")
    site_workers.leave_out_members(monkeypatch)


@pytest.fixture
def little(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a territory be one small page a language."""
    site_workers.leave_out_sheets(monkeypatch)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return small_copy(tmp_path / "warehouse.duckdb")


def test_only_what_has_changed_is_made(
    copy: Path, tmp_path: Path, little: None, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "site"
    wanted = ("D52", "D67", "R44", "D48", "D971")

    def build() -> set[str]:
        before = dates(out) if out.exists() else {}
        status = run(
            "--territory", *wanted, "--warehouse", copy, "--out", out, "--jobs", "1"
        )
        assert status == 0
        return remade(before, dates(out))

    assert build() == set(wanted)
    before = dates(out)
    assert build() == set()
    assert dates(out) == before
    assert "0 territories made, 5 unchanged, 0 failed" in capsys.readouterr().err
    where = "territory_code = '{}' and year = 2024"
    key = "update marts.rpt_factsheet_key_figures set value_eur = value_eur + 1 where "
    copy = changed(copy, key + where.format("D48"))
    # Its own sheet, and those that show their place beside it.
    assert build() == {"D48", "D52", "D67", "D971"}
    copy = changed(
        copy,
        "update marts.rpt_factsheet_flows set value_eur = value_eur + 1 where "
        + where.format("D971"),
    )
    assert build() == {"D971"}
    copy = changed(copy, key + where.format("R44"))
    assert build() == {"R44", "D52", "D67"}
    copy = changed(copy, key + "territory_code = 'D52' and year = 2023")
    assert build() == set()
    # A year of another origin, or a name, is on every sheet.
    copy = changed(copy, "update marts.build_info set data_origin = 'provided'")
    assert build() == set(wanted)
    # What its figures were made from is on it too, what others were is not.
    cite = "update marts.rpt_factsheet_vintages set vintages = '2025-02' where year = "
    copy = changed(copy, cite + "2024")
    assert build() == set(wanted)
    copy = changed(copy, cite + "2023")
    copy = changed(copy, "update marts.build_info set vintages = '2024-02, 2025-02'")
    assert build() == set()
    # A file that went missing or was cut short is made again.
    (out / "2024/D52.html").unlink()
    (out / "en/2024/D48.html").write_text("")
    assert build() == {"D52", "D48"}
    assert (out / "en/2024/D48.html").stat().st_size > 0


def test_two_years_know_each_other(copy: Path, tmp_path: Path, little: None) -> None:
    out = tmp_path / "site"

    def build(year: int) -> None:
        status = run(
            "--territory", "D52", "FR", "--year", year, "--warehouse", copy,
            "--out", out, "--jobs", "1",
        )  # fmt: skip
        assert status == 0

    def home() -> str:
        return dict(parse(out / "index.html")[1][0][1])["data-year"]

    build(2023)
    assert home() == "2023"
    build(2024)
    assert home() == "2024"
    assert read_script(out / "assets/index-fr.js")["years"] == [2023, 2024]
    build(2023)
    assert home() == "2024"
    for year in (2023, 2024):
        assert dict(parse(out / f"{year}/index.html")[1][0][1])["data-year"] == str(
            year
        )


def test_failed_territory_is_named_and_keeps_its_files(
    copy: Path, tmp_path: Path, quick: None, capsys: pytest.CaptureFixture
) -> None:
    kept, new = tmp_path / "kept", tmp_path / "new"
    common = ("--territory", "D48", "D09", "--language", "fr", "--jobs", "1")
    assert run(*common, "--warehouse", copy, "--out", kept) == 0
    before = dates(kept)
    copy = changed(
        copy, "delete from marts.rpt_factsheet_key_figures where territory_code = 'D48'"
    )
    for out in (kept, new):
        capsys.readouterr()
        assert run(*common, "--warehouse", copy, "--out", out) == 1
        error = capsys.readouterr().err
        assert "D48:" in error
        assert "1 of 2 territories failed: D48" in error
        assert "Traceback" not in error
        assert (out / "2024/D09.html").is_file()
        _, found = parse(out / "index.html")
        linked = {
            Path(target).name for _, target, _ in links(out / "index.html", found)
        }
        assert "D09.html" in linked
        assert ("D48.html" in linked) == (out == kept)
        # A sister page, too, links only what exists.
        page = out / "2024/D09.html"
        near = {target.resolve() for _, target, _ in links(page, parse(page)[1])}
        assert all(target.is_file() for target in near)
        assert ((out / "2024/D48.html").resolve() in near) == (out == kept)
    after = dates(kept)
    assert {name: date for name, date in after.items() if "D48" in name} == {
        name: date for name, date in before.items() if "D48" in name
    }
    assert not [name for name in dates(new) if "/D48." in name]
    assert not [name for name in after if "unfinished" in name or "/." in name]


@pytest.mark.kills
@pytest.mark.parametrize(
    ("work", "lost"),
    [(site_workers.die_once, []), (site_workers.die_always, ["D48"])],
)
def test_a_killed_process_costs_at_most_its_own_territory(
    tmp_path: Path,
    little: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    work: object,
    lost: list[str],
) -> None:
    monkeypatch.setattr(workers, "_make", work)
    out = tmp_path / "site"
    monkeypatch.setattr(build_site, "_FEW", 2)
    monkeypatch.setattr(build_site, "_compared", lambda *_: [])
    wanted = ["D971", "D48"]
    status = run(
        "--territory", *wanted, "--warehouse", SAMPLE, "--out", out, "--jobs", "2"
    )
    assert status == (1 if lost else 0)
    made = {path.stem for path in (out / "2024").glob("[DR][0-9]*.html")}
    assert made == set(wanted) - set(lost)
    error = capsys.readouterr().err
    assert f"{len(lost)} failed" in error
    if lost:
        assert "D48: the process that made it ended" in error


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site of one territory and the warehouse it was made from."""
    folder = tmp_path_factory.mktemp("made")
    small_copy(folder / "warehouse.duckdb")
    with pytest.MonkeyPatch.context() as patch:
        site_workers.leave_out_sheets(patch)
        site_workers.leave_out_members(patch)
        assert make_one(folder) == 0
    return folder


def make_one(folder: Path) -> int:
    warehouse, out = folder / "warehouse.duckdb", folder / "site"
    one = ("--territory", "D48", "--jobs", "1")
    return run(*one, "--warehouse", warehouse, "--out", out)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "3", '"x"', "{", "[" * 100_000, '{"D48": []}', '{"D48": {}}',
        '{"D48": {"fingerprint": "", "languages": null, "files": {"a.html": 1}}}',
        '{"D48": {"fingerprint": "", "languages": ["fr", "en"], "files": {}}}',
        '{"D48": {"fingerprint": "", "languages": ["fr", "en"], "files": {"../a": 1}}}',
    ],
)  # fmt: skip
def test_a_damaged_record_counts_as_none(text: str, made: Path, little: None) -> None:
    out = made / "site"
    out.joinpath(f".made/{YEAR}.json").write_text(text)
    out.joinpath(".made/².json").write_text("{}")
    before = dates(out)
    assert make_one(made) == 0
    assert remade(before, dates(out)) == {"D48"}


def test_a_site_without_industries_is_made(
    copy: Path, tmp_path: Path, little: None
) -> None:
    copy = changed(copy, "delete from marts.rpt_factsheet_territoires_industrie")
    out = tmp_path / "site"
    assert run("--territory", "D48", "--warehouse", copy, "--out", out) == 0
    assert "industries-heading" not in out.joinpath("index.html").read_text("utf-8")


def test_a_flow_worth_nothing_is_no_trade(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_workers.leave_out_members(monkeypatch)
    own = "where territory_code = 'D48' and year = 2024"
    copy = changed(
        copy,
        f"""
        update marts.fct_territory_totals
        set import_eur = 0, balance_eur = export_eur, coverage_ratio = null {own};
        update marts.rpt_factsheet_territories
        set import_eur = 0, balance_eur = export_eur, coverage_ratio = null {own};
        update marts.rpt_factsheet_key_figures
        set value_eur = 0, value_status = 'zero', top_country_share = null,
            top_activity_share = null,
            top_3_countries_share = null, eu_share = null, region_share = null,
            france_share = null {own} and flow = 'import';
        update marts.rpt_factsheet_countries
        set import_eur = 0, balance_eur = export_eur {own};
        update marts.rpt_factsheet_activities
        set value_eur = 0, value_share = null {own} and flow = 'import';
        update marts.rpt_factsheet_nodes
        set value_eur = 0, value_share = null {own} and flow = 'import';
        update marts.rpt_factsheet_flows
        set value_eur = 0, value_share = null {own} and flow = 'import';
        """,
    )
    out = tmp_path / "site"
    assert run("--territory", "D48", "--warehouse", copy, "--out", out) == 0
    text, _ = parse(out / f"{YEAR}/D48.html")
    assert "Aucun échange enregistré à l’importation en Lozère" in text
    assert "figure-imports-D48" not in out.joinpath(f"{YEAR}/D48.html").read_text()


def children(pid: int) -> set[int]:
    """Processes that make territories for another."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            started = path.with_name("cmdline").read_bytes()
            if int(fields[1]) == pid and fields[0] != "Z" and b"spawn_main" in started:
                found.add(int(path.parent.name))
    return found


@pytest.mark.kills
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_started_it(
    sent: signal.Signals, tmp_path: Path
) -> None:
    command = [sys.executable, build_site.__file__, "--warehouse", str(SAMPLE)]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "site"), "--jobs", "2"],
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background has Ctrl-C ignored, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    workers: set[int] = set()
    while process.poll() is None and not workers:
        time.sleep(0.05)
        workers = children(process.pid)
    process.send_signal(sent)
    _, error = process.communicate(timeout=60)
    assert workers
    waited = time.monotonic()
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() - waited < 60
        time.sleep(0.05)
    if sent != signal.SIGKILL:
        assert process.returncode == 130, error
        assert "Interrupted" in error
        assert "Traceback" not in error


def test_an_address_makes_shared_links_whole(
    copy: Path, tmp_path: Path, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "site"
    made = ("--territory", "D48", "--warehouse", copy, "--out", out)
    assert run(*made, "--address", "https://example.org/commerce") == 0
    for language_code, prefix in (("fr", ""), ("en", "en/")):
        page = (out / f"{prefix}{YEAR}/D48.html").read_text("utf-8")
        start = f"https://example.org/commerce/{prefix}{YEAR}/"
        assert f'property="og:image" content="{start}cards/D48.png"' in page
        assert f'property="og:url" content="{start}D48.html"' in page, language_code
    # Another address is another page.
    assert run(*made) == 0
    assert "example.org" not in (out / f"{YEAR}/D48.html").read_text("utf-8")
    for address in ("commerce", "javascript:alert(1)", "https://", "https://x.fr/?a=1"):
        with pytest.raises(SystemExit) as refused:
            run(*made, "--address", address)
        assert refused.value.code == 2
        assert "not the address of a folder" in capsys.readouterr().err


def test_a_change_elsewhere_in_the_ranking_makes_a_sheet_again(
    copy: Path, tmp_path: Path, quick: None
) -> None:
    out = tmp_path / "site"
    made = ("--territory", "D48", "--out", out)
    assert run(*made, "--warehouse", copy) == 0
    before = dates(out)
    other = changed(
        copy,
        "update marts.rpt_factsheet_key_figures set value_eur = value_eur + 1 "
        "where territory_code = 'D59' and year = 2024 and flow = 'export'",
    )
    assert run(*made, "--warehouse", other) == 0
    assert dates(out)[f"{YEAR}/D48.html"] != before[f"{YEAR}/D48.html"]
