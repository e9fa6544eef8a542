"""Dossiers: the list, one of them, a new one, another name."""

from __future__ import annotations

from collections.abc import Callable

from handlers.conversation import Button, Buttons, Incoming, Part, Reply, Table, Text
from handlers.dossier_access import opened, organisation_of, own
from handlers.dossier_actions import action, number
from handlers.dossier_answers import continue_action
from handlers.dossier_change import (
    applied,
    conflict_reply,
    make_event,
    name_in,
)
from handlers.dossier_forms import create_form, rename_form
from handlers.dossier_stale import state_text
from handlers.dossier_view import show
from handlers.moments import moment_text
from handlers.ports_dossiers import Change, Dossier, DossierConflict
from handlers.services import Services
from knowledge.phrases import say

BUTTONS = 10  # dossiers that can be pressed in a list; the table names them all


def list_dossiers(incoming: Incoming, services: Services) -> Reply:
    """« Mes dossiers »: those of the actor's organisation."""
    lang = incoming.actor.lang
    found = services.dossiers.of_organisation(organisation_of(incoming))
    new = Button(
        label=say("dossier.button.new", lang),
        action=action("new"),
        style="" if found else "primary",
    )
    parts: list[Part] = [Text(text=say("dossier.list.title", lang), tone="title")]
    if not found:
        parts.append(Text(text=say("dossier.list.none", lang)))
    else:
        parts.append(list_table(found, services, lang))
        parts.append(pick(found, lang, "dossier.lead.open", lambda d: action("open", d.id)))
    parts.append(Buttons(buttons=(new,)))
    return Reply(parts=tuple(parts))


def list_table(found: tuple[Dossier, ...], services: Services, lang: str) -> Table:
    """Name, state, last change."""
    return Table(
        columns=tuple(say(f"dossier.column.{name}", lang) for name in ("name", "state", "touched")),
        rows=tuple(
            (d.name, state_text(d.id, d.state, services, lang), moment_text(d.touched, lang))
            for d in found
        ),
    )


def pick(
    found: tuple[Dossier, ...],
    lang: str,
    lead: str,
    to: Callable[[Dossier], str],
) -> Buttons:
    """One button a dossier, those touched last; `to` gives its action."""
    return Buttons(
        text=say(lead, lang),
        buttons=tuple(Button(label=d.name, action=to(d)) for d in found[:BUTTONS]),
    )


def open_dossier(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """One dossier, whole."""
    return show(opened(dossier_id, incoming, services), incoming, services)


def ask_name(incoming: Incoming, services: Services, then: str = "") -> Reply:
    """The form for a new dossier; `then` is what it is made for: a dialog's id, or nothing."""
    organisation_of(incoming)
    submit = action("create", then) if then else action("create")
    return Reply(parts=(create_form(incoming.actor.lang, submit),))


def create(incoming: Incoming, services: Services, then: str = "") -> Reply:
    """Makes a dossier of the name given; offers what it was made for."""
    lang = incoming.actor.lang
    organisation = organisation_of(incoming)
    name = name_in(incoming)
    if not name:
        submit = action("create", then) if then else action("create")
        return Reply(parts=(create_form(lang, submit, error="dossier.error.name"),))
    dossier = made(incoming, services, organisation, name)
    said = Text(text=say("dossier.created", lang, name=name), tone="success")
    dialog = services.dialogs.get(then)
    if dialog is None:
        return show(dossier, incoming, services, said)
    begin = Button(
        label=say("dossier.button.begin", lang, dialog=dialog.title.text(lang)),
        action=continue_action(dialog.id, dossier),
        style="primary",
    )
    return Reply(parts=(said, Buttons(buttons=(begin,))))


def made(incoming: Incoming, services: Services, organisation: str, name: str) -> Dossier:
    """A new dossier, stored."""
    event = make_event(incoming, services, "created", "client", version=0)
    dossier = Dossier(id=services.new_id(), organisation=organisation, name=name, events=(event,))
    services.dossiers.create(dossier)
    return dossier


def choose_dossier(incoming: Incoming, services: Services, dialog: str) -> Reply:
    """In which dossier a dialog is to be answered: one that is there, or a new one."""
    lang = incoming.actor.lang
    found = services.dossiers.of_organisation(organisation_of(incoming))
    form = create_form(lang, action("create", dialog))
    if not found:
        return Reply(parts=(Text(text=say("dossier.choose.first", lang)), form))
    picked = pick(found, lang, "dossier.choose.lead", lambda d: continue_action(dialog, d))
    new = Button(label=say("dossier.button.new", lang), action=action("new", dialog))
    return Reply(parts=(picked, Buttons(buttons=(new,))))


def ask_rename(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The form for another name."""
    dossier = own(dossier_id, incoming, services)
    return Reply(parts=(rename_form(dossier, incoming.actor.lang),))


def rename(incoming: Incoming, services: Services, dossier_id: str, version: str) -> Reply:
    """Gives the dossier the name typed."""
    lang = incoming.actor.lang
    dossier = own(dossier_id, incoming, services)
    name = name_in(incoming)
    if not name:
        form = rename_form(dossier, lang, value="", error="dossier.error.name")
        return Reply(parts=(form,))
    event = make_event(incoming, services, "renamed", "client", version=number(version), text=name)
    changed = applied(dossier_id, Change(events=(event,), name=name), services)
    if isinstance(changed, DossierConflict):
        again = rename_form(changed.dossier, lang, value=name)
        return conflict_reply(changed, incoming, (again,))
    return show(changed, incoming, services)
