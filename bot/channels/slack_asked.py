"""`/catalogue` and its subcommands, and the message shortcut: answered for the asker alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from bot.channels.slack_desk import Desk, Spot, Thought, told
from bot.channels.slack_modals import Modals, carrying
from bot.channels.slack_parts import press_rows
from bot.channels.slack_press import Press
from bot.channels.slack_replies import Replies
from bot.channels.slack_text import typed
from bot.channels.slack_workspaces import Workspace
from handlers.conversation import AnswerPart, Incoming, Reply, Text
from handlers.help import HELP_ACTION
from knowledge.phrases import say

COMMAND = "/catalogue"
SHORTCUT = "ask_catalogue"
QUESTION = "question"
# What each subcommand does, by its folded name: an action of the handlers.
ACTIONS = {
    "admissibilite": "dialog:start:admissibilite",
    "eligibility": "dialog:start:admissibilite",
    "preparation": "dialog:start:preparation",
    "dossiers": "dossier:list",
    "dossier": "dossier:list",
    "abonnements": "subscribe:list",
    "subscriptions": "subscribe:list",
    "nouveautes": "history:recent",
    "news": "history:recent",
    "annonce": "announce:list",
    "annonces": "announce:list",
    "announcement": "announce:list",
    "aide": HELP_ACTION,
    "help": HELP_ACTION,
}

Respond = Callable[..., Awaitable[Any]]


def folded(word: str) -> str:
    """Without case or accents: « Nouveautés » → « nouveautes »."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def asked(text: str) -> tuple[str, str]:
    """(action, question) of what follows the command: one of them, or neither for nothing.

    >>> asked("Nouveautés"), asked("question délai?"), asked("délai de livraison?"), asked("")
    (('history:recent', ''), ('', 'délai?'), ('', 'délai de livraison?'), ('help', ''))
    """
    word, _, rest = text.strip().partition(" ")
    name = folded(word.rstrip(":"))
    if not name:
        return HELP_ACTION, ""
    if name == QUESTION:
        return ("", rest.strip()) if rest.strip() else (HELP_ACTION, "")
    if name in ACTIONS and not rest.strip():
        return ACTIONS[name], ""
    return "", text.strip()


class Asked:
    """Answers the command and the shortcut."""

    def __init__(self, desk: Desk, replies: Replies, modals: Modals) -> None:
        self.desk = desk
        self.replies = replies
        self.modals = modals

    async def command(self, body: Mapping[str, Any], home: Workspace, respond: Respond) -> None:
        """`/catalogue …`."""
        text = body.get("text")
        text = (typed(text) if isinstance(text, str) else "") or HELP_ACTION
        await self.answer(text, body, home, respond, str(body.get("channel_id") or ""), "")

    async def shortcut(self, body: Mapping[str, Any], home: Workspace, respond: Respond) -> None:
        """« Demander au Catalogue » on a message: its text is the question."""
        message = body.get("message") or {}
        text = typed(str(message.get("text") or ""), home.bot_user)
        channel = str((body.get("channel") or {}).get("id") or "")
        thread = str(message.get("thread_ts") or message.get("ts") or "")
        text = f"{QUESTION} {text}" if text else ""
        await self.answer(text, body, home, respond, channel, thread)

    async def answer(
        self,
        text: str,
        body: Mapping[str, Any],
        home: Workspace,
        respond: Respond,
        channel: str,
        thread: str,
    ) -> None:
        """Answers for the asker alone, once; says so where there is nothing to answer."""
        user = str(body.get("user_id") or (body.get("user") or {}).get("id") or "")
        trigger = str(body.get("trigger_id") or "")
        async with self.desk.once(f"asked:{trigger}" if trigger else "") as fresh:
            if not fresh:
                return
            spot = Spot(home.team, channel or user, thread, user)
            own = Spot(home.team, user, user=user)  # nobody reads along: his own conversation
            actor = await self.desk.asker(home, own)
            if not text:
                thought = self.desk.thought(told("slack.no_text", actor.lang, "note"), actor.lang)
                await self.replies.whisper(home, spot, thought, actor.lang)
                return
            action, question = asked(text)
            address = own.address() if action else own.aside()
            incoming = Incoming(
                actor=actor,
                address=address,
                text=None if action else question,
                pressed=action or None,
                event=f"asked:{trigger}",
            )
            async with self.desk.locks.held(address.conversation):
                thought = await self.desk.think(incoming)
            if action == HELP_ACTION:
                thought = self.with_commands(thought, actor.lang)
            await self.show(thought, incoming, home, spot, trigger, respond)

    async def show(
        self,
        thought: Thought,
        incoming: Incoming,
        home: Workspace,
        spot: Spot,
        trigger: str,
        respond: Respond,
    ) -> None:
        """A form in a modal; anything else as a message that only the asker sees, with the
        button that shares it."""
        lang, question = incoming.actor.lang, incoming.text
        if thought.form and trigger:
            made = self.modals.next_view(thought, lang, carrying(incoming.address))
            if await self.modals.opened(home, trigger, made):
                return
        if spot.private and await self.ours(home, spot):
            await self.replies.post(home, spot, thought, lang, key=f"asked:{trigger}")
            return
        if question and any(isinstance(part, AnswerPart) for part in thought.reply.parts):
            await self.offer_share(thought, spot, question, lang)
        in_thread = None if spot.thread else respond  # a response_url knows nothing of threads
        await self.replies.whisper(home, spot, thought, lang, respond=in_thread)

    async def ours(self, home: Workspace, spot: Spot) -> bool:
        """Whether a direct conversation is the one with the assistant: the command works in those
        between colleagues as well, where it may not write."""
        own = await self.replies.direct(home, Spot(home.team, spot.user, user=spot.user))
        return own.channel == spot.channel

    async def offer_share(self, thought: Thought, spot: Spot, question: str, lang: str) -> None:
        """Adds « partager dans le fil » to a private answer."""
        name = uuid4().hex
        body = {"question": question, "thread": spot.thread}
        kept = await self.desk.stored(False, self.kept, name, body)
        if kept and thought.pages:
            share = (say("slack.share", lang), Press(own="share", kept=name), "")
            thought.pages[-1].blocks.extend(press_rows([share], lang))

    def kept(self, name: str, body: dict[str, Any]) -> bool:
        """Keeps the question behind the button."""
        self.desk.store.keep(name, body, self.desk.clock())
        return True

    def with_commands(self, thought: Thought, lang: str) -> Thought:
        """The help, with the list of subcommands."""
        listed = Text(text=say("slack.commands", lang))
        return self.desk.thought(Reply(parts=(*thought.reply.parts, listed)), lang)
