"""Builds: what changes, what is kept, and what a failure at any point leaves in force."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from indexer import build as building
from indexer import revisions
from indexer.build import BuildReport, build
from indexer.report import NothingRead
from knowledge.index import current, open_revision
from knowledge.phrases import Problem
from tests.indexer.conftest import HashEncoder

WHEN = "2026-11-23T20:00:00+00:00"


@pytest.fixture(autouse=True)
def without_offtopic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped messages that are for nobody would only slow these tests."""
    monkeypatch.setattr(building, "offtopic_views", lambda guide: [])


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    write(folder, "a.md", "# Un\n\nPremier texte du premier document.\n")
    write(folder, "b.txt", "Texte du second document.\n")
    return folder


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf8")
    return folder / name


@pytest.fixture
def run(documents: Path, tmp_path: Path, encoder: HashEncoder) -> Callable[..., BuildReport]:
    def go(*sources: Path, when: str = WHEN, with_encoder: HashEncoder = encoder) -> BuildReport:
        found = list(sources) or [documents]
        return build(found, tmp_path / "out", with_encoder, created=when)

    return go


Run = Callable[..., BuildReport]


def texts_in_force(out: Path) -> list[str]:
    directory = current(out)
    assert directory is not None
    return [passage.text for passage in open_revision(directory).passages]


def test_a_first_build(run: Run, tmp_path: Path) -> None:
    report = run()
    assert report.created == ("a.md", "b.txt")
    assert (report.passages, report.problems, report.unchanged) == (2, (), False)
    revision = open_revision(tmp_path / "out" / "revisions" / report.revision)
    assert revision.manifest.revision == report.revision
    assert [d.source for d in revision.manifest.documents] == ["a.md", "b.txt"]
    assert "2 passages" in " ".join(report.lines("fr"))
    assert report.data()["created"] == ("a.md", "b.txt")


def test_the_same_again_changes_nothing(run: Run, tmp_path: Path, encoder: HashEncoder) -> None:
    first = run()
    encoder.read.clear()
    second = run(when="2026-11-24")
    assert second.unchanged
    assert second.revision == first.revision
    assert second.skipped == ("a.md", "b.txt")
    assert encoder.read == []
    assert len(list((tmp_path / "out" / "revisions").iterdir())) == 1


def test_only_changed_texts_are_embedded(
    run: Run, documents: Path, encoder: HashEncoder, tmp_path: Path
) -> None:
    run()
    encoder.read.clear()
    write(documents, "b.txt", "Texte tout autre.\n")
    write(documents, "c.txt", "Troisième.\n")
    (documents / "a.md").unlink()
    report = run()
    assert (report.created, report.updated) == (("c.txt",), ("b.txt",))
    assert (report.deleted, report.skipped) == (("a.md",), ())
    assert all("Premier" not in text for text in encoder.read)
    assert report.embedded == len(encoder.read)
    assert texts_in_force(tmp_path / "out") == ["Texte tout autre.", "Troisième."]


def test_vectors_taken_over_are_those_of_their_text(
    run: Run, documents: Path, encoder: HashEncoder, tmp_path: Path
) -> None:
    run()
    write(documents, "aa.txt", "Entre les deux.\n")
    report = run()
    assert report.reused > 0
    revision = open_revision(tmp_path / "out" / "revisions" / report.revision)
    for text, vector in zip(*revision.vector_table(), strict=True):
        assert vector @ encoder.encode_query(text) > 0.999


def test_another_encoder_reads_everything_again(run: Run) -> None:
    first = run()
    second = run(with_encoder=HashEncoder(digest="d2", dimension=6))
    assert (second.embedded, second.reused) == (first.embedded, 0)
    assert second.skipped == ("a.md", "b.txt")
    assert second.revision != first.revision


def test_only_the_last_revisions_are_kept(run: Run, documents: Path, tmp_path: Path) -> None:
    names = []
    for number in range(5):
        write(documents, "b.txt", f"Texte {number}.\n")
        names.append(run(when=f"2026-01-0{number + 1}").revision)
    kept = {path.name for path in (tmp_path / "out" / "revisions").iterdir()}
    assert kept == set(names[-3:])


def test_a_document_that_fails_leaves_the_others(run: Run, documents: Path) -> None:
    write(documents, "c.pdf", "pas un pdf")
    report = run()
    assert report.created == ("a.md", "b.txt")
    assert [p.file for p in report.problems] == ["c.pdf"]
    assert "c.pdf" in report.failures[0][1]
    assert not report.problems[0].kept


def test_a_document_in_force_that_fails_keeps_its_passages(
    run: Run, documents: Path, tmp_path: Path
) -> None:
    run()
    (documents / "a.md").write_bytes(b"")
    write(documents, "b.txt", "Texte neuf.\n")
    report = run()
    assert report.problems[0].kept
    assert "restent en place" in report.problems[0].text("fr")
    assert (report.skipped, report.updated) == (("a.md",), ("b.txt",))
    assert texts_in_force(tmp_path / "out")[0] == "Premier texte du premier document."


