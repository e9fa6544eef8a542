"""Reading the training files: one JSON object a line, plain or gzipped, broken lines reported.

Every reader yields clean strings; a line that is not JSON, lacks a field or holds something other
than text is reported with its file, its number and the reason, and skipped.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from indexer.training.words import DataError, Report
from knowledge.phrases import say

REQUIRED = ("parallel", "sections", "notes", "headings")


@dataclass(frozen=True)
class Pair:
    """A query-like text and the text that answers it (both French)."""

    query: str
    passage: str


@dataclass(frozen=True)
class Parallel:
    """An English text and its French translation; `source` names the collection."""

    en: str
    fr: str
    source: str


@dataclass(frozen=True)
class TrainingData:
    """Everything the stages read.

    `questions` holds the operator's own pairs and the project's generated questions, `sheets` the
    questions on the project's made-up administrative sheets.
    """

    parallel: list[Parallel]
    sections: list[Parallel]
    notes: list[Pair]
    headings: list[Pair]
    titles: list[str]
    questions: list[Pair]
    sheets: list[Pair] = field(default_factory=list)


def find(data: Path, stem: str) -> Path | None:
    """The file `stem.jsonl.gz` or `stem.jsonl` of the directory, or None."""
    for suffix in (".jsonl.gz", ".jsonl"):
        path = data / f"{stem}{suffix}"
        if path.is_file():
            return path
    return None


def required_files(data: Path) -> dict[str, Path]:
    """The four required files by stem. Raises DataError naming the first that is missing."""
    if not data.is_dir():
        raise DataError("train.no_folder", folder=data)
    found: dict[str, Path] = {}
    for stem in REQUIRED:
        path = find(data, stem)
        if path is None:
            raise DataError("train.no_file", folder=data, stem=stem)
        found[stem] = path
    return found


def rows(path: Path, fields: tuple[str, ...], report: Report) -> Iterator[dict[str, str]]:
    """The lines of a JSON-lines file that have every field as non-blank text.

    A broken line is reported with its number and skipped; a damaged gzip stream ends the file with
    a report.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as lines:
        number = 0
        try:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                row, problem = _row(line, fields)
                if row is None:
                    reason = say(f"train.{problem[0]}", report.lang, field=problem[1])
                    report("line_skipped", file=path.name, line=number, reason=reason)
                else:
                    yield row
        except (EOFError, OSError) as error:
            report("unreadable", file=path.name, line=number + 1, detail=error)


def _row(line: bytes, fields: tuple[str, ...]) -> tuple[dict[str, str] | None, tuple[str, str]]:
    """The fields, or None with the phrase that says why and the field it is about."""
    try:
        value = json.loads(line)
    except ValueError:
        return None, ("not_json", "")
    if not isinstance(value, dict):
        return None, ("not_object", "")
    for name in fields:
        text = value.get(name)
        if not isinstance(text, str) or not text.strip():
            return None, ("no_field", name)
    return {name: str(value[name]).strip() for name in fields}, ("", "")


def load(data: Path, report: Report) -> TrainingData:
    """Read every training file of the directory, in file order.

    `pairs.jsonl[.gz]` ({"question", "passage"}) is optional. Raises DataError when a required file
    is missing or holds no usable line.
    """
    files = required_files(data)
    parallel = [
        Parallel(r["en"], r["fr"], r["source"])
        for r in rows(files["parallel"], ("en", "fr", "source"), report)
    ]
    sections = [
        Parallel(r["en"], r["fr"], "sections")
        for r in rows(files["sections"], ("en", "fr"), report)
    ]
    notes = [
        Pair(r["note"], r["section"]) for r in rows(files["notes"], ("note", "section"), report)
    ]
    headings, titles = [], []
    for r in rows(files["headings"], ("title", "heading", "body"), report):
        headings.append(Pair(r["heading"], r["body"]))
        titles.append(r["title"])
    own = find(data, "pairs")
    questions = (
        [Pair(r["question"], r["passage"]) for r in rows(own, ("question", "passage"), report)]
        if own
        else []
    )
    loaded = TrainingData(parallel, sections, notes, headings, titles, questions)
    for stem, part in zip(REQUIRED, (parallel, sections, notes, headings), strict=True):
        if not part:
            raise DataError("train.no_line", file=files[stem].name)
    return loaded


def digest(data: Path, stems: tuple[str, ...] = REQUIRED) -> str:
    """SHA-256 (hex) over the names and bytes of those training files that are there."""
    total = hashlib.sha256()
    for stem in stems:
        path = find(data, stem)
        if path is not None:
            total.update(path.name.encode())
            with path.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()
