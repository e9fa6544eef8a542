"""Whether an index still stands for the documents it was built from, without opening it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

NAME = "sources"  # file beside the revisions, in the index folder


def fingerprint(sources: Sequence[Path], *extra: str) -> str:
    """Digest over names, sizes and times of the files, and over what else shapes an index."""
    total = hashlib.sha256("\0".join(extra).encode("utf8", "surrogateescape"))
    for source in sources:
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                state = file.stat()
                total.update(
                    f"{file}\0{state.st_size}\0{state.st_mtime_ns}\n".encode("utf8", "replace")
                )
    return total.hexdigest()


def kept(index: Path) -> str | None:
    """The fingerprint of the last build, None for an index built from other sources."""
    try:
        return (index / NAME).read_text(encoding="utf8").strip()
    except OSError:
        return None


def keep(index: Path, value: str | None) -> None:
    """Notes the fingerprint of a build that went well; None forgets it."""
    if value is None:
        (index / NAME).unlink(missing_ok=True)
    else:
        (index / NAME).write_text(value + "\n", encoding="utf8")
