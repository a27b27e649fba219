"""Faults: killed builds, full disks, rivals, files cut or changing. No half is kept."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from customs_zips import zipped
from dbt_scratch import PROJECT, Run, dbt
from mart_rows import marts

from commerce_exterieur.warehouse import Warehouse

DBT = Path(sys.executable).parent / "dbt"
#: Every line costs the warehouse some bytes: the full disk is full while they are read.
LINES = 150_000
EXPORT = "2024-11/Region_2024_Export.txt"
IMPORT = "2024-11/Region_2024_Import.txt"
ZIP = "202502_regional_2024_export.zip"
SEED = os.environ.get("FAULTS_SEED") or str(random.SystemRandom().getrandbits(32))
#: Files of this kind are not delivered, and these tests are about other things.
VARS = {"max_rejected_share": 1, "max_lost_share": 1}


def lines(flow: str, quarters: list[int], count: int, seed: int) -> bytes:
    """Good lines, and a bad one at the end."""
    rng = random.Random(seed)
    return (
        "".join(
            f"{flow};{rng.choice(quarters)};2024;{rng.choice(['52', '9A', 'ZZ'])};13;"
            f"{rng.choice(['C24C;2451;DE', 'A01Z;0111;GB', 'Z99Z;9999;ZY'])};"
            f"{rng.randrange(10**9)};{rng.randrange(10**6)}\n"
            for _ in range(count)
        )
        + f"{flow};1;2024;52;13;C24C;2451;DE;1.5;1\n"
    ).encode()


BEFORE = {
    EXPORT: lines("E", [1, 2, 3], 30, seed=1),
    IMPORT: lines("I", [1, 2, 3], 30, seed=2),
    "2024-11/REGIONAL_CPF4PAYSE.txt": lines("E", [4], 30, seed=6),
    "2024-11/REGIONAL_CPF4PAYSI.txt": lines("I", [4], 30, seed=3),
}
#: One file as it was, one with other lines, two gone, one new.
AFTER = {
    EXPORT: BEFORE[EXPORT],
    IMPORT: lines("I", [1, 2, 3, 4], LINES, seed=4),
    ZIP: zipped({"a.txt": lines("E", [2, 3, 4], 30, seed=5)}),
}


class Site:
    """A folder of customs files, the engineer's warehouse and the published one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.customs = folder / "customs"
        self.dev = folder / "dev" / "warehouse.duckdb"
        self.published = folder / "published" / "warehouse.duckdb"
        self.target = folder / "target"
        self.environment = dict(
            os.environ,
            NO_COLOR="1",
            COMMERCE_WAREHOUSE=str(self.dev),
            DBT_LOG_PATH=str(folder / "logs"),
        )
        self.dev.parent.mkdir()

    def kept(self, name: str) -> Path:
        """A warehouse set apart. Its views know the database by the file's name."""
        return self.folder / "kept" / name / self.dev.name

    def deliver(self, files: dict[str, bytes]) -> None:
        """Let the folder of customs files hold these, and nothing else.

        All of one time, so that what was delivered before is what was listed.
        """
        shutil.rmtree(self.customs, ignore_errors=True)
        for name, content in files.items():
            (self.customs / name).parent.mkdir(parents=True, exist_ok=True)
            (self.customs / name).write_bytes(content)
            os.utime(self.customs / name, (1_763_871_000, 1_763_871_000))

    def dbt(self, *arguments: str) -> list[str]:
        """The command that runs dbt on these files."""
        target = ("--target-path", str(self.target))
        return [str(DBT), *arguments, *target, *self.settings()]

    def settings(self) -> list[str]:
        return ["--vars", json.dumps({"customs_dir": str(self.customs), **VARS})]

    def publish(self, source: Path, target: Path) -> list[str]:
        """The command that publishes a warehouse."""
        return [
            *(sys.executable, str(PROJECT / "scripts" / "publish.py")),
            *("--source", str(source), "--target", str(target)),
        ]

    def start(self, command: list[str], **options: object) -> subprocess.Popen:
        """Start a process that leads a group of its own; its output is in a pipe."""
        return subprocess.Popen(
            command,
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )

    def run(self, command: list[str], **options: object) -> tuple[int, str]:
        """Run to the end: exit code and output."""
        process = self.start(command, **options)
        output, _ = process.communicate()
        return process.returncode, output

    def must(self, command: list[str]) -> str:
        """Run what must succeed."""
        code, output = self.run(command)
        assert code == 0, output
        return output

    def build(self, *arguments: str) -> Run:
        """Run dbt on these files where nothing is done to its process."""
        return dbt(PROJECT, *arguments, *self.settings(), warehouse=self.dev)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Warehouses built from nothing, beside the place where they belong."""
    site = Site(tmp_path_factory.mktemp("site"))
    for name, files in (("after", AFTER), ("before", BEFORE)):
        site.deliver(files)
        site.dev.unlink(missing_ok=True)
        run = site.build("build")
        assert run.exit_code == 0, run.output
        site.kept(name).parent.mkdir(parents=True)
        shutil.copy(site.dev, site.kept(name))
    site.must(site.publish(site.dev, site.kept("published")))
    return site


@pytest.fixture
def site(built: Site) -> Site:
    """What the old files made, and the new files delivered but not read yet."""
    for file, name in ((built.dev, "before"), (built.published, "published")):
        shutil.rmtree(file.parent, ignore_errors=True)
        shutil.copytree(built.kept(name).parent, file.parent)
    built.deliver(AFTER)
    return built


@pytest.fixture(scope="module")
def before(built: Site) -> dict[str, list[tuple]]:
    return marts(built.kept("before"))


@pytest.fixture(scope="module")
def after(built: Site) -> dict[str, list[tuple]]:
    return marts(built.kept("after"))


@pytest.fixture
def rng() -> random.Random:
    """Chance that can be had again."""
    print(f"To do the same again: FAULTS_SEED={SEED} pytest …")
    return random.Random(SEED)


def kill(process: subprocess.Popen) -> bool:
    """Kill a process and its children; whether it was still running."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


