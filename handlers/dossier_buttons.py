"""What can be done with a dossier: work on it, submit it, judge it, take it away as a file."""

from __future__ import annotations

from handlers.conversation import Actor, Button, Buttons, Part
from handlers.dossier_access import is_own
from handlers.dossier_actions import LIST, QUEUE, action
from handlers.dossier_answers import (
    PREPARATION,
    Answered,
    choice,
    continue_action,
    obligations,
    one,
)
from handlers.ports_dossiers import Dossier
from handlers.services import Services
from knowledge.phrases import say


def buttons(
    dossier: Dossier, found: tuple[Answered, ...], actor: Actor, services: Services
) -> list[Part]:
    """What the actor can do now."""
    lang = actor.lang
    parts: list[Part] = []
    if actor.audience == "broker" and dossier.state in ("submitted", "verified"):
        parts.append(Buttons(text=say("dossier.lead.judge", lang), buttons=judging(dossier, lang)))
    if is_own(dossier, actor):
        parts.append(
            Buttons(
                text=say("dossier.lead.dialogs", lang),
                buttons=tuple(
                    Button(
                        label=dialog.title.text(lang),
                        action=continue_action(name, dossier),
                        style="primary" if name == PREPARATION and not found else "",
                    )
                    for name, dialog in services.dialogs.items()
                ),
            )
        )
        ready = choice(one(found, PREPARATION)) != ("", "")
        work = working(dossier, lang, ready=ready)
        parts.append(Buttons(text=say("dossier.lead.do", lang), buttons=work))
    elif found:
        parts.append(
            Buttons(text=say("dossier.lead.read", lang), buttons=reading(dossier, found, lang))
        )
    taken = files(dossier, found, lang, own=is_own(dossier, actor))
    parts.append(Buttons(text=say("dossier.lead.files", lang), buttons=taken))
    home = QUEUE if actor.audience == "broker" and not is_own(dossier, actor) else LIST
    parts.append(
        Buttons(
            buttons=(
                Button(
                    label=say("dossier.button.history", lang), action=action("history", dossier.id)
                ),
                Button(label=say(f"dossier.button.{home.partition(':')[2]}", lang), action=home),
            )
        )
    )
    return parts


def moved(dossier: Dossier) -> bool:
    """Whether the dossier is with the broker, or through."""
    return dossier.state in ("submitted", "verified")


def working(dossier: Dossier, lang: str, *, ready: bool) -> tuple[Button, ...]:
    """What the organisation does with the dossier itself; `ready`: it could be submitted."""
    submit = Button(
        label=say("dossier.button.submit", lang),
        action=action("submit", dossier.id),
        style="primary" if ready and not moved(dossier) else "",
    )
    withdraw = Button(
        label=say("dossier.button.withdraw", lang),
        action=action("withdraw", dossier.id, dossier.version),
    )
    rename = Button(label=say("dossier.button.rename", lang), action=action("name", dossier.id))
    return (withdraw if dossier.state == "submitted" else submit, rename)


def judging(dossier: Dossier, lang: str) -> tuple[Button, ...]:
    """What the broker does with it."""
    return (
        Button(
            label=say("dossier.button.review", lang),
            action=action("review", dossier.id),
            style="primary",
        ),
        Button(label=say("dossier.button.conclude", lang), action=action("conclude", dossier.id)),
    )


def reading(dossier: Dossier, found: tuple[Answered, ...], lang: str) -> tuple[Button, ...]:
    """Each dialog there is, to read."""
    return tuple(
        Button(label=a.dialog.title.text(lang), action=action("read", dossier.id, a.dialog.id))
        for a in found
    )


def files(
    dossier: Dossier, found: tuple[Answered, ...], lang: str, *, own: bool = True
) -> tuple[Button, ...]:
    """The dossier as files; the calendar once there are dates for it, the e-mail to the broker
    for those whose dossier it is."""
    kinds = ["word", "pdf"]
    kinds += ["calendar"] if obligations(found) else []
    kinds += ["message"] if dossier.submission and own else []
    return tuple(
        Button(
            label=say(f"dossier.button.{kind}", lang), action=action(kind, dossier.id), file=True
        )
        for kind in kinds
    )
