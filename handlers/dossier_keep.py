"""« Conserver dans un dossier »: a dialog answered outside is put into a dossier."""

from __future__ import annotations

from handlers.conversation import Incoming, Reply, Text
from handlers.dossier import made, pick
from handlers.dossier_access import organisation_of, own
from handlers.dossier_actions import action
from handlers.dossier_change import applied, make_event, name_in
from handlers.dossier_forms import create_form
from handlers.dossier_view import show
from handlers.ports_dialogs import Run, subject_of
from handlers.ports_dossiers import Change, Dossier
from handlers.services import Services
from knowledge.phrases import Problem, say


def keep(incoming: Incoming, services: Services, run_id: str, dossier_id: str = "") -> Reply:
    """Puts a dialog answered outside into a dossier: the one named, or one to choose."""
    lang = incoming.actor.lang
    organisation = organisation_of(incoming)
    run = personal_run(incoming, services, run_id)
    if dossier_id:
        return kept(incoming, services, run, own(dossier_id, incoming, services))
    found = services.dossiers.of_organisation(organisation)
    form = create_form(lang, action("keepnew", run.id))
    if not found:
        return Reply(parts=(Text(text=say("dossier.choose.first", lang)), form))
    picked = pick(found, lang, "dossier.keep.lead", lambda d: action("keep", run.id, d.id))
    return Reply(parts=(picked, form))


def keep_new(incoming: Incoming, services: Services, run_id: str) -> Reply:
    """The same in a new dossier of the name given."""
    organisation = organisation_of(incoming)
    run = personal_run(incoming, services, run_id)
    name = name_in(incoming)
    if not name:
        submit = action("keepnew", run.id)
        form = create_form(incoming.actor.lang, submit, error="dossier.error.name")
        return Reply(parts=(form,))
    return kept(incoming, services, run, made(incoming, services, organisation, name))


def kept(incoming: Incoming, services: Services, run: Run, dossier: Dossier) -> Reply:
    """Attaches the run and says so. The answers first: a line of history can be missed."""
    lang = incoming.actor.lang
    dialog = services.dialogs.get(run.dialog)
    title = dialog.title.text("fr") if dialog else run.dialog
    services.runs.attach(run.id, dossier.id, dossier.organisation)
    for _ in range(3):  # what colleagues do at the same moment takes nothing away from this
        event = make_event(
            incoming, services, "kept", "client", version=dossier.version, text=title
        )
        changed = applied(dossier.id, Change(events=(event,)), services)
        if isinstance(changed, Dossier):
            dossier = changed
            break
        dossier = changed.dossier
    said = Text(text=say("dossier.kept", lang, dossier=dossier.name), tone="success")
    return show(dossier, incoming, services, said)


def personal_run(incoming: Incoming, services: Services, run_id: str) -> Run:
    """A run that is the actor's own. Raises Problem for any other, there or not."""
    run = services.runs.run(run_id)
    if run is None or run.subject != subject_of(incoming.actor):
        raise Problem("dossier.run_unknown")
    return run