# Killed


@pytest.mark.kills
def test_a_killed_build_is_not_published_and_the_next_one_is_right(
    site: Site,
    before: dict[str, list[tuple]],
    after: dict[str, list[tuple]],
    rng: random.Random,
) -> None:
    published = site.published.read_bytes()
    another = site.folder / "another" / "warehouse.duckdb"
    refused = 0
    said = 380  # lines that a build prints, about
    kills = 3
    killed = []
    for number in range(kills):
        # Each time there is something to write.
        site.deliver(BEFORE if number % 2 else AFTER)
        moment = round(said * (number + rng.random() * 0.9) / kills) if number else 0
        delay = rng.uniform(0, 0.3) if moment else rng.uniform(0, 4)
        print(f"kill -9 after {moment} lines and {delay:.2f} seconds")
        process = site.start(site.dbt("build"))
        for _ in range(moment):
            process.stdout.readline()
        time.sleep(delay)
        killed.append(kill(process))
        # Killed before it began or when it was finished: then it is whole.
        code, output = site.run(site.publish(site.dev, another))
        assert marts(another) in (before, after) if code == 0 else code == 2, output
        assert code == 0 or "Run `dbt build`" in output
        refused += code == 2
        assert site.published.read_bytes() == published
        with Warehouse(site.published) as warehouse:
            assert warehouse.build_info()["data_origin"] == "provided"
    assert sum(killed) >= kills - 1 and refused
    site.deliver(AFTER)
    site.must(site.dbt("build"))
    site.must(site.publish(site.dev, site.published))
    assert marts(site.published) == marts(site.dev) == after


def writing_time(site: Site, source: Path) -> float:
    """Seconds a publication takes from its first byte to its end."""
    target = site.published.with_name("another.duckdb")
    process = site.start(site.publish(source, target))
    begun = target.with_name(f".{target.name}.unfinished")
    while process.poll() is None and not begun.exists():
        time.sleep(0.005)
    start = time.monotonic()
    process.communicate()
    target.unlink()
    return time.monotonic() - start


@pytest.mark.kills
def test_a_killed_publication_leaves_the_old_file_or_the_new_one(
    site: Site,
    before: dict[str, list[tuple]],
    after: dict[str, list[tuple]],
    rng: random.Random,
) -> None:
    new = site.kept("after")
    folder = site.published.parent
    assert marts(site.published) == before
    old = site.published.read_bytes()
    kills = 6
    killed = half_written = 0
    taken = writing_time(site, new)
    for number in range(kills):
        process = site.start(site.publish(new, site.published))
        begun = folder / f".{site.published.name}.unfinished"
        begun.unlink(missing_ok=True)
        while process.poll() is None and not begun.exists():
            time.sleep(0.005)
        delay = taken * (number + rng.random()) / kills
        print(f"kill -9 after {delay:.2f} seconds of writing")
        time.sleep(delay)
        killed += kill(process)
        half_written += begun.exists()
        if site.published.read_bytes() != old:
            assert marts(site.published) == after
            site.published.unlink()
            site.published.write_bytes(old)
    # What was half written is in nobody's way: each publication after it, and this
    # one, deletes what a dead one left.
    assert killed >= kills / 2 and half_written
    site.must(site.publish(new, site.published))
    assert marts(site.published) == after


# No room


Full = Callable[[Site, list[str], Path, int, int], tuple[int, str]]


