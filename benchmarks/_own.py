"""The project's own questions by kind, among the shipped documents' passages, vectors alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from benchmarks._lexical import lexical, standardised
from benchmarks._vectors import encoded, load
from indexer.hints import shipped

KINDS = {
    "fr": "French",
    "noaccent": "no accents",
    "typo": "typos",
    "en": "English",
    "short": "a few words",
    "chat": "chat",
    "caps": "capitals",
}


def own_questions(
    files: list[Path],
) -> tuple[list[str], list[str], npt.NDArray[np.bool_], npt.NDArray[np.str_]]:
    """Questions, passages with their heading, which is right (questions, passages), and kinds.

    A follow-up question needs its context and is left out. Raises OSError, and KeyError where a
    file holds no such questions.
    """
    rows = [q for file in files for q in yaml.safe_load(file.read_text("utf-8"))]
    rows = [q for q in rows if q.get("sections") and q["kind"] in KINDS]
    passages = shipped()
    right = np.array([[p.section in q["sections"] for p in passages] for q in rows])
    texts = [f"{p.heading} {p.text}" for p in passages]
    return [q["q"] for q in rows], texts, right, np.array([q["kind"] for q in rows])


def own_table(models: Mapping[str, Path], files: list[Path]) -> None:
    """Print, for BM25, each model and each with BM25, first / in three / in five by kind.

    Raises what `own_questions` raises.
    """
    asked, texts, right, kinds = own_questions(files)
    words = lexical(texts, asked)
    tables = {"BM25": words}
    for label, model in models.items():
        loaded = load(model)
        cosines = encoded(loaded, asked) @ encoded(loaded, texts).T
        tables[label] = cosines
        tables[f"BM25 + {label}"] = standardised(words) + standardised(cosines)
    print(f"\n{len(asked)} own questions, {len(texts)} passages: first / in three / in five")
    for kind in ("", *KINDS):
        chosen = kinds == kind if kind else np.ones(len(asked), dtype=bool)
        if not chosen.any():
            continue
        print(f"{KINDS.get(kind, 'all')} ({int(chosen.sum())})")
        for label, scores in tables.items():
            shares = [_within(scores[chosen], right[chosen], many) for many in (1, 3, 5)]
            print(f"  {label:<26}" + " / ".join(f"{share:.3f}" for share in shares))


def _within(scores: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], many: int) -> float:
    """Share of the questions with a right passage among the best `many`."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :many]
    return float(np.take_along_axis(right, best, axis=1).any(axis=1).mean())
