"""What the broker sees of an announcement: a draft with its preview, progress, the report."""

from __future__ import annotations

import csv
import io

from handlers.announce_audience import audience_text, count
from handlers.announce_text import calls_everybody, message
from handlers.conversation import Button, Buttons, File, Part, Progress, Reply, Table, Text
from handlers.moments import moment_text
from handlers.ports_announcements import Announcement
from handlers.ports_mail import Mailroom
from handlers.services import Services
from knowledge.phrases import say

FINAL = ("sent", "dead", "skipped", "recalled")
SHOWN = 15  # failures that the report shows; the export has them all


def progress_batch(announcement: Announcement) -> str:
    """The name, in the outbox, of the message that tells its author how far it has come."""
    return f"progress:{announcement.id}"


def batch_of(announcement: Announcement) -> str:
    """The name of its messages in the outbox."""
    return f"announce:{announcement.id}"


def draft_view(announcement: Announcement, services: Services, mail: Mailroom, lang: str) -> Reply:
    """A draft: as this platform will show it, for how many, and what can be done."""
    a = announcement
    number = count(a, services, mail)
    waiting = a.phase == "approval"
    parts: list[Part] = [
        Text(text=say(f"announce.{'approval' if waiting else 'draft'}.title", lang), tone="note"),
        *message(a, mail.attachments, lang).parts,
        Text(
            text=say("announce.for", lang, audience=audience_text(a, services, lang), count=number)
        ),
    ]
    if calls_everybody(a):
        parts.append(Text(text=say("announce.calls", lang), tone="warning"))
    if waiting and a.at:
        parts.append(Text(text=say("announce.will", lang, at=moment_text(a.at, lang))))
    if not number:
        parts.append(Text(text=say("announce.empty", lang), tone="error"))
    buttons: list[Button] = []
    if waiting:
        buttons.append(act("approve", a, lang, f"{a.id}:{a.version}", "primary"))
        buttons.append(act("refuse", a, lang))
    else:
        if number:
            key = "propose" if mail.approval else "send"
            label = say(f"announce.button.{key}", lang, count=number)
            action = f"announce:send:{a.id}:{a.version}"
            buttons.append(Button(label=label, action=action, style="primary"))
            buttons.append(act("when", a, lang))
        buttons += [act(verb, a, lang) for verb in ("test", "edit", "audience")]
    for channel in sorted(mail.previews):
        label = say("announce.button.as", lang, channel=say(f"announce.channel.{channel}", lang))
        buttons.append(Button(label=label, action=f"announce:as:{a.id}:{channel}"))
    buttons.append(act("cancel", a, lang, style="danger"))
    return Reply(parts=(*parts, Buttons(buttons=tuple(buttons))))


def act(
    verb: str, announcement: Announcement, lang: str, subject: str = "", style: str = ""
) -> Button:
    """A button of an announcement."""
    return Button.model_validate(
        {
            "label": say(f"announce.button.{verb}", lang),
            "action": f"announce:{verb}:{subject or announcement.id}",
            "style": style,
            "file": verb == "csv",
        }
    )


def scheduled_view(announcement: Announcement, services: Services, lang: str) -> Reply:
    """One that waits for its time."""
    assert announcement.at is not None
    text = say(
        "announce.scheduled",
        lang,
        title=announcement.title,
        at=moment_text(announcement.at, lang),
        audience=audience_text(announcement, services, lang),
    )
    return Reply(
        parts=(
            Text(text=text),
            Buttons(
                buttons=(
                    act("test", announcement, lang),
                    act("refuse", announcement, lang),
                    act("cancel", announcement, lang, style="danger"),
                )
            ),
        )
    )


