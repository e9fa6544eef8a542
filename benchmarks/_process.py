"""What a fresh process costs: its memory, and the time until it has answered."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks._report import Row
from benchmarks._timing import progress
from bot.config import CODE
from bot.measures import load_questions

QUESTION = "Quel est le délai pour déposer une soumission de prix ?"
ASKED = 100
LIBRARY = "bare import of sentence_transformers"


def environment(model: str) -> dict[str, str]:
    """This process's, with compiled modules kept, as they are on a user's machine."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"CATALOGUE_MODEL": model, "PYTHONPATH": str(CODE)}


def output(arguments: Sequence[str], model: str, given: str = "") -> str:
    """Runs this Python with these arguments; what it prints. Raises CalledProcessError.

    given: what it reads from its standard input.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment(model),
        cwd=CODE,
        check=True,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def memory(index: Path, questions: Path, model: str, part: str, aim: str = "") -> list[Row]:
    """Resident memory of a process that answers, once warm and after a hundred questions."""
    command = ["-m", "benchmarks._memory", str(index), "--model", model]
    asked = [{"q": one.q, "previous": one.previous} for one in load_questions(questions)[:ASKED]]
    found = json.loads(output(command, model, json.dumps(asked)).splitlines()[-1])
    library = found["library"]
    steps = {"encoder": "encoder loaded", "warm": "warm", "after": f"after {ASKED} answers"}
    return [
        Row(part, name, found[step], "MB", LIBRARY, library, aim if step == "warm" else "")
        for step, name in (steps | {"peak": "most at any moment"}).items()
    ]


def cold_start(index: Path, model: str, runs: int) -> list[Row]:
    """`ask` from nothing to its answer, in turn with a bare import of the library."""
    part = "Cold start of `ask`, in turn with a bare import"
    ask = ["-m", "bot", "ask", QUESTION, "--index", str(index), "--json"]
    bare = ["-c", "import sentence_transformers"]
    taken: dict[str, list[float]] = {"ask": [], "bare": []}
    for command in (ask, bare):  # once uncounted: compiles modules, brings files into memory
        output(command, model)
    for run in range(runs):
        for name, command in (("ask", ask), ("bare", bare)):
            start = time.perf_counter()
            output(command, model)
            taken[name].append(time.perf_counter() - start)
        progress("cold starts", run + 1, runs)
    return [
        Row(part, f"ask, {name}", of(taken["ask"]), "s", f"{LIBRARY}, {name}", of(taken["bare"]))
        for name, of in (("min", min), ("median", statistics.median), ("max", max))
    ]
