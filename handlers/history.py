"""« Qu'est-ce qui a changé chez X depuis mars ? », « quoi de neuf ? », « compare les deux dernières
fiches de X »: before and after, with citations. Nothing is said that the asker may not read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from handlers.ask import ask
from handlers.conversation import Button, Buttons, Incoming, Part, Reply, Text
from handlers.history_view import detail, overview
from handlers.history_words import HistoryAsk, asked
from handlers.moments import local_day
from handlers.services import Services
from knowledge.analysis import words
from knowledge.change_set import ChangeSet
from knowledge.change_words import shown
from knowledge.changes import for_audience
from knowledge.history import Event, Reading, events, of_document, versions_of
from knowledge.names import nearest
from knowledge.passages import Document, Passage
from knowledge.phrases import say
from knowledge.question import supplier_in

PREFIX = "history:"
RECENT = f"{PREFIX}recent"
OF = f"{PREFIX}document:"  # then Document.id, a day or « - », the first row shown
DAYS = 90  # what is recent when no day is named
MOST = 8  # documents in an overview
LEAST = 3  # shown where nothing is recent


def asks(incoming: Incoming) -> bool:
    """Whether a typed message asks about the documents' history."""
    # the day matters to what is answered, not to whether it is such a question
    return asked(incoming.text, date(2000, 1, 1)) is not None


def answer(incoming: Incoming, services: Services) -> Reply:
    """Answers a typed question about the history."""
    wanted = asked(incoming.text, local_day(services.clock()))
    if wanted is None:
        return ask(incoming, services)
    documents = services.knowledge.documents(incoming.actor.audience)
    if not wanted.name:
        return recent(incoming, services, wanted.since)
    name = meant(wanted.name, documents) or meant(wanted.name, former(incoming, services))
    if name is None:
        return unknown(wanted, documents, incoming, services)
    since = None if wanted.kind == "compare" else wanted.since
    return of(name, since, 0, incoming, services)


def press(incoming: Incoming, services: Services) -> Reply:
    """`history:recent`, or the detail of one document."""
    action = incoming.pressed or ""
    if not action.startswith(OF):
        return recent(incoming, services, None)
    name, _, rest = action.removeprefix(OF).partition(":")
    day, _, first = rest.partition(":")
    try:
        since = None if day in ("", "-") else date.fromisoformat(day)
        start = int(first or 0)
    except ValueError:
        since, start = None, 0
    return of(name, since, max(start, 0), incoming, services)


def reading(incoming: Incoming, services: Services) -> Reading:
    """The passages of a document as the asker may read them."""

    def read(document: Document) -> tuple[Passage, ...]:
        found = services.knowledge.document(document.key, incoming.actor.audience)
        return found[1] if found else ()

    return read


def meant(typed: str, documents: tuple[Document, ...]) -> str | None:
    """Document.id of what is named: a supplier's sheet, the guide, the FAQ; None where unsure."""
    if set(typed.split()) & {"guide", "faq"}:
        kind = "faq" if "faq" in typed.split() else "guide"
        return next((d.id for d in documents if d.kind == kind), None)
    sheets = {d.supplier: d.id for d in documents if d.supplier}
    supplier = supplier_in(typed, sheets)
    if supplier is None:
        # one word of a name is enough when only one name has it: « stratus »
        own = [s for s in sheets if set(typed.split()) <= set(words(s)) and len(typed) > 3]
        supplier = own[0] if len(own) == 1 else None
    return sheets[supplier] if supplier else None


def open_sets(incoming: Incoming, services: Services) -> Iterator[ChangeSet]:
    """The change sets, newest first, without the documents that were closed to the asker since:
    what he could read then is no longer for him to read."""
    if services.changes is None:
        return
    own = services.knowledge.documents(incoming.actor.audience)
    keys, names = {d.key for d in own}, {d.id for d in own}
    closed = [d for d in services.knowledge.documents("broker") if d.key not in keys]
    hidden = {d.key for d in closed} | {d.id for d in closed if d.id not in names}
    for change_set in services.changes.newest_first():
        kept = tuple(
            change
            for change in change_set.documents
            if all(d is None or not {d.key, d.id} & hidden for d in (change.before, change.after))
        )
        yield change_set.model_copy(update={"documents": kept})


