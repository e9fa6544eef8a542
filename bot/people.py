"""The file of people: read at the start, and again whenever it changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from bot.people_reading import Reader
from handlers.people import People
from knowledge.phrases import Problem

log = logging.getLogger(__name__)

LARGEST = 5_000_000  # bytes: some tens of thousands of persons


def read_text(path: Path) -> str | None:
    """The file's text, None where there is no file. Raises Problem when it can't be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Problem("config.people_unreadable", path=path, detail=error.strerror) from error
    if len(content) > LARGEST:
        raise Problem("config.people_large", path=path, largest=LARGEST // 10**6)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Problem("config.people_encoding", path=path, line=line) from error


def read_people(path: Path) -> People | None:
    """The file of people; None where there is none. Raises Problem with line and remedy."""
    text = read_text(path)
    return None if text is None else Reader(path).people(text)


class PeopleFile:
    """The file as it reads now, read again whenever it changed. Safe from several threads."""

    def __init__(self, path: Path, read: Callable[[Path], People | None] = read_people) -> None:
        """Reads the file once: a broken one stops the program at its start."""
        self.path = path
        self._read = read
        self._lock = threading.Lock()
        self._stamp = self._state()
        self._people = read(path)

    def __call__(self) -> People | None:
        """The people now. A file broken or taken away while the program runs gives nobody more
        rights than he had: broken, the last good reading stays; gone, nobody is known."""
        with self._lock:
            stamp = self._state()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    people = self._read(self.path)
                except Problem as problem:
                    log.error("%s", problem)
                else:
                    known_before = self._people is not None
                    self._people = People() if people is None and known_before else people
            return self._people

    def _state(self) -> tuple[int, ...]:
        """What changes when the file does."""
        try:
            stat = self.path.stat()
        except OSError:
            return ()
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
