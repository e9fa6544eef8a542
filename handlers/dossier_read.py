"""One dialog of a dossier to read: for the broker, who judges it and answers nothing."""

from __future__ import annotations

from handlers.conversation import Button, Buttons, Incoming, Reply, Text
from handlers.dossier_access import opened
from handlers.dossier_actions import action
from handlers.dossier_answers import answered, one
from handlers.dossier_report import dialog_section
from handlers.dossier_stale import stale_parts
from handlers.moments import local_day
from handlers.services import Services
from knowledge.phrases import say


def read(incoming: Incoming, services: Services, dossier_id: str, dialog: str) -> Reply:
    """Its result, answers and passages, as the exported documents show them."""
    lang = incoming.actor.lang
    dossier = opened(dossier_id, incoming, services)
    found = one(answered(dossier, services), dialog)
    label = say("dossier.button.open", lang)
    back = Buttons(buttons=(Button(label=label, action=action("open", dossier.id)),))
    if found is None:
        return Reply(parts=(Text(text=say("report.no_dialog", lang)), back))
    section = dialog_section(found, local_day(services.clock()), lang)
    return Reply(
        parts=(
            Text(text=f"{dossier.name} – {section.title}", tone="title"),
            *stale_parts((found,), services, lang),
            *section.blocks,
            back,
        )
    )
