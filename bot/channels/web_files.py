"""Files for the visitor to keep: held for a while for his conversation, sent as a download."""

from __future__ import annotations

import secrets
import threading
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from bot.channels.names import safe_name
from handlers.conversation import File

KEPT_SECONDS = 15 * 60.0
MOST_FILES = 64
MOST_BYTES = 64_000_000
# What a browser does nothing with but save or hand to its application; never a page.
MEDIA_TYPES = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/zip",
        "text/calendar",
        "text/csv",
        "text/plain",
    }
)


@dataclass(frozen=True)
class Held:
    """A file on the shelf, and whose it is."""

    file: File
    owner: str
    until: float


class Shelf:
    """Files given out under names that can't be guessed, to the one they were made for.

    In memory: a restart empties it, and pressing the button again makes the file anew. The oldest
    go first once there are too many. `clock` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.held: dict[str, Held] = {}
        self.lock = threading.Lock()

    def put(self, owner: str, file: File) -> str:
        """Keeps the file for `owner`; the path that gives it."""
        name = secrets.token_urlsafe(18)
        with self.lock:
            self.held[name] = Held(file, owner, self.clock() + KEPT_SECONDS)
            self.tidy()
        return f"/file/{name}"

    def get(self, owner: str, name: str) -> File | None:
        """The file of this name if it is the owner's and still there."""
        with self.lock:
            self.tidy()
            found = self.held.get(name)
        return found.file if found and secrets.compare_digest(found.owner, owner) else None

    def tidy(self) -> None:
        """Lets go of what is past its time or too much."""
        now = self.clock()
        self.held = {name: one for name, one in self.held.items() if one.until > now}
        while len(self.held) > MOST_FILES or (
            len(self.held) > 1
            and sum(len(one.file.content) for one in self.held.values()) > MOST_BYTES
        ):
            del self.held[next(iter(self.held))]


def download(file: File) -> web.Response:
    """The file as a download; whatever it holds, no browser opens it as one of our pages."""
    name = safe_name(file.name)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    media_type = file.media_type.partition(";")[0].strip().casefold()
    kind = media_type if media_type in MEDIA_TYPES else "application/octet-stream"
    response = web.Response(body=file.content, content_type=kind)
    if kind.startswith("text/"):
        response.charset = "utf-8"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{plain.replace("%", "_") or "fichier"}"; '
        f"filename*=UTF-8''{quote(name, safe='')}"
    )
    return response
