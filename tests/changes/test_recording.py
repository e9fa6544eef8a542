"""Builds record their change sets: none lost, none doubled, wherever a build is cut off."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer import build as building
from indexer import revisions
from indexer.build import build
from indexer.preview import preview
from knowledge.change_set import ChangeSet
from knowledge.changelog import newest_first
from knowledge.changes import State, apply, state_of
from knowledge.index import current, open_revision
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
    write(folder, "a.md", "Premier texte du premier document.")
    return folder


def write(folder: Path, name: str, *paragraphs: str) -> Path:
    path = folder / name
    path.write_text("# Titre\n\n" + "\n\n".join(paragraphs) + "\n", encoding="utf8")
    return path


class Index:
    """An index folder and what is built into it, always at the same moment: names must differ."""

    def __init__(self, documents: Path, out: Path) -> None:
        self.documents, self.out = documents, out

    def build(self, **options: object):
        return build([self.documents], self.out, HashEncoder(), created=WHEN, **options)

    def state(self) -> State:
        directory = current(self.out)
        assert directory is not None
        revision = open_revision(directory)
        return state_of(revision.manifest.documents, revision.passages)

    def sets(self) -> list[ChangeSet]:
        """Oldest first."""
        return list(newest_first(self.out, current(self.out)))[::-1]


@pytest.fixture
def index(documents: Path, tmp_path: Path) -> Index:
    return Index(documents, tmp_path / "out")


def test_the_first_revision_is_the_baseline(index):
    report = index.build()
    (first,) = index.sets()
    assert first.baseline and first.documents == () and first.revision == report.revision
    assert index.build().unchanged
    assert len(index.sets()) == 1


def test_each_revision_has_its_change_set_for_ever(index, documents):
    """Seven revisions, of which three directories are kept: every change is still told."""
    index.build()
    states = [index.state()]
    for number in range(6):
        write(documents, "a.md", f"Texte du document, version numéro {number} de ce texte.")
        write(documents, f"nouveau-{number}.md", f"Document ajouté en numéro {number}.")
        index.build()
        states.append(index.state())
    sets = index.sets()
    assert len(list((index.out / "revisions").iterdir())) == revisions.KEPT
    assert len({s.revision for s in sets}) == len(sets) == 7
    assert [s.previous for s in sets[1:]] == [s.revision for s in sets[:-1]]
    for found, before, after in zip(sets[1:], states, states[1:], strict=False):
        assert apply(found, before) == after
        assert [c.kind for c in found.told] == ["revised", "new"]


def test_a_document_withdrawn(index, documents):
    write(documents, "b.md", "Second document.")
    index.build()
    before = index.state()
    (documents / "b.md").unlink()
    index.build()
    change_set = index.sets()[-1]
    assert [c.kind for c in change_set.told] == ["withdrawn"]
    digests = {p.digest for _, passages in before.values() for p in passages}
    assert change_set.rested_on() and change_set.rested_on() < digests


STEPS = ["write_own", "open_revision", "_flush", "set_current", "keep_own", "prune"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_build_cut_off_neither_loses_nor_doubles(index, documents, monkeypatch, step, after):
    """The process dies right before, or right after, each step of putting a revision in force."""
    index.build()
    start = index.state()
    write(documents, "a.md", "Un texte corrigé, qui est tout à fait différent du premier.")
    real = getattr(revisions, step)
    calls = []

    def dies(*args, **options):
        if step == "keep_own" and not calls:
            calls.append(1)  # the one at the start of a build: nothing to keep yet
            return real(*args, **options)
        if after:
            real(*args, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(revisions, step, dies)
    with pytest.raises(KeyboardInterrupt):
        index.build()
    monkeypatch.setattr(revisions, step, real)
    in_force = [s.revision for s in index.sets()]
    directory = current(index.out)
    assert directory is not None and in_force[-1] == directory.name
    write(documents, "b.md", "Un document de plus après la panne.")
    index.build()
    index.build()
    sets = index.sets()
    state = start
    for change_set in sets[1:]:
        state = apply(change_set, state)
    assert state == index.state()
    told = [(c.kind, c.document.source) for s in sets for c in s.told]
    assert sorted(told) == [("new", "b.md"), ("revised", "a.md")]
    assert len({s.revision for s in sets}) == len(sets)


def test_a_damaged_change_set_is_passed_over(index, documents):
    index.build()
    write(documents, "b.md", "Second document.")
    index.build()
    write(documents, "c.md", "Troisième document.")
    index.build()
    second = sorted((index.out / "changes").iterdir())[1]
    second.write_bytes(second.read_bytes()[:20])
    assert [c.document.source for s in index.sets() for c in s.told] == ["c.md"]


@pytest.mark.parametrize("damage", ["schema", "vectors"])
def test_changes_are_told_across_a_revision_that_is_no_longer_of_use(index, documents, damage):
    """Another format of index, or a damaged one: what the documents said can still be read."""
    index.build()
    directory = current(index.out)
    assert directory is not None
    if damage == "schema":
        manifest = directory / "manifest.json"
        text = manifest.read_text(encoding="utf8")
        manifest.write_text(text.replace('"schema_version": ', '"schema_version": 9'), "utf8")
    else:
        (directory / "vectors.faiss").write_bytes(b"")
    write(documents, "b.md", "Second document.")
    index.build()
    assert [(c.kind, c.document.source) for s in index.sets() for c in s.told] == [("new", "b.md")]


def test_where_nothing_can_be_read_there_is_a_new_baseline(index, documents):
    index.build()
    directory = current(index.out)
    assert directory is not None
    shutil.rmtree(directory)
    write(documents, "b.md", "Second document.")
    index.build()
    assert [s.baseline for s in index.sets()] == [True, True]


def test_the_preview_tells_what_the_build_records_and_writes_nothing(index, documents):
    assert preview([documents], index.out, created=WHEN).changes.baseline
    assert not index.out.exists()
    index.build()
    assert preview([documents], index.out, created=WHEN).nothing
    write(documents, "a.md", "Premier texte corrigé du premier document.")
    before = {p: p.stat().st_mtime_ns for p in index.out.rglob("*")}
    found = preview([documents], index.out, created=WHEN)
    assert before == {p: p.stat().st_mtime_ns for p in index.out.rglob("*")}
    index.build()
    assert found.changes.documents == index.sets()[-1].documents


def test_a_copy_of_the_index_keeps_its_history(index, documents, tmp_path):
    index.build()
    write(documents, "b.md", "Second document.")
    index.build()
    shutil.copytree(index.out, tmp_path / "copy")
    assert len(list(newest_first(tmp_path / "copy", current(tmp_path / "copy")))) == 2
