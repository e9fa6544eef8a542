"""What an announcement says: what was typed, checked; and the message that readers get.

Of formatting there is what every platform can show alike: « # » before a line makes it a heading,
« > » a note, « - » a list item; paragraphs stand apart. The rest is text: `@everyone` and
`<!channel>` call nobody.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from handlers.conversation import Button, Buttons, File, Link, Links, Part, Reply, Text
from handlers.ports_announcements import Announcement
from handlers.questions import is_binary, printable
from knowledge.phrases import say

TITLE, LONGEST = 150, 4000  # characters; Slack and Teams take a message of this length whole
LINKS, LABEL = 5, 75
ATTACHMENT = 10_000_000  # bytes
ENDINGS = (".pdf", ".docx", ".xlsx", ".pptx", ".txt", ".csv", ".png", ".jpg", ".ics")
READ = "announce:read:"
_CALLS = re.compile(r"@everyone|@channel|@here|@tous|<!\w+", re.IGNORECASE)


def read_content(
    values: Mapping[str, str], folder: Path, lang: str
) -> tuple[dict[str, object], dict[str, str]]:
    """(fields of an Announcement, errors by field): what was typed, or why it can't be used."""
    errors: dict[str, str] = {}
    title = " ".join(printable(values.get("title", "")).split())
    raw = values.get("text", "")
    text = printable(raw).strip()
    if not title:
        errors["title"] = say("announce.error.title", lang)
    elif len(title) > TITLE:
        errors["title"] = say("announce.error.long", lang, count=len(title), longest=TITLE)
    if not text:
        errors["text"] = say("announce.error.text", lang)
    elif any(is_binary(char) for char in raw):
        errors["text"] = say("announce.error.binary", lang)
    elif len(text) > LONGEST:
        errors["text"] = say("announce.error.long", lang, count=len(text), longest=LONGEST)
    links, bad = read_links(printable(values.get("links", "")))
    if bad:
        errors["links"] = say("announce.error.link", lang, link=bad, most=LINKS)
    attachment = values.get("attachment", "").strip()
    if attachment and attachment not in names_in(folder):
        errors["attachment"] = say("announce.error.attachment", lang, name=attachment)
    receipts = values.get("receipts", "") == "yes"
    return (
        {
            "title": title,
            "text": text,
            "links": links,
            "attachment": attachment,
            "receipts": receipts,
        },
        errors,
    )


def read_links(text: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """(links, the line that is none): one a line, « libellé https://… »; https alone."""
    links = []
    for line in filter(None, map(str.strip, text.splitlines())):
        label, _, url = line.rpartition(" ")
        parts = urlsplit(url) if url.startswith("https://") else None
        if not parts or not parts.hostname or "@" in parts.netloc or len(label) > LABEL:
            return (), line[:80]
        links.append((" ".join(label.split()) or url, url))
        if len(links) > LINKS:
            return (), line[:80]
    return tuple(links), ""


def names_in(folder: Path) -> tuple[str, ...]:
    """The files that may be attached."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return ()
    return tuple(
        path.name
        for path in paths
        if path.is_file()
        and not path.is_symlink()
        and path.suffix.lower() in ENDINGS
        and path.stat().st_size <= ATTACHMENT
    )[:50]


def calls_everybody(announcement: Announcement) -> bool:
    """Whether something in it looks like a call to everybody, which it will not be."""
    return bool(_CALLS.search(f"{announcement.title}\n{announcement.text}"))


def message(
    announcement: Announcement, folder: Path, lang: str, *, file: bool = True, test: bool = False
) -> Reply:
    """The message as readers get it. `file`: with its attachment."""
    parts: list[Part] = [Text(text=announcement.title, tone="title")]
    if test:
        parts.insert(0, Text(text=say("announce.test.note", lang), tone="note"))
    parts += body(announcement.text)
    if announcement.links:
        links = (Link(label=label, url=url) for label, url in announcement.links)
        parts.append(Links(links=tuple(links)))
    if file and (attached := attachment(announcement, folder)):
        parts.append(attached)
    note = say("announce.from", lang)
    if 0 < announcement.sent_version < announcement.version:
        note += " " + say("announce.changed", lang)
    parts.append(Text(text=note, tone="note"))
    if announcement.receipts:
        read = Button(label=say("announce.read", lang), action=READ + announcement.id)
        parts.append(Buttons(buttons=(read,)))
    return Reply(parts=tuple(parts))


def body(text: str) -> list[Part]:
    """Paragraphs, headings and notes as parts."""
    parts: list[Part] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        for line in block.splitlines():
            heading = re.match(r"#{1,3}\s+(\S.*)", line)
            note = re.match(r">\s+(\S.*)", line)
            if heading or note:
                if lines:
                    parts.append(Text(text="\n".join(lines)))
                    lines = []
                found = heading or note
                assert found is not None
                parts.append(Text(text=found[1], tone="title" if heading else "note"))
            else:
                lines.append(line.rstrip())
        if any(lines):
            parts.append(Text(text="\n".join(lines)))
    return parts


def attachment(announcement: Announcement, folder: Path) -> File | None:
    """The attached file; None where there is none, or it is gone from the folder."""
    if announcement.attachment not in names_in(folder):
        return None
    path = folder / announcement.attachment
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    try:
        return File(name=path.name, media_type=kind, content=path.read_bytes())
    except OSError:
        return None
