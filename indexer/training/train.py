"""The training from data to model directory, stage after stage, each skipped when it is done."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from indexer.training import data as files
from indexer.training.contrastive import Batches, contrast
from indexer.training.corpus import corpus_pairs
from indexer.training.data import DataError, Pair, TrainingData
from indexer.training.distil import Distillation, distil
from indexer.training.export import export
from indexer.training.holdout import Development, hold_out, recall
from indexer.training.questions import resolve, sha1
from indexer.training.selection import select
from indexer.training.settings import Settings
from indexer.training.state import Stage
from indexer.training.static import StaticModel, train_static
from indexer.training.student import Student, piece_counts, starting_table, vectors
from indexer.training.teacher import device, embed, teacher_path, weights_digest
from indexer.training.tokens import EVERYDAY_REPEATS, Ragged, train_tokenizer

MODEL = "encodeur-fr"
STATIC_PIECES = 128

Report = Callable[[str], None]


def main(
    data: Path,
    out: Path,
    minutes: float | None = None,
    seed: int = 0,
    progress: Report = print,
    teacher: Path | None = None,
) -> int:
    """Train from the files of `data`; the model comes to `out`/encodeur-fr. 0, or 2 on bad input.

    minutes: stretches the schedule (default: 80 minutes on two cores). An interrupted run is
    resumed by the same command. teacher: the directory of another MiniLM-like English model.
    """
    try:
        settings = Settings(seed=seed).scaled(minutes)
        run(data, out, settings, progress, teacher)
    except (DataError, ValueError) as error:
        progress(str(error))
        return 2
    return 0


def run(
    data: Path, out: Path, settings: Settings, report: Report, teacher: Path | None = None
) -> Path:
    """Run every stage that is not done; the model directory. Raises DataError on unusable data."""
    source = files.digest(data) + (weights_digest(teacher) if teacher else "")
    loaded, development = hold_out(_with_questions(files.load(data, report), report), settings.seed)
    loaded = replace(loaded, questions=[*loaded.questions, *corpus_pairs()])
    selection = select(loaded, settings)
    torch.manual_seed(settings.seed)
    torch.set_flush_denormal(True)

    stage = Stage(
        out, "teacher", settings.digest("laws", "sections", "section_words", parent=source)
    )
    teacher = teacher or teacher_path()
    wanted = embed(stage, selection.en, teacher, report)
    tokenizer, digest = _tokenizer(loaded, out, settings, stage.digest, report)
    french = Ragged(tokenizer, selection.fr, settings.max_length)
    english = Ragged(tokenizer, selection.en, settings.max_length)

    static, digest = _static(
        loaded, tokenizer, (french, english), wanted, out, settings, digest, report
    )
    student = Student(teacher, tokenizer.get_vocab_size(), settings.max_length)
    student.start(
        starting_table(tokenizer, static, teacher, (piece_counts(english), piece_counts(french)))
    )
    student.to(device())
    distillation = Distillation(student, wanted, french, english, settings)

    stage = Stage(
        out,
        "distil",
        settings.digest(
            "distil_steps", "distil_tokens", "distil_rate", "distil_embedding_rate", parent=digest
        ),
    )
    if not _restored(stage, student):
        distil(stage, distillation, settings, report)
        _keep(stage, student)
        _measure(student, tokenizer, development, report)

    stage = Stage(
        out,
        "contrastive",
        settings.digest(
            "notes",
            "contrastive_steps",
            "contrastive_batch",
            "contrastive_tokens",
            "contrastive_rate",
            "contrastive_embedding_rate",
            "temperature",
            "noise",
            parent=stage.digest + _questions_digest(loaded.questions),
        ),
    )
    batches: Batches | None = None
    if not _restored(stage, student):
        batches = Batches(loaded, settings)
        contrast(stage, student, tokenizer, batches, distillation, settings, report)
        _keep(stage, student)

    digest = settings.digest("polish_steps", "polish_share", parent=stage.digest)
    stage = Stage(out, "polish", digest)
    if not _restored(stage, student):
        batches = batches or Batches(loaded, settings)
        gentler = replace(
            settings,
            contrastive_steps=settings.polish_steps,
            contrastive_rate=settings.contrastive_rate * settings.polish_share,
            contrastive_embedding_rate=settings.contrastive_embedding_rate * settings.polish_share,
        )
        first = settings.contrastive_steps
        contrast(stage, student, tokenizer, batches, distillation, gentler, report, first)
        _keep(stage, student)
        _measure(student, tokenizer, development, report)
    target = out / MODEL
    export(student, tokenizer, target, settings.max_length)
    report(f"The model is in {target}.")
    return target


def _with_questions(data: TrainingData, report: Report) -> TrainingData:
    passages = (pair.passage for pair in (*data.notes, *data.headings))
    sections = (pair.fr for pair in data.sections)
    kept = resolve(itertools.chain(passages, sections), report)
    return replace(data, questions=[*kept, *data.questions])


def corpus(data: TrainingData) -> Iterator[str]:
    """The tokenizer's texts: all French, a quarter of the English, everyday French three times."""
    for number, pair in enumerate(data.parallel):
        for _ in range(EVERYDAY_REPEATS if pair.source == "tatoeba" else 1):
            yield pair.fr
        if number % 4 == 0:
            yield pair.en
    for heading in data.headings:
        yield f"{heading.query} {heading.passage}"


