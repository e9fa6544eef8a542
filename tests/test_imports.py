"""The direction of imports between the rooms, and who may import the libraries that count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "handlers", "knowledge", "indexer")

# room → the rooms that it may import besides itself: bot → handlers → knowledge ← indexer.
MAY_IMPORT = {
    "knowledge": set(),
    "handlers": {"knowledge"},
    "indexer": {"knowledge"},
    "bot": {"handlers", "knowledge"},
}
# The command line is where the assistant and the indexer meet.
ALSO = {"bot/commands/": {"indexer"}}

# library → the modules (or folders) that may import it.
ONLY_IN = {
    "sentence_transformers": ("knowledge/embedding.py", "indexer/training/"),
    "faiss": ("knowledge/vector_table.py",),
    "bm25s": ("knowledge/lexical.py", "indexer/training/"),
    "sqlite_utils": ("knowledge/index.py", "knowledge/revision.py", "bot/stores/"),
    "sqlite3": (
        "knowledge/index.py",
        "knowledge/revision.py",
        "bot/stores/",
        "indexer/revisions.py",
    ),
    "aiohttp": ("bot/channels/",),
    "slack_bolt": ("bot/channels/slack",),
    "slack_sdk": ("bot/channels/slack",),
    "botbuilder": ("bot/channels/teams",),
    "botframework": ("bot/channels/teams",),
    "reportlab": ("handlers/",),
    "holidays": ("knowledge/",),
    "icalendar": ("handlers/",),
    "watchfiles": ("bot/commands/",),
    "Stemmer": ("knowledge/", "indexer/training/"),
    "rapidfuzz": ("knowledge/",),
    "tqdm": ("indexer/", "bot/commands/"),
    "pdfplumber": ("indexer/readers/",),
    "pypdf": ("indexer/readers/",),
    "docx": ("indexer/readers/", "handlers/"),
    "bs4": ("indexer/readers/",),
    "markdown_it": ("indexer/readers/",),
}
# At import these cost seconds: only inside functions of the command line and of bootstrap.
HEAVY = {"torch", "sentence_transformers", "transformers", "faiss", "bm25s", "aiohttp", "numpy"}
LIGHT_AT_IMPORT = ("bot/__main__.py", "bot/parser.py", "bot/exits.py", "bot/commands/")
LIGHT_ROOMS = {"bot.parser", "bot.exits", "knowledge.phrases", "bot"}


def modules() -> list[str]:
    """Every module of the rooms, as a path from the root."""
    return sorted(
        path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")
    )


def imported(path: str) -> Iterator[tuple[str, bool]]:
    """(dotted name, at import time and not for typing only) for every import in a module."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf8"))
    yield from walk(tree.body, True)


def walk(nodes: list[ast.stmt] | list[ast.AST], at_import: bool) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, at_import
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", at_import
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield from walk(node.body, False)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from walk(list(ast.iter_child_nodes(node)), at_import and not inside)


def within(path: str, places: tuple[str, ...]) -> bool:
    """Whether a module is one of the places, or lies in one."""
    return any(path.startswith(place) for place in places)


@pytest.mark.parametrize("path", modules())
def test_imports_go_one_way(path):
    room = path.split("/")[0]
    allowed = {room} | MAY_IMPORT[room]
    for place, rooms in ALSO.items():
        if path.startswith(place):
            allowed |= rooms
    wrong = {name for name, _ in imported(path) if name.split(".")[0] in set(ROOMS) - allowed}
    assert not wrong, f"{path} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", modules())
def test_each_library_has_its_place(path):
    for name, _ in imported(path):
        library = name.split(".")[0]
        assert within(path, ONLY_IN.get(library, ("",))), f"{path} must not import {library}"


@pytest.mark.parametrize("path", [p for p in modules() if within(p, LIGHT_AT_IMPORT)])
def test_the_command_line_loads_nothing_heavy_before_it_must(path):
    for name, at_import in imported(path):
        if not at_import:
            continue
        assert name.split(".")[0] not in HEAVY | {"pydantic"}, f"{path} imports {name}"
        if name.split(".")[0] in ROOMS:
            assert name in LIGHT_ROOMS or name.rpartition(".")[0] in LIGHT_ROOMS, (
                f"{path} imports {name} before it must"
            )


def test_knowledge_has_no_network_and_no_clock():
    forbidden = {"socket", "urllib.request", "http.client", "requests", "httpx", "time.time"}
    for path in modules():
        if path.startswith("knowledge/"):
            names = {name for name, _ in imported(path)}
            assert not names & forbidden, path
            assert "datetime.datetime" not in names, f"{path} reads the clock"


def test_handlers_know_no_platform():
    for path in modules():
        if path.startswith("handlers/"):
            libraries = {name.split(".")[0] for name, _ in imported(path)}
            assert not libraries & {"aiohttp", "slack_bolt", "slack_sdk", "botbuilder"}, path
