"""Time of a warm answer beside the encoder's own time for the same question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks._report import Row
from benchmarks._timing import beside, interleaved
from bot.measures import Asked
from knowledge.engine import Engine

AUDIENCE = "client"
AIM = "≤ 1.3×"
Way = Callable[[Asked], object]


def ways(engine: Engine) -> dict[str, Way]:
    """The encoder alone, and the whole answer, which uses it too."""
    encoder = engine.encoder
    return {
        "encoder": lambda asked: encoder.encode_query(asked.q),
        "answer": lambda asked: engine.answer(asked.q, audience=AUDIENCE, previous=asked.previous),
    }


def latency(engine: Engine, asked: Sequence[Asked], rounds: int, part: str) -> list[Row]:
    """p50 and p99 of the answer, beside the encoder in the same run.

    A first answer, not counted, prepares what this audience may read.
    """
    engine.warm()
    times = interleaved(asked, ways(engine), rounds)
    return beside(part, "answer", times["answer"], "encoder alone", times["encoder"], AIM)
