"""`watch` waits until files are whole, goes on after a failure; `publish` shows before it acts."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

import bot.bootstrap
from bot import exits
from bot.__main__ import main
from bot.commands.watch import Watching, headlines
from bot.settling import PATIENCE, QUIET, RETRY, Settling, snapshot
from indexer import build as building
from indexer.report import BuildReport, FileProblem
from indexer.whole import whole
from knowledge.changelog import newest_first
from knowledge.index import current
from knowledge.phrases import Problem
from tests.changes.conftest import SHEETS
from tests.indexer.conftest import HashEncoder

A, B = Path("a.pdf"), Path("b.md")


def test_files_are_read_once_they_are_quiet_and_whole():
    arrived: set[Path] = set()
    found = Settling({}, lambda path: path in arrived)
    assert not found.look(0, {A: (10, 1)})  # a copy begins
    assert not found.look(1, {A: (500, 2)})
    assert not found.look(1 + QUIET, {A: (500, 2)})  # quiet, but not whole
    arrived.add(A)
    assert found.look(2 + QUIET, {A: (500, 2)})
    found.succeeded({A: (500, 2)})
    assert not found.waiting and not found.look(100, {A: (500, 2)})


def test_a_file_that_never_becomes_whole_holds_nothing_up():
    found = Settling({B: (1, 1)}, lambda path: path != A)
    now = {A: (10, 1), B: (2, 2)}
    assert not found.look(0, now) and not found.look(PATIENCE - 1, now)
    assert found.look(PATIENCE, now)


def test_a_change_undone_is_no_change_and_a_removal_is_one():
    found = Settling({B: (1, 1)}, lambda path: True)
    assert not found.look(0, {B: (1, 1), A: (5, 1)})
    assert not found.look(1, {B: (1, 1)}) and not found.waiting
    assert not found.look(2, {}) and found.look(2 + QUIET, {})


def test_a_build_that_failed_is_tried_again_later():
    found = Settling({}, lambda path: True)
    found.look(0, {B: (1, 1)})
    assert found.look(QUIET, {B: (1, 1)})
    found.failed(QUIET)
    assert found.waiting and not found.look(QUIET + 1, {B: (1, 1)})
    assert found.look(QUIET + RETRY, {B: (1, 1)})


def test_what_changes_during_a_build_is_built_next():
    found = Settling({}, lambda path: True)
    found.look(0, {B: (1, 1)})
    found.succeeded({B: (1, 1)})
    assert not found.look(5, {B: (9, 9)}) and found.look(5 + QUIET, {B: (9, 9)})


def test_half_a_file_is_told_from_a_whole_one(tmp_path):
    docx = io.BytesIO()
    with zipfile.ZipFile(docx, "w") as archive:
        archive.writestr("word/document.xml", "<x/>" * 500)
    contents = {"a.pdf": b"%PDF-1.7\n" + b"x" * 9000 + b"\n%%EOF\n", "b.docx": docx.getvalue()}
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert whole(path)
        path.write_bytes(content[: len(content) // 2])
        assert not whole(path)
    (tmp_path / "c.md").write_text("")
    assert not whole(tmp_path / "c.md") and not whole(tmp_path / "absent.md")
    (tmp_path / "c.md").write_text("Texte.")
    assert whole(tmp_path / "c.md")
    assert list(snapshot([tmp_path / "c.md", tmp_path / "absent.md"])) == [tmp_path / "c.md"]


class Builds:
    """Stands for the build: what it should do next, and how often it was asked."""

    def __init__(self) -> None:
        self.count = 0
        self.fails: Exception | None = None
        self.problems: tuple[FileProblem, ...] = ()

    def __call__(self) -> BuildReport:
        self.count += 1
        if self.fails:
            raise self.fails
        return BuildReport(revision=f"r{self.count}", problems=self.problems)


@pytest.fixture
def builds() -> Builds:
    return Builds()


def watching(folder: Path, builds: Builds, lines: list[str], **options: object) -> Watching:
    return Watching(
        [folder], build=builds, after=lambda: None, say_line=lines.append, lang="fr", **options
    )


@pytest.mark.parametrize("error", [Problem("build_busy", out="x"), ValueError("secret")])
def test_a_failing_build_does_not_end_the_watch(tmp_path, builds, error):
    (tmp_path / "a.md").write_text("Texte.", encoding="utf8")
    lines: list[str] = []
    found = watching(tmp_path, builds, lines)
    found.look(0)
    builds.fails = error
    found.look(QUIET)
    assert builds.count == 1 and len(lines) == 1 and "secret" not in lines[0]
    builds.fails = None
    found.look(QUIET + RETRY)
    assert builds.count == 2 and not found.waiting


def test_a_folder_that_vanishes_withdraws_nothing(tmp_path, builds):
    """A share that is not mounted must not look like every document withdrawn."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "a.md").write_text("Texte.", encoding="utf8")
    lines: list[str] = []
    found = watching(folder, builds, lines)
    found.look(0)
    found.look(QUIET)
    folder.rename(tmp_path / "away")
    for now in range(10, 200, 10):
        found.look(now)
    assert builds.count == 1 and sum("share" in line for line in lines) == 1


