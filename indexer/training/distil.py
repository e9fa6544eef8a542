"""Distillation: the student's vector of a French text learns the teacher's of the English one."""

import numpy as np
import numpy.typing as npt
import torch

from indexer.training.losses import cosine_distance, info_nce
from indexer.training.settings import Settings
from indexer.training.state import Stage, optimise
from indexer.training.student import Student
from indexer.training.tokens import Ragged
from indexer.training.words import Report

ENGLISH_EVERY = 5
LEAST = 24
MOST = 320
"""Texts of a batch; of a batch of more than MOST x 32 pieces, a 32nd of its pieces."""


class Distillation:
    """Batches of like length over the selected texts and the loss on them."""

    def __init__(
        self,
        student: Student,
        teacher: npt.NDArray[np.float16],
        french: Ragged,
        english: Ragged,
        settings: Settings,
    ) -> None:
        self.student = student
        self.teacher = teacher
        self.sides = (french, english)
        self.settings = settings
        self.by_length = np.argsort(french.lengths, kind="stable")

    def loss(self, number: int, tokens: int) -> torch.Tensor:
        """InfoNCE plus 4 x cosine distance on about `tokens` pieces; every fifth in English.

        The batch is drawn from the neighbours by length of a random text, so that little is padded.
        """
        rng = np.random.default_rng([self.settings.seed, 3, number])
        side = self.sides[number % ENGLISH_EVERY == ENGLISH_EVERY - 1]
        place = int(rng.integers(len(self.by_length)))
        length = int(self.sides[0].lengths[self.by_length[place]])
        size = int(np.clip(tokens // max(length, 1), LEAST, max(MOST, tokens // 32)))
        size = min(size, len(self.by_length))
        window = min(len(self.by_length), size * 4)
        begin = int(np.clip(place - window // 2, 0, len(self.by_length) - window))
        rows = self.by_length[begin + rng.choice(window, size, replace=False)]
        found = self.student.encode(side, rows)
        wanted = torch.from_numpy(self.teacher[rows].astype(np.float32)).to(found.device)
        return info_nce(found, wanted, self.settings.temperature) + 4 * cosine_distance(
            found, wanted
        )


def distil(
    stage: Stage,
    distillation: Distillation,
    settings: Settings,
    report: Report,
) -> None:
    """Train the student on the distillation loss for `distil_steps` steps."""
    student = distillation.student

    def step(number: int) -> torch.Tensor:
        return distillation.loss(number, settings.distil_tokens)

    optimise(
        stage,
        student,
        student.groups(settings.distil_rate, settings.distil_embedding_rate),
        settings.distil_steps,
        step,
        settings.checkpoint_seconds,
        report,
    )
