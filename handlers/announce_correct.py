"""Corrections of what readers have already: in place at once, or, where the setting asks for a
second person, once somebody else has approved the very text that he saw."""

from __future__ import annotations

import hashlib

from handlers.announce_audience import who_is
from handlers.announce_desk import OUT, Desk
from handlers.announce_tell import tell_brokers
from handlers.announce_text import message
from handlers.announce_view import act, batch_of, sent_view
from handlers.conversation import Buttons, Reply, Text
from handlers.ports_announcements import Announcement, Correction
from knowledge.phrases import say


def correct(desk: Desk, a: Announcement, fields: dict[str, object]) -> Reply:
    """Puts what was typed in the place of what readers have, or proposes it."""
    correction = Correction.model_validate({**fields, "by": desk.incoming.actor})
    if not desk.mail.approval:
        return put(desk, a, correction)
    made = a.model_copy(update={"correction": correction})
    desk.mail.announcements.save(made, (a.phase,))
    told = tell_brokers(desk, made, correction.by, f"correct:{seen(correction)}")
    key = "announce.correction.proposed" if told else "announce.proposed_nobody"
    return desk.told(key, "success" if told else "warning")


def proposed(desk: Desk, a: Announcement) -> Reply:
    """What is out, and the correction that waits for somebody's yes."""
    assert a.correction is not None
    shown = a.model_copy(update=content(a.correction))
    name = f"{a.id}:{seen(a.correction)}"
    title = say("announce.correction.title", desk.lang, name=a.correction.by.name)
    yes = act("correct", a, desk.lang, name, "primary")
    no = act("keep", a, desk.lang, name)
    return Reply(
        parts=(
            *sent_view(a, desk.mail, desk.lang).parts,
            Text(text=title, tone="note"),
            *message(shown, desk.mail.attachments, desk.lang, file=False).parts,
            Buttons(buttons=(yes, no)),
        )
    )


def approve(desk: Desk, a: Announcement, more: str) -> Reply:
    """A second person's yes, to the correction that he saw."""
    if a.correction is None or a.phase not in OUT:
        return desk.told("announce.conflict")
    if who_is(a.correction.by) == who_is(desk.incoming.actor):
        return desk.told("announce.own")
    if more != seen(a.correction):
        return proposed(desk, a)
    return put(desk, a, a.correction)


def refuse(desk: Desk, a: Announcement, more: str) -> Reply:
    """What is out stays as it is."""
    if a.correction is None or more != seen(a.correction):
        return desk.told("announce.conflict")
    desk.mail.announcements.save(a.model_copy(update={"correction": None}), (a.phase,))
    return desk.told("announce.correction.refused", "note")


def put(desk: Desk, a: Announcement, correction: Correction) -> Reply:
    """Has every message composed anew and put in its place."""
    update = {**content(correction), "version": a.version + 1, "correction": None}
    made = a.model_copy(update=update)
    desk.mail.announcements.save(made, (a.phase,))
    desk.mail.outbox.edit(batch_of(a), str(made.version))
    return sent_view(made, desk.mail, desk.lang)


def content(correction: Correction) -> dict[str, object]:
    """The fields of an Announcement that a correction replaces."""
    return {name: value for name, value in correction if name != "by"}


def seen(correction: Correction) -> str:
    """A name of exactly this text, for the button under it."""
    return hashlib.sha256(correction.model_dump_json().encode()).hexdigest()[:12]
