"""Buttons and modals: what was pressed or submitted, and where its reply shows."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.channels.slack_desk import Desk, Spot, Thought, is_refusal, spot_of, told
from bot.channels.slack_forms import carried_by
from bot.channels.slack_modals import Modals, address_of, beside, carrying, reached, told_text
from bot.channels.slack_press import Press, loaded
from bot.channels.slack_replies import Replies
from bot.channels.slack_workspaces import Workspace
from handlers.conversation import Actor, Address, DocumentPart, Incoming, Reply, Text
from handlers.feedback import PREFIX as FEEDBACK
from knowledge.phrases import say

log = logging.getLogger(__name__)

Json = dict[str, Any]
Respond = Callable[..., Awaitable[Any]]


class Presses:
    """Answers what was pressed."""

    def __init__(self, desk: Desk, replies: Replies, modals: Modals) -> None:
        self.desk = desk
        self.replies = replies
        self.modals = modals

    async def pressed(self, body: Mapping[str, Any], home: Workspace, respond: Respond) -> None:
        """A button in a message, in a modal or on the Home tab."""
        action = next((a for a in body.get("actions") or () if isinstance(a, dict)), {})
        press = loaded(action.get("value"))
        moment = f"{body.get('trigger_id') or ''}:{action.get('action_ts') or ''}"
        async with self.desk.once(f"press:{moment}" if len(moment) > 1 else "") as fresh:
            if fresh:
                await self.done(press, body, home, respond, moment)

    async def done(
        self, press: Press, body: Mapping[str, Any], home: Workspace, respond: Respond, event: str
    ) -> None:
        """Does what a button stands for."""
        spot, address = placed(body, home)
        if press.say and (body.get("container") or {}).get("is_ephemeral"):
            address = spot.aside()
        actor = await self.desk.asker(home, spot)
        if press.own == "open":
            await self.modals.open(press, body, home, actor, spot, address)
            return
        if press.own == "share":
            await self.share(press, home, spot, respond)
            return
        if press.own == "why":
            await self.modals.ask_why(press, body, home, actor, spot, address)
        incoming = Incoming(
            actor=actor,
            address=address,
            text=press.say or None,
            pressed=None if press.say else press.action,
            values=press.values,
            event=event,
        )
        async with self.desk.locks.held(address.conversation):
            thought = await self.desk.think(incoming, press.offset)
            if press.say:  # nobody sees what a button says: the answer repeats it
                asked = Text(text=press.say, tone="note")
                reply = Reply(parts=(asked, *thought.reply.parts))
                thought = self.desk.thought(reply, actor.lang)
            await self.show(thought, press, body, home, actor, spot, address, respond)

    async def show(
        self,
        thought: Thought,
        press: Press,
        body: Mapping[str, Any],
        home: Workspace,
        actor: Actor,
        spot: Spot,
        address: Address,
        respond: Respond,
    ) -> None:
        """The reply to a press: in the modal it was pressed in, else a modal for a form, else
        where the pressed message stands."""
        shown = body.get("view")
        view: Mapping[str, Any] = shown if isinstance(shown, dict) else {}
        container = body.get("container") or {}
        trigger = str(body.get("trigger_id") or "")
        if view.get("type") == "modal":
            await self.in_modal(thought, view, home, actor, spot, address, trigger)
            return
        message = str(container.get("message_ts") or "")
        ephemeral = bool(container.get("is_ephemeral"))
        # A refusal goes to whoever pressed; the form stays for whom it is.
        refused = is_refusal(thought.reply)
        in_place = bool(press.form) and message and not ephemeral and not refused
        # A modal for a form; for what was pressed on the Home tab, as of a message elsewhere Slack
        # gives but a sign; and for a document in a channel, where nobody else asked for it.
        reading = any(isinstance(part, DocumentPart) for part in thought.reply.parts)
        apart = view.get("type") == "home" or (reading and not spot.private)
        if trigger and (apart or (thought.form and not in_place)):
            made = self.modals.next_view(thought, actor.lang, carrying(address))
            if await self.modals.opened(home, trigger, made):
                await self.hand_over(thought, home, spot, actor, trigger)
                return
        if press.action.startswith(FEEDBACK) or ephemeral or (press.form and refused):
            replace = press.action.startswith(FEEDBACK) and ephemeral
            await self.replies.whisper(
                home, spot, thought, actor.lang, respond=respond, replace=replace
            )
        elif in_place:
            await self.replies.change(home, spot, [message], thought, actor.lang, trigger)
        else:
            await self.replies.post(home, beside(spot), thought, actor.lang, key=trigger)

    async def in_modal(
        self,
        thought: Thought,
        view: Mapping[str, Any],
        home: Workspace,
        actor: Actor,
        spot: Spot,
        address: Address,
        trigger: str,
    ) -> None:
        """The reply to a press in a modal shows there; where a dialog ends, in the conversation
        as well."""
        carried = carried_by(view) | carrying(address)
        made = self.modals.beside_files(thought, actor.lang, dict(view))
        made = made or self.modals.next_view(thought, actor.lang, carried)
        if not await self.modals.update(home, view, made):
            await self.replies.post(home, beside(spot), thought, actor.lang, key=trigger)
        elif reached(thought.reply):
            await self.modals.spread(thought, carried, home, actor, spot)
        else:
            await self.hand_over(thought, home, spot, actor, trigger)

    async def hand_over(
        self, thought: Thought, home: Workspace, spot: Spot, actor: Actor, key: str
    ) -> None:
        """The files of a reply that a modal shows go into the conversation."""
        if thought.files:
            files = Thought(thought.reply, [], None, thought.files, thought.rest)
            await self.replies.post(home, beside(spot), files, actor.lang, key=key)

    async def share(self, press: Press, home: Workspace, spot: Spot, respond: Respond) -> None:
        """« Partager dans le fil »: the question is asked again where everybody reads, so that
        the answer is one for whoever reads there, and not for the asker alone."""
        kept = await self.desk.stored(None, self.desk.store.kept, press.kept)
        actor = await self.desk.asker(home, spot)
        if kept is None:
            reply = self.desk.thought(told("router.stale", actor.lang), actor.lang)
            await self.replies.whisper(home, spot, reply, actor.lang, respond=respond)
            return
        place = Spot(home.team, spot.channel, str(kept.get("thread") or ""), spot.user)
        if not place.thread:
            words = say("slack.shared", actor.lang, name=actor.name, question=kept["question"])
            opening = self.desk.thought(told_text(words), actor.lang)
            key = f"share:{press.kept}"
            sent = await self.replies.post(home, place, opening, actor.lang, key=key)
            if not sent or not sent[0]:
                return
            place = Spot(home.team, spot.channel, sent[0], spot.user)
        incoming = Incoming(actor=actor, address=place.address(), text=str(kept["question"]))
        thought = await self.desk.think(incoming)
        sent = await self.replies.post(home, place, thought, actor.lang, key=f"shared:{press.kept}")
        if sent:
            join = self.desk.store.join
            await self.desk.stored(None, join, place.place, place.thread, self.desk.clock())


def placed(body: Mapping[str, Any], home: Workspace) -> tuple[Spot, Address]:
    """Where a press happened and the conversation it belongs to."""
    user = str((body.get("user") or {}).get("id") or "")
    view = body.get("view")
    if isinstance(view, dict):
        address = address_of(carried_by(view), home, user)
        found = spot_of(address)
        return Spot(home.team, found.channel, found.thread, user), address
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or user)
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    private = channel.startswith("D")
    if not thread and not private and not container.get("is_ephemeral"):
        thread = str(message.get("ts") or container.get("message_ts") or "")
    spot = Spot(home.team, channel, thread, user)
    if container.get("is_ephemeral"):  # seen by this person alone, wherever it stands
        return spot, Spot(home.team, user, user=user).address()
    return spot, spot.address()
