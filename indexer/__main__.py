"""`python -m indexer SOURCE… --out DIR`: builds an index without the rest of the assistant."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from indexer.build import build
from indexer.progress import make_progress
from knowledge.embedding import load_encoder
from knowledge.phrases import Problem


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 all indexed, 1 some document failed, 2 nothing done."""
    parser = argparse.ArgumentParser(prog="python -m indexer", description=__doc__)
    parser.add_argument("source", nargs="+", type=Path, help="file or folder")
    parser.add_argument("--out", type=Path, required=True, help="folder of the index")
    parser.add_argument("--model", default="", help="encoder: a folder or a package's name")
    parser.add_argument("--lang", choices=("fr", "en"), default="fr")
    given = parser.parse_args(arguments)
    try:
        report = build(
            given.source,
            given.out,
            load_encoder(given.model),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            progress=make_progress(given.lang),
        )
    except Problem as problem:
        print(problem.text(given.lang), file=sys.stderr)
        return 2
    for line in report.lines(given.lang):
        print(line, file=sys.stderr)
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
