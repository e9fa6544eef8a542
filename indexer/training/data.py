"""Reading the training files: one JSON object a line, plain or gzipped, broken lines reported.

Every reader yields clean strings; a line that is not JSON, lacks a field or holds something other
than text is reported as « file:line: reason » and skipped.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Report = Callable[[str], None]

REQUIRED = ("parallel", "sections", "notes", "headings")


class DataError(Exception):
    """The data directory cannot be used; the message is one sentence for the operator."""


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

    `questions` holds the operator's own pairs and the project's generated questions.
    """

    parallel: list[Parallel]
    sections: list[Parallel]
    notes: list[Pair]
    headings: list[Pair]
    titles: list[str]
    questions: list[Pair]


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
        raise DataError(f"The data directory {data} does not exist.")
    found: dict[str, Path] = {}
    for stem in REQUIRED:
        path = find(data, stem)
        if path is None:
            raise DataError(f"The data directory {data} has no {stem}.jsonl or {stem}.jsonl.gz.")
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
                    report(f"{path.name}:{number}: {problem}; line skipped")
                else:
                    yield row
        except (EOFError, OSError) as error:
            report(f"{path.name}:{number + 1}: unreadable from here on ({error})")


def _row(line: bytes, fields: tuple[str, ...]) -> tuple[dict[str, str] | None, str]:
    try:
        value = json.loads(line)
    except ValueError:
        return None, "not valid JSON"
    if not isinstance(value, dict):
        return None, "not a JSON object"
    for field in fields:
        text = value.get(field)
        if not isinstance(text, str) or not text.strip():
            return None, f"no text in field « {field} »"
    return {field: str(value[field]).strip() for field in fields}, ""


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
            raise DataError(f"{files[stem].name} holds no usable line.")
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
