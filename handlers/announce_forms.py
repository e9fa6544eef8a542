"""The forms of an announcement: what it says, and when it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from handlers.announce_text import LONGEST, TITLE, names_in
from handlers.conversation import Button, Choice, Form, FormField
from handlers.moments import QUEBEC
from handlers.ports_announcements import Announcement
from handlers.ports_mail import Mailroom
from handlers.subscribe_forms import slug
from knowledge.phrases import say


def content_form(
    announcement: Announcement | None,
    mail: Mailroom,
    lang: str,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Form:
    """What it says; `values` and `errors` of an earlier filling in."""
    given = dict(values if values is not None else content_values(announcement))
    wrong = errors or {}

    def field(name: str, kind: Any, **options: Any) -> FormField:
        label = say(f"announce.form.{name}", lang)
        error = wrong.get(name, "")
        return FormField(
            name=name, kind=kind, label=label, value=given.get(name, ""), error=error, **options
        )

    files = names_in(mail.attachments)
    fields = [
        field("title", "text", most=str(TITLE)),
        # A message that is too long is refused with a sentence, not cut by the form.
        field("text", "long_text", help=say("announce.form.text_help", lang, longest=LONGEST)),
        field("links", "long_text", required=False, help=say("announce.form.links_help", lang)),
    ]
    if files:
        choices = tuple(Choice(value=slug(name), label=name) for name in files)
        fields.append(field("attachment", "choice", choices=choices, required=False))
    fields.append(field("receipts", "confirm", required=False))
    subject = f":{announcement.id}" if announcement else ""
    return Form(
        key=f"announce-{announcement.id if announcement else 'new'}",
        title=say("announce.form.title_new", lang),
        fields=tuple(fields),
        submit=primary("announce.button.preview", f"announce:save{subject}", lang),
        others=(Button(label=say("announce.button.back", lang), action=f"announce:show{subject}"),)
        if announcement
        else (Button(label=say("announce.button.back", lang), action="announce:list"),),
    )


def content_values(announcement: Announcement | None) -> dict[str, str]:
    """An announcement as the form shows it."""
    if announcement is None:
        return {}
    a = announcement
    return {
        "title": a.title,
        "text": a.text,
        "links": "\n".join(f"{label} {url}" if label != url else url for label, url in a.links),
        "attachment": slug(a.attachment) if a.attachment else "",
        "receipts": "yes" if a.receipts else "",
    }


def with_file_name(values: Mapping[str, str], mail: Mailroom) -> dict[str, str]:
    """The values with the attachment's name in the place of its choice."""
    chosen = values.get("attachment", "")
    found = next((n for n in names_in(mail.attachments) if slug(n) == chosen), chosen)
    return {**values, "attachment": found}


def when_form(
    announcement: Announcement, lang: str, errors: Mapping[str, str] | None = None
) -> Form:
    """When it leaves."""
    wrong = errors or {}
    return Form(
        key=f"announce-when-{announcement.id}",
        title=say("announce.form.when", lang),
        fields=(
            FormField(
                name="day",
                kind="date",
                label=say("announce.form.day", lang),
                error=wrong.get("day", ""),
            ),
            FormField(
                name="hour",
                kind="text",
                label=say("announce.form.hour", lang),
                value="9:00",
                most="5",
                error=wrong.get("hour", ""),
            ),
        ),
        submit=primary(
            "announce.button.schedule",
            f"announce:schedule:{announcement.id}:{announcement.version}",
            lang,
        ),
        others=(
            Button(
                label=say("announce.button.back", lang), action=f"announce:show:{announcement.id}"
            ),
        ),
    )


def read_when(
    values: Mapping[str, str], now: datetime, lang: str
) -> tuple[datetime | None, dict[str, str]]:
    """(the moment, errors by field): Québec's time; an hour that doesn't exist is the moment
    after the gap, one that comes twice its first coming."""
    try:
        day = date.fromisoformat(values.get("day", "").strip())
    except ValueError:
        return None, {"day": say("announce.error.day", lang)}
    try:
        hour, _, minute = values.get("hour", "").strip().replace("h", ":").partition(":")
        clock = time(int(hour), int(minute.strip() or 0))
        at = datetime.combine(day, clock, tzinfo=QUEBEC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None, {"hour": say("announce.error.hour", lang)}
    if at <= now:
        return None, {"day": say("announce.error.past", lang)}
    if (at - now).days > 366:
        return None, {"day": say("announce.error.far", lang)}
    return at, {}


def primary(key: str, action: str, lang: str) -> Button:
    """The button that stands out."""
    return Button(label=say(key, lang), action=action, style="primary")
