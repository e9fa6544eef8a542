"""Time of a warm answer beside that of the encoder alone, as the library is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks._report import Row
from benchmarks._timing import beside, interleaved
from bot.measures import Asked
from knowledge.embedding import SentenceEncoder
from knowledge.engine import Engine

AUDIENCE = "client"
AIM = "≤ 1.3×"
Way = Callable[[Asked], object]


def ways(engine: Engine) -> dict[str, Way]:
    """The encoder alone, as its library's manual calls it, and the whole answer."""
    encoder = engine.encoder
    if not isinstance(encoder, SentenceEncoder):
        raise ValueError("times are taken with a sentence-transformers model")
    model = encoder.model
    return {
        "encoder": lambda asked: model.encode(asked.q, show_progress_bar=False),
        "answer": lambda asked: engine.answer(asked.q, audience=AUDIENCE, previous=asked.previous),
    }


def latency(engine: Engine, asked: Sequence[Asked], rounds: int, part: str) -> list[Row]:
    """p50 and p99 of the answer, beside the encoder in the same run.

    A first answer, not counted, prepares what this audience may read.
    """
    engine.warm()
    times = interleaved(asked, ways(engine), rounds)
    return beside(part, "answer", times["answer"], "encoder alone", times["encoder"], AIM)
