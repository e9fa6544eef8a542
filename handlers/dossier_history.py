"""Everything that was done to a dossier: its own events, and every answer of its dialogs."""

from __future__ import annotations

from datetime import datetime

from handlers.conversation import Actor, Button, Buttons, Incoming, Part, Reply, Table, Text
from handlers.dossier_access import opened
from handlers.dossier_actions import action
from handlers.dossier_change import author, event_text
from handlers.moments import moment_text
from handlers.ports_dialogs import Given, subject_of
from handlers.ports_dossiers import Dossier
from handlers.services import Services
from knowledge.dialog import Dialog
from knowledge.dialog_view import shown
from knowledge.phrases import say

SHOWN = 100  # lines, the latest
Line = tuple[datetime, str, str]  # when, who, what


def history(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The history, the latest first."""
    lang = incoming.actor.lang
    dossier = opened(dossier_id, incoming, services)
    lines = all_lines(dossier, incoming.actor, services)
    rows = tuple((moment_text(at, lang), by, what) for at, by, what in lines[:SHOWN])
    names = ("at", "by", "what")
    back = Button(label=say("dossier.button.open", lang), action=action("open", dossier.id))
    parts: list[Part] = [
        Text(text=say("dossier.history.title", lang, dossier=dossier.name), tone="title"),
        Table(columns=tuple(say(f"dossier.history.{n}", lang) for n in names), rows=rows),
    ]
    if len(lines) > SHOWN:
        text = say("dossier.history.more", lang, count=len(lines) - SHOWN)
        parts.append(Text(text=text, tone="note"))
    return Reply(parts=(*parts, Buttons(buttons=(back,))))


def all_lines(dossier: Dossier, actor: Actor, services: Services) -> list[Line]:
    """Events and answers, the latest first."""
    lang = actor.lang
    lines: list[Line] = [
        (e.at, author(e, actor, lang), event_text(e, lang)) for e in dossier.events
    ]
    for run in services.runs.runs_of(dossier.id):
        dialog = services.dialogs.get(run.dialog)
        if dialog is not None:
            lines += [
                (given.at, giver(given, actor), given_text(given, dialog, lang))
                for given in run.given
            ]
    return sorted(lines, key=lambda line: line[0])[::-1]


def giver(given: Given, actor: Actor) -> str:
    """Who answered: « vous », the name, or « la clientèle » where there is none."""
    if given.person == subject_of(actor):
        return say("dossier.you", actor.lang)
    return given.by or say("dossier.side.client", actor.lang)


def given_text(given: Given, dialog: Dialog, lang: str) -> str:
    """« Préparation…, Le CEI a-t-il validé… : Fait »."""
    question = dialog.question(given.question)
    title = question.title.text(lang) if question else given.question
    where = {"dialog": dialog.title.text(lang), "question": title}
    if given.values is None or question is None:
        return say("dossier.history.dropped", lang, **where)
    lead = question.lead
    value = shown(lead, given.values.get(lead.name, ""), lang) or "–"
    return say("dossier.history.given", lang, value=value, **where)
