"""Files that the console saves: in the current folder, over nothing that is there."""

from __future__ import annotations

from pathlib import Path

from bot.channels.names import safe_name
from handlers.conversation import File

MOST_TRIES = 100


def save(file: File, folder: Path) -> Path:
    """Writes the file; its path. « rapport (2).pdf » where « rapport.pdf » is there already.

    Raises OSError when it can't be written.
    """
    name = Path(safe_name(file.name))
    for number in range(1, MOST_TRIES):
        path = folder / (name.name if number == 1 else f"{name.stem} ({number}){name.suffix}")
        try:
            with path.open("xb") as opened:
                opened.write(file.content)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(f"{name} … ({MOST_TRIES})")