def _questions_digest(questions: list[Pair]) -> str:
    return sha1("\n".join(f"{pair.query}\t{pair.passage}" for pair in questions))


def _tokenizer(
    data: TrainingData, out: Path, settings: Settings, parent: str, report: Report
) -> tuple[Tokenizer, str]:
    stage = Stage(out, "tokenizer", settings.digest("vocabulary", parent=parent))
    target = stage.path / "tokenizer.json"
    if not stage.done():
        train_tokenizer(corpus(data), settings.vocabulary, target)
        stage.finish()
    tokenizer = Tokenizer.from_file(str(target))
    report(f"tokenizer: {tokenizer.get_vocab_size()} pieces")
    return tokenizer, stage.digest


def _static(
    data: TrainingData,
    tokenizer: Tokenizer,
    sides: tuple[Ragged, Ragged],
    teacher: np.ndarray[tuple[int, ...], np.dtype[np.float16]],
    out: Path,
    settings: Settings,
    parent: str,
    report: Report,
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float32]], str]:
    stage = Stage(
        out,
        "static",
        settings.digest("dimension", "static_steps", "static_batch", "static_rate", parent=parent),
    )
    model = StaticModel(tokenizer.get_vocab_size(), settings.dimension, settings.seed)
    if not _restored(stage, model):
        model.to(device())
        pairs = [*data.notes, *data.headings]
        queries = Ragged(tokenizer, [pair.query for pair in pairs], STATIC_PIECES)
        passages = Ragged(tokenizer, [pair.passage for pair in pairs], STATIC_PIECES)
        train_static(stage, model, teacher, *sides, (queries, passages), settings, report)
        _keep(stage, model)
    return model.table.detach().cpu().numpy(), stage.digest


def _keep(stage: Stage, module: torch.nn.Module) -> None:
    torch.save(module.state_dict(), stage.path / "weights.pt")
    stage.finish()


def _restored(stage: Stage, module: torch.nn.Module) -> bool:
    if not stage.done():
        return False
    module.load_state_dict(
        torch.load(stage.path / "weights.pt", map_location="cpu", weights_only=True)
    )
    return True


def _measure(
    student: Student, tokenizer: Tokenizer, development: Development, report: Report
) -> None:
    if not development.queries:
        return
    queries = vectors(student, tokenizer, development.queries, 64)
    passages = vectors(student, tokenizer, development.passages, 128)
    for kind, (first, ten) in recall(development, queries, passages).items():
        report(f"development, {kind}: first {first:.3f}, in ten {ten:.3f}")
