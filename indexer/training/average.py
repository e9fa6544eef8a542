"""The mean of two trainings' weights, which generalises better than either.

A long training learns its own passages by heart; the mean with an encoder that was trained less, or
on other text, keeps most of what it gained and finds passages of unseen documents better than both
(Wortsman et al., « Model soups », 2022). The two must have the same pieces.
"""

from pathlib import Path

import torch
from tokenizers import Tokenizer

from indexer.training.start import started
from indexer.training.student import Student
from indexer.training.words import DataError

PIECES = "embeddings.word_embeddings.weight"


def counterpart(
    student: Student, tokenizer: Tokenizer, other: Path, max_length: int
) -> dict[str, torch.Tensor]:
    """The weights of the encoder in `other` by name, its pieces in the student's order.

    The pieces of `other` may be numbered in another order. Raises DataError where the directory
    holds no encoder, or one of other pieces or another size.
    """
    found, others = started(other, max_length)
    where = others.get_vocab()
    mine = tokenizer.get_vocab()
    weights = found.bert.state_dict()
    own = student.bert.state_dict()
    same = where.keys() == mine.keys() and all(
        name in weights and weights[name].shape == tensor.shape for name, tensor in own.items()
    )
    if not same:
        raise DataError("train.other_pieces", folder=other)
    rows = torch.tensor([where[piece] for piece, _ in sorted(mine.items(), key=lambda p: p[1])])
    return {name: weights[name][rows] if name == PIECES else weights[name] for name in own}


@torch.no_grad()
def average(
    student: Student, tokenizer: Tokenizer, other: Path, share: float, max_length: int
) -> None:
    """Replace each weight of the student: `share` of its own, the rest from the encoder in `other`.

    Raises what `counterpart` raises.
    """
    weights = counterpart(student, tokenizer, other, max_length)
    for name, tensor in student.bert.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(share * tensor + (1 - share) * weights[name].to(tensor.device))
