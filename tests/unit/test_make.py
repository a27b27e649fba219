"""make: what its command line says arrives whole, and nothing else does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from dbt_scratch import PROJECT
from jinja2 import Template
from packaging.specifiers import SpecifierSet

#: Stands for dbt and python: notes how it was called, and fails when told to.
TOOL = f"""#!{sys.executable} -IS
import json, os, sys
tool = os.path.basename(sys.argv[0])
if sys.argv[1] == "-c" and "fail_dump" not in os.environ:
    os.execv({sys.executable!r}, ["python", *sys.argv[1:]])
with open("calls", "a") as calls:
    print(json.dumps([[tool, *sys.argv[1:]], dict(os.environ)]), file=calls)
sys.exit(os.environ.get("fail") == tool or sys.argv[1] == "-c")
"""
#: Each would make a file if make or a shell took it for code.
HOSTILE = [
    "{{ 7 * 7 }}{% do x %}{# #}",
    '{{ "{% endraw %}" }}',
    "D52; touch executed #",
    "$(shell touch executed)",
    "${shell touch executed}",
    "$$(touch executed)",
    "$(touch executed)",
    "`touch executed`",
    '"; touch executed; "',
    "'; touch executed; '",
    "D52 && touch executed",
    "D52\ntouch executed",
    "\\",
    '\\"; touch executed #',
    "$HOME $(RUN) $$ %",
    "a 'folder' of \"Élise\" #1, 100 % 😀 {{ x }}: [y] ",
    "--all",
    "-x",
    "*",
    "~",
]


@dataclass(frozen=True)
class Made:
    """What a run of make did: its status, its words, the commands it started."""

    status: int
    output: str
    calls: list[list[str]]
    environments: list[dict[str, str]]

    @property
    def scripts(self) -> list[str]:
        """The names of the commands started, in order."""
        return [
            Path(call[1]).stem if call[0] == "python" else "dbt" for call in self.calls
        ]

    def argument(self, script: str, option: str) -> str | None:
        """The value of an option of a script; none when it is not given."""
        call = self.calls[self.scripts.index(script)]
        for place, word in enumerate(call):
            if word == option:
                return call[place + 1]
            if word.startswith(option + "="):
                return word.removeprefix(option + "=")
        return None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with our Makefile; its dbt and python note how they are called."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "dashboard").mkdir()
    (tmp_path / "dashboard" / "requirements.lock").touch()
    for room in (tmp_path, tmp_path / "dashboard"):
        tools = room / ".venv" / "bin"
        tools.mkdir(parents=True)
        for name in ("dbt", "python"):
            (tools / name).write_text(TOOL)
            (tools / name).chmod(0o755)
        (room / ".venv" / ".installed").touch()
    return tmp_path


def vars_of_dbt(made: Made) -> dict[str, str]:
    """The vars as dbt takes them: it renders what they hold as Jinja."""
    given = yaml.safe_load(made.argument("dbt", "--vars") or "")
    return {name: Template(value).render() for name, value in given.items()}


def make(folder: Path, *arguments: str, **environment: str) -> Made:
    """Run make in a folder, in an environment without settings of make."""
    calls = folder / "calls"
    calls.unlink(missing_ok=True)
    inherited = {
        name: value for name, value in os.environ.items() if "MAKE" not in name
    }
    done = subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=inherited | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    noted = (
        [json.loads(line) for line in calls.read_text().splitlines()]
        if calls.exists()
        else []
    )
    return Made(
        done.returncode,
        done.stdout,
        [call for call, _ in noted],
        [environment for _, environment in noted],
    )


ELSEWHERE = {
    "TERRITORY": "R44",
    "YEAR": "1999",
    "LANGUAGE": "de_DE:de",
    "CUSTOMS_DIR": "elsewhere",
    "AS_OF": "1999-12",
    "YEARS": "1999",
    "PORT": "1999",
    "PYTHON": "nothing",
    "territory": "R44",
    "customs_dir": "elsewhere",
    "setting": "R44",
    "VENV": "elsewhere",
    "RUN": "elsewhere",
    "INSTALLED": "elsewhere",
    "SHEET": "elsewhere",
    "VARS": "elsewhere",
    "DUMP_VARS": "elsewhere",
    "MAKEFILE_LIST": "elsewhere",
}


@pytest.mark.parametrize("flags", ["", "e", "-e"])
def test_settings_of_the_environment_do_not_count(folder: Path, flags: str) -> None:
    made = make(folder, "build", "site", MAKEFLAGS=flags, **ELSEWHERE)
    assert made.status == 0, made.output
    assert made.calls == [
        ["dbt", "build"],
        ["python", "scripts/publish.py"],
        ["python", "scripts/render_charts.py", "--territory=D52", "--language=fr"],
        ["python", "scripts/render_factsheets.py", "--territory=D52", "--language=fr"],
        ["python", "scripts/build_site.py"],
    ]
    made = make(folder, "dashboard", MAKEFLAGS=flags, **ELSEWHERE)
    assert made.calls == [["python", "dashboard/server.py", "--port=8088"]]
    assert "Which years?" in make(folder, "fetch", MAKEFLAGS=flags, **ELSEWHERE).output
    assert "make build " in make(folder, "help", MAKEFLAGS=flags, **ELSEWHERE).output
    (folder / ".venv" / ".installed").unlink()
    # A real one takes seconds to make an environment.
    (folder / "python3").write_text("#!/bin/sh\n")
    (folder / "python3").chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    made = make(folder, "install", MAKEFLAGS=flags, PATH=path, **ELSEWHERE)
    assert made.status == 0, made.output
    assert [call[:4] for call in made.calls] == [["python", "-m", "pip", "install"]] * 2


def test_settings_of_the_command_line_count_in_a_sub_make_too(folder: Path) -> None:
    (folder / "outer.mk").write_text("all:\n\t$(MAKE) -f Makefile factsheet\n")
    (folder / "exporting.mk").write_text(
        "export LANGUAGE = de\nall:\n\t$(MAKE) -f Makefile factsheet\n"
    )
    words = ["TERRITORY=R44", "YEAR=2023", "LANGUAGE=en"]
    for arguments in (["factsheet"], ["-f", "outer.mk"], ["-f", "exporting.mk"]):
        made = make(folder, *arguments, *words, **ELSEWHERE)
        assert made.calls == [
            [
                *("python", "scripts/render_factsheets.py", "--territory=R44"),
                *("--year=2023", "--language=en"),
            ]
        ]
    made = make(folder, "-f", "exporting.mk", **ELSEWHERE)
    assert made.argument("render_factsheets", "--language") == "fr"


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_arrives_whole_and_is_never_code(folder: Path, value: str) -> None:
    names = ["TERRITORY", "YEAR", "LANGUAGE", "CUSTOMS_DIR", "AS_OF"]
    words = [f"{name}={value}" for name in names]
    words.append(f"COMMERCE_WAREHOUSE={value}")
    (folder / "outer.mk").write_text(
        f"unexport {' '.join(names)} COMMERCE_WAREHOUSE\n"
        "all:\n\t$(MAKE) -f Makefile build site\n"
    )
    for arguments in (["build", "site"], ["-f", "outer.mk"]):
        made = make(folder, *arguments, *words)
        assert made.status == 0, made.output
        for script in ("render_charts", "render_factsheets"):
            for option in ("--territory", "--year", "--language"):
                assert made.argument(script, option) == value
        assert made.argument("build_site", "--year") == value
        assert made.environments[0]["COMMERCE_WAREHOUSE"] == value
        assert vars_of_dbt(made) == {
            "customs_dir": value,
            "as_of": value,
        }
        made = make(folder, "dashboard", f"PORT={value}")
        assert made.argument("server", "--port") == value
        assert not list(folder.rglob("executed"))


@pytest.mark.parametrize("value", HOSTILE)
def test_what_are_no_years_and_no_python_is_refused_and_never_code(
    folder: Path, value: str
) -> None:
    made = make(folder, "fetch", f"YEARS={value}")
    assert made.status == 2
    assert made.calls == []
    assert "Which years?" in made.output
    (folder / ".venv" / ".installed").unlink()
    made = make(folder, "install", f"PYTHON={value}")
    assert made.status == 2
    assert made.calls == []
    assert "make install PYTHON=python3" in made.output
    (folder / "dashboard" / ".venv" / ".installed").unlink()
    made = make(folder, "dashboard", f"PYTHON={value}")
    assert made.status == 2
    assert made.calls == []
    assert "make dashboard PYTHON=python3" in made.output
    assert not list(folder.rglob("executed"))


def test_years_arrive_one_by_one(folder: Path) -> None:
    made = make(folder, "fetch", "YEARS=2023 2024")
    assert made.calls == [
        ["python", "scripts/fetch_customs.py", "--years", "2023", "2024"]
    ]


@pytest.mark.parametrize("flags", ["", "-j4", "-kj4"])
def test_nothing_is_drawn_before_the_warehouse_or_after_it_failed(
    folder: Path, flags: str
) -> None:
    drawn = {"render_charts", "render_factsheets", "build_site"}
    for goals, expected in (
        (["build", "site"], drawn),
        (["site", "build"], drawn),
        (["charts", "warehouse"], {"render_charts"}),
    ):
        made = make(folder, *goals, MAKEFLAGS=flags)
        assert made.status == 0, made.output
        assert made.scripts[:2] == ["dbt", "publish"]
        assert sorted(made.scripts[2:]) == sorted(expected)
        made = make(folder, *goals, MAKEFLAGS=flags, fail="dbt")
        assert made.status == 2
        assert made.scripts == ["dbt"]


def test_the_verbs_of_one_make_never_run_side_by_side(folder: Path) -> None:
    slow = f"""#!{sys.executable}
