"""A few dozen made-up lines of every training file."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from indexer.training import common
from indexer.training.settings import Settings
from indexer.training.tokens import train_tokenizer

WORDS = {
    "contrat": "contract",
    "offre": "offer",
    "client": "client",
    "fournisseur": "supplier",
    "délai": "deadline",
    "soumission": "quote",
    "organisme": "body",
    "nuage": "cloud",
    "serveur": "server",
    "prix": "price",
    "signer": "sign",
    "acheter": "buy",
    "guide": "guide",
    "rencontre": "meeting",
    "préalable": "prerequisite",
    "été": "summer",
}


def sentence(rng: random.Random, size: int) -> tuple[str, str]:
    """A French and an English row of the same words."""
    chosen = rng.choices(list(WORDS), k=size)
    return " ".join(chosen), " ".join(WORDS[word] for word in chosen)


@pytest.fixture
def write() -> Callable[[Path, list[dict[str, Any]]], None]:
    """Write rows as JSON lines, gzipped where the name says so."""

    def writer(path: Path, rows: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text, "utf-8")

    return writer


@pytest.fixture
def data(tmp_path: Path, write: Callable[[Path, list[dict[str, Any]]], None]) -> Path:
    """A data directory with the four required files."""
    rng = random.Random(7)
    folder = tmp_path / "data"
    folder.mkdir()
    pairs = [sentence(rng, rng.randint(2, 9)) for _ in range(60)]
    write(
        folder / "parallel.jsonl.gz",
        [
            {"en": en, "fr": fr, "source": ("laws", "tatoeba")[i % 2]}
            for i, (fr, en) in enumerate(pairs)
        ],
    )
    sections = [sentence(rng, 20) for _ in range(12)]
    write(folder / "sections.jsonl", [{"en": en, "fr": fr} for fr, en in sections])
    write(
        folder / "notes.jsonl.gz",
        [{"note": sentence(rng, 3)[0], "section": sentence(rng, 20)[0]} for _ in range(30)],
    )
    write(
        folder / "headings.jsonl",
        [
            {
                "title": sentence(rng, 2)[0],
                "heading": f"Acheter {sentence(rng, 2)[0]}",
                "body": sentence(rng, 25)[0],
            }
            for _ in range(30)
        ],
    )
    return folder


@pytest.fixture(autouse=True)
def few_own_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the project's own twenty thousand questions the first few, for a run of seconds."""
    for name in ("sentence_pairs", "sheet_pairs"):
        pairs = getattr(common, name)()[:40]
        monkeypatch.setattr(common, name, lambda pairs=pairs: pairs)


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    """The directory of a two-layer English model with made-up weights."""
    folder = tmp_path / "teacher"
    folder.mkdir()
    torch.manual_seed(0)
    tokenizer: Tokenizer = train_tokenizer(
        [f"{a} {b}" for a in WORDS.values() for b in WORDS.values()],
        100,
        folder / "tokenizer.json",
    )
    size = tokenizer.get_vocab_size()
    config = BertConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=64, pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(folder)
    return folder


@pytest.fixture
def tiny() -> Settings:
    """Settings for a run of seconds."""
    return Settings(
        laws=30,
        sections=6,
        section_words=12,
        vocabulary=160,
        dimension=32,
        vectors=16,
        max_length=48,
        static_steps=6,
        static_batch=16,
        distil_steps=4,
        distil_tokens=60,
        contrastive_steps=8,
        polish_steps=4,
        adapt_steps=6,
        contrastive_batch=4,
        contrastive_tokens=16,
        notes=20,
        checkpoint_seconds=0.0,
    )
