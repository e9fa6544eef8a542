"""Vectors of many texts by a sentence-transformers directory, kept on disk by blocks."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
BLOCK = 2_048
PRECISIONS = ("float32", "bfloat16")


def best_precision() -> str:
    """« bfloat16 » where this processor computes in it, or else « float32 »."""
    import torch

    known = torch.cpu.get_capabilities()
    fast = any(known.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return "bfloat16" if fast else "float32"


def load(model: Path, device: str = "cpu") -> Any:
    """The sentence-transformers model of a directory on « cpu » or « cuda », float32 weights."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(model), device=device, local_files_only=True).float()


def digest(model: Path) -> str:
    """SHA-256 (hex) of the model's weights and tokenizer."""
    total = hashlib.sha256()
    # a layer behind the network has its weights in a folder of its own
    for path in sorted((*model.rglob("*.safetensors"), *model.glob("tokenizer.json"))):
        total.update(path.read_bytes())
    return total.hexdigest()


def computing(precision: str) -> contextlib.AbstractContextManager[Any]:
    """Within it matrix products are computed in that precision."""
    import torch

    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16")


def encoded(loaded: Any, texts: list[str], precision: str = "float32") -> Vectors:
    """Unit vectors, shape (texts, dimension)."""
    with computing(precision):
        found = loaded.encode(
            texts,
            batch_size=32 if loaded.device.type == "cpu" else 256,
            convert_to_tensor=True,
            show_progress_bar=False,
        ).float()
    vectors: Vectors = (found / found.norm(dim=1, keepdim=True)).cpu().numpy()
    return vectors


def kept(model: Path, loaded: Any, texts: list[str], cache: Path, precision: str) -> Vectors:
    """Unit vectors of the texts; each block is written to `cache` once it is done."""
    name = f"{digest(model)[:16]}-{precision}"
    parts = []
    for begin in range(0, len(texts), BLOCK):
        block = texts[begin : begin + BLOCK]
        mark = hashlib.sha256("\0".join(block).encode()).hexdigest()[:16]
        path = cache / f"{name}-{mark}.npy"
        if not path.is_file():
            partial = path.with_suffix(".partial")
            with partial.open("wb") as stream:
                np.save(stream, encoded(loaded, block, precision).astype(np.float16))
            partial.replace(path)
        parts.append(np.load(path).astype(np.float32))
        done = min(begin + BLOCK, len(texts))
        print(f"\r{done} of {len(texts)} passages", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return np.concatenate(parts)
