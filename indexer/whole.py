"""Whether a file has arrived whole: a copy under way has no end yet."""

from __future__ import annotations

import zipfile
from pathlib import Path

TAIL = 2_048  # bytes in which a PDF's end mark stands


def whole(path: Path) -> bool:
    """False for a file that is empty, gone, or lacks what its kind ends with. Text has no such
    mark: whoever waits must also see that the file no longer grows."""
    try:
        size = path.stat().st_size
        if size == 0:
            return False
        if path.suffix.lower() == ".pdf":
            with path.open("rb") as stream:
                stream.seek(max(0, size - TAIL))
                return b"%%EOF" in stream.read()
        if path.suffix.lower() == ".docx":
            return zipfile.is_zipfile(path)  # its directory is at the end
    except OSError:
        return False
    return True
