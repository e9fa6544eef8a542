"""What the assistant can do; and a friendly word for greetings, thanks and calls for help."""

from __future__ import annotations

import re
import unicodedata

from handlers.conversation import Actor, Button, Buttons, Incoming, Reply, Text
from handlers.services import Services
from knowledge.phrases import say

HELP_ACTION = "help"
EXAMPLES = ("duration", "eligible", "authorization", "contact")
# The main menu, the same on every channel: phrase `help.menu.<name>`, action, for whom.
CLIENTS = frozenset({"client", "broker"})
BROKER = frozenset({"broker"})
OF_ORGANISATIONS = frozenset({"preparation", "dossiers"})  # not for an adviser of none
MENU = (
    ("eligibility", "dialog:start:admissibilite", CLIENTS),
    ("preparation", "dialog:start:preparation", CLIENTS),
    ("dossiers", "dossier:list", CLIENTS),
    ("queue", "dossier:queue", BROKER),
    ("subscriptions", "subscribe:list", CLIENTS),
    ("news", "history:recent", CLIENTS),
    ("announcements", "announce:list", BROKER),
)

HELLO = frozenset("bonjour bonsoir salut allo coucou hello hi hey".split())
THANKS = frozenset("merci thanks thank thx parfait super genial great".split())
HELP = frozenset("aide help aidez aider menu commandes".split())
# Words that may go along without making it a question: « bonjour à tous », « merci beaucoup ».
FILLER = frozenset(
    "a tous toutes et le la l m moi bien beaucoup you very much again there so de du ton "
    "votre vous tu t es all good morning afternoon day soiree journee bonne please svp stp".split()
)


def courtesy(text: str) -> str | None:
    """Which courtesy the whole message is, or None when it says anything more.

    >>> courtesy("Bonjour!"), courtesy("Merci beaucoup"), courtesy("bonjour, c'est quoi un avenant")
    ('hello', 'thanks', None)
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    words = set(re.findall(r"[a-z]+", "".join(c for c in folded if not unicodedata.combining(c))))
    if text.strip() == "?":
        return "help"
    if re.search(r"\d", text) or words - HELLO - THANKS - HELP - FILLER:
        return None
    # « merci de votre aide » thanks, « bonjour, aide » asks for help: the telling word decides.
    for name, telling in (("thanks", THANKS), ("help", HELP), ("hello", HELLO)):
        if words & telling:
            return name
    return None


def show_help(incoming: Incoming, services: Services) -> Reply:
    """What can be done and asked, with example questions to press."""
    lang = incoming.actor.lang
    kind = courtesy(incoming.text or "") or "help"
    offered = menu(incoming.actor)
    shown = (offered,) if offered.buttons and kind != "thanks" else ()
    return Reply(parts=(Text(text=say(f"help.{kind}", lang)), example_buttons(lang), *shown))


def menu(actor: Actor) -> Buttons:
    """What this actor, settled by access.py, can start; without a button for an outsider."""
    of_none = actor.audience == "broker" and actor.organisation is None
    return Buttons(
        text=say("help.menu", actor.lang),
        buttons=tuple(
            Button(label=say(f"help.menu.{name}", actor.lang), action=action)
            for name, action, audiences in MENU
            if actor.audience in audiences and not (of_none and name in OF_ORGANISATIONS)
        ),
    )


def example_buttons(lang: str) -> Buttons:
    """Questions that the shipped documents answer."""
    examples = [say(f"help.example.{name}", lang) for name in EXAMPLES]
    return Buttons(
        text=say("help.examples", lang),
        buttons=tuple(Button(label=example, say=example) for example in examples),
    )
