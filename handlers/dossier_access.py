"""Who may open which dossier: asked before anything is shown or changed, with one refusal."""

from __future__ import annotations

from handlers.conversation import Actor, Incoming
from handlers.ports_dossiers import MOVES, Dossier, EventKind, Side
from handlers.services import Services
from knowledge.phrases import Problem


def is_own(dossier: Dossier, actor: Actor) -> bool:
    """Whether the actor works on the dossier for the organisation it belongs to."""
    return actor.audience != "outsider" and actor.organisation == dossier.organisation


def opened(dossier_id: str, incoming: Incoming, services: Services) -> Dossier:
    """The dossier, where the actor may see it here.

    Raises Problem: `dossier.unknown` whether it does not exist or is another organisation's, so
    that nobody learns which; `dossier.cannot.review` for the broker while its organisation
    prepares it; `dossier.public` where others read along.
    """
    check_place(incoming)
    dossier = services.dossiers.dossier(dossier_id)
    if dossier is not None and is_own(dossier, incoming.actor):
        return dossier
    if dossier is None or incoming.actor.audience != "broker":
        raise Problem("dossier.unknown")
    if dossier.state == "draft":
        raise Problem("dossier.cannot.review")
    return dossier


def own(dossier_id: str, incoming: Incoming, services: Services) -> Dossier:
    """The dossier, to change it as its organisation. Raises Problem: as `opened`, and
    `dossier.not_yours` for the broker, who reads it and judges it."""
    dossier = opened(dossier_id, incoming, services)
    if not is_own(dossier, incoming.actor):
        raise Problem("dossier.not_yours")
    return dossier


def judged(dossier_id: str, incoming: Incoming, services: Services) -> Dossier:
    """The dossier, to judge it as the broker. Raises Problem: as `opened`, and
    `dossier.broker_only` for everybody else."""
    dossier = opened(dossier_id, incoming, services)
    if incoming.actor.audience != "broker":
        raise Problem("dossier.broker_only")
    return dossier


def check_place(incoming: Incoming) -> None:
    """Raises Problem where the actor has no dossiers, or where others would read them."""
    actor = incoming.actor
    if actor.audience == "outsider":
        raise Problem("dossier.outsider")
    # The router leaves an adviser the broker's rights only where no others read along.
    if not incoming.address.private and actor.audience != "broker":
        raise Problem("dossier.public")


def organisation_of(incoming: Incoming) -> str:
    """The organisation the actor works for. Raises Problem where none is known."""
    check_place(incoming)
    if incoming.actor.organisation is None:
        raise Problem("dossier.no_organisation")
    return incoming.actor.organisation


def check_move(dossier: Dossier, kind: EventKind, side: Side) -> None:
    """Raises Problem where a dossier can't be moved so from the state it is in."""
    who, starts, _ = MOVES[kind]
    if side != who or dossier.state not in starts:
        raise Problem(f"dossier.cannot.{kind}")
