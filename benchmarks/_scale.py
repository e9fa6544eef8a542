"""A large collection: an index of one view a passage, with its vectors kept between runs."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from benchmarks._timing import progress
from bot.measures import Asked
from knowledge.embedding import Encoder, Vectors
from knowledge.index import set_current, write_revision
from knowledge.passages import Document, Passage
from knowledge.views import View

BLOCK = 2_048
DOCUMENT = Document(
    id="banc", kind="autre", title="Banc d’essai", audience="client", source="banc", digest="0"
)


def read_passages(path: Path, limit: int | None) -> list[str]:
    """The texts of a file of {"id", "text"} lines, the first `limit`. Raises OSError, KeyError."""
    texts: list[str] = []
    with gzip.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            if limit is not None and len(texts) >= limit:
                break
            texts.append(json.loads(line)["text"])
    return texts


def beginning(text: str, words: int | None) -> str:
    """The first `words` words of a text; the whole of it with None."""
    return text if words is None else " ".join(text.split()[:words])


def read_questions(path: Path, limit: int | None) -> list[Asked]:
    """The questions of a file of {"q"} lines, the first `limit`. Raises OSError, KeyError."""
    with path.open(encoding="utf8") as lines:
        texts = [json.loads(line)["q"] for line in lines]
    return [Asked(id=str(place), q=text) for place, text in enumerate(texts[:limit])]


def vectors_of(
    texts: Sequence[str], encoder: Encoder, source: Path, words: int | None, path: Path
) -> Vectors:
    """The vectors of the first texts of `source`, cut to `words`, (n, dimension), unit length.

    They are kept in `path` in half precision, with a .json beside it that says of which file,
    with which model and for how many texts so far: an interrupted run goes on from there, and
    vectors of another model or of another file are made anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    state_path = path.with_suffix(".json")
    state = {"model": encoder.info.digest, "prompt": encoder.info.passage_prompt}
    state["words"] = "" if words is None else str(words)
    with source.open("rb") as stream:
        state["source"] = hashlib.file_digest(stream, "sha256").hexdigest()
    kept = _kept(path, state_path, state, encoder.info.dimension)
    done = len(kept)
    if done >= len(texts):
        return _unit(kept[: len(texts)])
    state_path.unlink(missing_ok=True)  # while the file is made larger, it says nothing
    store = open_memmap(
        path, mode="w+", dtype=np.float16, shape=(len(texts), encoder.info.dimension)
    )
    store[:done] = kept
    for start in range(done, len(texts), BLOCK):
        end = min(start + BLOCK, len(texts))
        store[start:end] = encoder.encode_passages(texts[start:end])
        store.flush()
        state_path.write_text(json.dumps(state | {"done": end}), encoding="utf8")
        progress("passages embedded", end, len(texts))
    return _unit(store)


def _kept(path: Path, state_path: Path, state: dict[str, str], size: int) -> NDArray[np.float16]:
    """What an earlier run left for the same file and model, (done, size); done may be 0."""
    nothing = np.zeros((0, size), dtype=np.float16)
    try:
        found = json.loads(state_path.read_text(encoding="utf8"))
        vectors: NDArray[np.float16] = np.load(path)
    except (OSError, ValueError):
        return nothing
    done = int(found.pop("done", 0))
    fits = found == state and vectors.shape[1:] == (size,) and len(vectors) >= done
    return vectors[:done] if fits else nothing


def _unit(vectors: NDArray[np.float16]) -> Vectors:
    wide = np.asarray(vectors, dtype=np.float32)
    unit: Vectors = wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-9)
    return unit


def large_index(
    root: Path, texts: Sequence[str], views: Sequence[str], vectors: Vectors, encoder: Encoder
) -> Path:
    """An index with one view a passage; headings and single sentences have none."""
    passages = [
        Passage(document=DOCUMENT.key, position=place, text=text)
        for place, text in enumerate(texts)
    ]
    write_revision(
        root / "revisions" / "r1",
        created=datetime.now(UTC).isoformat(),
        encoder=encoder.info,
        documents=[DOCUMENT],
        passages=passages,
        views=[View(passage=n, kind="whole", text=text) for n, text in enumerate(views)],
        vectors=vectors,
    )
    set_current(root, "r1")
    return root
