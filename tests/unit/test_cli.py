"""`commerce VERB` does what the scripts do, with the same options."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

from commerce_exterieur import cli

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_argv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["commerce"])


@pytest.mark.parametrize("verb", cli.VERBS)
def test_a_verb_hands_its_options_on_and_its_status_back(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(f"commerce_exterieur.{cli.VERBS[verb][0]}")
    monkeypatch.setattr(module, "main", lambda given: (verb, given))
    assert cli.main([verb, "--out", "a b"]) == (verb, ["--out", "a b"])


@pytest.mark.parametrize("verb", cli.VERBS)
def test_a_verb_calls_itself_by_its_name(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([verb, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: commerce {verb} ")


def test_there_is_a_verb_for_every_script() -> None:
    named = {
        verb: module
        for script in (PROJECT / "scripts").glob("*.py")
        for text in [script.read_text("utf-8")]
        for verb in re.findall("`commerce ([a-z]+)`", text)
        for module in re.findall(r"from commerce_exterieur\.(\S+) import main", text)
    }
    assert named == {verb: module for verb, (module, _) in cli.VERBS.items()}


def test_without_a_verb_the_verbs_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert [verb for verb in cli.VERBS if f"\n  {verb} " in listed] == list(cli.VERBS)
    assert cli.main([]) == 2
    assert capsys.readouterr().err == listed
    assert cli.main(["chart"]) == 2
    said = capsys.readouterr().err
    assert "there is no verb 'chart'. Did you mean charts?" in said
