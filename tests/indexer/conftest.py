"""The guide in every format, made once, and an encoder that needs no model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.chunking import chunk
from indexer.readers import read
from indexer.structure import Block
from knowledge.embedding import EncoderInfo, Vectors
from knowledge.passages import Document, Passage
from tests.fixtures.make_guide import make_all, source_blocks

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "knowledge" / "corpus"


class HashEncoder:
    """Text → a vector drawn from its digest; counts what it was given."""

    def __init__(self, digest: str = "d1", dimension: int = 8) -> None:
        self.info = EncoderInfo(name="fake", digest=digest, dimension=dimension)
        self.read: list[str] = []

    def encode_query(self, text: str) -> Vectors:
        return self.encode_passages([text])[0]

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        self.read += texts
        rows = []
        for text in texts:
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            row = np.random.default_rng(seed).normal(size=self.info.dimension)
            rows.append(row / np.linalg.norm(row))
        if progress:
            progress(len(texts), len(texts))
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.info.dimension)


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture(scope="session")
def source() -> list[Block]:
    """The blocks that the guide's files were made from."""
    return source_blocks(CORPUS)


@pytest.fixture(scope="session")
def guides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Ending → the guide in that format."""
    return make_all(CORPUS, tmp_path_factory.mktemp("guides"))


@pytest.fixture(scope="session")
def read_guides(
    guides: dict[str, Path],
) -> dict[str, tuple[Document, tuple[Block, ...], list[Passage]]]:
    """Ending → (document, blocks, passages)."""
    found = {}
    for ending, path in guides.items():
        document, blocks = read(path, path.parent)
        found[ending] = (document, blocks, chunk(document, blocks))
    return found


def passages_of(path: Path) -> list[Passage]:
    """The passages of one file."""
    document, blocks = read(path, path.parent)
    return chunk(document, blocks)