def former(incoming: Incoming, services: Services) -> tuple[Document, ...]:
    """Documents that the history tells of to the asker, those withdrawn among them."""
    sets = open_sets(incoming, services)
    audience = incoming.actor.audience
    return tuple(c.document for found in sets for c in for_audience(found, audience))


def unknown(
    wanted: HistoryAsk, documents: tuple[Document, ...], incoming: Incoming, services: Services
) -> Reply:
    """A supplier that nobody knows: the nearest names, from what the asker may read."""
    lang = incoming.actor.lang
    suppliers = sorted({d.supplier for d in documents if d.supplier})
    near = nearest(wanted.name, suppliers)
    if not wanted.sure and not near:
        return ask(incoming, services)
    parts: list[Part] = [Text(text=say("history.unknown", lang))]
    names = near or tuple(suppliers[:5])
    if names:
        lead = say("history.nearest" if near else "history.suppliers", lang)
        buttons = tuple(
            Button(label=name, say=say("history.ask", lang, supplier=name)) for name in names
        )
        parts.append(Buttons(text=lead, buttons=buttons))
    return Reply(parts=tuple(parts))


def recent(incoming: Incoming, services: Services, since: date | None) -> Reply:
    """All documents: what changed from a day on or lately, or the latest changes there are."""
    actor = incoming.actor
    day = since or local_day(services.clock()) - timedelta(days=DAYS)
    documents = services.knowledge.documents(actor.audience)
    read = reading(incoming, services)
    sets = open_sets(incoming, services)
    found = events(documents, sets, actor.audience, day, read, MOST)
    lead = "history.recent"
    if not found:
        sets = open_sets(incoming, services)
        found = events(documents, sets, actor.audience, date.min, read, LEAST)
        lead, since = "history.latest" if found else "history.nothing", None
    title = Text(text=say(lead, actor.lang, day=day.isoformat()))
    return Reply(parts=(title, *overview(found, since, actor.lang)))


def of(name: str, since: date | None, first: int, incoming: Incoming, services: Services) -> Reply:
    """One document, by Document.id: before and after."""
    actor = incoming.actor
    documents = services.knowledge.documents(actor.audience)
    sets = open_sets(incoming, services)
    read = reading(incoming, services)
    found = of_document(name, documents, sets, actor.audience, since, read)
    if not found:
        return Reply(parts=nothing(name, since, documents, actor.lang))
    parts: list[Part] = []
    for event in found[:MOST]:
        parts += detail(event, since, first, actor.lang, cited(event, incoming, services))
    return Reply(parts=tuple(parts))


def nothing(
    name: str, since: date | None, documents: tuple[Document, ...], lang: str
) -> tuple[Part, ...]:
    """That nothing changed, and the way to what did before."""
    versions = versions_of(name, documents) or [d for d in documents if d.id == name]
    if not versions:
        return (Text(text=say("history.unknown", lang)),)
    latest = versions[-1]
    values = {"title": latest.title, "version": shown(latest, lang)}
    if since is None or len(versions) < 2:
        key = "history.one_version" if since is None else "history.nothing_for"
        day = {} if since is None else {"day": since.isoformat()}
        return (Text(text=say(key, lang, **values, **day)),)
    button = Button(label=say("history.last_two", lang), action=f"{OF}{name}")
    text = say("history.nothing_for", lang, **values, day=since.isoformat())
    return (Text(text=text), Buttons(buttons=(button,)))


def cited(event: Event, incoming: Incoming, services: Services) -> frozenset[str]:
    """Names of the passages of a change that can be opened: still there, with the same text."""
    audience = incoming.actor.audience
    held: set[str] = set()
    for document in (event.change.before, event.change.after):
        found = services.knowledge.document(document.key, audience) if document else None
        held |= {passage.digest for passage in found[1]} if found else set()
    return frozenset(held)
