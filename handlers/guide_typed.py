"""Typed words: a command, an answer to the dialog in hand, else a question.

A run in hand never takes a conversation over: commands work, a question is answered and the
dialog's own question is shown again, and after a day typed words are no longer about it.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from handlers.ask import ask
from handlers.conversation import Incoming, Reply, Text
from handlers.guide_answer import back, give
from handlers.guide_form import question_form
from handlers.guide_runs import Stand, not_stored, opened, spot, today
from handlers.guide_start import answers, confirm, edit, leave, offer, resume, show, start
from handlers.guide_view import present
from handlers.ports import StoreUnavailable
from handlers.ports_dialogs import Focus
from handlers.services import Services
from knowledge.analysis import fold
from knowledge.dialog import Question
from knowledge.phrases import Problem, say
from knowledge.replay import Asks, asked
from knowledge.understanding import is_question, means, understand

log = logging.getLogger(__name__)

FOCUS_LIFE = timedelta(days=1)  # after which typed words are no longer about a run
WORDS = {
    "back": ("retour", "précédent", "revenir", "question précédente", "back", "previous"),
    "change": ("modifier", "corriger", "changer", "modifier une réponse", "change", "edit"),
    "answers": ("résumé", "mes réponses", "réponses", "sommaire", "summary", "my answers"),
    "leave": ("quitter", "sortir", "arrêter", "quitter le dialogue", "stop", "leave", "quit"),
    "resume": ("reprendre", "continuer", "reprendre le dialogue", "resume", "continue"),
    "dialogs": ("dialogues", "dialogue", "les dialogues", "dialogs"),
}
CONFIRM = ("confirmer", "je confirme", "oui", "ok", "d'accord", "confirm", "yes")
REFUSE = ("non", "no", "pas encore", "modifier")
_CHANGE = re.compile(r"^(?:modifier|corriger|changer|change|edit)\s+(?:la\s+|le\s+)?"
                     r"(?:question\s+|reponse\s+|answer\s+|no\s+|#)?(\d{1,2})$")  # fmt: skip


def converse(incoming: Incoming, services: Services) -> Reply:
    """Typed words: a command, an answer to the dialog in hand, else a question."""
    text = incoming.text or ""
    command = command_of(text, services)
    stand, focus = in_hand(incoming, services)
    if command == "back" and stand is not None and focus is not None and focus.question:
        command = "resume"  # back from a correction: the answers stay as they are
    try:
        return typed(command, text, stand, focus, incoming, services)
    except StoreUnavailable as error:
        return not_stored(error, incoming)


def typed(
    command: str | None,
    text: str,
    stand: Stand | None,
    focus: Focus | None,
    incoming: Incoming,
    services: Services,
) -> Reply:
    """The same, once it is known what the conversation is about. May raise StoreUnavailable."""
    if command is not None:
        return commanded(command, text, stand, incoming, services)
    if stand is None or focus is None or (stand.confirmed and not focus.question):
        return ask(incoming, services)
    if isinstance(stand.state, Asks) or focus.question:
        return answered(text, stand, focus, incoming, services)
    return confirming(text, stand, incoming, services)


def command_of(text: str, services: Services) -> str | None:
    """Which command the whole message is: one of WORDS, or « start:<dialog> »; None: none."""
    if len(text) > 60:
        return None
    if _CHANGE.match(fold(text).strip()):
        return "change"
    for name, ways in WORDS.items():
        if means(text, ways):
            return name
    for dialog in services.dialogs.values():
        ways = (*dialog.commands, dialog.title.fr, dialog.title.en)
        if means(text, ways):
            return f"start:{dialog.id}"
    return None


def in_hand(incoming: Incoming, services: Services) -> tuple[Stand | None, Focus | None]:
    """The run that the conversation is about, where the actor may answer it. What can't be told
    costs the dialog, never the answer to a question."""
    try:
        focus = services.runs.current(spot(incoming))
        if focus is None or services.clock() - focus.at > FOCUS_LIFE:
            return None, None
        return opened(focus.run, incoming, services), focus
    except StoreUnavailable as error:
        log.warning("dialog in hand not read: %s", error)
    except Problem as problem:
        # A colleague's own run in a shared thread, a dossier no longer open to the actor …
        log.info("dialog in hand not open: %s", problem.key)
    return None, None


def commanded(
    command: str, text: str, stand: Stand | None, incoming: Incoming, services: Services
) -> Reply:
    """Does what a typed command says."""
    verb, _, dialog = command.partition(":")
    if verb == "start":
        return start(incoming, services, dialog)
    if verb == "resume" and stand is None:
        return resume(incoming, services)
    if verb == "dialogs":
        return offer(incoming, services)
    if stand is None:
        note = Text(text=say("dialogs.none_here", incoming.actor.lang), tone="note")
        return offer(incoming, services, note)
    run = stand.run
    if verb == "back":
        return back(incoming, services, run.id, run.version)
    if verb == "answers":
        return answers(incoming, services, run.id)
    if verb == "leave":
        return leave(incoming, services, run.id)
    if verb == "resume":
        return show(incoming, services, run.id)
    named = _CHANGE.match(fold(text).strip())
    place = int(named.group(1)) if named else 0
    steps = stand.state.steps
    chosen = steps[place - 1].question.id if 1 <= place <= len(steps) else ""
    return edit(incoming, services, run.id, chosen)


def answered(
    text: str, stand: Stand, focus: Focus, incoming: Incoming, services: Services
) -> Reply:
    """Words typed while a question is on the screen."""
    lang = incoming.actor.lang
    question = (asked(stand.state, focus.question) if focus.question else None) or next_of(stand)
    if question is None:
        return confirming(text, stand, incoming, services)
    understood = understand(question, text, today(services), services.lexicon())
    if understood is None:
        form = question_form(stand, question, lang)
        if is_question(text):
            return Reply(parts=(*ask(incoming, services).parts, form))
        kind = question.lead.kind
        hint = f".{kind}" if kind in ("date", "number") else ""
        note = Text(text=say(f"dialogs.not_understood{hint}", lang), tone="warning")
        return Reply(parts=(note, form))
    if understood.faults:
        form = question_form(
            stand, question, lang, values=understood.values, faults=understood.faults
        )
        return Reply(parts=(form,))
    run = stand.run
    # A typed word answers the first field: what was filled in beside it stays.
    kept = {
        name: value
        for name, value in run.answers.get(question.id, {}).items()
        if name != question.lead.name
    }
    values = kept | understood.values
    return give(incoming, services, run.id, run.version, question.id, values)


def next_of(stand: Stand) -> Question | None:
    """The next question, or None at the end."""
    return stand.state.question if isinstance(stand.state, Asks) else None


def confirming(text: str, stand: Stand, incoming: Incoming, services: Services) -> Reply:
    """Words typed while the answers are there to confirm."""
    run = stand.run
    if means(text, CONFIRM):
        return confirm(incoming, services, run.id, run.version)
    if means(text, REFUSE):
        return edit(incoming, services, run.id, "")
    if is_question(text):
        shown = present(stand, incoming, services)
        return Reply(parts=(*ask(incoming, services).parts, *shown.parts))
    note = Text(text=say("dialogs.confirm_or_change", incoming.actor.lang), tone="warning")
    return present(stand, incoming, services, note)
