"""Announcements of the broker: draft, preview, send, follow, correct, take back."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from handlers.announce_audience import count, who_is
from handlers.announce_forms import (
    audience_form,
    content_form,
    read_audience,
    read_when,
    when_form,
    with_file_name,
)
from handlers.announce_text import READ, message, read_content
from handlers.announce_view import (
    batch_of,
    draft_view,
    export,
    progress_batch,
    report_view,
    scheduled_view,
    sent_view,
)
from handlers.conversation import Button, Buttons, Incoming, Reply, Table, Text
from handlers.moments import moment_text
from handlers.ports import StoreUnavailable
from handlers.ports_announcements import Announcement, AnnouncementConflict, Phase
from handlers.ports_mail import Mailroom
from handlers.services import Services
from handlers.writable import writable
from knowledge.phrases import say

log = logging.getLogger(__name__)

PREFIX = "announce:"
LIST = "announce:list"
WORDS = frozenset(("annonce", "annonces", "mes annonces", "announcement", "announcements"))
OPEN: tuple[Phase, ...] = ("draft",)
OUT: tuple[Phase, ...] = ("filling", "sent")


@dataclass(frozen=True)
class Desk:
    """What a verb works with: who presses, on what."""

    incoming: Incoming
    services: Services
    mail: Mailroom
    lang: str
    subject: str

    def told(self, key: str, tone: str = "error", **values: object) -> Reply:
        """A sentence, with the way back to the list."""
        text = Text.model_validate({"text": say(key, self.lang, **values), "tone": tone})
        back = Button(label=say("announce.button.list", self.lang), action=LIST)
        return Reply(parts=(text, Buttons(buttons=(back,))))


def is_asked(text: str) -> bool:
    """Whether the whole message is a call for announcements."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(plain.split()) in WORDS


def announce(incoming: Incoming, services: Services) -> Reply:
    """Whatever is pressed or asked about announcements; but for « J'ai lu », the broker's alone,
    and in private: a draft is nobody else's."""
    lang = incoming.actor.lang
    if services.mail is None or services.post is None:
        return Reply(parts=(Text(text=say("announce.off", lang), tone="error"),))
    pressed = incoming.pressed or LIST
    verb, _, rest = pressed.removeprefix(PREFIX).partition(":")
    subject, _, more = rest.partition(":")
    try:
        if pressed.startswith(READ):
            return read(Desk(incoming, services, services.mail, lang, subject))
        # In a channel an adviser is answered as a client: ask anew who he is.
        if services.access.settle(incoming.actor).audience != "broker":
            return Reply(parts=(Text(text=say("announce.broker_only", lang), tone="error"),))
        if not incoming.address.private:
            return Reply(parts=(Text(text=say("announce.private", lang), tone="error"),))
        services.mail.addresses.seen(incoming.actor, incoming.address, services.clock())
        desk = Desk(incoming, services, services.mail, lang, subject)
        if verb in ("list", "new") or (verb == "save" and not subject):
            return {"list": show_list, "new": new}.get(verb, save_new)(desk)
        found = services.mail.announcements.announcement(subject)
        if found is None or verb not in VERBS:
            return desk.told("announce.unknown")
        return VERBS[verb](desk, found, more)
    except AnnouncementConflict:
        return Reply(parts=(Text(text=say("announce.conflict", lang), tone="error"),))
    except StoreUnavailable as error:
        log.warning("announcements: %s", error)
        return Reply(parts=(Text(text=say("announce.not_stored", lang), tone="error"),))


def show_list(desk: Desk) -> Reply:
    """The latest announcements."""
    latest = desk.mail.announcements.latest()
    new_button = Button(
        label=say("announce.button.new", desk.lang), action="announce:new", style="primary"
    )
    if not latest:
        text = Text(text=say("announce.none", desk.lang))
        return Reply(parts=(text, Buttons(buttons=(new_button,))))
    columns = tuple(say(f"announce.column.{n}", desk.lang) for n in ("title", "phase", "created"))
    rows = tuple(
        (a.title, say(f"announce.phase.{a.phase}", desk.lang), moment_text(a.created, desk.lang))
        for a in latest
    )
    table = Table(title=say("announce.list", desk.lang), columns=columns, rows=rows)
    buttons = [new_button]
    buttons += [Button(label=a.title[:60], action=f"announce:show:{a.id}") for a in latest[:8]]
    return Reply(parts=(table, Buttons(buttons=tuple(buttons))))


def new(desk: Desk) -> Reply:
    """The form of a new one."""
    return Reply(parts=(content_form(None, desk.mail, desk.lang),))


