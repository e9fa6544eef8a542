"""Personal tokens of the web page: made here, shown once, kept as a digest in the file."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import yaml

from bot.people import read_text
from bot.people_reading import Reader
from handlers.people import People, token_digest
from knowledge.phrases import Problem

BYTES = 24  # of randomness: 32 characters in the token


def make_token(path: Path, person_id: str) -> tuple[People, str]:
    """Gives a person a new token in place of the old one; (people as written, the token).

    Only the digest is written, on the person's own `token` line; the rest of the file, comments
    included, stays as it is. Raises Problem: no file, unknown person, a layout not understood.
    """
    text = read_text(path)
    if text is None:
        raise Problem("config.people_none", path=path)
    people = Reader(path).people(text)
    if people.person(person_id) is None:
        raise Problem("config.people_unknown", id=person_id, path=path)
    token = secrets.token_urlsafe(BYTES)
    written = with_digest(text, person_id, token_digest(token))
    changed = None
    with suppress(Problem):
        changed = Reader(path).people(written)
    # Read back before it replaces the file: whatever the layout, the right person has the token.
    if changed is None or changed.by_token(token) != changed.person(person_id):
        raise Problem("config.people_layout", path=path, id=person_id)
    replace(path, written)
    return changed, token


def with_digest(text: str, person_id: str, digest: str) -> str:
    """The file's text with the person's `token:` set; unchanged text where it stands on one line
    with others (« {name: …, role: …} »)."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None  # the person was found in it
    people = next(value for key, value in root.value if key.value == "people")
    fields = next(value for key, value in people.value if key.value == person_id)
    for key, value in fields.value:
        if key.value == "token":
            start, end = value.start_mark.index, value.end_mark.index
            return text[:start] + digest + text[end:]
    first = fields.value[0][0].start_mark
    before = text[: first.index]
    if fields.flow_style or before[before.rfind("\n") + 1 :].strip():
        return text
    return f"{before}token: {digest}\n{' ' * first.column}{text[first.index :]}"


def replace(path: Path, text: str) -> None:
    """Writes the file whole or not at all, with the rights that it had."""
    target = path.resolve()  # a link keeps pointing where it did
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode & 0o777)
        Path(name).replace(target)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise Problem("config.people_unwritable", path=path, detail=error.strerror) from error
