"""Several ways of doing the same thing, timed in turn on the same questions."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks._report import Row

Item = TypeVar("Item")
Times = NDArray[np.float64]


def interleaved(
    items: Sequence[Item], ways: Mapping[str, Callable[[Item], object]], rounds: int
) -> dict[str, Times]:
    """Seconds of each way for each item, (rounds * items,).

    The ways take turns on one item, and another goes first each time, so that what the machine
    does meanwhile weighs on all of them alike. One item is done beforehand and not counted.
    """
    names = list(ways)
    for name in names:
        ways[name](items[0])
    taken: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds * len(items)):
        item = items[turn % len(items)]
        first = (turn + turn // len(items)) % len(names)
        for name in names[first:] + names[:first]:
            start = time.perf_counter()
            ways[name](item)
            taken[name].append(time.perf_counter() - start)
        progress("questions", turn + 1, rounds * len(items))
    return {name: np.array(values) for name, values in taken.items()}


def quantile(times: Times, share: float) -> float:
    """Milliseconds within which `share` of the runs ended."""
    return float(np.quantile(times, share)) * 1000


def beside(
    part: str, what: str, times: Times, other: str, others: Times, aim: str = ""
) -> list[Row]:
    """p50 and p99 of one way beside those of another, in milliseconds; the aim is for p50."""
    return [
        Row(
            part=part,
            what=f"{what}, {name}",
            value=quantile(times, share),
            unit="ms",
            beside=f"{other}, {name}",
            other=quantile(others, share),
            aim=aim if share == 0.5 else "",
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]


def progress(what: str, done: int, total: int) -> None:
    """A counter on a terminal; nothing elsewhere."""
    if sys.stderr.isatty() and (done == total or done % 10 == 0):
        print(f"\r{what}: {done:,} of {total:,} ", end="", file=sys.stderr)
        if done == total:
            print("\r\x1b[K", end="", file=sys.stderr)
