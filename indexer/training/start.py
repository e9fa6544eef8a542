"""An encoder that was trained before, as a student that can be trained on."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from indexer.training.student import Student
from indexer.training.words import DataError


def started(start: Path, max_length: int) -> tuple[Student, Tokenizer]:
    """The encoder of the directory as a student, with its tokenizer.

    Raises DataError where the directory holds no encoder that the training has made.
    """
    try:
        tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        student = Student(start, tokenizer.get_vocab_size(), max_length)
        kept = AutoModel.from_pretrained(start, dtype=torch.float32).state_dict()
        student.bert.load_state_dict(
            {name: tensor for name, tensor in kept.items() if not name.startswith("pooler.")}
        )
    except Exception as error:  # the libraries raise whatever they like on a broken directory
        detail = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DataError("train.no_start", folder=start, detail=detail) from error
    return student, tokenizer
