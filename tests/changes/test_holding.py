"""What a build holds back, takes without announcing, or takes for the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer import build as building
from knowledge.phrases import LANGS
from tests.changes.conftest import SHEETS
from tests.changes.test_recording import Index

BOREAL = "Fiche_NuageBoreal_"
OLD, NEW = f"{BOREAL}2026-03-16.md", f"{BOREAL}2026-09-08.md"


@pytest.fixture(autouse=True)
def without_offtopic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "offtopic_views", lambda guide: [])


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """The two versions of one sheet, indexed."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name in (OLD, NEW):
        shutil.copy(SHEETS / name, folder / name)
    found = Index(folder, tmp_path / "out")
    found.build()
    return found


def keys(report) -> list[str]:
    return [p.problem.key for p in report.problems]


def versions(index: Index) -> set[str]:
    return {str(document.version) for document, _ in index.state().values()}


def edit(index: Index, name: str, *changes: tuple[str, str], to: str = "") -> Path:
    text = (index.documents / name).read_text(encoding="utf8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = index.documents / (to or name)
    path.write_text(text, encoding="utf8")
    return path


def halved(text: str) -> str:
    return text[: text.index("## 4.")]


def test_half_of_the_passages_lost_in_the_same_file(index):
    """A half-copied text file, for instance: nothing is announced until somebody confirms."""
    path = index.documents / NEW
    before, whole = index.state(), path.read_text(encoding="utf8")
    path.write_text(halved(whole), encoding="utf8")
    report = index.build()
    assert keys(report) == ["held_half"] and index.state() == before
    assert all("--accept" in report.problems[0].text(lang) for lang in LANGS)
    assert [s.told for s in index.sets()] == [()]
    path.write_text(whole, encoding="utf8")
    assert keys(index.build()) == [] and index.state() == before


@pytest.mark.parametrize("name", [NEW, "fiche-nuage-boreal", "fiche-nuage-boreal@2026-09-08"])
def test_it_is_taken_once_confirmed(index, name):
    path = index.documents / NEW
    path.write_text(halved(path.read_text(encoding="utf8")), encoding="utf8")
    assert keys(index.build(accept=["autre.md"])) == ["held_half"]
    assert keys(index.build(accept=[name])) == []
    (change,) = index.sets()[-1].told
    assert change.kind == "revised"
    assert {c.kind for c in change.passages} <= {"removed", "reworded"}
    assert keys(index.build()) == []


def test_half_of_the_passages_lost_in_a_new_version(index):
    """Its own file is left out; the version in force stays."""
    path = edit(index, NEW, ("version: 2026-09-08", "version: 2026-11-01"), to="autre.md")
    path.write_text(halved(path.read_text(encoding="utf8")), encoding="utf8")
    before = index.state()
    assert keys(index.build()) == ["held_half"] and index.state() == before


def test_a_version_dated_in_the_future_waits_for_its_day(index):
    edit(index, NEW, ("version: 2026-09-08", "version: 2026-12-01"), to="suite.md")
    report = index.build()
    assert keys(report) == ["held_future"] and versions(index) == {"2026-03-16", "2026-09-08"}
    assert "2026-12-01" in report.problems[0].text("fr")
    eve = building.build(  # the 1st in Greenwich, still the 30th in Québec
        [index.documents], index.out, building_encoder(), created="2026-12-01T04:59:00+00:00"
    )
    assert keys(eve) == ["held_future"]
    later = building.build(
        [index.documents], index.out, building_encoder(), created="2026-12-01T05:00:00+00:00"
    )
    assert keys(later) == [] and "2026-12-01" in versions(index)
    assert [c.kind for c in index.sets()[-1].told] == ["version"]


def building_encoder():
    from tests.indexer.conftest import HashEncoder

    return HashEncoder()


def test_a_future_date_in_the_first_index_is_taken_and_said(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    shutil.copy(SHEETS / NEW, folder)
    first = Index(folder, tmp_path / "o")
    edit(first, NEW, ("version: 2026-09-08", "version: 2062-09-08"))
    report = first.build()
    assert [n.problem.key for n in report.notices] == ["version_future"]
    assert versions(first) == {"2062-09-08"} and keys(report) == []


def test_an_older_version_beside_is_history_and_not_announced(index):
    edit(index, OLD, ("version: 2026-03-16", "version: 2025-01-10"), to="ancienne.md")
    report = index.build()
    assert keys(report) == [] and "2025-01-10" in versions(index)
    assert [n.problem.key for n in report.notices] == ["version_older"]
    assert index.sets()[-1].told == ()


def test_an_older_version_in_place_of_the_one_in_force_is_held_back(index):
    edit(index, NEW, ("version: 2026-09-08", "version: 2026-05-05"))
    before = index.state()
    assert keys(index.build()) == ["held_older"] and index.state() == before
    assert keys(index.build(accept=[NEW])) == []
    assert versions(index) == {"2026-03-16", "2026-05-05"}
    assert "reverted" in [c.kind for c in index.sets()[-1].told]


def test_two_files_that_claim_one_version(index):
    """The file that the version in force came from goes on, whichever comes first by name."""
    edit(index, NEW, ("24 heures", "48 heures"), to="A_copie.md")
    before = index.state()
    report = index.build()
    assert keys(report) == ["identity_twice"] and index.state() == before
    assert "A_copie.md" in report.problems[0].text("fr")


def test_an_exact_copy_is_left_aside(index):
    shutil.copy(index.documents / NEW, index.documents / "A_copie.md")
    before = index.state()
    report = index.build()
    assert (keys(report), index.state()) == ([], before)
    assert [n.problem.key for n in report.notices] == ["file_copied"]


def test_a_renamed_file_is_no_change(index):
    (index.documents / NEW).rename(index.documents / "renommée.md")
    report = index.build()
    assert [n.problem.key for n in report.notices] == ["file_renamed"] and keys(report) == []
    assert index.sets()[-1].told == () == index.sets()[-1].removed


def test_a_renamed_file_whose_name_made_its_identity(index):
    path = index.documents / "note-interne.md"
    path.write_text("# Note\n\nUn texte qui n’a pas d’en-tête du tout.\n", encoding="utf8")
    index.build()
    path.rename(index.documents / "note-renommee.md")
    report = index.build()
    assert [n.problem.key for n in report.notices] == ["file_renamed"]
    (change,) = index.sets()[-1].documents
    assert (change.kind, change.before.id, change.after.id) == (
        "renamed",
        "note-interne",
        "note-renommee",
    )
    assert index.sets()[-1].told == () and not index.sets()[-1].rested_on()


def test_a_broken_file_keeps_what_it_said(index):
    pdf = index.documents / "Fiche_Nuage_2026-01-01.pdf"
    pdf.write_bytes(b"%PDF-1.7 half a copy")
    report = index.build()
    assert len(report.problems) == 1 and len(versions(index)) == 2
    assert len(index.sets()) == 1
