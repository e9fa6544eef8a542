"""Submitting a dossier to the broker, and taking it back."""

from __future__ import annotations

from handlers.conversation import Button, Buttons, Incoming, Part, Reply, Text
from handlers.dossier_access import check_move, own
from handlers.dossier_actions import action, number
from handlers.dossier_answers import (
    PREPARATION,
    Answered,
    answered,
    choice,
    continue_action,
    items,
    one,
)
from handlers.dossier_buttons import files
from handlers.dossier_change import LONGEST_COMMENT, applied, clean, conflict_reply, make_event
from handlers.dossier_forms import submit_form
from handlers.dossier_message import message_text
from handlers.dossier_notices import tell_broker
from handlers.dossier_stale import stale_parts
from handlers.dossier_view import items_table, show
from handlers.ports_dossiers import Change, Dossier, DossierConflict, Submission
from handlers.services import Services
from knowledge.phrases import say


def ask_submit(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """What would go to the broker, what is missing, and the form to send it."""
    lang = incoming.actor.lang
    dossier = own(dossier_id, incoming, services)
    check_move(dossier, "submitted", "client")
    found = answered(dossier, services)
    if refusal := not_ready(dossier, found, lang):
        return refusal
    preparation = one(found, PREPARATION)
    parts: list[Part] = [*stale_parts(found, services, lang)]
    parts.append(items_table(items(dossier, preparation), lang))
    if missing := open_items(dossier, preparation, lang):
        parts.append(Text(text=say("dossier.submit.missing", lang, items=missing), tone="warning"))
    parts.append(submit_form(dossier, lang))
    return Reply(parts=tuple(parts))


def not_ready(dossier: Dossier, found: tuple[Answered, ...], lang: str) -> Reply | None:
    """The broker is told which supplier and solution were chosen: without them, it can't go."""
    supplier, solution = choice(one(found, PREPARATION))
    if supplier and solution:
        return None
    go = Button(
        label=say("dossier.button.prepare", lang),
        action=continue_action(PREPARATION, dossier),
        style="primary",
    )
    text = Text(text=say("dossier.submit.no_choice", lang), tone="warning")
    return Reply(parts=(text, Buttons(buttons=(go,))))


def open_items(dossier: Dossier, preparation: Answered | None, lang: str) -> str:
    """The prerequisites still to do or to confirm, in words; empty when there are none."""
    names = (
        say(f"dossier.item.{item.name}", lang)
        for item in items(dossier, preparation)
        if item.state in ("a_faire", "a_confirmer")
    )
    return "; ".join(names)


def send(incoming: Incoming, services: Services, dossier_id: str, version: str) -> Reply:
    """Submits the dossier as it is now; the ready message and the files for the broker."""
    lang = incoming.actor.lang
    dossier = own(dossier_id, incoming, services)
    note = clean(incoming.values.get("note", ""), LONGEST_COMMENT)
    if dossier.version == number(version):  # otherwise: the store tells what happened meanwhile
        check_move(dossier, "submitted", "client")
    found = answered(dossier, services)
    if refusal := not_ready(dossier, found, lang):
        return refusal
    event = make_event(
        incoming, services, "submitted", "client", version=number(version), text=note
    )
    submission = Submission(
        at=event.at,
        by=event.by,
        versions={a.run.id: a.run.version for a in found},
    )
    change = Change(events=(event,), state="submitted", submission=submission)
    changed = applied(dossier_id, change, services)
    if isinstance(changed, DossierConflict):
        again: tuple[Part, ...] = ()
        if changed.dossier.state != "submitted":
            again = (submit_form(changed.dossier, lang, note=note),)
        return conflict_reply(changed, incoming, again)
    tell_broker(changed, services)
    return Reply(
        parts=(
            Text(text=say("dossier.submitted", lang), tone="success"),
            Text(text=say("dossier.message.lead", lang), tone="note"),
            Text(text=message_text(changed, found, services, lang)),
            Buttons(text=say("dossier.lead.files", lang), buttons=files(changed, found, lang)),
            Buttons(
                buttons=(
                    Button(
                        label=say("dossier.button.open", lang), action=action("open", changed.id)
                    ),
                )
            ),
        )
    )


def withdraw(incoming: Incoming, services: Services, dossier_id: str, version: str) -> Reply:
    """Takes a submitted dossier back into preparation."""
    dossier = own(dossier_id, incoming, services)
    if dossier.version == number(version):
        check_move(dossier, "withdrawn", "client")
    event = make_event(incoming, services, "withdrawn", "client", version=number(version))
    changed = applied(dossier_id, Change(events=(event,), state="draft"), services)
    if isinstance(changed, DossierConflict):
        return conflict_reply(changed, incoming)
    return show(changed, incoming, services)
