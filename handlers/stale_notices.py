"""Tells the holders of dossiers that a passage on which one of its outcomes rests has changed."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.conversation import Address, Button, Buttons, Reply, Text
from handlers.ports_mail import Held, Holdings, Mailroom
from handlers.services import Services
from knowledge.change_set import GOING, ChangeSet
from knowledge.phrases import say


def resting_on(change_set: ChangeSet, services: Services, holdings: Holdings) -> Iterator[Held]:
    """The dossiers whose outcomes rest on what a change set reworded or took away."""
    # By text, not by digest: a passage that stayed the same through versions is the same ground.
    gone = {
        (change.document.id, passage.before.text)
        for change in change_set.told
        for passage in change.passages
        if passage.before and passage.kind in GOING
    }
    withdrawn = {change.document.id for change in change_set.told if change.kind == "withdrawn"}
    if not gone and not withdrawn:
        return
    for held in holdings.dossiers():
        runs = services.runs.runs_of(held.id)
        cited = {
            (ground.citation.document.rpartition("@")[0], ground.citation.text)
            for run in runs
            if run.finished is not None
            for ground in run.finished.grounds
        }
        if cited & gone or withdrawn & {document for document, _ in cited}:
            answered = {given.person for run in runs for given in run.given}
            holders = tuple(dict.fromkeys((*held.holders, *sorted(answered))))
            yield held.model_copy(update={"holders": holders})


def addresses_of(held: Held, mail: Mailroom) -> Iterator[Address]:
    """Where each holder was seen last in private."""
    for subject in held.holders:
        known = mail.addresses.of_subject(subject)
        if known:
            yield known[0].address


def compose(dossier: str, address: Address, services: Services, mail: Mailroom) -> Reply | str:
    """The warning as it may be sent now: to somebody of the dossier's organisation."""
    held = mail.holdings.held(dossier) if mail.holdings else None
    known = mail.addresses.known(address)
    if held is None:
        return "unknown"
    if known is None or known.actor is None:
        return "audience"
    actor = services.access.settle(known.actor)
    if actor.audience == "outsider" or actor.organisation != held.organisation:
        return "audience"
    text = say("notice.stale", actor.lang, name=held.name)
    label = say("notice.stale.open", actor.lang)
    button = Button(label=label, action=f"dossier:open:{dossier}", style="primary")
    return Reply(parts=(Text(text=text, tone="warning"), Buttons(buttons=(button,))))
