"""Every number of the training in one frozen table."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass

from indexer.training.words import DataError

REFERENCE_MINUTES = 100.0
"""Minutes that the default schedule takes on two AVX2 cores."""
GPU_MINUTES = 10.0
"""Minutes that a GPU's schedule takes."""
ADAPT_MINUTES = 30.0
"""Minutes that going on from a trained encoder takes on one core."""


@dataclass(frozen=True)
class Settings:
    """Sizes, rates and step counts; `scaled` stretches the step counts to another duration.

    Lengths are in word pieces unless the name says `words`; rates are peak learning rates.
    `contrastive_long`: how many times longer the passages of every fourth turn are. `group`: pairs
    that share a batch because BM25 confuses their passages (1: none). `noise`, `template` and
    `title`: the shares of queries that get typos, are put as a question, have the title in front.
    """

    seed: int = 0
    # selection
    laws: int = 45_000
    sections: int = 12_000
    section_words: int = 56
    # teacher and student
    vocabulary: int = 16_000
    dimension: int = 384
    max_length: int = 256
    # static model
    static_steps: int = 1_200
    static_batch: int = 1_024
    static_rate: float = 5e-3
    # distillation
    distil_steps: int = 220
    distil_tokens: int = 3_200
    distil_rate: float = 2e-4
    distil_embedding_rate: float = 1e-3
    # contrastive stage
    notes: int = 16_000
    contrastive_steps: int = 420
    contrastive_batch: int = 48
    contrastive_tokens: int = 80
    contrastive_rate: float = 8e-5
    contrastive_embedding_rate: float = 3e-4
    polish_steps: int = 240
    polish_share: float = 0.6
    # going on from a trained encoder
    adapt_steps: int = 480
    adapt_share: float = 0.7
    contrastive_long: int = 2
    temperature: float = 0.05
    noise: float = 0.35
    group: int = 4
    template: float = 0.4
    title: float = 0.4
    # mean with another encoder: the share of the one that was trained
    average_share: float = 0.6
    # linear layer behind the mean: the vectors' dimension, and the passages of each kind that it
    # is fitted to
    vectors: int = 240
    vectors_texts: int = 3_000
    # run
    checkpoint_seconds: float = 120.0
    whole_minutes: float = REFERENCE_MINUTES
    adapt_minutes: float = ADAPT_MINUTES

    @classmethod
    def for_machine(cls, device: str, seed: int = 0) -> "Settings":
        """The defaults, or for a GPU (« cuda ») all the texts, larger batches and more steps."""
        if device != "cuda":
            return cls(seed=seed)
        return cls(
            seed=seed,
            whole_minutes=GPU_MINUTES,
            adapt_minutes=GPU_MINUTES / 2,
            laws=240_000,
            sections=60_000,
            static_steps=1_600,
            static_batch=2_048,
            distil_steps=1_200,
            distil_tokens=32_000,
            notes=30_000,
            contrastive_steps=1_400,
            contrastive_batch=256,
            contrastive_tokens=128,
            contrastive_rate=1.5e-4,
            contrastive_embedding_rate=5e-4,
            polish_steps=500,
            adapt_steps=1_000,
        )

    def scaled(self, minutes: float | None) -> "Settings":
        """The same settings with step counts for about `minutes` (None: as they are).

        Raises DataError when minutes is not positive.
        """
        if minutes is None:
            return self
        if not minutes > 0:
            raise DataError("train.no_minutes")
        factor = minutes / self.whole_minutes
        return dataclasses.replace(
            self,
            static_steps=max(2, round(self.static_steps * factor)),
            distil_steps=max(2, round(self.distil_steps * factor)),
            contrastive_steps=max(2, round(self.contrastive_steps * factor)),
            polish_steps=max(2, round(self.polish_steps * factor)),
            adapt_steps=max(2, round(self.adapt_steps * minutes / self.adapt_minutes)),
        )

    def contrastive_digest(self, parent: str) -> str:
        """The digest of the contrastive stage; parent: of the stage before and the questions."""
        return self.digest(
            "notes",
            "contrastive_steps",
            "contrastive_batch",
            "contrastive_tokens",
            "contrastive_long",
            "contrastive_rate",
            "contrastive_embedding_rate",
            "temperature",
            "noise",
            "group",
            "template",
            "title",
            parent=parent,
        )

    def digest(self, *names: str, parent: str = "") -> str:
        """SHA-256 (hex) of the named settings, the seed and the digest of what came before."""
        values = {name: getattr(self, name) for name in ("seed", *names)}
        return hashlib.sha256((parent + json.dumps(values, sort_keys=True)).encode()).hexdigest()
