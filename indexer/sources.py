"""Which files a build reads: walks the sources, bounded, and names what it passes over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from indexer.readers import READERS
from knowledge.passages import Frozen
from knowledge.phrases import Problem

# beside the corpus, but no documents
OWN = frozenset({"lexique.yaml", "hors-sujet.yaml", "tournures.yaml"})
MOST_FILES = 20_000
DEEPEST = 20  # folders below a source


class Found(Frozen):
    """Files to read with the folder that each is named relative to, and what was passed over."""

    files: tuple[tuple[Path, Path], ...]  # (file, root)
    ignored: tuple[str, ...]  # hidden files, unknown endings, read-me files; relative names


def find(sources: Sequence[Path]) -> Found:
    """The files under the sources, in the order given and by name within a folder.

    Folders behind links are not entered, so that no loop can arise; a link that leads out of the
    source is passed over, so that who may write there can't have other files quoted. Raises
    Problem for a source that doesn't exist (its documents would be deleted otherwise) and for a
    boundless folder.
    """
    files: dict[Path, Path] = {}
    ignored: list[str] = []
    for source in sources:
        if source.is_dir():
            for path in _walk(source):
                name = path.relative_to(source).as_posix()
                if wanted(path, name) and inside(path, source):
                    files.setdefault(path, source)
                elif path.name not in OWN:
                    ignored.append(name)
        elif source.is_file():
            if source.suffix.lower() not in READERS:
                allowed = ", ".join(sorted(READERS))
                raise Problem("source_ending", source=source, allowed=allowed)
            files.setdefault(source, source.parent)
        else:
            raise Problem("source_missing", source=source)
    return Found(files=tuple(files.items()), ignored=tuple(ignored))


def wanted(path: Path, name: str) -> bool:
    """True for a file with a known ending that is neither hidden nor a read-me file."""
    hidden = any(part.startswith((".", "~$")) for part in Path(name).parts)
    about = path.stem.lower() in ("readme", "lisezmoi", "lisez-moi")
    return path.suffix.lower() in READERS and not hidden and not about and path.is_file()


def inside(path: Path, source: Path) -> bool:
    """Whether a file is in the source itself, not in another place that a link leads to."""
    return not path.is_symlink() or path.resolve().is_relative_to(source.resolve())


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        depth = len(Path(parent).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(parent) / name for name in sorted(names)]
        if len(found) > MOST_FILES or depth > DEEPEST:
            raise Problem("source_boundless", source=folder, files=MOST_FILES, depth=DEEPEST)
    return found