def sent_view(announcement: Announcement, mail: Mailroom, lang: str) -> Reply:
    """How far the sending is, and what can still be done."""
    a = announcement
    counts = mail.outbox.counts(batch_of(a))
    total, done = sum(counts.values()), sum(counts.get(state, 0) for state in FINAL)
    if a.phase == "recalled":  # how many of those who have it no longer do
        done = counts.get("recalled", 0)
        total = done + sum(counts.get(state, 0) for state in ("sent", "sending", "waiting"))
    phase = "filling" if a.phase == "scheduled" else a.phase  # asked just before it leaves
    label = say(f"announce.progress.{phase}", lang, done=done, total=total)
    parts: list[Part] = [
        Text(text=a.title, tone="title"),
        Progress(done=done, total=max(total, 1), label=label),
        Text(text=figures(a, mail, counts, lang)),
    ]
    verbs = ["show", "report", "csv"]
    if a.phase != "recalled":
        verbs += ["edit", "recall"]
    if counts.get("dead") and a.phase == "sent":
        verbs.append("retry")
    buttons = [act(verb, a, lang, style="danger" if verb == "recall" else "") for verb in verbs]
    return Reply(parts=(*parts, Buttons(buttons=tuple(buttons))))


def figures(announcement: Announcement, mail: Mailroom, counts: dict[str, int], lang: str) -> str:
    """Delivered, read, failed, skipped, in a sentence."""
    reads = len(mail.announcements.reads(announcement.id)) if announcement.receipts else 0
    key = "announce.figures.read" if announcement.receipts else "announce.figures"
    return say(
        key,
        lang,
        sent=counts.get("sent", 0) + counts.get("recalled", 0),
        read=reads,
        failed=counts.get("dead", 0),
        skipped=counts.get("skipped", 0),
        waiting=counts.get("waiting", 0) + counts.get("sending", 0),
    )


def report_view(announcement: Announcement, mail: Mailroom, lang: str) -> Reply:
    """The figures, and the failures with their reasons."""
    counts = mail.outbox.counts(batch_of(announcement))
    names = {r.address: r.name for r in mail.announcements.recipients(announcement.id)}
    rows: list[tuple[str, ...]] = []
    for address, state, reason, _ in mail.outbox.outcomes(batch_of(announcement)):
        if state in ("dead", "skipped") and len(rows) < SHOWN:
            shown = say(f"sending.{reason}", lang) if reason else ""
            state_text = say(f"announce.state.{state}", lang)
            rows.append((names.get(address, ""), address.channel, state_text, shown))
    parts: list[Part] = [Text(text=figures(announcement, mail, counts, lang))]
    if rows:
        columns = tuple(
            say(f"announce.column.{name}", lang) for name in ("name", "channel", "state", "reason")
        )
        parts.append(Table(title=say("announce.failures", lang), columns=columns, rows=tuple(rows)))
    verbs = ["csv", *(["retry"] if counts.get("dead") else []), "show"]
    buttons = tuple(act(verb, announcement, lang) for verb in verbs)
    return Reply(parts=(*parts, Buttons(buttons=buttons)))


def export(announcement: Announcement, mail: Mailroom, lang: str) -> File:
    """Every recipient with what became of the message, as CSV that spreadsheets read."""
    found = {
        address: (state, reason, ended)
        for address, state, reason, ended in mail.outbox.outcomes(batch_of(announcement))
    }
    reads = mail.announcements.reads(announcement.id)
    unknown = "waiting" if announcement.phase == "filling" else "forgotten"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    names = ("name", "channel", "state", "reason", "ended", "read")
    writer.writerow(say(f"announce.column.{name}", lang) for name in names)
    for recipient in mail.announcements.recipients(announcement.id):
        state, reason, ended = found.get(recipient.address, (unknown, "", ""))
        at = reads.get(recipient.who)
        row = [
            recipient.name,
            recipient.address.channel,
            say(f"announce.state.{state}", lang),
            say(f"sending.{reason}", lang) if reason else "",
            ended,
            at.isoformat() if at else "",
        ]
        writer.writerow([plain(cell) for cell in row])
    content = out.getvalue().encode("utf-8-sig")
    name = f"annonce-{announcement.created:%Y-%m-%d}-{announcement.id[:6]}.csv"
    return File(
        name=name, media_type="text/csv", content=content, text=say("announce.export", lang)
    )


def plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell
