"""Modals: opened from a button, sent, shown their next step; their outcome in the conversation."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_desk import Desk, Spot, Thought, spot_of, told
from bot.channels.slack_forms import BLOCKS, carried_by, errors_of, told_view, values_of, view_of
from bot.channels.slack_pages import blocks_of
from bot.channels.slack_parts import context
from bot.channels.slack_press import Press
from bot.channels.slack_replies import Replies
from bot.channels.slack_workspaces import Workspace
from handlers.conversation import (
    Actor,
    Address,
    Button,
    Buttons,
    Choice,
    Citations,
    File,
    Form,
    FormField,
    Incoming,
    Reply,
    Text,
)
from handlers.feedback import PREFIX as FEEDBACK
from handlers.feedback import REASONS, feedback_action, feedback_part
from knowledge.phrases import say

log = logging.getLogger(__name__)

Json = dict[str, Any]
WHY = "why:"  # the submit action of the channel's own form for a reason
VERDICTS = ("success", "warning", "error")  # tones of an outcome
FILES = "files"  # block_id of the line that says where files are
SUBMITTED = 1000  # submissions remembered, for the same one sent twice


class Modals:
    """Opens modals and answers those that were sent."""

    def __init__(self, desk: Desk, replies: Replies) -> None:
        self.desk = desk
        self.replies = replies
        self.submissions: dict[str, asyncio.Task[Json | None]] = {}

    async def open(
        self,
        press: Press,
        body: Mapping[str, Any],
        home: Workspace,
        actor: Actor,
        spot: Spot,
        address: Address,
    ) -> None:
        """« Répondre » under a form in a message: opens it as a modal."""
        kept = await self.desk.stored(None, self.desk.store.kept, press.kept)
        if kept is None:
            reply = self.desk.thought(told("router.stale", actor.lang), actor.lang)
            await self.replies.whisper(home, spot, reply, actor.lang)
            return
        message = str((body.get("container") or {}).get("message_ts") or "")
        carried = carrying(address) | {"m": message, "ch": spot.channel, "th": spot.thread}
        made = view_of(Form.model_validate(kept["form"]), actor.lang, carried)
        if not await self.opened(home, str(body.get("trigger_id") or ""), made):
            reply = self.desk.thought(told("slack.too_late", actor.lang), actor.lang)
            await self.replies.whisper(home, spot, reply, actor.lang)

    async def ask_why(
        self,
        press: Press,
        body: Mapping[str, Any],
        home: Workspace,
        actor: Actor,
        spot: Spot,
        address: Address,
    ) -> None:
        """After « pas utile »: the reason and a few words, in a modal."""
        lang = actor.lang
        form = Form(
            key=f"{WHY}{press.kept}",
            title=say("slack.why", lang),
            fields=(
                FormField(
                    name="reason",
                    kind="choice",
                    label=say("slack.reason", lang),
                    choices=tuple(
                        Choice(value=reason, label=say(f"feedback.reason.{reason}", lang))
                        for reason in REASONS
                    ),
                ),
                FormField(
                    name="comment",
                    kind="long_text",
                    label=say("slack.comment", lang),
                    required=False,
                    most="500",
                ),
            ),
            submit=Button(label=say("slack.send", lang), action=f"{WHY}{press.kept}"),
        )
        made = view_of(form, lang, carrying(address))
        if not await self.opened(home, str(body.get("trigger_id") or ""), made):
            reasons = Buttons(text=form.title, buttons=feedback_part(press.kept, lang).reasons)
            thought = self.desk.thought(Reply(parts=(reasons,)), lang)
            await self.replies.whisper(home, spot, thought, lang)

    async def submitted(self, body: Mapping[str, Any], home: Workspace) -> Json | None:
        """A modal sent: Slack's `response_action`, None to close it. It comes within
        `ack_within` seconds; what takes longer is shown when it is there. The same submission
        sent twice is one; corrected after an error it is another, though the view is the same."""
        view = body.get("view") or {}
        state = json.dumps(view.get("state") or {}, sort_keys=True)
        digest = hashlib.sha256(state.encode()).hexdigest()
        name = f"{view.get('id')}:{view.get('hash')}:{digest}"
        task = self.submissions.get(name)
        if task is None:
            task = asyncio.ensure_future(self.answered(body, view, home))
            self.submissions[name] = task
            while len(self.submissions) > SUBMITTED:
                self.submissions.pop(next(iter(self.submissions)))
        lang = self.desk.options.lang
        try:
            return await asyncio.wait_for(asyncio.shield(task), self.desk.options.ack_within)
        except TimeoutError:
            task.add_done_callback(lambda done: self.later(done, home, view))
            return {"response_action": "update", "view": told_view([], lang, carried_by(view))}

    def later(self, done: asyncio.Task[Json | None], home: Workspace, view: Json) -> None:
        """Shows the next step in the modal that says « working »."""
        if done.cancelled() or done.exception() is not None:
            return
        outcome = done.result() or {}
        if "view" in outcome:
            made = outcome["view"]
        elif "again" in outcome:
            made = outcome["again"]
        else:
            words = say("slack.done", self.desk.options.lang)
            thought = self.desk.thought(told_text(words), self.desk.options.lang)
            made = told_view(thought.pages[0].blocks, self.desk.options.lang, {})
        self.desk.spawn(self.update(home, {"id": view.get("id")}, made))

    async def answered(self, body: Mapping[str, Any], view: Json, home: Workspace) -> Json | None:
        """What the handlers say to a submission, as the modal's next state."""
        carried = carried_by(view)
        user = str((body.get("user") or {}).get("id") or "")
        address = address_of(carried, home, user)
        spot = Spot(home.team, spot_of(address).channel, spot_of(address).thread, user)
        actor = await self.desk.asker(home, spot)
        action, values = str(carried.get("a") or ""), values_of(view)
        if action.startswith(WHY):
            action = feedback_action(action.removeprefix(WHY), "no", values.pop("reason", ""))
        incoming = Incoming(actor=actor, address=address, pressed=action, values=values)
        async with self.desk.locks.held(address.conversation):
            thought = await self.desk.think(incoming)
        form = thought.form
        if form is not None:
            made = self.next_view(thought, actor.lang, carried)
            errors = errors_of(form, view)
            if errors and not thought.rest.parts:  # what is said along would be lost
                return {"response_action": "errors", "errors": errors, "again": made}
            return {"response_action": "update", "view": made}
        if action.startswith(FEEDBACK):
            return None
        if carried.get("m") or lasting(thought.reply):
            self.desk.spawn(self.spread(thought, carried, home, actor, spot))
        return {
            "response_action": "update",
            "view": self.next_view(thought, actor.lang, carried),
        }

    async def spread(
        self, thought: Thought, carried: Json, home: Workspace, actor: Actor, spot: Spot
    ) -> None:
        """What was reached stays in the conversation, too: in the place of the form it came
        from."""
        message, channel = str(carried.get("m") or ""), str(carried.get("ch") or "")
        key = f"outcome:{carried.get('k')}:{self.desk.clock().timestamp()}"
        if message and channel:
            place = Spot(home.team, channel, str(carried.get("th") or ""), spot.user)
            await self.replies.change(home, place, [message], thought, actor.lang, key)
        else:
            await self.replies.post(home, beside(spot), thought, actor.lang, key=key)

    def next_view(self, thought: Thought, lang: str, carried: Json) -> Json:
        """The modal that shows a reply."""
        if thought.form is not None:
            before = blocks_of(thought.rest, lang, self.desk.keep_form)
            return view_of(thought.form, lang, carried, before)
        shown = blocks_of(thought.reply, lang, self.desk.keep_form)
        return told_view(shown + where_files_are(thought, lang), lang, carried)

    def beside_files(self, thought: Thought, lang: str, view: Json) -> Json | None:
        """The modal as it was, with where the files are: for a reply of nothing but files. None
        for any other, and where Slack doesn't give the modal back."""
        blocks = view.get("blocks")
        alone = all(isinstance(part, File) for part in thought.reply.parts)
        if not (alone and thought.files and isinstance(blocks, list) and blocks):
            return None
        said = blocks_of(thought.reply, lang, self.desk.keep_form) + where_files_are(thought, lang)
        shown = {"type", "callback_id", "title", "close", "submit", "private_metadata"}
        kept = {name: value for name, value in view.items() if name in shown and value}
        before = [block for block in blocks if block.get("block_id") != FILES]
        return kept | {"blocks": (said + before)[:BLOCKS]}

    async def opened(self, home: Workspace, trigger: str, view: Json) -> bool:
        """Whether the modal opened: a trigger lives for three seconds."""
        try:
            await self.desk.api.call("views.open", home.token, trigger_id=trigger, view=view)
        except (SendLater, SendNever) as error:
            log.info("slack modal not opened: %s", error)
            return False
        return True

    async def update(self, home: Workspace, view: Mapping[str, Any], made: Json) -> bool:
        """Whether the open modal took its next state."""
        try:
            await self.desk.api.call("views.update", home.token, view_id=view.get("id"), view=made)
        except (SendLater, SendNever) as error:
            log.info("slack modal not updated: %s", error)
            return False
        return True


def where_files_are(thought: Thought, lang: str) -> list[Json]:
    """Says that the files of a reply are in the conversation; nothing where there are none."""
    names = ", ".join(file.name for file in thought.files)
    told = context(say("slack.file_there", lang, name=names))
    return [told | {"block_id": FILES}] if names else []


def reached(reply: Reply) -> bool:
    """Whether a reply is where a dialog ends: a verdict, and what it rests on."""
    judged = any(isinstance(part, Text) and part.tone in VERDICTS for part in reply.parts)
    return judged and any(isinstance(part, Citations) for part in reply.parts)


def lasting(reply: Reply) -> bool:
    """Whether what a submission led to is worth keeping in the conversation: not where something
    is still to be confirmed or begun."""
    done = any(isinstance(part, Text) and part.tone == "success" for part in reply.parts)
    rows = [part.buttons for part in reply.parts if isinstance(part, Buttons)]
    onward = any(button.style == "primary" for row in rows for button in row)
    return (done and not onward) or reached(reply)


def told_text(words: str) -> Reply:
    """A reply that says one thing."""
    return Reply(parts=(Text(text=words),))


def carrying(address: Address) -> Json:
    """What a modal carries so that its submission belongs to the same conversation."""
    return {"c": address.conversation, "p": address.private}


def address_of(carried: Mapping[str, Any], home: Workspace, user: str) -> Address:
    """The conversation that a modal belongs to; one of another workspace is not ours."""
    conversation = carried.get("c")
    if isinstance(conversation, str) and conversation.startswith(f"{home.team}:"):
        return Address(
            channel="slack", conversation=conversation, private=bool(carried.get("p", True))
        )
    return Spot(home.team, user, user=user).address()


def beside(spot: Spot) -> Spot:
    """Where to write: without a channel (modal, Home tab), to the person."""
    return spot if spot.channel else Spot(spot.team, spot.user, user=spot.user)
