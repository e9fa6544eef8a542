"""The Home tab and the assistant pane."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_desk import Desk, Spot, is_refusal
from bot.channels.slack_forms import BLOCKS, metadata
from bot.channels.slack_modals import carrying
from bot.channels.slack_pages import blocks_of
from bot.channels.slack_parts import context, header, press_rows, section
from bot.channels.slack_press import Press, press_of
from bot.channels.slack_replies import Replies
from bot.channels.slack_said import PANE
from bot.channels.slack_text import Json, shortened
from bot.channels.slack_workspaces import Workspace
from handlers.conversation import Actor, Button, Buttons, Incoming, Reply, Text
from handlers.help import HELP_ACTION, example_buttons
from knowledge.phrases import say

log = logging.getLogger(__name__)

SECTIONS = (  # of the Home tab, in order: title, action
    ("help.menu.dossiers", "dossier:list"),
    ("help.menu.subscriptions", "subscribe:list"),
    ("help.menu.news", "history:recent"),
)
PROMPTS = 4  # that the pane shows
MOST = 28  # blocks of one section of the Home tab


class Home:
    """Publishes the Home tab, greets in the pane."""

    def __init__(self, desk: Desk, replies: Replies) -> None:
        self.desk = desk
        self.replies = replies

    async def opened(self, event: Mapping[str, Any], home: Workspace) -> None:
        """Somebody opened the Home tab."""
        user = str(event.get("user") or "")
        if event.get("tab") not in (None, "home") or not user:
            return
        spot = Spot(home.team, user, user=user)
        async with self.desk.locks.held(f"home:{user}"):
            actor = await self.desk.asker(home, spot)
            view = {
                "type": "home",
                "blocks": (await self.blocks(actor, spot))[:BLOCKS],
                "private_metadata": metadata(carrying(spot.address())),
            }
            try:
                await self.desk.api.call("views.publish", home.token, user_id=user, view=view)
            except (SendLater, SendNever) as error:
                log.warning("slack home not published: %s", error)

    async def blocks(self, actor: Actor, spot: Spot) -> list[Json]:
        """How to start, then the person's dossiers, subscriptions and the Catalogue's news."""
        lang = actor.lang
        made: list[Json] = [header(say("slack.home.title", lang))]
        made.append(section(say("slack.home.text", lang)))
        helped = await self.desk.think(
            Incoming(actor=actor, address=spot.address(), pressed=HELP_ACTION)
        )
        ways = [(b.label, press_of(b), "") for b in menu_of(helped.reply)]
        ways.append((say("slack.start.help", lang), Press(action=HELP_ACTION), ""))
        made += press_rows(ways, lang)
        for title, action in SECTIONS:
            incoming = Incoming(actor=actor, address=spot.address(), pressed=action)
            thought = await self.desk.think(incoming)
            if is_refusal(thought.reply):
                continue
            shown = blocks_of(thought.reply, lang, self.desk.keep_form)
            made.append({"type": "divider"})
            if not shown or shown[0]["type"] != "header":
                made.append(header(say(title, lang)))
            made += shown[:MOST]
            if len(shown) > MOST:
                made.append(context(say("slack.home.more", lang)))
        return made

    async def pane_opened(self, event: Mapping[str, Any], home: Workspace) -> None:
        """Somebody opened the assistant pane: a word of welcome and questions to press."""
        told = event.get("assistant_thread")
        told = told if isinstance(told, dict) else {}
        user, channel, thread = (
            str(told.get(name) or "") for name in ("user_id", "channel_id", "thread_ts")
        )
        if not (user and channel and thread):
            return
        spot = Spot(home.team, channel, thread, user)
        async with self.desk.once(f"pane:{spot.place}:{thread}") as fresh:
            if not fresh:
                return
            store = self.desk.store
            await self.desk.stored(None, store.join, spot.place, thread, self.desk.clock(), PANE)
            actor = await self.desk.asker(home, spot)
            examples = example_buttons(actor.lang).buttons
            if await self.suggest(home, spot, examples, actor.lang):
                greeting = Reply(parts=(Text(text=say("help.hello", actor.lang)),))
            else:
                ways = Buttons(buttons=tuple(examples))
                greeting = Reply(parts=(Text(text=say("help.hello", actor.lang)), ways))
            thought = self.desk.thought(greeting, actor.lang)
            await self.replies.post(home, spot, thought, actor.lang, key=f"pane:{thread}")

    async def suggest(
        self, home: Workspace, spot: Spot, examples: tuple[Button, ...], lang: str
    ) -> bool:
        """Whether the pane shows its suggested questions."""
        prompts = [
            {"title": shortened(button.label, 75), "message": button.say or button.label}
            for button in examples[:PROMPTS]
        ]
        try:
            await self.desk.api.call(
                "assistant.threads.setSuggestedPrompts",
                home.token,
                channel_id=spot.channel,
                thread_ts=spot.thread,
                title=say("slack.prompts", lang),
                prompts=prompts,
            )
        except (SendLater, SendNever) as error:
            log.info("slack prompts not set: %s", error)
            return False
        return True


def menu_of(reply: Reply) -> list[Button]:
    """What the help offers to start, to whoever asked for it; its example questions left out."""
    rows = [part.buttons for part in reply.parts if isinstance(part, Buttons)]
    return [button for row in rows for button in row if button.action]
