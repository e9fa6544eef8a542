"""Is the file what its ending says? Looked at before any library parses it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from knowledge.phrases import Problem

MEGABYTE = 1024 * 1024
LARGEST = {".pdf": 200, ".docx": 100}  # megabytes; texts:
LARGEST_TEXT = 20
UNPACKED = 300  # megabytes a .docx may unpack to
RATIO = 200  # times its own size, once past 20 MB
ENTRIES = 5000


def check(path: Path) -> None:
    """Raises Problem for an empty, oversized, disguised or dangerous file."""
    kind = path.suffix.lower()
    name = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise Problem("file_unreadable", file=name, detail=error.strerror or "") from error
    if size == 0:
        raise Problem("file_empty", file=name)
    largest = LARGEST.get(kind, LARGEST_TEXT)
    if size > largest * MEGABYTE:
        raise Problem("file_too_large", file=name, size=size // MEGABYTE, largest=largest)
    if kind == ".pdf":
        if b"%PDF-" not in head[:1024]:
            raise Problem("file_disguised", file=name, ending=kind, found=found_kind(head))
    elif kind == ".docx":
        if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise Problem("word_locked", file=name)
        if head[:2] != b"PK":
            raise Problem("file_disguised", file=name, ending=kind, found=found_kind(head))
        check_archive(path)
    else:
        wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
        if head[:5] == b"%PDF-" or head[:4] == b"PK\x03\x04" or (b"\0" in head and not wide):
            raise Problem("file_disguised", file=name, ending=kind, found=found_kind(head))


def check_archive(path: Path) -> None:
    """Refuses a .docx that would unpack to too much, before it is unpacked. Raises Problem."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Problem("word_broken", file=path.name) from error
    total = sum(entry.file_size for entry in entries)
    swollen = total > 20 * MEGABYTE and total > RATIO * max(1, path.stat().st_size)
    if len(entries) > ENTRIES or total > UNPACKED * MEGABYTE or swollen:
        raise Problem("word_bomb", file=path.name, size=total // MEGABYTE, largest=UNPACKED)
    if "word/document.xml" not in {entry.filename for entry in entries}:
        raise Problem("file_disguised", file=path.name, ending=".docx", found="ZIP")


def found_kind(head: bytes) -> str:
    """What the first bytes look like, in a word for the sentence shown."""
    for start, name in (
        (b"%PDF-", "PDF"),
        (b"PK", "ZIP"),
        (b"\xd0\xcf\x11\xe0", "Microsoft Office 97-2003"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8", "JPEG"),
        (b"{\\rtf", "RTF"),
        (b"<", "HTML/XML"),
    ):
        if head.lstrip()[: len(start)] == start:
            return name
    return "binaire / binary" if b"\0" in head else "texte / text"
