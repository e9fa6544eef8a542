"""The folder of revisions: one writer at a time, drafts beside, the swap, what is kept."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.change_set import ChangeSet
from knowledge.changelog import keep_own, taken, write_own
from knowledge.changes import state_of
from knowledge.index import Manifest, Revision, current, open_revision, set_current
from knowledge.passages import Document, Passage
from knowledge.phrases import Problem

KEPT = 3  # revisions, the one in force among them
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Holds the right to build into `out`; leftovers of a crashed build are removed.

    Raises Problem when another build runs, the disk is full, or the folder can't be written.
    """
    try:
        (out / "revisions").mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / ".lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise Problem("build_busy", out=out) from error
    except OSError as error:
        raise _problem(error, out) from error
    try:
        for draft in (out / "revisions").glob(".tmp-*"):
            shutil.rmtree(draft, ignore_errors=True)
        for draft in out.glob(".current-*"):
            draft.unlink(missing_ok=True)
        keep_own(out, current(out))  # where a crash came between the swap and this
        yield
    except OSError as error:
        raise _problem(error, out) from error
    except (sqlite3.Error, RuntimeError) as error:
        # what SQLite and FAISS raise where Python's own writing raises OSError
        if re.search(r"\bfull\b|no space left", str(error), re.I) or _is_full(out):
            raise Problem("disk_full", out=out) from error
        raise
    finally:
        lock.release()


def _problem(error: OSError, out: Path) -> Problem:
    if error.errno in _FULL:
        return Problem("disk_full", out=out)
    return Problem("out_unwritable", out=out, detail=error.strerror or type(error).__name__)


def _is_full(out: Path) -> bool:
    return shutil.disk_usage(out).free < 1024 * 1024


def in_force(out: Path) -> Revision | None:
    """The revision in force, None when there is none or it can't be read any more."""
    directory = current(out)
    if directory is None:
        return None
    try:
        return open_revision(directory, verify=True)
    except Problem:
        return None  # what is damaged is built anew, not built upon


@dataclass(frozen=True)
class Past:
    """What was in force before a build, as far as changes are told from it."""

    revision: str
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]


def past(out: Path, old: Revision | None) -> Past | None:
    """The state before: that of `old`, or what can be read of a revision that is no longer of use
    (damaged vectors, another format); None where there is nothing to compare with."""
    if old is not None:
        return Past(old.manifest.revision, old.manifest.documents, old.passages)
    directory = current(out)
    if directory is None:
        return None
    try:
        manifest = json.loads((directory / "manifest.json").read_text(encoding="utf8"))
        documents = tuple(Document.model_validate(entry) for entry in manifest["documents"])
        path = directory / "passages.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            rows = database.execute("select body from passages order by number").fetchall()
        passages = tuple(Passage.model_validate_json(body) for (body,) in rows)
        state_of(documents, passages)  # each passage must have its document
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error):
        return None
    return Past(directory.name, documents, passages)


def publish(
    out: Path,
    created: str,
    write: Callable[[Path], Manifest],
    changes: Callable[[str], ChangeSet] | None = None,
) -> str:
    """Writes a revision beside, verifies it, puts it in force; returns its name.

    `changes` gives the change set of the revision named. A crash at any point leaves the revision
    before in force, or the new one with its change set.
    """
    revisions = out / "revisions"
    name = _name(out, created)
    draft = revisions / f".tmp-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        (draft / name).mkdir(parents=True)
        write(draft / name)
        if changes is not None:
            write_own(draft / name, changes(name))
        open_revision(draft / name, verify=True)
        (draft / name).replace(revisions / name)
        _flush(revisions)
        set_current(out, name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    keep_own(out, revisions / name)
    prune(out)
    return name


def prune(out: Path) -> None:
    """Removes revisions beyond the last few, never the one in force."""
    held = current(out)
    found = sorted(
        (path for path in (out / "revisions").iterdir() if path.is_dir() and path.name[0] != "."),
        key=lambda path: (path.stat().st_mtime_ns, path.name),
        reverse=True,
    )
    others = [path for path in found if held is None or path.name != held.name]
    for path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def _name(out: Path, created: str) -> str:
    """« 2026-11-23T20-00-00 », with a number where that is taken, now or once."""
    stamp = re.sub(r"[^0-9A-Za-z+-]+", "-", created).strip("-") or "revision"
    name, number = stamp, 1
    while (out / "revisions" / name).exists() or taken(out, name):
        number += 1
        name = f"{stamp}-{number}"
    return name


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
