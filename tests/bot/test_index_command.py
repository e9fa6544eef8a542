"""`index` and what `serve` does with an index before it opens; the build itself is a fake."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import bot.bootstrap
import indexer.build
from bot import exits
from bot.__main__ import main
from bot.commands.index import bring_up_to_date, default_sources
from bot.config import SHIPPED
from bot.config_reading import read_settings
from bot.fingerprint import fingerprint
from indexer.report import BuildReport, FileProblem
from knowledge.index import set_current
from knowledge.phrases import Problem


class FakeBuild:
    """Stands for indexer.build.build: remembers its sources, puts a revision in force."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.problems: tuple[FileProblem, ...] = ()
        self.fails = False

    def __call__(self, sources, out, encoder, *, created, progress, accept):
        self.calls.append([str(source) for source in sources])
        if self.fails:
            raise Problem("build_busy", out=out)
        out.mkdir(parents=True, exist_ok=True)
        set_current(out, f"r{len(self.calls)}")
        return BuildReport(
            revision=f"r{len(self.calls)}", created=("a.md",), problems=self.problems
        )


@pytest.fixture
def build(monkeypatch, tmp_path):
    fake = FakeBuild()
    monkeypatch.setattr(indexer.build, "build", fake)
    monkeypatch.setattr(bot.bootstrap, "build_encoder", lambda settings: None)
    monkeypatch.setenv("CATALOGUE_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    return fake


def test_without_a_source_the_corpus_and_the_operators_documents(build, tmp_path, capsys):
    assert default_sources(read_settings()) == [SHIPPED]
    (tmp_path / "documents").mkdir()
    assert main(["index"]) == exits.SUCCESS
    assert build.calls == [[str(SHIPPED), str(tmp_path / "documents")]]
    out, err = capsys.readouterr()
    assert "1 créé" in out and err == ""


def test_a_document_that_fails_is_named_on_stderr_and_in_the_code(build, tmp_path, capsys):
    build.problems = (FileProblem(file="x.pdf", problem=Problem("pdf_broken", file="x.pdf")),)
    assert main(["index", "some", "--out", str(tmp_path / "i")]) == exits.PARTIAL
    out, err = capsys.readouterr()
    assert "x.pdf" in err and err.count("\n") == 1 and "x.pdf" not in out
    assert main(["index", "some", "--json"]) == exits.PARTIAL
    data = json.loads(capsys.readouterr().out)
    assert data["created"] == ["a.md"] and data["problems"][0]["file"] == "x.pdf"


def test_another_build_under_way_is_one_line_and_a_code(build, capsys):
    build.fails = True
    assert main(["index"]) == exits.FAILURE
    assert capsys.readouterr().err.count("\n") == 1


def test_serve_builds_what_is_missing_then_only_what_changed(build, tmp_path, capsys):
    settings = read_settings()
    bring_up_to_date(settings, "fr")
    bring_up_to_date(settings, "fr")
    assert len(build.calls) == 1
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "new.md").write_text("Nouveau.", encoding="utf8")
    bring_up_to_date(settings, "fr")
    assert len(build.calls) == 2
    bring_up_to_date(read_settings({"model": ("other", "--set")}), "fr")
    assert len(build.calls) == 3


def test_an_update_that_fails_leaves_the_index_in_service(build, tmp_path, capsys, monkeypatch):
    settings = read_settings()
    bring_up_to_date(settings, "fr")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "new.md").write_text("Nouveau.", encoding="utf8")
    build.fails = True
    bring_up_to_date(settings, "fr")
    assert "reste en service" in capsys.readouterr().err
    monkeypatch.setattr("bot.commands.index.PATIENCE", 0.0)
    with pytest.raises(Problem):
        bring_up_to_date(read_settings({"index": (str(tmp_path / "other"), "--index")}), "fr")


def test_the_first_index_that_another_process_builds_is_waited_for(
    build, tmp_path, capsys, monkeypatch
):
    build.fails = True
    asked = []

    def in_force(root: Path) -> Path | None:
        asked.append(root)
        return root if len(asked) > 3 else None

    monkeypatch.setattr("knowledge.index.current", in_force)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    bring_up_to_date(read_settings(), "fr")
    assert len(asked) > 3 and "attend qu’il ait fini" in capsys.readouterr().err


def test_an_index_built_from_other_sources_is_left_alone(build, tmp_path):
    assert main(["index", "elsewhere"]) == exits.SUCCESS
    bring_up_to_date(read_settings(), "fr")
    assert build.calls == [["elsewhere"]]


def test_the_fingerprint_sees_changes_additions_and_removals(tmp_path):
    file = tmp_path / "a.md"
    file.write_text("un", encoding="utf8")
    seen = {fingerprint([tmp_path]), fingerprint([tmp_path], "model")}
    os.utime(file, ns=(1, 1))
    seen.add(fingerprint([tmp_path]))
    (tmp_path / "b.md").touch()
    seen.add(fingerprint([tmp_path]))
    file.unlink()
    seen.add(fingerprint([tmp_path]))
    assert len(seen) == 5
    assert fingerprint([tmp_path]) == fingerprint([tmp_path])
