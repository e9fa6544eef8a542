"""One reader a format; `read` chooses by the file's ending, checks the file and completes it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from indexer.metadata import describe
from indexer.outline import finish
from indexer.readers.checks import check
from indexer.structure import Block, Draft
from knowledge.passages import Document

READERS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "word",
}


def read(path: Path, root: Path) -> tuple[Document, tuple[Block, ...]]:
    """The document at `path` and its blocks; its source is named relative to `root`.

    Raises Problem with a sentence for the operator when the file can't be read.
    """
    check(path)
    reader: Callable[[Path], Draft] = import_module(
        f"{__name__}.{READERS[path.suffix.lower()]}"
    ).read
    draft = finish(reader(path))
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    source = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return describe(draft, source, digest), draft.blocks
