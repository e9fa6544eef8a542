"""Beginning a dialog, coming back to one, leaving it, forgetting it."""

from __future__ import annotations

from handlers.conversation import Button, Buttons, Citations, Incoming, Part, Reply, Text
from handlers.dossier import choose_dossier
from handlers.dossier_access import own
from handlers.guide_answer import focus, shown_next
from handlers.guide_form import question_form, title
from handlers.guide_runs import (
    Stand,
    action,
    check_audience,
    open_runs,
    opened,
    spot,
    stand_of,
)
from handlers.guide_sources import grounds
from handlers.guide_view import answers_parts, change_form
from handlers.ports_dialogs import Finished, Run, subject_of
from handlers.services import Services
from knowledge.dialog import Dialog
from knowledge.phrases import Problem, say
from knowledge.replay import Reached, asked

LISTED = 10  # runs that can be pressed


def offer(incoming: Incoming, services: Services, *first: Part) -> Reply:
    """The dialogs, one button each."""
    lang = incoming.actor.lang
    for dialog in services.dialogs.values():
        check_audience(dialog, incoming.actor)
    buttons = tuple(
        Button(label=title(dialog, lang), action=action("start", name))
        for name, dialog in services.dialogs.items()
    )
    return Reply(parts=(*first, Buttons(text=say("dialogs.offer", lang), buttons=buttons)))


def start(
    incoming: Incoming, services: Services, dialog_id: str, subject: str = "", *, anew: bool = False
) -> Reply:
    """Begins a dialog, for a dossier where `subject` names one; one begun before goes on, unless
    `anew` asks for another."""
    lang = incoming.actor.lang
    dialog = services.dialogs.get(dialog_id)
    if dialog is None:
        raise Problem("dialogs.gone")
    check_audience(dialog, incoming.actor)
    if subject:
        organisation = own(subject, incoming, services).organisation
        return begin(dialog, subject, organisation, incoming, services)
    # Where others read along there are no dossiers: there the answers are the person's own, to be
    # kept in a dossier later, in private.
    if dialog.subject == "dossier" and incoming.address.private:
        return choose_dossier(incoming, services, dialog_id)
    mine = subject_of(incoming.actor)
    if not anew:
        for run in services.runs.runs_of(mine):
            if run.dialog == dialog_id and run.answers and not stand_of(run, services).confirmed:
                again = Button(
                    label=say("dialogs.button.anew", lang), action=action("new", dialog_id)
                )
                note = Buttons(text=say("dialogs.begun", lang), buttons=(again,))
                return shown_next(run, incoming, services, note)
    return begin(dialog, mine, incoming.actor.organisation, incoming, services, anew=True)


def begin(
    dialog: Dialog,
    subject: str,
    organisation: str | None,
    incoming: Incoming,
    services: Services,
    *,
    anew: bool = False,
) -> Reply:
    """The dialog of this subject: the run there is, or a new one with its introduction."""
    lang = incoming.actor.lang
    for run in services.runs.runs_of(subject) if not anew else ():
        if run.dialog == dialog.id:
            return shown_next(run, incoming, services)
    run = Run(
        id=services.new_id(),
        dialog=dialog.id,
        subject=subject,
        organisation=organisation,
        started=services.clock(),
    )
    services.runs.start(run)
    first = (Text(text=title(dialog, lang), tone="title"), Text(text=dialog.text.text(lang)))
    return shown_next(run, incoming, services, *first)


def show(incoming: Incoming, services: Services, run_id: str) -> Reply:
    """Goes on with a run where it stands."""
    return shown_next(opened(run_id, incoming, services).run, incoming, services)


def resume(incoming: Incoming, services: Services) -> Reply:
    """« Reprendre »: the dialogs left open; the only one at once."""
    lang = incoming.actor.lang
    found = open_runs(incoming, services)
    if not found:
        return offer(incoming, services, Text(text=say("dialogs.none_open", lang)))
    if len(found) == 1:
        return shown_next(found[0].run, incoming, services)
    buttons = tuple(
        Button(label=open_label(stand, services, lang), action=action("show", stand.run.id))
        for stand in found[:LISTED]
    )
    return Reply(parts=(Buttons(text=say("dialogs.which", lang), buttons=buttons),))


def open_label(stand: Stand, services: Services, lang: str) -> str:
    """« Préparation – Achat 2027, 3 réponses »: enough to tell runs apart."""
    dossier = services.dossiers.dossier(stand.run.subject) if stand.in_dossier else None
    name = title(stand.dialog, lang) + (f" – {dossier.name}" if dossier else "")
    return say("dialogs.open", lang, name=name, count=len(stand.state.steps))