import os, sys, time
os.mkdir("running")
time.sleep(0.3)
os.rmdir("running")
with open("calls", "a") as calls:
    print('[["python", "', os.path.basename(sys.argv[-1]), '"], {{}}]', file=calls)
"""
    (folder / ".venv" / "bin" / "python").write_text(slow)
    made = make(folder, "charts", "factsheet", "sample", "-j4")
    assert made.status == 0, made.output
    assert len(made.calls) == 3


def test_alone_a_verb_takes_the_warehouse_that_is_there(folder: Path) -> None:
    assert make(folder, "charts", "site").scripts == ["render_charts", "build_site"]


def test_settings_of_another_dbt_project_do_not_reach_ours(folder: Path) -> None:
    theirs = dict.fromkeys(
        [
            *("DBT_PROFILES_DIR", "DBT_PROJECT_DIR", "DBT_TARGET_PATH", "DBT_TARGET"),
            *("DBT_LOG_PATH", "DBT_PROFILE", "DBT_EMPTY", "DBT_ENGINE_TARGET_PATH"),
        ],
        "elsewhere",
    )
    ours = {"COMMERCE_WAREHOUSE": "mine.duckdb", "COMMERCE_MEMORY": "1GB"}
    made = make(folder, "build", "site", "test", **theirs, **ours)
    assert made.status == 0, made.output
    assert len(made.environments) == 7
    for environment in made.environments:
        assert not [name for name in environment if name.startswith("DBT_")]
        assert environment.items() >= ours.items()


def test_vars_are_given_to_dbt_only_when_they_say_something(folder: Path) -> None:
    for verb, call in (("build", ["build"]), ("test", ["build", "--warn-error"])):
        made = make(folder, verb, "CUSTOMS_DIR=", "AS_OF=")
        assert ["dbt", *call] in made.calls
    made = make(folder, "build", "AS_OF=2025-02")
    assert vars_of_dbt(made) == {
        "customs_dir": "",
        "as_of": "2025-02",
    }


def test_without_its_vars_dbt_is_not_run(folder: Path) -> None:
    made = make(folder, "build", "CUSTOMS_DIR=customs", fail_dump="yes")
    assert made.status == 2
    assert "dbt" not in made.scripts


def test_folders_of_the_same_name_elsewhere_are_not_entered(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    for name in ("benchmarks", "dashboard", ".ci"):
        (elsewhere / name).mkdir(parents=True)
    for tool in (folder / ".venv/bin/pip-compile", folder / "make"):
        tool.write_text("#!/bin/sh\npwd\ntest pip-compile = $(basename $0)\n")
        tool.chmod(0o755)
    (folder / "pyproject.toml").write_text("[dependency-groups]\ndev = []\n")
    (folder / ".venv" / ".installed").touch()
    made = make(folder, "lock", CDPATH=str(elsewhere))
    for name in ("benchmarks", "dashboard"):
        assert f"{folder / name}\n" in made.output
    shutil.copytree(PROJECT / ".ci", folder / ".ci")
    (folder / "chromium").symlink_to(folder / "make")
    path = f"{folder}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", ".ci/run"],
        cwd=folder,
        env=os.environ | {"CDPATH": str(elsewhere), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == f"{folder}\n"


@pytest.mark.parametrize(
    ("version", "is_right"),
    [("3.10.9", False), ("3.11.0", True), ("3.13.9", True), ("3.14.0", False)],
)
def test_a_python_that_cannot_do_is_refused_before_anything_is_installed(
    folder: Path, version: str, is_right: bool
) -> None:
    (folder / ".venv" / ".installed").unlink()
    python = folder / "their python"
    python.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"sys.version_info = {tuple(map(int, version.split('.')))}\n"
        "if sys.argv[1] == '-c': exec(sys.argv[2])\n"
    )
    python.chmod(0o755)
    made = make(folder, "install", f"PYTHON={python}")
    assert (made.status == 0) == is_right
    assert (folder / ".venv" / ".installed").exists() == is_right
    assert ("3.11, 3.12 or 3.13" in made.output) != is_right
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert (version in SpecifierSet(project["requires-python"])) == is_right
