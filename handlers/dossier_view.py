"""A dossier on the screen: its state, what the broker decided, prerequisites, dialogs."""

from __future__ import annotations

from datetime import date

from handlers.conversation import Actor, Incoming, Part, Reply, Table, Text
from handlers.dossier_answers import (
    PREPARATION,
    Answered,
    Item,
    answered,
    changed_since,
    choice,
    items,
    one,
)
from handlers.dossier_buttons import buttons
from handlers.dossier_change import author, event_text
from handlers.dossier_stale import stale_parts, state_text
from handlers.moments import local_day, moment_text
from handlers.ports_dossiers import Dossier
from handlers.services import Services
from knowledge.dialog_view import day_text
from knowledge.phrases import say


def show(dossier: Dossier, incoming: Incoming, services: Services, *said: Part) -> Reply:
    """The dossier, after what there is to say first."""
    lang, actor = incoming.actor.lang, incoming.actor
    found = answered(dossier, services)
    parts: list[Part] = [*said, *head(dossier, actor, services)]
    parts += decision(dossier, lang)
    parts += stale_parts(found, services, lang)
    parts += since_submission(dossier, found, lang)
    parts.append(items_table(items(dossier, one(found, PREPARATION)), lang))
    parts.append(choice_text(found, lang))
    if found:
        parts.append(dialogs_table(found, actor, services, lang))
    parts += buttons(dossier, found, actor, services)
    return Reply(parts=tuple(parts))


def head(dossier: Dossier, actor: Actor, services: Services) -> list[Part]:
    """Name, organisation, state, last change."""
    lang, last = actor.lang, dossier.events[-1]
    line = say(
        "dossier.head",
        lang,
        organisation=organisation_name(dossier, services),
        state=state_text(dossier.id, dossier.state, services, lang),
        at=moment_text(last.at, lang),
        by=author(last, actor, lang),
    )
    return [Text(text=dossier.name, tone="title"), Text(text=line)]


def organisation_name(dossier: Dossier, services: Services) -> str:
    """The organisation's name now; its identifier where the file no longer names it."""
    organisation = services.access.organisation(dossier.organisation)
    return organisation.name if organisation else dossier.organisation


def decision(dossier: Dossier, lang: str) -> list[Part]:
    """What the broker decided last, while it stands."""
    if dossier.state not in ("verified", "returned"):
        return []
    event = next(e for e in reversed(dossier.events) if e.kind == dossier.state)
    text = f"{event_text(event, lang)} ({event.by or say('dossier.side.broker', lang)}, "
    text += f"{moment_text(event.at, lang)})"
    return [Text(text=text, tone="success" if dossier.state == "verified" else "warning")]


def since_submission(dossier: Dossier, found: tuple[Answered, ...], lang: str) -> list[Part]:
    """Which dialogs were answered after the dossier was submitted, by whom."""
    if dossier.state not in ("submitted", "verified"):
        return []
    return [
        Text(
            text=say(
                "dossier.changed_since",
                lang,
                dialog=a.dialog.title.text(lang),
                at=moment_text(a.last.at, lang),
                by=a.last.by or say("dossier.side.client", lang),
            ),
            tone="warning",
        )
        for a in changed_since(dossier, found)
        if a.last
    ]


def items_table(found: tuple[Item, ...], lang: str) -> Table:
    """The six prerequisites: state, date, reference, note, the broker's review; without the
    columns in which nothing stands yet."""
    names = ("item", "state", "date", "reference", "review")
    rows = [
        (
            say(f"dossier.item.{item.name}", lang),
            say(f"dialogs.state.{item.state}", lang),
            date_text(item.date, lang),
            "\n".join(text for text in (item.reference, item.note) if text),
            review_text(item, lang),
        )
        for item in found
    ]
    kept = [i for i in range(len(names)) if any(row[i] for row in rows)]
    return Table(
        title=say("dossier.items", lang),
        columns=tuple(say(f"dossier.column.{names[i]}", lang) for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in rows),
    )


def date_text(text: str, lang: str) -> str:
    """A date of an answer in words."""
    return day_text(date.fromisoformat(text), lang) if text else ""


def review_text(item: Item, lang: str) -> str:
    """What the broker said of a prerequisite; that it was answered anew since."""
    if item.review is None:
        return ""
    said = say(f"dossier.review.{item.review.verdict}", lang)
    lines = [f"{said} {item.review.comment}".strip()]
    if item.outdated:
        lines.append(say("dossier.review.outdated", lang))
    return "\n".join(lines)


def choice_text(found: tuple[Answered, ...], lang: str) -> Text:
    """Supplier and solution."""
    none = say("dossier.not_chosen", lang)
    supplier, solution = (text or none for text in choice(one(found, PREPARATION)))
    return Text(text=say("dossier.choice", lang, supplier=supplier, solution=solution))


def dialogs_table(
    found: tuple[Answered, ...], actor: Actor, services: Services, lang: str
) -> Table:
    """The dossier's dialogs: outcome, and who answered last."""
    today = local_day(services.clock())
    rows = []
    for a in found:
        outcome = a.outcome(today, lang)
        state = outcome.status if outcome else say("dossier.unfinished", lang)
        last = say("dossier.nobody", lang)
        if a.last:
            by = a.last.by or say("dossier.side.client", lang)
            last = f"{by}, {moment_text(a.last.at, lang)}"
        rows.append((a.dialog.title.text(lang), state, last))
    names = ("dialog", "outcome", "last")
    return Table(
        title=say("dossier.dialogs", lang),
        columns=tuple(say(f"dossier.column.{name}", lang) for name in names),
        rows=tuple(rows),
    )
