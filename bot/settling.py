"""When changed files are ready to be read: they no longer grow, and each is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

QUIET = 2.0  # seconds without a change before files are read
PATIENCE = 60.0  # seconds after which a file that never became whole is read all the same
RETRY = 60.0  # seconds before a build that failed is tried again

Snapshot = Mapping[Path, tuple[int, int]]  # file → (bytes, modification time in nanoseconds)


def snapshot(files: list[Path]) -> dict[Path, tuple[int, int]]:
    """Size and time of each file that is there."""
    found = {}
    for path in files:
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_size, state.st_mtime_ns)
    return found


class Settling:
    """Follows the files between two builds. Times are seconds on any steady clock."""

    def __init__(self, built: Snapshot, whole: Callable[[Path], bool]) -> None:
        """`built`: the files that the index in force was built from."""
        self.built = dict(built)
        self.seen = dict(built)
        self.whole = whole
        self.changed: float | None = None  # when the files were last seen to change
        self.not_before = 0.0

    @property
    def waiting(self) -> bool:
        """Whether there is something to build, now or later."""
        return self.changed is not None

    def look(self, now: float, files: Snapshot) -> bool:
        """Whether it is time to build from these files."""
        if files != self.seen:
            self.seen, self.changed = dict(files), now
        elif self.changed is None and files != self.built:
            self.changed = now
        if files == self.built:
            self.changed = None  # all was undone
        if self.changed is None or now < self.not_before or now - self.changed < QUIET:
            return False
        fresh = [path for path, state in files.items() if self.built.get(path) != state]
        return now - self.changed >= PATIENCE or all(self.whole(path) for path in fresh)

    def again(self, now: float) -> None:
        """Builds from the same files once more."""
        self.built, self.changed = {}, now

    def succeeded(self, files: Snapshot) -> None:
        """A build was made from these files; what changed meanwhile is still to come."""
        self.built, self.changed = dict(files), None

    def failed(self, now: float) -> None:
        """A build failed: it is tried again later, whether or not the files change."""
        self.not_before = now + RETRY