def save_new(desk: Desk) -> Reply:
    """A new draft."""
    values = with_file_name(desk.incoming.values, desk.mail)
    fields, errors = read_content(values, desk.mail.attachments, desk.lang)
    if errors:
        given = desk.incoming.values
        return Reply(parts=(content_form(None, desk.mail, desk.lang, given, errors),))
    made = Announcement.model_validate(
        fields
        | {
            "id": desk.services.new_id()[:16],
            "author": desk.incoming.actor,
            "created": desk.services.clock(),
        }
    )
    desk.mail.announcements.save(made)
    return show(desk, made, "")


def show(desk: Desk, a: Announcement, more: str) -> Reply:
    """An announcement, as far as it has come."""
    if a.phase in ("draft", "approval"):
        return draft_view(a, desk.services, desk.mail, desk.lang)
    if a.phase == "scheduled":
        return scheduled_view(a, desk.services, desk.lang)
    if a.phase == "cancelled":
        return desk.told("announce.cancelled", "note", title=a.title)
    return sent_view(a, desk.mail, desk.lang)


def edit(desk: Desk, a: Announcement, more: str) -> Reply:
    """The form of what it says."""
    if a.phase not in OPEN + OUT:
        return desk.told("announce.conflict")
    return Reply(parts=(content_form(a, desk.mail, desk.lang),))


def save(desk: Desk, a: Announcement, more: str) -> Reply:
    """What was changed: of a draft, or of what readers have, in its place."""
    if a.phase not in OPEN + OUT:
        return desk.told("announce.conflict")
    values = with_file_name(desk.incoming.values, desk.mail)
    fields, errors = read_content(values, desk.mail.attachments, desk.lang)
    if errors:
        given = desk.incoming.values
        return Reply(parts=(content_form(a, desk.mail, desk.lang, given, errors),))
    made = a.model_copy(update={**fields, "version": a.version + 1})
    desk.mail.announcements.save(made, (a.phase,))
    if a.phase in OUT:
        desk.mail.outbox.edit(batch_of(a), str(made.version))
    return show(desk, made, "")


def audience(desk: Desk, a: Announcement, more: str) -> Reply:
    """The form of whom it is for."""
    return Reply(parts=(audience_form(a, desk.services, desk.mail, desk.lang),))


def aim(desk: Desk, a: Announcement, more: str) -> Reply:
    """Whom it is for."""
    fields, errors = read_audience(desk.incoming.values, desk.services, desk.mail, desk.lang)
    if errors:
        return Reply(parts=(audience_form(a, desk.services, desk.mail, desk.lang, errors),))
    made = a.model_copy(update={**fields, "version": a.version + 1})
    desk.mail.announcements.save(made, OPEN)
    return show(desk, made, "")


def show_as(desk: Desk, a: Announcement, more: str) -> Reply:
    """As another platform will show it."""
    if more not in desk.mail.previews:
        return desk.told("announce.unknown")
    lines = desk.mail.previews[more](message(a, desk.mail.attachments, desk.lang, file=False))
    channel = say(f"announce.channel.{more}", desk.lang)
    title = Text(text=say("announce.as", desk.lang, channel=channel), tone="note")
    back = Button(label=say("announce.button.back", desk.lang), action=f"announce:show:{a.id}")
    return Reply(parts=(title, Text(text=lines), Buttons(buttons=(back,))))


def test(desk: Desk, a: Announcement, more: str) -> Reply:
    """Sends it to whoever presses, and to nobody else."""
    assert desk.services.post is not None
    reply = message(a, desk.mail.attachments, desk.lang, test=True)
    here = writable(desk.incoming, desk.mail)
    desk.services.post.post(here, reply, key=f"test:{a.id}:{desk.services.new_id()}")
    return desk.told("announce.tested", "success")


def send(desk: Desk, a: Announcement, more: str) -> Reply:
    """Sends it now, or proposes it to a second person."""
    return launch(desk, a.model_copy(update={"at": None}), more)


def when(desk: Desk, a: Announcement, more: str) -> Reply:
    """The form of when it leaves."""
    return Reply(parts=(when_form(a, desk.lang),))


def schedule(desk: Desk, a: Announcement, more: str) -> Reply:
    """Sends it at a time, or proposes that."""
    at, errors = read_when(desk.incoming.values, desk.services.clock(), desk.lang)
    if at is None:
        return Reply(parts=(when_form(a, desk.lang, errors),))
    return launch(desk, a.model_copy(update={"at": at}), more)


def launch(desk: Desk, a: Announcement, seen: str) -> Reply:
    """On its way: `seen` is the version that was shown to whoever presses."""
    if seen != str(a.version):
        return show(desk, a.model_copy(update={"at": None}), "")
    if not count(a, desk.services, desk.mail):
        return desk.told("announce.empty")
    if desk.mail.approval:
        made = a.model_copy(update={"phase": "approval"})
        desk.mail.announcements.save(made, OPEN)
        tell_brokers(desk, made)
        return desk.told("announce.proposed", "success")
    return go(desk, a, OPEN)


