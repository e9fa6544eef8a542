"""What a cross-encoder would add: trained from the shipped encoder, on the ten best passages.

    python benchmarks/reranker.py DATA [--encoder DIR] [--layers N] [--steps N] [--own FILE …]

DATA holds the training files (docs/encoder.md). The encoder's lowest layers read question and
passage together and learn to tell the right passage from seven that the encoder itself confuses
with it. Then, on queries that are never trained on, the ten best passages by BM25 and encoder
(standardised scores, added) are put in order again by the cross-encoder alone, and by the sum of
both. Printed for each kind of queries: first / in three / mean reciprocal rank in ten, in the three
orders; then what ten passages cost on one processor thread beside the question's own vector.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks._lexical import lexical, standardised  # noqa: E402
from benchmarks._own import own_questions  # noqa: E402
from indexer.training import data as files  # noqa: E402
from indexer.training.common import with_own, with_questions  # noqa: E402
from indexer.training.data import Pair, TrainingData  # noqa: E402
from indexer.training.holdout import Development, hold_out  # noqa: E402
from indexer.training.noise import as_question, noisy  # noqa: E402
from indexer.training.sheets import held_out  # noqa: E402
from indexer.training.start import started  # noqa: E402
from indexer.training.student import Student, vectors  # noqa: E402
from indexer.training.teacher import device  # noqa: E402
from indexer.training.words import DataError, Report  # noqa: E402
from knowledge.embedding import quiet  # noqa: E402
from knowledge.precision import computing  # noqa: E402

SHIPPED = ROOT / "knowledge" / "models" / "encodeur-fr"
QUERY, PASSAGE = 48, 200
WRONG = 7
DEPTH = 32
SAME = 0.95
RATES = (1e-4, 3e-4)
NOISE, TEMPLATE = 0.35, 0.4
TEN = 10

Scores = npt.NDArray[np.float32]
Set = tuple[list[str], list[str], npt.NDArray[np.bool_]]
"""Queries, passages, and which is right (queries, passages)."""


class CrossEncoder(torch.nn.Module):
    """The encoder's lowest layers over question and passage, and a number for the two."""

    def __init__(self, student: Student, layers: int) -> None:
        super().__init__()
        self.bert = student.bert
        self.bert.encoder.layer = self.bert.encoder.layer[:layers]
        self.head = torch.nn.Linear(int(self.bert.config.hidden_size), 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
        """A score for each pair; ids, mask and kinds: int64 of shape (pairs, length)."""
        where = self.head.weight.device
        ids, mask, kinds = ids.to(where), mask.to(where), kinds.to(where)
        with computing(where.type):
            states = self.bert(
                input_ids=ids, attention_mask=mask, token_type_ids=kinds
            ).last_hidden_state.float()
        weight = mask.unsqueeze(2).to(states.dtype)
        found: torch.Tensor = self.head((states * weight).sum(dim=1) / weight.sum(dim=1))
        return found.squeeze(1)


def together(
    tokenizer: Tokenizer, pairs: list[Pair]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Piece numbers, mask and kinds (0 question, 1 passage) of « question [SEP] passage »."""
    asked = [found.ids for found in tokenizer.encode_batch([pair.query for pair in pairs])]
    read = [found.ids for found in tokenizer.encode_batch([pair.passage for pair in pairs])]
    rows = []
    for one, other in zip(asked, read, strict=True):
        end = one[-1]
        first = [*one[: QUERY - 1], end] if len(one) > QUERY else one
        second = [*other[1:PASSAGE], end] if len(other) > PASSAGE else other[1:]
        rows.append((first, second))
    longest = max(len(first) + len(second) for first, second in rows)
    ids = np.zeros((3, len(rows), longest), dtype=np.int64)
    for number, (first, second) in enumerate(rows):
        size = len(first) + len(second)
        ids[0, number, :size] = first + second
        ids[1, number, :size] = 1
        ids[2, number, len(first) : size] = 1
    return torch.from_numpy(ids[0]), torch.from_numpy(ids[1]), torch.from_numpy(ids[2])


def confused(
    student: Student, tokenizer: Tokenizer, pairs: list[Pair], texts: list[str], right: list[int]
) -> npt.NDArray[np.int64]:
    """For each pair the passages the encoder finds best but the right one, (pairs, DEPTH)."""
    passages = torch.from_numpy(vectors(student, tokenizer, texts, PASSAGE)).to(device())
    queries = torch.from_numpy(vectors(student, tokenizer, [p.query for p in pairs], QUERY))
    gold = torch.tensor(right)
    found = []
    for begin in range(0, len(pairs), 512):
        chosen = gold[begin : begin + 512].to(passages.device)
        scores = queries[begin : begin + 512].to(passages.device) @ passages.T
        scores.masked_fill_(passages[chosen] @ passages.T > SAME, -1.0)
        found.append(scores.topk(DEPTH, dim=1).indices.cpu().numpy())
    return np.concatenate(found)


def train(
    student: Student,
    tokenizer: Tokenizer,
    data: TrainingData,
    layers: int,
    steps: int,
    batch: int,
    most: int,
) -> CrossEncoder:
    """The cross-encoder after `steps` batches of `batch` queries, warm-up 5 %, then down to 0."""
    rng = np.random.default_rng(0)
    kinds = [
        [pairs[int(i)] for i in rng.permutation(len(pairs))[:most]]
        for pairs in (data.questions, data.sheets, data.headings, data.notes)
    ]
    plain = len(kinds[0]) + len(kinds[1])
    pairs = [pair for some in kinds for pair in some]
    texts = list(dict.fromkeys(pair.passage for pair in pairs))
    where = {text: row for row, text in enumerate(texts)}
    gold = [where[pair.passage] for pair in pairs]
    wrong = confused(student, tokenizer, pairs, texts, gold)
    model = CrossEncoder(student, layers).to(device())
    table = model.bert.embeddings.word_embeddings.weight
    others = [p for p in model.parameters() if p is not table]
    optimizer = torch.optim.AdamW(
        [{"params": others, "lr": RATES[0]}, {"params": [table], "lr": RATES[1]}]
    )
    weights = np.where(np.arange(len(pairs)) < plain, 2.0, 1.0)
    weights /= weights.sum()
    warm = max(1, steps // 20)
    model.train()
    for step in range(steps):
        share = min((step + 1) / warm, (steps - step) / max(1, steps - warm))
        for group, rate in zip(optimizer.param_groups, RATES, strict=True):
            group["lr"] = rate * share
        asked: list[Pair] = []
        for row in rng.choice(len(pairs), batch, replace=False, p=weights):
            query = pairs[row].query
            if row >= plain and rng.random() < TEMPLATE:
                query = as_question(query, rng)
            if rng.random() < NOISE:
                query = noisy(query, rng)
            others_of = rng.choice(wrong[row], WRONG, replace=False)
            asked += [Pair(query, texts[i]) for i in (gold[row], *others_of)]
        scores = model(*together(tokenizer, asked)).view(batch, 1 + WRONG)
        loss = functional.cross_entropy(
            scores, torch.zeros(batch, dtype=torch.long, device=scores.device)
        )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 49 or step + 1 == steps:
            loss_now = float(loss.detach())
            print(f"step {step + 1} of {steps}, loss {loss_now:.3f}", file=sys.stderr, flush=True)
    return model.eval()


@torch.inference_mode()
def judged(model: CrossEncoder, tokenizer: Tokenizer, pairs: list[Pair]) -> Scores:
    """The cross-encoder's score of each pair."""
    found = [
        model(*together(tokenizer, pairs[begin : begin + 100])).float().cpu().numpy()
        for begin in range(0, len(pairs), 100)
    ]
    return np.concatenate(found)


def sets(dev: Development, own: list[Path]) -> dict[str, Set]:
    """The queries that are looked at, by name."""
    found: dict[str, Set] = {}
    for kind in dict.fromkeys(dev.kinds):
        rows = [row for row, other in enumerate(dev.kinds) if other == kind]
        right = np.zeros((len(rows), len(dev.passages)), dtype=bool)
        right[np.arange(len(rows)), [dev.gold[row] for row in rows]] = True
        found[kind] = [dev.queries[row] for row in rows], dev.passages, right
    asked, gold, texts = held_out()
    right = np.zeros((len(asked), len(texts)), dtype=bool)
    right[np.arange(len(asked)), gold] = True
    found["made-up sheets"] = asked, texts, right
    if own:
        asked, texts, right, _ = own_questions(own)
        found["own questions"] = asked, texts, right
    return found


def order(scores: Scores, right: npt.NDArray[np.bool_]) -> str:
    """First / in three / mean reciprocal rank, of scores of the ten and which of them is right."""
    best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)
    rank = np.where(right.any(axis=1), (scores > best).sum(axis=1) + 1, 99)
    reciprocal = np.where(rank <= TEN, 1 / rank, 0).mean()
    return f"{(rank <= 1).mean():.3f} / {(rank <= 3).mean():.3f} / {reciprocal:.3f}"


def cost(model: CrossEncoder, student: Student, tokenizer: Tokenizer, some: Set) -> str:
    """Milliseconds of one processor thread: ten passages together with a question; its vector."""
    torch.set_num_threads(1)
    model.to("cpu")
    student.to("cpu")
    asked, texts, _ = some
    spent = [0.0, 0.0]
    for question in asked[:20]:
        began = time.process_time()
        judged(model, tokenizer, [Pair(question, text) for text in texts[:TEN]])
        between = time.process_time()
        vectors(student, tokenizer, [question], QUERY)
        spent = [spent[0] + between - began, spent[1] + time.process_time() - between]
    return f"ten passages {50 * spent[0]:.0f} ms, the question's vector {50 * spent[1]:.0f} ms"


def main() -> int:
    """Train, judge, print; 0, or 2 on unusable data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("data", type=Path, help="directory of the training files")
    add("--encoder", type=Path, default=SHIPPED, help="the French encoder")
    add("--layers", type=int, default=6, help="of the encoder that the cross-encoder has")
    add("--steps", type=int, default=600)
    add("--batch", type=int, default=32, help="queries of a step, each with eight passages")
    add("--pairs", type=int, default=16_000, help="of each kind, at most")
    add("--own", type=Path, nargs="*", default=[], help="files of the project's own questions")
    given = parser.parse_args()
    quiet()
    report = Report(lambda line: print(line, file=sys.stderr, flush=True), "en")
    try:
        data, development = hold_out(with_questions(files.load(given.data, report), report), 0)
        student, tokenizer = started(given.encoder, 256)
    except DataError as error:
        report.problem(error)
        return 2
    torch.manual_seed(0)
    student.to(device())
    looked = sets(development, given.own)
    first = {
        name: standardised(lexical(texts, asked)) for name, (asked, texts, _) in looked.items()
    }
    seen: dict[int, Scores] = {}  # several sets share their passages
    for name, (asked, texts, _) in looked.items():
        if id(texts) not in seen:
            seen[id(texts)] = vectors(student, tokenizer, texts, 256)
        first[name] += standardised(vectors(student, tokenizer, asked, 64) @ seen[id(texts)].T)
    model = train(
        student, tokenizer, with_own(data), given.layers, given.steps, given.batch, given.pairs
    )
    print(f"{given.layers} layers, {given.steps} steps of {given.batch}: first / in three / MRR@10")
    print("| | BM25 + encoder | cross-encoder on its ten | both added |")
    for name, (asked, texts, right) in looked.items():
        best = np.argsort(-first[name], axis=1, kind="stable")[:, :TEN]
        base = np.take_along_axis(first[name], best, axis=1)
        good = np.take_along_axis(right, best, axis=1)
        pairs = [Pair(query, texts[i]) for query, row in zip(asked, best, strict=True) for i in row]
        crossed = judged(model, tokenizer, pairs).reshape(base.shape)
        both = standardised(base) + standardised(crossed)
        cells = " | ".join(order(scores, good) for scores in (base, crossed, both))
        print(f"| {name} ({len(asked)}) | {cells} |", flush=True)
    print(cost(model, started(given.encoder, 256)[0], tokenizer, looked["made-up sheets"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
