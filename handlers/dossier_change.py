"""One change of a dossier: its event, written against the version that its author saw."""

from __future__ import annotations

from handlers.conversation import Actor, Button, Buttons, Incoming, Part, Reply, Table, Text
from handlers.dossier_actions import action
from handlers.moments import moment_text
from handlers.ports_dialogs import subject_of
from handlers.ports_dossiers import Change, Dossier, DossierConflict, Event, EventKind, Side
from handlers.questions import is_binary, printable
from handlers.services import Services
from knowledge.phrases import say

LONGEST_NAME = 100  # characters
LONGEST_COMMENT = 2000


def clean(text: str, longest: int) -> str:
    """What was typed, as it is kept: no control characters, nothing that can't be written."""
    kept = "".join(char for char in printable(text) if not is_binary(char))
    return kept.strip()[:longest]


def one_line(text: str, longest: int = LONGEST_NAME) -> str:
    """The same on one line: a name."""
    return clean(" ".join(clean(text, 10 * longest).split()), longest)


def name_in(incoming: Incoming) -> str:
    """The name typed for a dossier; empty where nothing in it can be read."""
    name = one_line(incoming.values.get("name", ""))
    return name if any(char.isalnum() for char in name) else ""


def make_event(
    incoming: Incoming,
    services: Services,
    kind: EventKind,
    side: Side,
    *,
    version: int,
    item: str = "",
    text: str = "",
) -> Event:
    """What the actor does now to the version of a dossier that he saw."""
    actor = incoming.actor
    return Event(
        number=version + 1,
        kind=kind,
        side=side,
        at=services.clock(),
        by=one_line(actor.name),
        person=subject_of(actor),
        item=item,
        text=text,
    )


def applied(dossier_id: str, change: Change, services: Services) -> Dossier | DossierConflict:
    """The dossier changed, or the conflict with what others did meanwhile."""
    try:
        return services.dossiers.change(dossier_id, change)
    except DossierConflict as conflict:
        return conflict


def conflict_reply(
    conflict: DossierConflict, incoming: Incoming, again: tuple[Part, ...] = ()
) -> Reply:
    """What others changed meanwhile; then `again`, the form with what the actor had typed."""
    lang, dossier = incoming.actor.lang, conflict.dossier
    back = Button(label=say("dossier.button.open", lang), action=action("open", dossier.id))
    return Reply(
        parts=(
            Text(text=say("dossier.conflict", lang), tone="warning"),
            events_table(conflict.since, incoming.actor, lang),
            *(again or (Buttons(buttons=(back,)),)),
        )
    )


def events_table(events: tuple[Event, ...], actor: Actor, lang: str) -> Table:
    """Events, the latest first: when, who, what."""
    return Table(
        columns=tuple(say(f"dossier.history.{name}", lang) for name in ("at", "by", "what")),
        rows=tuple(
            (moment_text(e.at, lang), author(e, actor, lang), event_text(e, lang))
            for e in reversed(events)
        ),
    )


def author(event: Event, actor: Actor, lang: str) -> str:
    """Who did it: « vous », the name, or the side where there is no name."""
    if event.person == subject_of(actor):
        return say("dossier.you", lang)
    return event.by or say(f"dossier.side.{event.side}", lang)


def event_text(event: Event, lang: str) -> str:
    """What was done, in a sentence, with the comment given."""
    item = say(f"dossier.item.{event.item}", lang) if event.item else ""
    said = say(f"dossier.event.{event.kind}", lang, item=item)
    return f"{said} {event.text}".strip() if event.text else said.rstrip(" :\u00a0")