def go(desk: Desk, a: Announcement, expected: tuple[Phase, ...]) -> Reply:
    """Into the hands of delivery, which starts at its time."""
    now = desk.services.clock()
    made = a.model_copy(update={"phase": "scheduled", "at": a.at or now})
    desk.mail.announcements.save(made, expected)
    progress = progress_batch(a)
    author = desk.mail.addresses.of_actor(a.author)
    if author is not None and not a.at:  # sent now: its author sees it come along
        desk.mail.outbox.put_one(
            author.address, key=progress, kind="progress", data=a.id, batch=progress
        )
    if a.at:
        return scheduled_view(made, desk.services, desk.lang)
    return desk.told("announce.leaving", "success", title=a.title)


def approve(desk: Desk, a: Announcement, more: str) -> Reply:
    """A second person's yes, to the version that he saw."""
    if a.phase != "approval":
        return desk.told("announce.conflict")
    if who_is(a.author) == who_is(desk.incoming.actor):
        return desk.told("announce.own")
    if more != str(a.version):
        return show(desk, a, "")
    made = a.model_copy(update={"approved_by": desk.incoming.actor})
    now = desk.services.clock()
    late = made.at is not None and made.at <= now
    return go(desk, made.model_copy(update={"at": None}) if late else made, ("approval",))


def refuse(desk: Desk, a: Announcement, more: str) -> Reply:
    """Back to a draft."""
    made = a.model_copy(update={"phase": "draft", "at": None, "version": a.version + 1})
    desk.mail.announcements.save(made, ("approval",))
    return desk.told("announce.refused", "note")


def cancel(desk: Desk, a: Announcement, more: str) -> Reply:
    """Before it has left."""
    made = a.model_copy(update={"phase": "cancelled"})
    desk.mail.announcements.save(made, ("draft", "approval", "scheduled"))
    return desk.told("announce.cancelled", "note", title=a.title)


def recall(desk: Desk, a: Announcement, more: str) -> Reply:
    """Takes it back from everybody who has it; who hasn't will not get it."""
    made = a.model_copy(update={"phase": "recalled"})
    desk.mail.announcements.save(made, OUT)
    desk.mail.outbox.recall(batch_of(a))
    return sent_view(made, desk.mail, desk.lang)


def retry(desk: Desk, a: Announcement, more: str) -> Reply:
    """Sends it again to those alone where it failed."""
    if a.phase != "sent":
        return desk.told("announce.conflict")
    number = desk.mail.outbox.retry(batch_of(a))
    return desk.told("announce.retried", "success", count=number)


def report(desk: Desk, a: Announcement, more: str) -> Reply:
    """What became of it."""
    return report_view(a, desk.mail, desk.lang)


def as_csv(desk: Desk, a: Announcement, more: str) -> Reply:
    """The report as a file."""
    return Reply(parts=(export(a, desk.mail, desk.lang),))


def read(desk: Desk) -> Reply:
    """« J'ai lu », of anybody who may have got it."""
    found = desk.mail.announcements.announcement(desk.subject)
    if found is None or desk.incoming.actor.audience == "outsider":
        return Reply(parts=(Text(text=say("announce.unknown", desk.lang), tone="error"),))
    actor = desk.incoming.actor
    desk.mail.announcements.read(found.id, who_is(actor), actor.name, desk.services.clock())
    return Reply(parts=(Text(text=say("announce.thanks", desk.lang), tone="note"),))


def tell_brokers(desk: Desk, a: Announcement) -> None:
    """Asks the other advisers for their approval, each once."""
    assert desk.services.post is not None
    after, asked = 0, {who_is(a.author)}
    while page := desk.mail.addresses.persons(after):
        after = page[-1].id
        for known in page:
            actor = desk.services.access.settle(known.actor) if known.actor else None
            if actor is None or actor.audience != "broker" or who_is(actor) in asked:
                continue
            asked.add(who_is(actor))
            text = say("announce.please", actor.lang, name=a.author.name, title=a.title)
            look = Button(
                label=say("announce.button.look", actor.lang), action=f"announce:show:{a.id}"
            )
            reply = Reply(parts=(Text(text=text), Buttons(buttons=(look,))))
            desk.services.post.post(known.address, reply, key=f"approve:{a.id}:{a.version}")


VERBS: dict[str, Callable[[Desk, Announcement, str], Reply]] = {
    "show": show,
    "edit": edit,
    "save": save,
    "audience": audience,
    "aim": aim,
    "as": show_as,
    "test": test,
    "send": send,
    "when": when,
    "schedule": schedule,
    "approve": approve,
    "refuse": refuse,
    "cancel": cancel,
    "recall": recall,
    "retry": retry,
    "report": report,
    "csv": as_csv,
}
