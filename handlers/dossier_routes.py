"""From « dossier:… » and from what is typed to the verbs of dossiers."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable
from inspect import signature

from handlers import (
    dossier,
    dossier_files,
    dossier_history,
    dossier_keep,
    dossier_queue,
    dossier_read,
    dossier_review,
    dossier_submit,
)
from handlers.conversation import Incoming, Reply, Text
from handlers.dossier_actions import PREFIX, parse
from handlers.ports import StoreUnavailable
from handlers.services import Services
from knowledge.phrases import Problem, say

log = logging.getLogger(__name__)

Verb = Callable[..., Reply]  # (incoming, services, *arguments of the action)

VERBS: dict[str, Verb] = {
    "list": dossier_queue.list_or_queue,
    "open": dossier.open_dossier,
    "new": dossier.ask_name,
    "create": dossier.create,
    "name": dossier.ask_rename,
    "rename": dossier.rename,
    "history": dossier_history.history,
    "read": dossier_read.read,
    "keep": dossier_keep.keep,
    "keepnew": dossier_keep.keep_new,
    "submit": dossier_submit.ask_submit,
    "send": dossier_submit.send,
    "withdraw": dossier_submit.withdraw,
    "queue": dossier_queue.queue,
    "review": dossier_review.ask_review,
    "judge": dossier_review.judge,
    "conclude": dossier_review.ask_conclude,
    "close": dossier_review.conclude,
    "word": dossier_files.word_file,
    "pdf": dossier_files.pdf_file,
    "calendar": dossier_files.calendar_file,
    "message": dossier_files.message,
}
# What is typed, without accents, capitals and marks.
WORDS = {
    "mes dossiers": "list",
    "dossiers": "list",
    "my dossiers": "list",
    "nouveau dossier": "new",
    "new dossier": "new",
    "file des dossiers": "queue",
    "dossiers a verifier": "queue",
    "queue of dossiers": "queue",
}


def typed(text: str) -> str | None:
    """The verb that the whole message is a name of, or None.

    >>> typed("Mes dossiers!"), typed("À vérifier"), typed("Dossiers à vérifier")
    ('list', None, 'queue')
    """
    if len(text) > 60:
        return None
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return WORDS.get(" ".join(re.findall(r"[a-z]+", plain))) if is_words(plain) else None


def is_words(plain: str) -> bool:
    """Whether it is words and marks alone: « dossiers 3.4 » asks something else."""
    return not re.search(r"\d", plain)


def takes(incoming: Incoming) -> bool:
    """Whether it is a press on a dossier, or the name of something to do with them."""
    if incoming.pressed is not None:
        return incoming.pressed.startswith(PREFIX)
    return typed(incoming.text or "") is not None


def handle(incoming: Incoming, services: Services) -> Reply:
    """Answers a press, or a typed name, of dossiers."""
    lang = incoming.actor.lang
    if incoming.pressed is not None:
        verb, arguments = parse(incoming.pressed)
    else:
        verb, arguments = typed(incoming.text or "") or "", ()
    run = VERBS.get(verb)
    if run is None or not fits(run, arguments):
        return Reply(parts=(Text(text=say("router.stale", lang), tone="error"),))
    try:
        return run(incoming, services, *arguments)
    except Problem as problem:
        return Reply(parts=(Text(text=problem.text(lang), tone="error"),))
    except StoreUnavailable as error:
        log.warning("dossier store: %s", error)
        return Reply(parts=(Text(text=say("dossier.not_stored", lang), tone="error"),))


def fits(run: Verb, arguments: tuple[str, ...]) -> bool:
    """Whether a verb takes as many arguments as the action has."""
    try:
        signature(run).bind(None, None, *arguments)
    except TypeError:
        return False
    return True
