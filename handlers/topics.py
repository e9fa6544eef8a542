"""What a subscription is about: whether a change concerns it, and its name in words."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.ports_mail import Subscription
from knowledge.analysis import stem, words
from knowledge.change_set import DocumentChange
from knowledge.difference import PassageChange
from knowledge.passages import Document, Passage
from knowledge.phrases import say

KINDS = ("guide", "faq", "fiche", "autre")


def told_by(
    subscription: Subscription, change: DocumentChange, texts: Iterable[Passage] = ()
) -> tuple[PassageChange, ...] | None:
    """The changes of passages that concern a subscription; None where the document doesn't.

    `texts`: the passages of a document that is new as a whole, for subscriptions to a word.
    """
    document = change.document
    if subscription.topic == "all":
        return change.passages
    if subscription.topic == "kind":
        return change.passages if document.kind == subscription.value else None
    if subscription.topic == "supplier":
        return change.passages if same_name(document.supplier, subscription.value) else None
    if subscription.topic == "section":
        if document.kind != "guide":
            return None
        found = tuple(
            c for c in change.passages if any(in_section(subscription.value, p) for p in sides(c))
        )
        return found or (() if change.kind in ("new", "withdrawn") else None)
    found = tuple(
        c for c in change.passages if any(has_words(subscription.value, shown(p)) for p in sides(c))
    )
    if found:
        return found
    whole = has_words(subscription.value, document.title) or any(
        has_words(subscription.value, shown(p)) for p in texts
    )
    return () if whole else None


def sides(change: PassageChange) -> list[Passage]:
    """The passages before and after, those there are."""
    return [passage for passage in (change.before, change.after) if passage is not None]


def shown(passage: Passage) -> str:
    """What a reader sees of a passage."""
    return "\n".join([*passage.path, passage.text])


def same_name(one: str | None, other: str) -> bool:
    """Whether two names are the same but for case, accents and punctuation."""
    return one is not None and words(one) == words(other)


def in_section(section: str, passage: Passage) -> bool:
    """Whether a passage is in a section or below it: « 3.4 » holds « 3.4.1 », not « 3.41 »."""
    here = passage.section or ""
    return here == section or here.startswith(f"{section}.")


def has_words(wanted: str, text: str) -> bool:
    """Whether the words stand in the text one after the other, whatever their endings."""
    needle = [stem(word) for word in words(wanted)]
    hay = [stem(word) for word in words(text)]
    size = len(needle)
    return size > 0 and any(hay[at : at + size] == needle for at in range(len(hay) - size + 1))


def sections_of(documents: Iterable[tuple[Document, Iterable[Passage]]]) -> set[str]:
    """The numbers of the guide's sections, those above them included."""
    found: set[str] = set()
    for document, passages in documents:
        if document.kind != "guide":
            continue
        for passage in passages:
            numbers = (passage.section or "").split(".")
            found |= {".".join(numbers[: n + 1]) for n in range(len(numbers)) if numbers[0]}
    return found


def topic_text(subscription: Subscription, lang: str) -> str:
    """« les changements à la fiche de Nuage Boréal »."""
    if subscription.topic == "kind":
        return say(f"subscribe.topic.kind.{subscription.value}", lang)
    topic: str = subscription.topic
    if topic == "word" and len(words(subscription.value)) > 1:
        topic = "words"
    return say(f"subscribe.topic.{topic}", lang, value=subscription.value)


def rhythm_text(subscription: Subscription, lang: str) -> str:
    """« chaque jour à 8 h, jamais entre 20 h et 7 h »."""
    day = say(f"subscribe.weekday.{subscription.weekday}", lang)
    text = say(f"subscribe.every.{subscription.every}", lang, hour=subscription.hour, day=day)
    if subscription.quiet_from is not None and subscription.quiet_to is not None:
        text += say(
            "subscribe.quiet", lang, start=subscription.quiet_from, end=subscription.quiet_to
        )
    if subscription.paused:
        text += say("subscribe.paused", lang)
    return text