def answers(incoming: Incoming, services: Services, run_id: str) -> Reply:
    """The answers so far, to look over and to change."""
    stand = opened(run_id, incoming, services)
    focus(incoming, services, stand)
    return Reply(parts=answers_parts(stand, incoming))


def edit(incoming: Incoming, services: Services, run_id: str, question_id: str) -> Reply:
    """An earlier question again, filled in; which one, where it isn't said."""
    lang = incoming.actor.lang
    stand = opened(run_id, incoming, services)
    question = asked(stand.state, question_id)
    if question is None:
        focus(incoming, services, stand)
        if not stand.state.steps:
            return shown_next(stand.run, incoming, services)
        return Reply(parts=(change_form(stand, lang),))
    focus(incoming, services, stand, question)
    return Reply(parts=(question_form(stand, question, lang),))


def confirm(
    incoming: Incoming, services: Services, run_id: str, version: int, *, again: bool = False
) -> Reply:
    """Takes the answers as they are for the outcome, and keeps what it rests on. `again`: an
    outcome that was confirmed before is so on the passages as they read now."""
    lang = incoming.actor.lang
    stand = opened(run_id, incoming, services)
    if not isinstance(stand.state, Reached) or (stand.confirmed and not again):
        return shown_next(stand.run, incoming, services)
    if version != stand.run.version:
        note = Text(text=say("dialogs.changed", lang), tone="warning")
        return shown_next(stand.run, incoming, services, note)
    try:
        rests_on = grounds(stand.state.outcome.cites, services.knowledge, incoming.actor.audience)
    except Problem:
        rests_on = ()  # no index now: the outcome stands, and shows that its passages are missing
    finished = Finished(
        outcome=stand.state.outcome.id,
        version=version,
        at=services.clock(),
        grounds=rests_on,
    )
    services.runs.finish(run_id, finished)
    return shown_next(stand.run.model_copy(update={"finished": finished}), incoming, services)


def rule(incoming: Incoming, services: Services, run_id: str, question_id: str) -> Reply:
    """The passages that a question comes from."""
    lang = incoming.actor.lang
    stand = opened(run_id, incoming, services)
    question = stand.dialog.question(question_id)
    cites = question.cites if question else ()
    found = grounds(cites, services.knowledge, incoming.actor.audience)
    on = Button(label=say("dialogs.button.question", lang), action=action("show", run_id))
    if not found:
        sections = ", ".join(cite.section for cite in cites)
        missing = Text(text=say("dialogs.no_passages", lang, sections=sections), tone="warning")
        return Reply(parts=(missing, Buttons(buttons=(on,))))
    passages = tuple(ground.citation for ground in found)
    shown = Citations(title=say("dialogs.rule", lang), citations=passages)
    return Reply(parts=(shown, Buttons(buttons=(on,))))


def leave(incoming: Incoming, services: Services, run_id: str) -> Reply:
    """Leaves the dialog; all answers stay."""
    lang = incoming.actor.lang
    services.runs.set_current(spot(incoming), None)
    stand = opened(run_id, incoming, services)
    buttons = [Button(label=say("dialogs.button.resume", lang), action=action("show", run_id))]
    if not stand.in_dossier:
        forget = action("drop", run_id)
        buttons.append(Button(label=say("dialogs.button.forget", lang), action=forget))
    text = say("dialogs.left", lang, dialog=title(stand.dialog, lang))
    return Reply(parts=(Buttons(text=text, buttons=tuple(buttons)),))


def ask_drop(incoming: Incoming, services: Services, run_id: str) -> Reply:
    """Asks before the answers are forgotten."""
    lang = incoming.actor.lang
    stand = opened(run_id, incoming, services)
    if stand.in_dossier:
        raise Problem("dialogs.kept")
    yes = Button(
        label=say("dialogs.button.forget", lang), action=action("forget", run_id), style="danger"
    )
    no = Button(label=say("dialogs.button.resume", lang), action=action("show", run_id))
    text = say("dialogs.forget", lang, dialog=title(stand.dialog, lang))
    return Reply(parts=(Buttons(text=text, buttons=(yes, no)),))


def drop(incoming: Incoming, services: Services, run_id: str) -> Reply:
    """Forgets a run that is its author's alone."""
    stand = opened(run_id, incoming, services)
    if stand.in_dossier:
        raise Problem("dialogs.kept")
    services.runs.drop(run_id)
    return Reply(parts=(Text(text=say("dialogs.forgotten", incoming.actor.lang)),))
