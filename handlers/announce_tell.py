"""Asks the other advisers of the broker to look at something."""

from __future__ import annotations

from handlers.announce_audience import who_is
from handlers.announce_desk import Desk
from handlers.conversation import Actor, Button, Buttons, Reply, Text
from handlers.ports_announcements import Announcement
from knowledge.phrases import say


def tell_brokers(desk: Desk, a: Announcement, by: Actor, what: str) -> int:
    """Asks for an approval of what `by` proposes, each adviser but him once; how many. `what`
    names the proposal: asked again for the same, nobody is told twice."""
    assert desk.services.post is not None
    after, asked = 0, {who_is(by)}
    while page := desk.mail.addresses.persons(after):
        after = page[-1].id
        for known in page:
            actor = desk.services.access.settle(known.actor) if known.actor else None
            if actor is None or actor.audience != "broker" or who_is(actor) in asked:
                continue
            asked.add(who_is(actor))
            key = "announce.correction.please" if a.correction else "announce.please"
            text = say(key, actor.lang, name=by.name, title=a.title)
            look = Button(
                label=say("announce.button.look", actor.lang), action=f"announce:show:{a.id}"
            )
            reply = Reply(parts=(Text(text=text), Buttons(buttons=(look,))))
            desk.services.post.post(known.address, reply, key=f"approve:{a.id}:{what}")
    return len(asked) - 1
