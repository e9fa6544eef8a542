"""What is said of a subscription, and who may do what with it."""

from __future__ import annotations

from handlers.conversation import Address, Button, Buttons, Incoming, Reply, Text
from handlers.moments import local_day
from handlers.ports_mail import Mailroom, Subscription
from handlers.services import Services
from handlers.topics import rhythm_text, same_name, topic_text
from handlers.writable import writable
from knowledge.dialog_view import day_text
from knowledge.phrases import say

PREFIX = "subscribe:"
LIST = "subscribe:list"
MOST = 50  # subscriptions of one person or channel


def mine(incoming: Incoming, mail: Mailroom) -> tuple[Subscription, ...]:
    """Those of the channel it is asked in, else those of the person."""
    if not incoming.address.private:
        return mail.subscriptions.of_address(writable(incoming, mail))
    return mail.subscriptions.of_owner(incoming.actor)


def line(
    subscription: Subscription, services: Services, mail: Mailroom, room: bool, lang: str
) -> str:
    """What a list says of one subscription."""
    said = summary("subscribe.list.line", subscription, lang)
    if room:
        known = mail.addresses.of_actor(subscription.owner)
        owner = known.actor if known and known.actor else subscription.owner
        gone = services.access.settle(owner).audience == "outsider"
        name = subscription.owner.name or say("subscribe.somebody", lang)
        said += " " + say(f"subscribe.list.{'departed' if gone else 'by'}", lang, name=name)
    elif not subscription.address.private:
        said += " " + say("subscribe.list.in_room", lang)
    if subscription.ends is not None:
        day = day_text(local_day(subscription.ends), lang)
        reason = say(f"sending.{subscription.ending}", lang)
        said += " " + say("subscribe.list.ending", lang, day=day, reason=reason)
    return said


def acts(subscription: Subscription, lang: str) -> tuple[Button, ...]:
    """Change, pause, end."""
    verbs = ["edit", "resume" if subscription.paused else "pause", "end"]
    if subscription.ends is not None:
        verbs.insert(0, "keep")
    return tuple(
        Button(
            label=say(f"subscribe.button.{verb}", lang),
            action=f"{PREFIX}{verb}:{subscription.id}",
            style="danger" if verb == "end" else "",
        )
        for verb in verbs
    )


def undo_action(subscription: Subscription) -> str:
    """All that was chosen, in the action: nothing of it is kept."""
    quiet = [subscription.quiet_from, subscription.quiet_to]
    shape = [subscription.every, subscription.hour, subscription.weekday]
    rest = ",".join("" if value is None else str(value) for value in [*shape, *quiet])
    return f"{PREFIX}undo:{subscription.topic}:{rest}:{subscription.value}"[:200]


def owned(
    incoming: Incoming, services: Services, mail: Mailroom, subscription_id: str
) -> Subscription | Reply:
    """The subscription, where the actor may change it: his own, or of a channel that he speaks in
    and may subscribe."""
    lang = incoming.actor.lang
    found = mail.subscriptions.subscription(subscription_id)
    if found is None:
        return told("subscribe.unknown", lang)
    here = writable(incoming, mail)
    in_room = not found.address.private and found.address == here
    if is_owner(incoming, found) or is_broker(incoming, services):
        return found
    if in_room and mail.room_subscribers == "client":
        return found
    return told("subscribe.not_yours", lang)


def is_broker(incoming: Incoming, services: Services) -> bool:
    """Whether an adviser speaks, even in a channel, where he is answered as a client."""
    return services.access.settle(incoming.actor).audience == "broker"


def is_owner(incoming: Incoming, subscription: Subscription) -> bool:
    """Whether the actor made it, on this channel or, where the people file knows him, another."""
    actor, owner = incoming.actor, subscription.owner
    same = (actor.channel, actor.workspace, actor.id) == (owner.channel, owner.workspace, owner.id)
    return same or (actor.person is not None and actor.person == owner.person)


def may_not_add(incoming: Incoming, services: Services, mail: Mailroom) -> Reply | None:
    """Why no subscription may be added here, or None."""
    actor = incoming.actor
    if (
        not incoming.address.private
        and mail.room_subscribers == "broker"
        and not is_broker(incoming, services)
    ):
        return told("subscribe.room_forbidden", actor.lang)
    count = len(mine(incoming, mail))
    if count >= MOST:
        return told("subscribe.too_many", actor.lang, count=count)
    return None


def summary(key: str, subscription: Subscription, lang: str) -> str:
    """A sentence with what a subscription is about and when it is sent."""
    return say(
        key, lang, topic=topic_text(subscription, lang), rhythm=rhythm_text(subscription, lang)
    )


def done(what: str, subscription: Subscription, lang: str) -> Reply:
    """What was done, with the way back to the list."""
    key = f"subscribe.done.{what}"
    text = (
        say(key, lang, topic=topic_text(subscription, lang))
        if what == "paused"
        else summary(key, subscription, lang)
    )
    back = Button(label=say("notice.list", lang), action=LIST)
    return Reply(
        parts=(
            Text(text=text, tone="success"),
            Buttons(buttons=(*acts(subscription, lang), back)),
        )
    )


def told(key: str, lang: str, tone: str = "error", **values: object) -> Reply:
    """A reply of one sentence."""
    return Reply(parts=(Text.model_validate({"text": say(key, lang, **values), "tone": tone}),))


def same(read: dict[str, object], where: Address, mail: Mailroom) -> Subscription | None:
    """The subscription of this conversation to the same thing: it is changed, not doubled."""
    for found in mail.subscriptions.of_address(where):
        topic, value = read["topic"], str(read["value"])
        if found.topic == topic and (found.value == value or same_name(found.value, value)):
            return found
    return None
