"""A button or a form of a dialog was pressed: « dialog:verb:argument »."""

from __future__ import annotations

from handlers.conversation import Incoming, Reply, Text
from handlers.dossier_actions import number
from handlers.guide_answer import back, give
from handlers.guide_runs import PREFIX, not_stored
from handlers.guide_start import (
    answers,
    ask_drop,
    confirm,
    drop,
    edit,
    leave,
    offer,
    resume,
    rule,
    show,
    start,
)
from handlers.ports import StoreUnavailable
from handlers.services import Services
from knowledge.phrases import say


def press(incoming: Incoming, services: Services) -> Reply:
    """Does what was pressed; a sentence where it means nothing, or can't be kept now."""
    try:
        return done(incoming, services)
    except StoreUnavailable as error:
        return not_stored(error, incoming)


def done(incoming: Incoming, services: Services) -> Reply:
    """Each verb and its handler. May raise StoreUnavailable."""
    verb, *arguments = (incoming.pressed or "").removeprefix(PREFIX).split(":")
    match [verb, *arguments]:
        case ["list"]:
            return offer(incoming, services)
        case ["resume"]:
            return resume(incoming, services)
        case ["start", dialog]:
            return start(incoming, services, dialog)
        case ["start", dialog, subject]:
            return start(incoming, services, dialog, subject)
        case ["new", dialog]:
            return start(incoming, services, dialog, anew=True)
        case ["show", run]:
            return show(incoming, services, run)
        case ["give", run, version, question]:
            return give(incoming, services, run, number(version), question, incoming.values)
        case ["back", run, version]:
            return back(incoming, services, run, number(version))
        case ["summary", run]:
            return answers(incoming, services, run)
        case ["edit", run]:
            return edit(incoming, services, run, incoming.values.get("question", ""))
        case ["edit", run, question]:
            return edit(incoming, services, run, question)
        case ["confirm", run, version]:
            return confirm(incoming, services, run, number(version))
        case ["again", run, version]:
            return confirm(incoming, services, run, number(version), again=True)
        case ["rule", run, question]:
            return rule(incoming, services, run, question)
        case ["leave", run]:
            return leave(incoming, services, run)
        case ["drop", run]:
            return ask_drop(incoming, services, run)
        case ["forget", run]:
            return drop(incoming, services, run)
    return Reply(parts=(Text(text=say("router.stale", incoming.actor.lang), tone="error"),))
