"""README, settings and commands agree with the code."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from bot import exits
from bot.__main__ import build_parser, command_modules
from bot.config import RANGES, TABLE
from knowledge.phrases import LANGS, table

ROOT = Path(__file__).resolve().parent.parent
README, SETTINGS, COMMANDS = (
    (ROOT / name).read_text(encoding="utf8")
    for name in ("README.md", "docs/settings.md", "docs/commands.md")
)
ROWS = dict(re.findall(r"^\| `(\w+)` (\|.*)\|$", SETTINGS, re.MULTILINE))


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """Every command's parser, by name."""
    parser = build_parser("en")
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


def section(command: str) -> str:
    """What docs/commands.md says of one command."""
    return COMMANDS.partition(f"\n## `{command}`\n")[2].partition("\n## ")[0]


def test_the_settings_documented_are_those_of_the_table_in_its_order():
    assert list(ROWS) == list(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_setting_is_documented_with_its_default_range_and_purpose(name):
    default = TABLE[name].default
    words = str(default).lower() if isinstance(default, bool) else str(default)
    if isinstance(default, Path):
        words = words.removeprefix(f"{ROOT}/")
    if name != "home":
        assert f"`{words}`" in ROWS[name] or not words
    assert TABLE[name].metadata["en"] in ROWS[name]
    if name in RANGES:
        assert "{} to {}".format(*RANGES[name]) in ROWS[name]


def test_the_commands_documented_are_those_there_are():
    documented = list(re.findall(r"^## `(.+)`$", COMMANDS, re.MULTILINE))
    assert documented == [module.NAME for module in command_modules()]
    assert documented == list(subparsers())


@pytest.mark.parametrize("command", [module.NAME for module in command_modules()])
def test_every_option_of_a_command_is_documented_and_no_other(command):
    common = {"-h", "--help", "--config", "--set"}
    real = {o for action in subparsers()[command]._actions for o in action.option_strings} - common
    usage = "\n".join(line for line in section(command).split("\n") if line.startswith("    cat"))
    documented = set(re.findall(r"(?<![\w-])--[a-z-]+", usage))
    assert documented == real


def test_every_exit_code_is_documented():
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", COMMANDS, re.MULTILINE)}
    assert documented == {v for k, v in vars(exits).items() if k.isupper()}


@pytest.mark.parametrize(
    "text", [README, SETTINGS, COMMANDS], ids=["readme", "settings", "commands"]
)
def test_what_the_documentation_names_exists(text):
    for command in re.findall(r"catalogue-bot ([a-z][a-z-]+)\b", text):
        assert command in subparsers(), command
    for variable in re.findall(r"\bCATALOGUE_([A-Z_]+)\b", text):
        assert variable == "VENV" or variable.lower() in TABLE, variable
    for path in re.findall(r"(?<![\w/.-])((?:scripts|docs|\.ci)/[\w./-]*\w)", text):
        assert (ROOT / path).exists(), path


def test_the_readme_names_every_command_and_both_scripts():
    for word in ("scripts/run", "scripts/test", *subparsers()):
        assert word in README, word


def test_links_between_documents_lead_somewhere():
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text("utf8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_sentence_has_the_same_fields_in_both_languages():
    fields = re.compile(r"(?<!\{)\{(\w+)\}")
    for key, texts in table().items():
        assert len({frozenset(fields.findall(texts[lang])) for lang in LANGS}) == 1, key


def test_every_phrase_is_typeset_as_quebec_french():
    for key, texts in table().items():
        french = texts["fr"]
        assert "'" not in french, f"{key}: typographic apostrophe wanted"
        assert not re.search(r"«[^\u00a0]|[^\u00a0]»", french), f"{key}: no-break space in « »"
        assert not re.search(r" :(?!\w)", french), f"{key}: no-break space before a colon"
        assert not re.search(r"[ \u00a0][?!;]", french), f"{key}: no space before ? ! ;"
