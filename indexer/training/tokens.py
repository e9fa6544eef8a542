"""The tokenizer of the student and texts as arrays of word-piece numbers."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
EVERYDAY_REPEATS = 3


def train_tokenizer(texts: Iterable[str], vocabulary: int, target: Path) -> Tokenizer:
    """A WordPiece tokenizer of at most `vocabulary` pieces, written to `target` (tokenizer.json).

    NFKC, lower case, accents stripped, ligatures written out; an apostrophe is a space, so that
    « l'offre », « l’offre » and « l offre » are the same pieces.
    """
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex("['’‘ʼ`]"), " "),
            normalizers.Replace(Regex("[œŒ]"), "oe"),
            normalizers.Replace(Regex("[æÆ]"), "ae"),
            normalizers.BertNormalizer(
                clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True
            ),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=list(SPECIAL),
        limit_alphabet=200,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(piece, tokenizer.token_to_id(piece)) for piece in ("[CLS]", "[SEP]")],
    )
    tokenizer.save(str(target))
    return tokenizer


class Ragged:
    """Many sequences of piece numbers in one flat array; sequence i is flat[start[i]:start[i+1]].

    Sequences begin with [CLS] and end with [SEP], also when they were cut at `length`.
    """

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[str], length: int) -> None:
        parts: list[npt.NDArray[np.int32]] = []
        for begin in range(0, len(texts), 8_192):
            for found in tokenizer.encode_batch(list(texts[begin : begin + 8_192])):
                ids = np.asarray(found.ids, dtype=np.int32)
                if len(ids) > length:
                    ids = np.concatenate([ids[: length - 1], ids[-1:]])
                parts.append(ids)
        self.lengths = np.array([len(part) for part in parts], dtype=np.int64)
        self.start = np.concatenate([[0], np.cumsum(self.lengths)])
        self.flat = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)

    def __len__(self) -> int:
        return len(self.lengths)

    def padded(self, rows: npt.NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Piece numbers and mask of the rows, both int64 of shape (len(rows), longest row)."""
        longest = int(self.lengths[rows].max())
        ids = np.zeros((len(rows), longest), dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        for number, row in enumerate(rows):
            size = self.lengths[row]
            ids[number, :size] = self.flat[self.start[row] : self.start[row + 1]]
            mask[number, :size] = 1
        return torch.from_numpy(ids), torch.from_numpy(mask)

    def bags(self, rows: npt.NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Flat piece numbers of the rows without [CLS] and [SEP], and where each row begins."""
        pieces = [self.flat[self.start[row] + 1 : self.start[row + 1] - 1] for row in rows]
        starts = np.concatenate([[0], np.cumsum([len(part) for part in pieces])[:-1]])
        return (
            torch.from_numpy(np.concatenate(pieces).astype(np.int64)),
            torch.from_numpy(starts.astype(np.int64)),
        )
