"""`python -m indexer` from arguments to exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import __main__ as program
from indexer import build as building
from knowledge.index import current
from tests.indexer.conftest import HashEncoder


def test_builds_and_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "load_encoder", lambda model: HashEncoder())
    monkeypatch.setattr(building, "offtopic_views", lambda guide: [])
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Texte.")
    arguments = [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--lang", "en"]
    assert program.main(arguments) == 0
    assert current(tmp_path / "out") is not None
    told = capsys.readouterr()
    assert "Documents: 1 created, 0 updated, 0 deleted, 0 unchanged." in told.err
    assert told.out == ""
    (tmp_path / "in" / "b.pdf").write_text("non")
    assert program.main(arguments) == 1
    assert "b.pdf" in capsys.readouterr().err
    assert program.main([str(tmp_path / "absent"), "--out", str(tmp_path / "out")]) == 2
    assert "absent" in capsys.readouterr().err