def test_an_empty_share_withdraws_nothing(tmp_path, builds):
    """A folder that lost most of its files at once is not taken at its word."""
    for number in range(6):
        (tmp_path / f"{number}.md").write_text("Texte.", encoding="utf8")
    lines: list[str] = []
    found = watching(tmp_path, builds, lines)
    found.look(0)
    found.look(QUIET)
    (tmp_path / "5.md").unlink()
    found.look(10)
    found.look(10 + QUIET)
    assert builds.count == 2
    for number in range(4):
        (tmp_path / f"{number}.md").unlink()
    lines.clear()
    for now in range(20, 200, 10):
        found.look(now)
    assert builds.count == 2 and len(lines) == 1 and "publish" in lines[0]


def test_a_version_held_for_the_future_is_built_when_its_day_comes(tmp_path, builds):
    (tmp_path / "a.md").write_text("Texte.", encoding="utf8")
    days = [date(2026, 11, 30)]
    found = watching(tmp_path, builds, [], today=lambda: days[-1])
    problem = Problem("held_future", file="a.md", name="a.md", version="2026-12-01")
    builds.problems = (FileProblem(file="a.md", problem=problem),)
    found.look(0)
    found.look(QUIET)
    found.idle(10)
    assert not found.waiting
    days.append(date(2026, 12, 1))
    found.idle(20)
    found.look(20 + QUIET)
    found.look(21 + 2 * QUIET)
    assert builds.count == 2


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A working folder with two sheets, an encoder without a model, no shipped corpus."""
    monkeypatch.setenv("CATALOGUE_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    monkeypatch.setattr(bot.bootstrap, "build_encoder", lambda settings: HashEncoder())
    monkeypatch.setattr(building, "offtopic_views", lambda guide: [])
    folder = tmp_path / "documents"
    folder.mkdir()
    shutil.copy(SHEETS / "Fiche_NuageBoreal_2026-03-16.md", folder)
    return tmp_path


def publish(home: Path, *options: str) -> int:
    return main(["publish", str(home / "documents"), *options])


def recorded(home: Path) -> list[str]:
    out = home / "var" / "index"
    return [c.kind for s in newest_first(out, current(out)) for c in s.told]


def test_publish_shows_what_will_be_announced_and_asks(home, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("oui\n"))
    assert publish(home) == exits.USAGE  # no terminal: nothing is done without --yes
    assert current(home / "var" / "index") is None and "--yes" in capsys.readouterr().err
    assert publish(home, "--yes") == exits.SUCCESS
    assert "point de départ" in capsys.readouterr().out
    shutil.copy(SHEETS / "Fiche_NuageBoreal_2026-09-08.md", home / "documents")
    assert publish(home, "--dry-run") == exits.SUCCESS
    out = capsys.readouterr().out
    assert "2026-09-08 remplace celle du 2026-03-16" in out and "24 mois" in out
    assert "abonnements, 0, dans 0 conversations; dossiers, 0" in out and recorded(home) == []
    assert publish(home, "--yes") == exits.SUCCESS
    assert recorded(home) == ["version"]
    capsys.readouterr()
    assert publish(home) == exits.SUCCESS
    assert "Aucun document n’a changé" in capsys.readouterr().out


def test_watch_says_what_it_published(home):
    assert publish(home, "--yes") == exits.SUCCESS
    index = home / "var" / "index"
    assert headlines(index, "fr") == []
    shutil.copy(SHEETS / "Fiche_NuageBoreal_2026-09-08.md", home / "documents")
    assert publish(home, "--yes") == exits.SUCCESS
    (line,) = headlines(index, "fr")
    assert "2026-09-08 remplace celle du 2026-03-16" in line and "passages reformulés" in line


def test_publish_asks_at_a_terminal(home, capsys, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("non\n"))
    assert publish(home) == exits.SUCCESS
    assert current(home / "var" / "index") is None
    monkeypatch.setattr(sys, "stdin", Terminal("o\n"))
    assert publish(home) == exits.SUCCESS
    assert current(home / "var" / "index") is not None


def test_publish_does_not_publish_what_was_not_shown(home, capsys, monkeypatch):
    class Slow(io.StringIO):
        def isatty(self) -> bool:
            return True

        def readline(self, *args) -> str:
            (home / "documents" / "b.md").write_text("Arrivé entretemps.", encoding="utf8")
            return "oui\n"

    monkeypatch.setattr(sys, "stdin", Slow())
    assert publish(home) == exits.BAD_INPUT
    assert current(home / "var" / "index") is None
    assert "ont changé depuis l’aperçu" in capsys.readouterr().err


def test_publish_says_what_is_held_back_and_takes_it_once_confirmed(home, capsys):
    assert publish(home, "--yes") == exits.SUCCESS
    path = home / "documents" / "Fiche_NuageBoreal_2026-03-16.md"
    text = path.read_text(encoding="utf8")
    path.write_text(text[: text.index("## 3.")], encoding="utf8")
    assert publish(home, "--yes") == exits.PARTIAL
    assert f"--accept {path.name}" in capsys.readouterr().err and recorded(home) == []
    assert publish(home, "--yes", "--accept", path.name) == exits.SUCCESS
    assert recorded(home) == ["revised"]


def test_the_command_stops_cleanly_on_sigterm(tmp_path):
    """The real process, over real files; it is stopped before any build."""
    environment = {**os.environ, "CATALOGUE_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "watch", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert process.stderr is not None
    assert "Surveillance" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    try:
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == exits.SUCCESS and "terminée" in err
