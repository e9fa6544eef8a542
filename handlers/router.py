"""One ordered table from what was said or pressed to a handler; and the only catch-all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from handlers import (
    announce,
    document,
    dossier_routes,
    feedback,
    forward,
    guide,
    guide_runs,
    guide_typed,
    help,
    history,
    subscribe,
)
from handlers.conversation import Address, Incoming, Reply, Text
from handlers.dossier_actions import PREFIX as DOSSIERS
from handlers.inbox import CHANNELS
from handlers.ports import StoreUnavailable
from handlers.services import Services
from knowledge.phrases import Problem, say

log = logging.getLogger(__name__)

Handler = Callable[[Incoming, Services], Reply]


@dataclass(frozen=True)
class Route:
    """A handler and what it takes."""

    name: str
    takes: Callable[[Incoming], bool]
    handle: Handler


def pressed(prefix: str) -> Callable[[Incoming], bool]:
    """Takes presses whose action starts with `prefix`."""
    return lambda incoming: (incoming.pressed or "").startswith(prefix)


def stale_press(incoming: Incoming, services: Services) -> Reply:
    """A button nobody knows: from an older version of the assistant."""
    return Reply(parts=(Text(text=say("router.stale", incoming.actor.lang), tone="error"),))


# The first route that takes the message answers it. A question is what remains.
ROUTES: tuple[Route, ...] = (
    Route("help pressed", lambda i: i.pressed == help.HELP_ACTION, help.show_help),
    Route("feedback", pressed(feedback.PREFIX), feedback.give_feedback),
    Route("document", pressed(document.PREFIX), document.open_document),
    Route("adviser's reply", pressed(forward.REPLY), forward.reply_to_asker),
    Route("forward", pressed(forward.PREFIX), forward.forward),
    Route("notice", pressed(subscribe.WHY), subscribe.why),
    Route("subscribe", pressed(subscribe.PREFIX), subscribe.subscribe),
    Route("dossiers", pressed(DOSSIERS), dossier_routes.handle),
    Route("dialogs", pressed(guide_runs.PREFIX), guide.press),
    Route("history", pressed(history.PREFIX), history.press),
    Route("announce", pressed(announce.PREFIX), announce.announce),
    Route("unknown press", lambda i: i.pressed is not None, stale_press),
    Route("courtesy", lambda i: help.courtesy(i.text or "") is not None, help.show_help),
    Route("announcements", lambda i: announce.is_asked(i.text or ""), announce.announce),
    Route("subscriptions", lambda i: subscribe.is_asked(i.text or ""), subscribe.subscribe),
    Route("dossiers asked", dossier_routes.takes, dossier_routes.handle),
    Route("history asked", history.asks, history.answer),
    Route("dialog or question", lambda i: True, guide_typed.converse),
)


class Router:
    """The door by which every channel enters. Safe to call from several threads."""

    def __init__(self, services: Services, routes: tuple[Route, ...] = ROUTES) -> None:
        self.services = services
        self.routes = routes

    def reply(self, incoming: Incoming) -> Reply:
        """The reply to anything; never raises, never returns nothing."""
        actor = self.services.access.settle(incoming.actor)
        if actor.audience == "broker" and self.overheard(incoming.address):
            actor = actor.model_copy(update={"audience": "client"})
        incoming = incoming.model_copy(update={"actor": actor})
        lang = incoming.actor.lang
        self.note(incoming)
        try:
            route = next(route for route in self.routes if route.takes(incoming))
            return route.handle(incoming, self.services)
        except Problem as problem:
            log.warning("%s", problem.key)
            return Reply(parts=(Text(text=problem.text(lang), tone="error"),))
        except Exception as error:
            return self.failure(error, lang)

    def note(self, incoming: Incoming) -> None:
        """Remembers where somebody can be written to."""
        mail, actor = self.services.mail, incoming.actor
        # Whoever comes to the page or the terminal without signing in is nobody to write to, until
        # he subscribes or works on a dossier.
        meant = (incoming.pressed or "").startswith(DOSSIERS) and actor.audience != "outsider"
        if mail is not None and (actor.channel not in CHANNELS or actor.person or meant):
            try:
                mail.addresses.seen(actor, incoming.address, self.services.clock())
            except StoreUnavailable as error:
                log.warning("address not noted: %s", error)

    def overheard(self, address: Address) -> bool:
        """Whether others than advisers may read along: then an adviser is answered what a client
        may read. In the broker's own channel he is among his own."""
        own = self.services.broker
        if address.private:
            return False
        return not (
            own is not None
            and own.channel == address.channel
            and address.conversation.startswith(own.conversation)
        )

    def failure(self, error: Exception, lang: str) -> Reply:
        """A sentence with a reference number for the user, the place of the error for the log.

        An exception's text may quote what the user typed: it goes to the log only at debug level.
        """
        reference = self.services.new_id()[:8].upper()
        log.error("reference %s: %s at %s", reference, type(error).__name__, place(error))
        log.debug("reference %s", reference, exc_info=error)
        text = say("router.failure", lang, reference=reference)
        return Reply(parts=(Text(text=text, tone="error"),))


def place(error: Exception) -> str:
    """« file.py:12 ‹ caller.py:40 »: where the exception was raised, innermost first, 4 at most."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ‹ ".join(places[:-5:-1])
