"""What each part of the contrastive stage is worth: the stage again with one part left out.

    python benchmarks/ablation.py DATA OUT [--minutes N] [--steps N] [--own FILE …] [--only NAME …]

DATA holds the training files (docs/encoder.md). The stages up to distillation are run once into
OUT, or taken from there; then the contrastive stage runs from the same distilled weights once for
each row, `--steps` steps with the same seed. A kind of pairs that is left out gives its turns to
the others. Printed: held-out queries whose passage comes first / among ten, questions by another
hand on made-up sheets that no stage sees first / among ten, with --own the project's own questions
among the shipped documents' passages first / in three, and over all of these queries the mean
reciprocal rank in ten, with the difference from the first row. « other batches » is the whole
stage with other random choices: it tells what a difference is worth. A row that is done is kept in
OUT and not run again.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks._own import own_questions  # noqa: E402
from indexer.training.common import pairs_digest  # noqa: E402
from indexer.training.contrastive import CYCLE, Batches, contrast  # noqa: E402
from indexer.training.holdout import recall  # noqa: E402
from indexer.training.settings import Settings  # noqa: E402
from indexer.training.sheets import held_out  # noqa: E402
from indexer.training.state import Stage  # noqa: E402
from indexer.training.student import vectors  # noqa: E402
from indexer.training.teacher import device  # noqa: E402
from indexer.training.train import Foundation, foundation  # noqa: E402
from indexer.training.words import DataError, Report  # noqa: E402
from knowledge.embedding import quiet  # noqa: E402

QUERY = 64
PASSAGE = 256
TEN = 10


@dataclass(frozen=True)
class Variant:
    """The whole stage but for the settings `changed` and the kinds `without`.

    length: passages of one length, this many times the usual, in batches that much smaller.
    """

    label: str
    changed: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    length: float = 1

    def cycle(self) -> tuple[str, ...]:
        """The kinds in turn."""
        return tuple(kind for kind in CYCLE if kind not in self.without)

    def settings(self, usual: Settings) -> Settings:
        """The usual ones with its changes."""
        if self.length != 1:
            usual = replace(
                usual,
                contrastive_long=1,
                contrastive_tokens=round(usual.contrastive_tokens * self.length),
                contrastive_batch=round(usual.contrastive_batch / self.length),
            )
        return replace(usual, **self.changed)


VARIANTS = {
    "whole": Variant("the whole stage"),
    "batches": Variant("the whole stage, other batches", {"seed": 1}),
    "questions": Variant("without chat questions", without=("question",)),
    "sheets": Variant("without made-up sheets", without=("sheet",)),
    "headings": Variant("without headings", without=("heading",)),
    "notes": Variant("without notes", without=("note",)),
    "english": Variant("without English queries", without=("english",)),
    "distil": Variant("without distillation", without=("distil",)),
    "negatives": Variant("without hard negatives", {"group": 1}),
    "noise": Variant("without typing noise", {"noise": 0.0}),
    "template": Variant("headings and notes not put as questions", {"template": 0.0}),
    "title": Variant("without titles in front", {"title": 0.0}),
    "short": Variant("no passage longer than the usual", {"contrastive_long": 1}),
    "long": Variant("all passages twice as long, batches half as large", length=2),
    "half": Variant("all passages half as long, batches twice as large", length=0.5),
}


def measured(base: Foundation, own: list[Path]) -> dict[str, list[float]]:
    """Shares by kind (two each), and under « all » the mean reciprocal rank in ten."""
    passages = vectors(base.student, base.tokenizer, base.development.passages, PASSAGE)
    queries = vectors(base.student, base.tokenizer, base.development.queries, QUERY)
    found = {kind: list(pair) for kind, pair in recall(base.development, queries, passages).items()}
    scores = queries @ passages.T
    right = np.zeros(scores.shape, dtype=bool)
    right[np.arange(len(queries)), base.development.gold] = True
    ranks = [_ranks(scores, right)]
    asked, gold, texts = held_out()
    ranks.append(_asked(base, asked, texts, np.arange(len(texts)) == np.array(gold)[:, None]))
    found["sheet"] = [float((ranks[-1] <= many).mean()) for many in (1, TEN)]
    if own:
        asked, texts, right, _ = own_questions(own)
        ranks.append(_asked(base, asked, texts, right))
        found["own"] = [float((ranks[-1] <= many).mean()) for many in (1, 3)]
    rank = np.concatenate(ranks)
    found["all"] = [float(np.where(rank <= TEN, 1 / rank, 0).mean())]
    return found


def _asked(
    base: Foundation, asked: list[str], texts: list[str], right: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Rank of the best right passage of each query; right: (queries, texts)."""
    scores = vectors(base.student, base.tokenizer, asked, QUERY) @ (
        vectors(base.student, base.tokenizer, texts, PASSAGE).T
    )
    return _ranks(scores, right)


