"""Resident memory of a process that answers, told from inside it as one JSON object on stdout.

    python -m benchmarks._memory INDEX [--model M] < QUESTIONS.json

Run by answers.py in a process of its own, so that nothing else counts: not the reading of a file of
questions either, so they come as a list of {"q", "previous"}.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MB = 1_000_000


def resident() -> float:
    """Resident memory of this process now, MB."""
    return float(psutil.Process().memory_info().rss) / MB


def peak() -> float:
    """The most that was resident so far, MB.

    Linux tells what this program alone had; `ru_maxrss` there counts the parent's before the start.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        most_kb = re.search(r"VmHWM:\s*(\d+)", status.read_text("ascii"))
        if most_kb:
            return int(most_kb[1]) * 1024 / MB
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MB if sys.platform == "darwin" else most * 1024 / MB


def main() -> int:
    """Measures at each step from the library alone to a hundred answers given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("--model", default="")
    given = parser.parse_args()
    import sentence_transformers  # noqa: F401 (what is measured)

    found = {"library": resident()}
    from benchmarks._latency import AUDIENCE
    from bot.config import Settings
    from knowledge.embedding import load_encoder
    from knowledge.engine import Engine

    encoder = load_encoder(given.model)
    found["encoder"] = resident()
    engine = Engine(given.index, load=lambda: encoder, lexicon=Settings().lexicon)
    engine.warm()
    engine.answer("essai", audience=AUDIENCE)  # warm() prepares what an outsider may read
    found["warm"] = resident()
    for asked in json.load(sys.stdin):
        engine.answer(asked["q"], audience=AUDIENCE, previous=asked["previous"])
    found |= {"after": resident(), "peak": peak()}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
