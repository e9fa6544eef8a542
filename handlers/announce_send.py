"""Announcements on their way: test, approval, sending, correction, recall, report."""

from __future__ import annotations

from handlers.announce_audience import count, who_is
from handlers.announce_desk import OPEN, OUT, Desk
from handlers.announce_draft import show
from handlers.announce_forms import read_when, when_form
from handlers.announce_tell import tell_brokers
from handlers.announce_text import message
from handlers.announce_view import (
    batch_of,
    export,
    progress_batch,
    report_view,
    scheduled_view,
    sent_view,
)
from handlers.conversation import Reply
from handlers.ports_announcements import Announcement, Phase
from handlers.writable import writable


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
        told = tell_brokers(desk, made, made.author, str(made.version))
        key = "announce.proposed" if told else "announce.proposed_nobody"
        return desk.told(key, "success" if told else "warning")
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
    """Back to a draft, from an approval or from waiting for its time."""
    back = {"phase": "draft", "at": None, "approved_by": None, "version": a.version + 1}
    made = a.model_copy(update=back)
    desk.mail.announcements.save(made, ("approval", "scheduled"))
    return show(desk, made, "")


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