def limited(
    site: Site, command: list[str], folder: Path, room: int, largest: int
) -> tuple[int, str]:
    """Run where no file can grow past `largest` and `room` more bytes."""
    limit = largest + room
    return site.run(
        command,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


MOUNT = """
set -e
folder=$1 bytes=$2 kept=$3
shift 3
mount --bind "$folder" "$kept"
mount -t tmpfs -o mode=755,size="$bytes" none "$folder"
cp -a "$kept/." "$folder"
code=0
"$@" || code=$?
find "$kept" -mindepth 1 -delete
cp -a "$folder/." "$kept"
exit $code
"""


def mounted(
    site: Site, command: list[str], folder: Path, room: int, largest: int
) -> tuple[int, str]:
    """Run where a folder is a file system with `room` bytes left."""
    used = sum(-file.stat().st_size // 4096 * -4096 for file in folder.iterdir())
    with tempfile.TemporaryDirectory() as kept:
        script = ["unshare", "-rm", "sh", "-c", MOUNT, "sh"]
        return site.run([*script, str(folder), str(used + room), kept, *command])


def full_disks() -> list[Full]:
    """The ways to run out of room: not every machine lets us mount."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                ["unshare", "-rm", "mount", "-t", "tmpfs", "none", folder],
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            return [limited]
    return [limited] if done.returncode else [limited, mounted]


FULL_DISKS = full_disks()
REASON = {"limited": "File too large", "mounted": "No space left on device"}


@pytest.mark.parametrize("full", FULL_DISKS[-1:])
def test_a_build_on_a_full_disk_says_so_and_the_next_one_is_right(
    site: Site, after: dict[str, list[tuple]], full: Full
) -> None:
    published = site.published.read_bytes()
    size = site.dev.stat().st_size
    code, output = full(site, site.dbt("run"), site.dev.parent, 1_000_000, size)
    assert code != 0
    assert f'Could not write file "{site.dev}": {REASON[full.__name__]}' in output
    assert site.published.read_bytes() == published
    run = site.build("run")
    assert run.exit_code == 0, run.output
    assert marts(site.dev) == after


@pytest.mark.parametrize("full", FULL_DISKS)
@pytest.mark.parametrize("room", [0, 100_000, 1_000_000])
def test_a_publication_on_a_full_disk_says_so_and_changes_nothing(
    site: Site, room: int, full: Full
) -> None:
    old = site.published.read_bytes()
    command = site.publish(site.dev, site.published)
    code, output = full(site, command, site.published.parent, room, 0)
    assert code == 2, output
    assert f"{site.published} cannot be written" in output
    assert REASON[full.__name__] in output
    assert f"Make room on the disk of {site.published.parent}" in output
    assert "The file published before is unchanged" in output
    assert site.published.read_bytes() == old
    site.must(command)


# Two at once


@pytest.mark.kills
def test_of_two_builds_at_once_the_second_stops_and_says_why(site: Site) -> None:
    first = site.start(site.dbt("run", "--select", "stg_customs__files"))
    try:
        heard = ""
        while "START sql" not in heard:
            heard += first.stdout.readline() or pytest.fail(heard)
        # So that it holds the warehouse for as long as the second one takes.
        os.killpg(first.pid, signal.SIGSTOP)
        code, output = site.run(site.dbt("run"))
        os.killpg(first.pid, signal.SIGCONT)
        rest, _ = first.communicate()
    finally:
        if first.poll() is None:
            kill(first)
    assert code != 0
    assert (
        f'Could not set lock on file "{site.dev}": Conflicting lock is held' in output
    )
    assert f"(PID {first.pid})" in output
    assert first.returncode == 0, heard + rest
    with duckdb.connect(str(site.dev), read_only=True) as warehouse:
        assert warehouse.execute(
            "select source_file from staging.stg_customs__files order by all"
        ).fetchall() == [(ZIP,), (Path(EXPORT).name,), (Path(IMPORT).name,)]


# Files cut or changing


def test_a_truncated_zip_stops_the_build_by_name_and_changes_no_mart(
    site: Site, before: dict[str, list[tuple]]
) -> None:
    truncated = site.customs / ZIP
    truncated.write_bytes(AFTER[ZIP][: len(AFTER[ZIP]) // 2])
    run = site.build("run")
    assert run.exit_code != 0
    assert f"{truncated}: the zip is damaged or truncated" in run.output
    assert marts(site.dev) == before


def held(site: Site) -> dict[str, list[tuple]]:
    """What the warehouse took from files, and what it says it was made from."""
    with duckdb.connect(str(site.dev), read_only=True) as connection:
        return {
            table: connection.execute(f"from {table} order by all").fetchall()
            for table in (
                *("staging.stg_customs__lines", "marts.rejected_lines"),
                "state.keys_built",
            )
        }


def append(file: Path) -> str:
    """Let a file grow as one does that is still downloaded; what is said of it."""
    with file.open("ab") as stream:
        stream.write(BEFORE[EXPORT])
    return f"{file}: changed while being read. What was read of it does not count"


def test_nothing_is_kept_of_a_file_that_changed_since_it_was_listed(
    site: Site,
) -> None:
    old = held(site)
    listed = site.build("run", "--select", "stg_customs__files")
    assert listed.exit_code == 0, listed.output
    said = append(site.customs / IMPORT)
    run = site.build("run", "--select", "stg_customs__lines")
    assert run.exit_code != 0
    assert said in run.output
    assert held(site) == old


@pytest.mark.parametrize("model", ["stg_customs__lines", "rejected_lines"])
def test_a_table_made_anew_from_a_file_that_changed_is_the_old_one(
    site: Site, model: str
) -> None:
    old = held(site)
    site.deliver(BEFORE)
    said = append(site.customs / IMPORT)
    run = site.build("run", "--select", model, "--full-refresh")
    assert run.exit_code != 0
    assert said in run.output
    assert held(site) == old
