"""Names of files that people get: safe on every machine."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120  # characters, the ending included


def safe_name(name: str) -> str:
    """The name without what a path, a header or a shell could take for its own.

    >>> safe_name('../é"t\\r\\n:é.pdf')
    'é_t_é.pdf'
    """
    kept = re.sub(r'[\\/:*?"<>|;]+|[^\w .,()’«»–-]+', "_", unicodedata.normalize("NFC", name))
    safe = PurePosixPath(re.sub(r"_+", "_", kept).strip(" ._-"))
    return safe.stem[: LONGEST - 10] + safe.suffix[:10] or "fichier"
