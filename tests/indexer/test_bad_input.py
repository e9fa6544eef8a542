"""Every bad file gets a sentence of its own, and never more than that."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from indexer.readers import checks, read
from knowledge.phrases import Problem


def problem_of(path: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        read(path, path.parent)
    problem = caught.value
    for lang in ("fr", "en"):
        assert path.name in problem.text(lang)
    return problem


def pdf(path: Path, text: str = "") -> Path:
    canvas = Canvas(str(path))
    canvas.drawString(72, 700, text) if text else canvas.rect(72, 72, 400, 600, fill=1)
    canvas.save()
    return path


@pytest.mark.parametrize("ending", ["md", "txt", "html", "pdf", "docx"])
def test_empty_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"vide.{ending}"
    path.touch()
    assert problem_of(path).key == "file_empty"


def test_corrupt_pdf(tmp_path: Path) -> None:
    whole = pdf(tmp_path / "a.pdf", "Bonjour tout le monde, ceci est un texte").read_bytes()
    broken = tmp_path / "b.pdf"
    broken.write_bytes(whole[:200])
    assert problem_of(broken).key == "pdf_broken"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    assert problem_of(broken).key == "pdf_broken"


def test_locked_pdf(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=pdf(tmp_path / "a.pdf", "Un texte secret de six mots"))
    writer.encrypt("mot de passe", algorithm="RC4-128")
    writer.write(tmp_path / "b.pdf")
    assert problem_of(tmp_path / "b.pdf").key == "pdf_locked"


def test_scanned_pdf(tmp_path: Path) -> None:
    assert problem_of(pdf(tmp_path / "a.pdf")).key == "pdf_scanned"


def test_not_what_the_ending_says(tmp_path: Path) -> None:
    for name, content in (
        ("a.pdf", b"ceci est du texte"),
        ("a.docx", b"<html>page</html>"),
        ("a.txt", b"%PDF-1.4 ..."),
        ("a.md", b"PK\x03\x04...."),
        ("a.html", b"GIF89a\x00\x01\x02"),
    ):
        (tmp_path / name).write_bytes(content)
        assert problem_of(tmp_path / name).key == "file_disguised"
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("autre.txt", "rien")
    assert problem_of(tmp_path / "b.docx").key == "file_disguised"


def test_word_locked_or_old(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert problem_of(tmp_path / "a.docx").key == "word_locked"


def test_word_broken(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04" + bytes(600))
    assert problem_of(tmp_path / "a.docx").key == "word_broken"
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("word/document.xml", "<pas du xml")
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert problem_of(tmp_path / "b.docx").key == "word_broken"


def test_word_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bombe.docx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as stream,
    ):
        for _ in range(60):
            stream.write(bytes(1024 * 1024))
    assert path.stat().st_size < 200_000
    assert problem_of(path).key == "word_bomb"


def test_word_with_countless_entries(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        for number in range(checks.ENTRIES + 1):
            archive.writestr(f"{number}", "")
    assert problem_of(tmp_path / "a.docx").key == "word_bomb"


def test_too_large_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LARGEST_TEXT", 1)
    (tmp_path / "a.txt").write_bytes(b"mot " * 400_000)
    assert problem_of(tmp_path / "a.txt").key == "file_too_large"


def test_missing_file(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "absent.txt").key == "file_unreadable"
