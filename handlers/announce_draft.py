"""Announcements being prepared: list, draft, recipients, previews."""

from __future__ import annotations

from handlers.announce_audience_form import audience_form, read_audience
from handlers.announce_correct import correct, proposed
from handlers.announce_desk import OPEN, OUT, Desk
from handlers.announce_forms import content_form, with_file_name
from handlers.announce_text import message, read_content
from handlers.announce_view import (
    draft_view,
    scheduled_view,
    sent_view,
)
from handlers.conversation import Button, Buttons, Reply, Table, Text
from handlers.moments import moment_text
from handlers.ports_announcements import Announcement
from knowledge.phrases import say


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
    if a.correction is not None and a.phase in OUT:
        return proposed(desk, a)
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
    if a.phase in OUT:
        return correct(desk, a, fields)
    made = a.model_copy(update={**fields, "version": a.version + 1})
    desk.mail.announcements.save(made, (a.phase,))
    return show(desk, made, "")


def audience(desk: Desk, a: Announcement, more: str) -> Reply:
    """The form of whom it is for."""
    return Reply(parts=(audience_form(a, desk.services, desk.mail, desk.lang),))


def aim(desk: Desk, a: Announcement, more: str) -> Reply:
    """Whom it is for."""
    given = desk.incoming.values
    fields, errors = read_audience(given, desk.services, desk.mail, desk.lang)
    if errors:
        form = audience_form(a, desk.services, desk.mail, desk.lang, errors, given)
        return Reply(parts=(form,))
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
