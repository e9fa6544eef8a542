"""The broker's side: the verdict on each prerequisite and on the whole."""

from __future__ import annotations

from handlers.conversation import Incoming, Part, Reply, Text
from handlers.dossier_access import check_move, judged
from handlers.dossier_actions import number
from handlers.dossier_answers import PREPARATION, Item, answered, items, one
from handlers.dossier_change import LONGEST_COMMENT, applied, clean, conflict_reply, make_event
from handlers.dossier_forms import VERDICTS, conclude_form, review_form
from handlers.dossier_notices import tell_client
from handlers.dossier_view import show
from handlers.ports_dossiers import (
    Change,
    Dossier,
    DossierConflict,
    Event,
    Review,
    Verdict,
)
from handlers.services import Services
from knowledge.phrases import Problem, say


def reviewable(dossier_id: str, incoming: Incoming, services: Services) -> Dossier:
    """The dossier, where it awaits the broker's verdict or had it. Raises Problem otherwise."""
    dossier = judged(dossier_id, incoming, services)
    if dossier.state not in ("submitted", "verified"):
        raise Problem("dossier.cannot.review")
    return dossier


def ask_review(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The form to judge the prerequisites."""
    dossier = reviewable(dossier_id, incoming, services)
    return Reply(
        parts=(review_form(dossier, current_items(dossier, services), incoming.actor.lang),)
    )


def current_items(dossier: Dossier, services: Services) -> tuple[Item, ...]:
    """The prerequisites as answered now."""
    return items(dossier, one(answered(dossier, services), PREPARATION))


def judge(incoming: Incoming, services: Services, dossier_id: str, version: str) -> Reply:
    """Notes the verdicts that are new or changed; tells the client of them at once."""
    dossier = reviewable(dossier_id, incoming, services)
    found = current_items(dossier, services)
    if bare := without_reason(found, incoming):
        form = review_form(dossier, found, incoming.actor.lang, incoming.values, bare)
        return Reply(parts=(form,))
    events: list[Event] = []
    reviews: list[Review] = []
    for item in found:
        verdict = incoming.values.get(item.name, "")
        comment = clean(incoming.values.get(f"{item.name}_comment", ""), LONGEST_COMMENT)
        if verdict not in VERDICTS or item.state == "sans_objet" or said(item, verdict, comment):
            continue
        event = make_event(
            incoming,
            services,
            "item_verified" if verdict == "verified" else "item_returned",
            "broker",
            version=number(version) + len(events),
            item=item.name,
            text=comment,
        )
        events.append(event)
        reviews.append(
            Review(
                item=item.name,
                verdict="verified" if verdict == "verified" else "returned",
                comment=comment,
                at=event.at,
                by=event.by,
            )
        )
    if not events:
        return show(dossier, incoming, services, nothing(incoming))
    change = Change(events=tuple(events), reviews=tuple(reviews))
    changed = applied(dossier_id, change, services)
    if isinstance(changed, DossierConflict):
        form = review_form(changed.dossier, found, incoming.actor.lang, incoming.values)
        return conflict_reply(changed, incoming, (form,))
    told = tell_client(changed, tuple(events), services)
    return show(changed, incoming, services, *told_parts(told, incoming))


def without_reason(found: tuple[Item, ...], incoming: Incoming) -> frozenset[str]:
    """The prerequisites returned without a word on what to correct."""
    values = incoming.values
    return frozenset(
        item.name
        for item in found
        if item.state != "sans_objet"
        and values.get(item.name) == "returned"
        and not clean(values.get(f"{item.name}_comment", ""), LONGEST_COMMENT)
    )


def said(item: Item, verdict: str, comment: str) -> bool:
    """Whether the broker has said just that of what is answered now."""
    review = item.review
    return bool(
        review and not item.outdated and (review.verdict, review.comment) == (verdict, comment)
    )


def nothing(incoming: Incoming) -> Text:
    """No verdict was new."""
    return Text(text=say("dossier.review.nothing", incoming.actor.lang), tone="note")


def ask_conclude(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The form to judge the whole, after what was not judged yet."""
    lang = incoming.actor.lang
    dossier = reviewable(dossier_id, incoming, services)
    left = ", ".join(
        say(f"dossier.item.{item.name}", lang)
        for item in current_items(dossier, services)
        if item.state != "sans_objet" and (item.review is None or item.outdated)
    )
    form = conclude_form(dossier, lang)
    if not left:
        return Reply(parts=(form,))
    note = Text(text=say("dossier.conclude.left", lang, items=left), tone="note")
    return Reply(parts=(note, form))


def conclude(incoming: Incoming, services: Services, dossier_id: str, version: str) -> Reply:
    """Verifies or returns the whole; a return says why. The client is told."""
    lang = incoming.actor.lang
    dossier = judged(dossier_id, incoming, services)
    verdict = incoming.values.get("verdict", "")
    comment = clean(incoming.values.get("comment", ""), LONGEST_COMMENT)
    error = ""
    if verdict not in VERDICTS:
        error = "dossier.error.verdict"
    elif verdict == "returned" and not comment:
        error = "dossier.error.reason"
    elif verdict == "verified" and has_returned(dossier, services):
        error = "dossier.error.items"
    if error:
        form = conclude_form(dossier, lang, verdict=verdict, comment=comment, error=error)
        return Reply(parts=(form,))
    kind: Verdict = "verified" if verdict == "verified" else "returned"
    if dossier.version == number(version):
        check_move(dossier, kind, "broker")
    event = make_event(incoming, services, kind, "broker", version=number(version), text=comment)
    changed = applied(dossier_id, Change(events=(event,), state=kind), services)
    if isinstance(changed, DossierConflict):
        again = conclude_form(changed.dossier, lang, verdict=verdict, comment=comment)
        return conflict_reply(changed, incoming, (again,))
    told = tell_client(changed, (event,), services)
    return show(changed, incoming, services, *told_parts(told, incoming))


def has_returned(dossier: Dossier, services: Services) -> bool:
    """Whether a prerequisite stands returned: the whole can't be verified over it."""
    return any(
        item.review and item.review.verdict == "returned" and not item.outdated
        for item in current_items(dossier, services)
        if item.state != "sans_objet"
    )


def told_parts(told: bool, incoming: Incoming) -> tuple[Part, ...]:
    """How the client learns of it: by a message, or when he opens the dossier."""
    key = "dossier.told" if told else "dossier.told_later"
    return (Text(text=say(key, incoming.actor.lang), tone="success"),)
