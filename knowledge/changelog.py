"""The change sets of an index, kept for ever beside its revisions.

A revision carries its own change set (`changes.json.gz` in its directory), so that putting the
revision in force and recording what it changed are one step. From there it is copied to
`<root>/changes/`, which outlives revisions: before the next build at the latest. A crash in
between loses nothing, and a revision that never came in force leaves no trace.
"""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from knowledge.change_set import ChangeSet

FOLDER = "changes"
OWN = "changes.json.gz"  # in a revision's directory
_NAME = re.compile(r"(\d{6,})_(.+)\.json\.gz")


def write_own(directory: Path, change_set: ChangeSet) -> None:
    """Writes a revision's change set into its directory, on disk. Raises OSError."""
    body = change_set.model_dump_json(exclude_defaults=True).encode("utf8")
    _write(directory / OWN, gzip.compress(body, 6, mtime=0))


def keep_own(root: Path, directory: Path | None) -> None:
    """Copies the change set of the revision in force to those kept for ever, unless it is there.

    Only under the lock of the index. Raises OSError.
    """
    if directory is None or not (directory / OWN).is_file():
        return
    folder = root / FOLDER
    kept = _kept(root)
    if any(name == directory.name for _, name, _ in kept):
        return
    folder.mkdir(exist_ok=True)
    number = kept[-1][0] + 1 if kept else 1
    draft = folder / f".tmp-{os.getpid()}"
    _write(draft, (directory / OWN).read_bytes())
    draft.replace(folder / f"{number:06d}_{directory.name}.json.gz")
    _flush(folder)


def taken(root: Path, revision: str) -> bool:
    """Whether a revision of this name has been in force before, even if it is gone."""
    return any(name == revision for _, name, _ in _kept(root))


def newest_first(root: Path, directory: Path | None) -> Iterator[ChangeSet]:
    """Every change set there is, read one by one; `directory`: the revision in force, whose own
    may not have been copied yet. One that can't be read is passed over."""
    kept = _kept(root)
    if directory and all(name != directory.name for _, name, _ in kept):
        yield from _read(directory / OWN)
    for _, _, path in reversed(kept):
        yield from _read(path)


def _kept(root: Path) -> list[tuple[int, str, Path]]:
    """(number, revision, file), oldest first."""
    try:
        files = list((root / FOLDER).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    found = [(match, path) for path in files if (match := _NAME.fullmatch(path.name))]
    return sorted((int(match[1]), match[2], path) for match, path in found)


def _read(path: Path) -> Iterator[ChangeSet]:
    try:
        yield ChangeSet.model_validate_json(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        return


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
