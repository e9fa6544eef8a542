"""What a dialog shows: the next question, the answers to confirm, the outcome."""

from __future__ import annotations

import logging

from handlers.conversation import (
    Button,
    Buttons,
    Choice,
    Citations,
    Form,
    FormField,
    Incoming,
    Part,
    Reply,
    Table,
    Text,
)
from handlers.dossier_actions import action as dossier_action
from handlers.dossier_answers import AFTER
from handlers.guide_form import form_key, question_form, title
from handlers.guide_runs import Stand, action, today
from handlers.guide_sources import grounds, stale
from handlers.services import Services
from knowledge.dialog_view import OutcomeView, summary, view
from knowledge.phrases import Problem, say
from knowledge.replay import Asks, Reached
from knowledge.rules import followed

log = logging.getLogger(__name__)


def present(stand: Stand, incoming: Incoming, services: Services, *first: Part) -> Reply:
    """Where the run stands now: the next question, the answers to confirm, or the outcome."""
    lang = incoming.actor.lang
    if isinstance(stand.state, Asks):
        return Reply(parts=(*first, question_form(stand, stand.state.question, lang)))
    if not stand.confirmed:
        return Reply(parts=(*first, *answers_parts(stand, incoming)))
    return Reply(parts=(*first, *outcome_parts(stand, incoming, services)))


def answers_parts(stand: Stand, incoming: Incoming) -> tuple[Part, ...]:
    """The answers so far in a table, the way on, the way to correct one."""
    lang, run = incoming.actor.lang, stand.run
    lines = summary(stand.state.steps, lang)
    numbers = {step.question.id: i for i, step in enumerate(stand.state.steps, 1)}
    on = Button(
        label=say("dialogs.button.next", lang), action=action("show", run.id), style="primary"
    )
    to_check = isinstance(stand.state, Reached) and not stand.confirmed
    if to_check:
        on = Button(
            label=say("dialogs.button.confirm", lang),
            action=action("confirm", run.id, run.version),
            style="primary",
        )
    change = Button(label=say("dialogs.change.title", lang), action=action("edit", run.id))
    leave = Button(label=say("dialogs.button.leave", lang), action=action("leave", run.id))
    return (
        Text(
            text=say(
                "dialogs.check" if to_check else "dialogs.answers",
                lang,
                dialog=title(stand.dialog, lang),
            ),
            tone="title",
        ),
        Table(
            columns=tuple(say(f"dialogs.column.{c}", lang) for c in ("number", "what", "answer")),
            rows=tuple((str(numbers[line.question]), line.label, line.value) for line in lines),
        ),
        Buttons(buttons=(on, change, leave) if stand.state.steps else (on, leave)),
    )


def change_form(stand: Stand, lang: str) -> Form:
    """Which answer to change; « modifier 2 » says the same."""
    choices = tuple(
        Choice(value=step.question.id, label=f"{number}. {step.question.title.text(lang)}")
        for number, step in enumerate(stand.state.steps, 1)
    )
    field = FormField(
        name="question",
        kind="choice",
        label=say("dialogs.change.which", lang),
        choices=choices,
    )
    return Form(
        key=form_key(stand.run.id),
        title=say("dialogs.change.title", lang),
        text=say("dialogs.change.text", lang),
        fields=(field,),
        submit=Button(
            label=say("dialogs.button.change", lang), action=action("edit", stand.run.id)
        ),
        others=(
            Button(label=say("dialogs.button.back", lang), action=action("show", stand.run.id)),
        ),
    )


def outcome_parts(stand: Stand, incoming: Incoming, services: Services) -> tuple[Part, ...]:
    """The outcome: what it is, remarks, tables, what to do next, what it rests on."""
    state, lang = stand.state, incoming.actor.lang
    assert isinstance(state, Reached)
    seen = view(state, today(services), lang)
    parts: list[Part] = [
        Text(text=f"{seen.status} – {seen.title}", tone="title"),
        Text(text=seen.text, tone=seen.tone),
    ]
    parts += [Text(text=note.text, tone=note.tone) for note in seen.notes]
    parts += doubts(stand, incoming, services)
    for table in seen.tables:
        parts.append(Table(title=table.title, columns=table.columns, rows=table.rows))
        if table.text:
            parts.append(Text(text=table.text, tone="note"))
    if seen.steps:
        steps = "\n".join(f"{i}. {step.text.text(lang)}" for i, step in enumerate(seen.steps, 1))
        parts.append(Text(text=f"{say('dialogs.steps', lang)}\n{steps}"))
    parts += sources(stand, incoming, services)
    return (*parts, Buttons(buttons=next_buttons(stand, seen, incoming, services)))


def doubts(stand: Stand, incoming: Incoming, services: Services) -> list[Part]:
    """« À revérifier », with the passages that read otherwise since the outcome was confirmed."""
    lang = incoming.actor.lang
    try:
        changed = stale(stand.run, services.knowledge, incoming.actor.audience)
    except Problem as problem:
        log.warning("outcome not compared with the documents: %s", problem.key)
        return []
    if not changed:
        return []
    again = Button(
        label=say("dialogs.button.again", lang),
        action=action("again", stand.run.id, stand.run.version),
    )
    return [
        Text(text=say("dialogs.stale", lang), tone="warning"),
        Citations(title=say("dialogs.stale.passages", lang), citations=changed),
        Buttons(buttons=(again,)),
    ]


def sources(stand: Stand, incoming: Incoming, services: Services) -> list[Part]:
    """What the outcome rests on, as now in force; a sentence where the documents are not there."""
    lang, state = incoming.actor.lang, stand.state
    assert isinstance(state, Reached)
    try:
        found = grounds(state.outcome.cites, services.knowledge, incoming.actor.audience)
    except Problem as problem:
        log.warning("outcome without its passages: %s", problem.key)
        found = ()
    if not found:
        sections = ", ".join(dict.fromkeys(cite.section for cite in state.outcome.cites))
        return [Text(text=say("dialogs.no_passages", lang, sections=sections), tone="warning")]
    citations = tuple(ground.citation for ground in found)
    return [Citations(title=say("dialogs.sources", lang), citations=citations)]


def next_buttons(
    stand: Stand, seen: OutcomeView, incoming: Incoming, services: Services
) -> tuple[Button, ...]:
    """The dialogs that follow, the dossier where the actor has any, a correction."""
    run, lang = stand.run, incoming.actor.lang
    buttons = []
    for step in seen.steps:
        follows = services.dialogs.get(step.dialog)
        if follows is not None:
            within = (run.subject,) if stand.in_dossier else ()
            start = action("start", follows.id, *within)
            buttons.append(Button(label=title(follows, lang), action=start))
    if stand.in_dossier:
        opens = dossier_action("open", run.subject)
        label = say("dialogs.button.dossier", lang)
        buttons.append(Button(label=label, action=opens, style="primary"))
        if run.dialog == AFTER and followed(stand.state.facts):
            calendar = dossier_action("calendar", run.subject)
            label = say("dossier.button.calendar", lang)
            buttons.append(Button(label=label, action=calendar, file=True))
    elif incoming.actor.organisation is not None:
        keep = dossier_action("keep", run.id)
        buttons.append(Button(label=say("dialogs.button.keep", lang), action=keep))
    change = Button(label=say("dialogs.button.answers", lang), action=action("summary", run.id))
    return (*buttons, change)