def test_an_unforeseen_failure_of_a_reader_is_one_documents_problem(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indexer.readers import text

    def broken(path: Path) -> None:
        raise RecursionError

    monkeypatch.setattr(text, "read", broken)
    report = run()
    assert report.created == ("a.md",)
    assert report.problems[0].problem.key == "file_failed"


def test_files_of_one_name_in_folders_of_their_own_are_two_documents(
    run: Run, documents: Path, tmp_path: Path
) -> None:
    for folder in ("passeport", "permis"):
        (documents / folder).mkdir()
        write(documents / folder, "index.md", f"# {folder}\n\nTexte sur le {folder}.\n")
    report = run()
    assert report.problems == ()
    assert {"passeport/index.md", "permis/index.md"} <= set(report.created)
    (documents / "passeport" / "index.md").unlink()
    report = run(when="2026-11-24T20:00:00+00:00")
    assert report.deleted == ("passeport/index.md",)
    assert report.created == report.updated == ()
    assert "Texte sur le permis." in texts_in_force(tmp_path / "out")


def test_two_documents_with_one_identity(run: Run, documents: Path) -> None:
    for name in ("x.md", "y.md"):
        write(documents, name, f"---\nid: pareil\n---\nTexte de {name}.\n")
    report = run()
    assert report.created == ("a.md", "b.txt", "x.md")
    sentence = report.problems[0].text("fr")
    assert "x.md" in sentence
    assert "y.md" in sentence


def test_the_official_document_takes_the_place_of_its_restatement(
    run: Run, documents: Path, tmp_path: Path
) -> None:
    restated = "---\nid: g\nversion: 2021-07-22\nofficial: false\n---\nReformulé.\n"
    write(documents, "g.md", restated)
    run()
    other = tmp_path / "autres"
    other.mkdir()
    write(other, "g_2021-07-22.txt", "Texte officiel.\n")
    report = run(documents, other)
    assert report.replaced == ("g.md",)
    assert report.problems == ()
    assert "Texte officiel." in texts_in_force(tmp_path / "out")
    assert "Reformulé." not in texts_in_force(tmp_path / "out")


def test_nothing_to_index(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "vide"
    empty.mkdir()
    write(empty, "image.png", "x")
    with pytest.raises(Problem) as caught:
        run(empty)
    assert caught.value.key == "nothing_to_index"
    assert "vide" in caught.value.text("fr")


def test_nothing_readable_says_why_for_each(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mauvais"
    folder.mkdir()
    write(folder, "a.pdf", "non")
    write(folder, "b.txt", "")
    with pytest.raises(NothingRead) as caught:
        run(folder)
    for lang in ("fr", "en"):
        assert "a.pdf" in caught.value.text(lang)
        assert "b.txt" in caught.value.text(lang)


def test_a_second_build_at_once_stops(run: Run, tmp_path: Path) -> None:
    first = run()
    with FileLock(tmp_path / "out" / ".lock"), pytest.raises(Problem) as caught:
        run()
    assert caught.value.key == "build_busy"
    assert current(tmp_path / "out") == tmp_path / "out" / "revisions" / first.revision


class Killed(BaseException):
    """Stands for the end of the process: no handler of ordinary errors may see it."""


STEPS = (
    (building, "find"),
    (building, "gather"),
    (building, "_views"),
    (building, "_vectors"),
    (building, "write_revision"),
    (revisions, "open_revision"),
    (revisions, "_flush"),
    (revisions, "set_current"),
    (revisions, "prune"),
)


@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _, name in STEPS])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_anywhere_leaves_a_whole_revision_in_force(
    run: Run,
    documents: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    after: bool,
) -> None:
    out = tmp_path / "out"
    run()
    before = texts_in_force(out)
    write(documents, "b.txt", "Texte neuf.\n")
    real = getattr(module, name)

    def crash(*given: Any, **named: Any) -> None:
        if name == "open_revision" and ".tmp-" not in str(given[0]):
            return real(*given, **named)
        if after:
            real(*given, **named)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, name, crash)
        # a killed process runs no clean-up either
        patch.setattr(revisions.shutil, "rmtree", lambda *args, **named: None)
        with pytest.raises(Killed):
            run()
    new = [before[0], "Texte neuf."]
    swapped = name == "prune" or (name == "set_current" and after)
    assert texts_in_force(out) == (new if swapped else before)
    run()
    assert texts_in_force(out) == new
    assert not list((out / "revisions").glob(".tmp-*"))
    assert not list(out.glob(".current-*"))


def full(*given: Any, **named: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_by_faiss(*given: Any, **named: Any) -> None:
    raise RuntimeError("write error in vectors.faiss: 104 != 237 (No space left on device)")


@pytest.mark.parametrize(
    ("module", "name", "error"),
    [
        (building, "write_revision", full),
        (building, "write_revision", full_by_faiss),
        (revisions, "_flush", full),
        (revisions, "set_current", full),
    ],
)
def test_a_full_disk(
    run: Run,
    documents: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    error: Callable[..., None],
) -> None:
    run()
    before = texts_in_force(tmp_path / "out")
    write(documents, "b.txt", "Texte neuf.\n")
    with monkeypatch.context() as patch:
        patch.setattr(module, name, error)
        with pytest.raises(Problem) as caught:
            run()
    assert caught.value.key == "disk_full"
    assert texts_in_force(tmp_path / "out") == before
    assert not list((tmp_path / "out" / "revisions").glob(".tmp-*"))


def test_a_folder_that_cannot_be_written(run: Run, documents: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("un fichier, pas un dossier")
    with pytest.raises(Problem) as caught:
        run()
    assert caught.value.key == "out_unwritable"


def test_a_damaged_revision_is_built_anew(run: Run, tmp_path: Path) -> None:
    first = run()
    (tmp_path / "out" / "revisions" / first.revision / "vectors.faiss").write_bytes(b"")
    second = run()
    assert second.revision != first.revision
    assert second.reused == 0
    assert len(texts_in_force(tmp_path / "out")) == 2
