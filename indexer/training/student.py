"""The student: the teacher's layers under a new French and English token table."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, BertModel

from indexer.training.tokens import SPECIAL, Ragged
from knowledge.precision import computing

NEIGHBOURS = 10
SHARPNESS = 0.1
CHUNK_PIECES = {"cpu": 2_048, "cuda": 65_536}
"""Pieces computed at once: what a processor's cache holds; what fills a GPU."""


def starting_table(
    tokenizer: Tokenizer,
    static: npt.NDArray[np.float32],
    teacher: Path,
    counts: tuple[Counter[int], Counter[int]],
) -> torch.Tensor:
    """The token table the student starts from, float32, shape (vocabulary, dimension).

    static: the static model's table. counts: how often each piece occurs in English and in French.
    A piece that the teacher has and that is more frequent in English copies the teacher's row;
    every other one takes the mean of the rows of its ten nearest such pieces in the static space,
    weighted by the softmax of their cosines at temperature 0.1.
    """
    source = AutoTokenizer.from_pretrained(teacher).get_vocab()
    rows = _teacher_layers(teacher).embeddings.word_embeddings.weight.detach()
    vocabulary = tokenizer.get_vocab()
    english, french = counts
    copied = {
        number: source[piece]
        for piece, number in vocabulary.items()
        if piece in source and (piece in SPECIAL or english[number] > french[number])
    }
    anchors = np.array(
        sorted(n for n in copied if tokenizer.id_to_token(n) not in SPECIAL), dtype=np.int64
    )
    table = torch.empty(len(vocabulary), rows.shape[1])
    space = functional.normalize(torch.from_numpy(static), dim=1)
    for begin in range(0, len(vocabulary), 2_048):
        cosines = space[begin : begin + 2_048] @ space[anchors].T
        best, where = cosines.topk(min(NEIGHBOURS, len(anchors)), dim=1)
        weights = torch.softmax(best / SHARPNESS, dim=1)
        picked = rows[torch.tensor([copied[int(n)] for n in anchors])[where]]
        table[begin : begin + 2_048] = (weights.unsqueeze(2) * picked).sum(dim=1)
    for number, other in copied.items():
        table[number] = rows[other]
    return table


def piece_counts(texts: Ragged) -> Counter[int]:
    """How often each piece number occurs."""
    numbers, times = np.unique(texts.flat, return_counts=True)
    return Counter(dict(zip(numbers.tolist(), times.tolist(), strict=True)))


def _teacher_layers(teacher: Path) -> BertModel:
    model = AutoModel.from_pretrained(teacher, dtype=torch.float32)
    if not isinstance(model, BertModel):
        raise TypeError("The teacher is not a BERT model.")
    return model


class Student(torch.nn.Module):
    """BERT with mean pooling and unit vectors."""

    def __init__(self, teacher: Path, vocabulary: int, max_length: int) -> None:
        super().__init__()
        bert = _teacher_layers(teacher)
        bert.pooler = None
        width = bert.config.hidden_size
        bert.embeddings.word_embeddings = torch.nn.Embedding(vocabulary, width, padding_idx=0)
        positions = bert.embeddings.position_embeddings.weight.detach()[:max_length]
        bert.embeddings.position_embeddings = torch.nn.Embedding(max_length, width)
        with torch.no_grad():
            bert.embeddings.position_embeddings.weight.copy_(positions)
        for name in ("position_ids", "token_type_ids"):
            kept = getattr(bert.embeddings, name)
            bert.embeddings.register_buffer(name, kept[:, :max_length].clone(), persistent=False)
        bert.config.vocab_size = vocabulary
        bert.config.max_position_embeddings = max_length
        bert.config.hidden_dropout_prob = 0.0
        bert.config.attention_probs_dropout_prob = 0.0
        for part in bert.modules():
            if isinstance(part, torch.nn.Dropout):
                part.p = 0.0
        self.bert = bert

    def longest(self, length: int) -> int:
        """`length` pieces, or as many as there are positions where that is less."""
        return min(length, int(self.bert.config.max_position_embeddings))

    def start(self, table: torch.Tensor) -> None:
        """Take the token table that `starting_table` gives."""
        with torch.no_grad():
            self.bert.embeddings.word_embeddings.weight.copy_(table)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Unit vectors, shape (n, dimension), of piece numbers and mask of shape (n, length)."""
        where = next(self.bert.parameters()).device
        ids, mask = ids.to(where), mask.to(where)
        with computing(where.type):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weight = mask.unsqueeze(2).to(states.dtype)
        return functional.normalize((states * weight).sum(dim=1) / weight.sum(dim=1), dim=1)

    def encode(self, texts: Ragged, rows: npt.NDArray[np.int64]) -> torch.Tensor:
        """Unit vectors of the rows in their order, computed by length in groups without padding."""
        order = np.argsort(-texts.lengths[rows], kind="stable")
        found = []
        begin = 0
        pieces = CHUNK_PIECES[next(self.bert.parameters()).device.type]
        while begin < len(rows):
            size = max(1, pieces // int(texts.lengths[rows[order[begin]]]))
            found.append(self(*texts.padded(rows[order[begin : begin + size]])))
            begin += size
        back = torch.from_numpy(np.argsort(order, kind="stable"))
        return torch.cat(found)[back.to(found[0].device)]

    def groups(
        self, rate: float, embedding_rate: float, frozen_layers: int = 0
    ) -> list[tuple[list[torch.nn.Parameter], float]]:
        """Parameters with their peak rates: layers, then the token table.

        The lowest `frozen_layers` layers are left out and no longer trained.
        """
        table: torch.nn.Parameter = self.bert.embeddings.word_embeddings.weight  # type: ignore
        for layer in list(self.bert.encoder.layer)[:frozen_layers]:
            layer.requires_grad_(False)
        others = [p for p in self.parameters() if p is not table and p.requires_grad]
        return [(others, rate), ([table], embedding_rate)]


@torch.inference_mode()
def vectors(
    student: Student, tokenizer: Tokenizer, texts: Sequence[str], length: int
) -> npt.NDArray[np.float32]:
    """Unit vectors of many texts, shape (len(texts), dimension), float32."""
    student.eval()
    ragged = Ragged(tokenizer, texts, student.longest(length))
    order = np.argsort(-ragged.lengths, kind="stable")
    found = np.zeros((len(texts), student.bert.config.hidden_size), dtype=np.float32)
    for begin in range(0, len(texts), 64):
        rows = order[begin : begin + 64]
        found[rows] = student(*ragged.padded(rows)).cpu().numpy()
    return found