def _ranks(scores: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Rank from 1 of the best right passage of each query."""
    best = np.where(right, scores, -np.inf).max(axis=1)
    ranks: npt.NDArray[np.int64] = (scores > best[:, None]).sum(axis=1) + 1
    return ranks


def trained(
    base: Foundation,
    stage: Stage,
    variant: Variant,
    batches: Batches,
    settings: Settings,
    report: Report,
) -> None:
    """Train the student of `base` as the variant says; settings: with its changes."""
    contrast(
        stage,
        base.student,
        base.tokenizer,
        batches,
        base.distillation,
        settings,
        report,
        cycle=variant.cycle(),
    )


def row(label: str, found: dict[str, list[float]], whole: float | None) -> str:
    """One line of the table."""
    kinds = [kind for kind in ("note", "heading", "question", "sheet", "own") if kind in found]
    cells = [" / ".join(f"{share:.3f}" for share in found[kind]) for kind in kinds]
    score = found["all"][0]
    apart = "" if whole is None else f"{score - whole:+.3f}"
    return "| " + " | ".join([label, *cells, f"{score:.3f}", apart]) + " |"


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("data", type=Path, help="directory of the training files")
    add("out", type=Path, help="directory of the stages and of the rows that are done")
    add("--minutes", type=float, help="of a training from nothing (its stages up to distillation)")
    add("--steps", type=int, default=120, help="of each row (default 120)")
    add("--texts", type=int, help="segments of laws the teacher reads (and a quarter of sections)")
    add("--vocabulary", type=int, default=Settings.vocabulary, help="pieces")
    add("--teacher", type=Path, help="directory of the teacher (default: its package)")
    add("--own", type=Path, nargs="*", default=[], help="files of the project's own questions")
    add("--only", nargs="*", choices=VARIANTS, default=list(VARIANTS), help="rows")
    return parser


def main() -> int:
    """Run the rows and print the table; 0, or 2 on unusable data."""
    given = arguments().parse_args()
    quiet()
    settings = Settings.for_machine(device()).scaled(given.minutes)
    settings = replace(settings, vocabulary=given.vocabulary, contrastive_steps=given.steps)
    if given.texts:
        settings = replace(settings, laws=given.texts, sections=given.texts // 4)
    report = Report(lambda line: print(line, file=sys.stderr, flush=True), "en")
    try:
        base = foundation(given.data, given.out, settings, report, given.teacher)
    except DataError as error:
        report.problem(error)
        return 2
    parent = base.digest + pairs_digest(base.data)
    start = {name: tensor.clone() for name, tensor in base.student.state_dict().items()}
    own = " own questions |" if given.own else ""
    kinds = "notes | headings | chat questions | sheets"
    print(f"| {given.steps} steps | {kinds} |{own} MRR@10 | difference |")
    print(row("distilled, the start", measured(base, given.own), None), flush=True)
    whole: float | None = None
    mined: dict[tuple[int, int], Batches] = {}
    for name in given.only:
        variant = VARIANTS[name]
        changed = variant.settings(settings)
        stage = Stage(
            given.out, "rows", changed.contrastive_digest(parent + " ".join(variant.cycle()))
        )
        kept = given.out / f"row-{stage.digest[:16]}-{len(given.own)}.json"
        if not kept.is_file():
            base.student.load_state_dict(start)
            same = mined.get((changed.seed, changed.group))
            batches = Batches(base.data, changed, same)
            mined[changed.seed, changed.group] = batches
            trained(base, stage, variant, batches, changed, report)
            kept.write_text(json.dumps(measured(base, given.own)), "utf-8")
        found = json.loads(kept.read_text("utf-8"))
        print(row(variant.label, found, whole), flush=True)
        whole = found["all"][0] if whole is None else whole
    return 0


if __name__ == "__main__":
    sys.exit(main())
