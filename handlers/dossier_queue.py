"""The broker's queue: the dossiers of every organisation that await its word, or had it."""

from __future__ import annotations

from handlers.conversation import Button, Buttons, Incoming, Part, Reply, Table, Text
from handlers.dossier import BUTTONS, list_dossiers
from handlers.dossier_access import check_place
from handlers.dossier_actions import action
from handlers.dossier_stale import state_text
from handlers.dossier_view import organisation_name
from handlers.moments import moment_text
from handlers.ports_dossiers import Dossier, State
from handlers.services import Services
from knowledge.phrases import Problem, say

AWAITING: tuple[State, ...] = ("submitted",)
ANSWERED: tuple[State, ...] = ("verified", "returned")


def list_or_queue(incoming: Incoming, services: Services) -> Reply:
    """« Mes dossiers »: for an adviser of no organisation, those that await the broker."""
    actor = incoming.actor
    if actor.audience == "broker" and actor.organisation is None:
        return queue(incoming, services)
    return list_dossiers(incoming, services)


def queue(incoming: Incoming, services: Services) -> Reply:
    """The dossiers that await the broker, the one waiting longest first; then those answered."""
    check_place(incoming)
    if incoming.actor.audience != "broker":
        raise Problem("dossier.broker_only")
    lang = incoming.actor.lang
    parts: list[Part] = [Text(text=say("dossier.queue.title", lang), tone="title")]
    for title, states in (("awaiting", AWAITING), ("answered", ANSWERED)):
        found = services.dossiers.in_states(states)
        if title == "answered":
            found = found[::-1]
        if found:
            parts += listed(found, say(f"dossier.queue.{title}", lang), services, lang)
        elif title == "awaiting":
            parts.append(Text(text=say("dossier.queue.none", lang)))
    return Reply(parts=tuple(parts))


def listed(
    found: tuple[Dossier, ...], title: str, services: Services, lang: str
) -> tuple[Part, ...]:
    """A table of dossiers with their organisations, and a button for each of the first."""
    names = ("organisation", "name", "state", "touched")
    table = Table(
        title=title,
        columns=tuple(say(f"dossier.column.{name}", lang) for name in names),
        rows=tuple(
            (
                organisation_name(d, services),
                d.name,
                state_text(d.id, d.state, services, lang),
                moment_text(d.touched, lang),
            )
            for d in found
        ),
    )
    buttons = tuple(
        Button(label=f"{d.name} – {organisation_name(d, services)}", action=action("open", d.id))
        for d in found[:BUTTONS]
    )
    return (table, Buttons(text=say("dossier.lead.open", lang), buttons=buttons))
