"""An answer to a question of a dialog: checked, kept, or set beside what changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.conversation import Incoming, Part, Reply, Table, Text
from handlers.dossier_change import one_line
from handlers.guide_form import question_form
from handlers.guide_runs import Stand, opened, spot, stand_of
from handlers.guide_view import present
from handlers.moments import moment_text
from handlers.ports_dialogs import Conflict, Focus, Given, Run, subject_of
from handlers.services import Services
from knowledge.dialog import Dialog, Question
from knowledge.dialog_values import checked
from knowledge.dialog_view import shown
from knowledge.phrases import say
from knowledge.replay import asked

Values = Mapping[str, str]


def give(
    incoming: Incoming,
    services: Services,
    run_id: str,
    version: int,
    question_id: str,
    values: Values,
) -> Reply:
    """Keeps an answer given against a version of the run; shows what comes next."""
    lang = incoming.actor.lang
    stand = opened(run_id, incoming, services)
    question = asked(stand.state, question_id)
    if question is None:
        # Answers given since lead elsewhere, or the dialog's file has changed.
        note = Text(text=say("dialogs.not_asked", lang), tone="warning")
        return shown_next(stand.run, incoming, services, note)
    clean, faults = checked(question, values)
    if faults:
        focus(incoming, services, stand, question)
        return Reply(parts=(question_form(stand, question, lang, values=values, faults=faults),))
    if version == stand.run.version and stand.run.answers.get(question_id) == clean:
        return shown_next(stand.run, incoming, services)
    try:
        run = write(stand.run.id, question_id, clean, version, incoming, services)
    except Conflict as conflict:
        return settle(conflict, question, clean, incoming, services)
    return shown_next(run, incoming, services)


def back(incoming: Incoming, services: Services, run_id: str, version: int) -> Reply:
    """Withdraws the last answer, which stays filled in when its question is shown again."""
    stand = opened(run_id, incoming, services)
    if not stand.state.steps:
        return shown_next(stand.run, incoming, services)
    last = stand.state.steps[-1].question
    try:
        run = write(run_id, last.id, None, version, incoming, services)
    except Conflict as conflict:
        # Pressed twice, or on an older message: nothing is withdrawn that was not on the screen.
        run = conflict.run
    return shown_next(run, incoming, services)


def write(
    run_id: str,
    question: str,
    values: dict[str, str] | None,
    version: int,
    incoming: Incoming,
    services: Services,
) -> Run:
    """Adds to the journal in the actor's name. Raises Conflict."""
    return services.runs.give(
        run_id,
        question,
        values,
        version=version,
        by=one_line(incoming.actor.name),
        person=subject_of(incoming.actor),
        at=services.clock(),
    )


def shown_next(run: Run, incoming: Incoming, services: Services, *first: Part) -> Reply:
    """Where the run stands after an answer; typed words are about that from now on."""
    stand = stand_of(run, services)
    focus(incoming, services, stand)
    return present(stand, incoming, services, *first)


def focus(
    incoming: Incoming, services: Services, stand: Stand, question: Question | None = None
) -> None:
    """Makes the conversation about this run, or about one of its questions."""
    name = question.id if question else ""
    about = Focus(run=stand.run.id, question=name, at=services.clock())
    services.runs.set_current(spot(incoming), about)


def settle(
    conflict: Conflict,
    question: Question,
    values: dict[str, str],
    incoming: Incoming,
    services: Services,
) -> Reply:
    """An answer given against an older version: nothing was written, nothing typed is lost.

    The same answer sent twice is just told; otherwise the question is shown again with what was
    typed, after what others changed meanwhile.
    """
    lang, me = incoming.actor.lang, subject_of(incoming.actor)
    run = conflict.run
    stand = stand_of(run, services)
    if run.answers.get(question.id) == values:
        note = Text(text=say("dialogs.already", lang), tone="note")
        return shown_next(run, incoming, services, note)
    of_others = tuple(given for given in conflict.since if given.person != me)
    first: list[Part] = []
    if of_others:
        first.append(Text(text=say("dialogs.conflict", lang), tone="warning"))
        first.append(changes_table(stand.dialog, of_others, lang))
    else:
        first.append(Text(text=say("dialogs.outdated", lang), tone="warning"))
    again = asked(stand.state, question.id)
    if again is None:
        typed = ", ".join(answer_text(question, values, lang))
        first.append(Text(text=say("dialogs.not_asked_typed", lang, typed=typed), tone="note"))
        return shown_next(run, incoming, services, *first)
    focus(incoming, services, stand, again)
    return Reply(parts=(*first, question_form(stand, again, lang, values=values)))


def changes_table(dialog: Dialog, since: tuple[Given, ...], lang: str) -> Table:
    """What was answered, by whom, when; in order."""
    rows = []
    for given in since:
        question = dialog.question(given.question)
        title = question.title.text(lang) if question else given.question
        if given.values is None:
            said = say("dialogs.withdrawn", lang)
        else:
            said = ", ".join(answer_text(question, given.values, lang)) if question else ""
        by = given.by or say("dialogs.somebody", lang)
        rows.append((title, said or "–", by, moment_text(given.at, lang)))
    names = ("question", "answer", "by", "at")
    return Table(
        columns=tuple(say(f"dialogs.column.{name}", lang) for name in names), rows=tuple(rows)
    )


def answer_text(question: Question, values: Values, lang: str) -> list[str]:
    """The values of a question as people read them."""
    texts = (shown(f, values.get(f.name, ""), lang) for f in question.fields)
    return [text for text in texts if text]
