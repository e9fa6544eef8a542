"""How far a build is: a bar on a terminal, plain lines elsewhere, always on standard error."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol, TextIO

from knowledge.phrases import say


class Progress(Protocol):
    """What a build tells while it works."""

    def step(self, name: str, done: int, total: int) -> None:
        """`name` is a phrase key: « reading » or « embedding »; done goes from 0 to total."""
        ...

    def close(self) -> None:
        """The build has ended, well or not."""
        ...


class Silent:
    """Tells nothing."""

    def step(self, name: str, done: int, total: int) -> None:
        """See Progress."""

    def close(self) -> None:
        """See Progress."""


class Lines:
    """A line at each step's start and end, and now and then between."""

    def __init__(self, lang: str = "fr", stream: TextIO | None = None, every: float = 10.0) -> None:
        self.lang, self.stream, self.every = lang, stream or sys.stderr, every
        self.name, self.told = "", 0.0

    def step(self, name: str, done: int, total: int) -> None:
        """See Progress."""
        now = time.monotonic()
        if name == self.name and done < total and now - self.told < self.every:
            return
        self.name, self.told = name, now
        print(
            f"{say(f'progress_{name}', self.lang)} : {done}/{total}", file=self.stream, flush=True
        )

    def close(self) -> None:
        """See Progress."""


class Bar:
    """A tqdm bar for each step."""

    def __init__(self, lang: str = "fr", stream: TextIO | None = None) -> None:
        self.lang, self.stream = lang, stream or sys.stderr
        self.name = ""
        self.bar: Any = None

    def step(self, name: str, done: int, total: int) -> None:
        """See Progress."""
        if name != self.name or self.bar is None:
            from tqdm import tqdm

            self.close()
            self.name = name
            label = say(f"progress_{name}", self.lang)
            self.bar = tqdm(total=total, desc=label, file=self.stream, leave=True, unit="")
        self.bar.total = total
        self.bar.n = done
        self.bar.refresh()

    def close(self) -> None:
        """See Progress."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


def make_progress(lang: str = "fr", stream: TextIO | None = None) -> Progress:
    """A bar when the stream (standard error) is a terminal, lines otherwise."""
    stream = stream or sys.stderr
    return Bar(lang, stream) if stream.isatty() else Lines(lang, stream)
