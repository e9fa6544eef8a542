"""Shows a cited document whole, opened at the passage."""

from __future__ import annotations

from handlers.conversation import DocumentPart, Incoming, Reply, Text
from handlers.services import Services
from knowledge.passages import Document
from knowledge.phrases import say

PREFIX = "document:"


def document_action(passage_id: str) -> str:
    """The action that opens the document of a citation at its passage."""
    return PREFIX + passage_id


def open_document(incoming: Incoming, services: Services) -> Reply:
    """The document that holds the passage pressed. Forbidden and unknown read the same, so that
    nobody learns of a document he may not read."""
    audience = incoming.actor.audience
    passage_id = (incoming.pressed or "").removeprefix(PREFIX)
    found = services.knowledge.passage(passage_id, audience)
    whole = services.knowledge.document(found[0].key, audience) if found else None
    if whole is None:
        text = say("document.unknown", incoming.actor.lang)
        return Reply(parts=(Text(text=text, tone="error"),))
    document, passages = whole
    part = DocumentPart(
        document=document,
        passages=passages,
        opened=passage_id,
        superseded=any(
            is_later(other, document) for other in services.knowledge.documents(audience)
        ),
    )
    return Reply(parts=(part,))


def is_later(other: Document, document: Document) -> bool:
    """Whether `other` is a later version of the same document."""
    if other.id != document.id or other.version is None or document.version is None:
        return False
    return other.version > document.version
