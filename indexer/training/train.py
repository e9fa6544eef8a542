"""The training from data to model directory, stage after stage, each skipped when it is done."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer

from indexer.training import data as files
from indexer.training.adapt import adapt
from indexer.training.average import counterpart
from indexer.training.common import measure, pairs_digest, with_own, with_questions, written
from indexer.training.contrastive import Batches, contrast
from indexer.training.data import TrainingData
from indexer.training.distil import Distillation, distil
from indexer.training.early import static_stage, tokenizer_stage
from indexer.training.holdout import Development, hold_out
from indexer.training.selection import select
from indexer.training.settings import Settings
from indexer.training.start import started
from indexer.training.state import Stage
from indexer.training.student import Student, piece_counts, starting_table
from indexer.training.teacher import device, embed, teacher_path, weights_digest
from indexer.training.tokens import Ragged
from indexer.training.words import DataError, Report, Show
from knowledge.embedding import quiet
from knowledge.precision import fast_bfloat16


def main(
    data: Path,
    out: Path,
    minutes: float | None = None,
    seed: int = 0,
    progress: Show = print,
    teacher: Path | None = None,
    start: Path | None = None,
    other: Path | None = None,
    lang: str = "fr",
) -> int:
    """Train from the files of `data`; the model comes to `out`/encodeur-fr. 0, or 2 on bad input.

    start: a directory with an encoder to go on from, instead of training one from nothing. other:
    one with an encoder of the same pieces; the result is the mean of the two.

    minutes: stretches the schedule (default: about 100 minutes on two cores; a GPU has its own,
    of about ten); with start, 0 trains nothing and does what comes after the training. An
    interrupted run is resumed by the same command. teacher: the directory of another MiniLM-like
    English model. progress is given every sentence, in `lang`.
    """
    report = Report(progress, lang)
    quiet()
    try:
        settings = Settings.for_machine(device(), seed)
        if start is not None and minutes == 0:
            settings = replace(settings, adapt_steps=0)
        else:
            settings = settings.scaled(minutes)
        if fast_bfloat16(device()):
            report("bfloat16")
        if start is None:
            run(data, out, settings, report, teacher, other)
        else:
            adapt(data, out, start, settings, report, other)
    except DataError as error:
        report.problem(error)
        return 2
    except OSError as error:
        report.problem(DataError("train.out_unwritable", folder=out, detail=error.strerror))
        return 2
    return 0


@dataclass(frozen=True)
class Foundation:
    """What the contrastive stage starts from.

    student: distilled. digest: of that stage. development: queries that no stage trains on.
    """

    data: TrainingData
    development: Development
    student: Student
    tokenizer: Tokenizer
    distillation: Distillation
    digest: str


def foundation(
    data: Path, out: Path, settings: Settings, report: Report, teacher: Path | None = None
) -> Foundation:
    """Run what is not done of the stages up to distillation. Raises DataError on unusable data."""
    source = files.digest(data) + (weights_digest(teacher) if teacher else "")
    loaded, development = hold_out(with_questions(files.load(data, report), report), settings.seed)
    loaded = with_own(loaded)
    selection = select(loaded, settings)
    torch.manual_seed(settings.seed)
    torch.set_flush_denormal(True)

    stage = Stage(
        out, "teacher", settings.digest("laws", "sections", "section_words", parent=source)
    )
    teacher = teacher or teacher_path()
    wanted = embed(stage, selection.en, teacher, report)
    tokenizer, digest = tokenizer_stage(loaded, out, settings, stage.digest, report)
    french = Ragged(tokenizer, selection.fr, settings.max_length)
    english = Ragged(tokenizer, selection.en, settings.max_length)

    static, digest = static_stage(
        loaded, tokenizer, (french, english), wanted, out, settings, digest, report
    )
    student = Student(teacher, tokenizer.get_vocab_size(), settings.max_length)
    student.start(
        starting_table(tokenizer, static, teacher, (piece_counts(english), piece_counts(french)))
    )
    student.to(device())
    distillation = Distillation(student, wanted, french, english, settings)

    names = ("distil_steps", "distil_tokens", "distil_rate", "distil_embedding_rate")
    stage = Stage(out, "distil", settings.digest(*names, parent=digest))
    if not stage.restored(student):
        distil(stage, distillation, settings, report)
        stage.keep(student)
        measure(student, tokenizer, development, report)
    return Foundation(loaded, development, student, tokenizer, distillation, stage.digest)


def run(
    data: Path,
    out: Path,
    settings: Settings,
    report: Report,
    teacher: Path | None = None,
    other: Path | None = None,
) -> Path:
    """Run every stage that is not done; the model directory. Raises DataError on unusable data."""
    if other is not None:
        started(other, settings.max_length)  # refused before an hour of training
    base = foundation(data, out, settings, report, teacher)
    student, tokenizer = base.student, base.tokenizer
    if other is not None:
        counterpart(student, tokenizer, other, settings.max_length)
    parent = base.digest + pairs_digest(base.data)
    stage = Stage(out, "contrastive", settings.contrastive_digest(parent))
    batches: Batches | None = None
    if not stage.restored(student):
        batches = Batches(base.data, settings)
        contrast(stage, student, tokenizer, batches, base.distillation, settings, report)
        stage.keep(student)

    digest = settings.digest("polish_steps", "polish_share", parent=stage.digest)
    stage = Stage(out, "polish", digest)
    if not stage.restored(student):
        batches = batches or Batches(base.data, settings)
        gentler = replace(
            settings,
            contrastive_steps=settings.polish_steps,
            contrastive_rate=settings.contrastive_rate * settings.polish_share,
            contrastive_embedding_rate=settings.contrastive_embedding_rate * settings.polish_share,
        )
        first = settings.contrastive_steps
        contrast(stage, student, tokenizer, batches, base.distillation, gentler, report, first)
        stage.keep(student)
        measure(student, tokenizer, base.development, report)
    return written(student, tokenizer, base.data, base.development, out, settings, report, other)
