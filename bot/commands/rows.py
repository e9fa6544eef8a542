"""Answers as the JSON objects that `ask --json` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knowledge.passages import Answer, Citation


def citation_row(citation: Citation) -> dict[str, Any]:
    """A citation: the section is the number alone, the version an ISO date or null."""
    return {
        "document": citation.document,
        "title": citation.title,
        "kind": citation.kind,
        "version": citation.version.isoformat() if citation.version else None,
        "section": citation.section,
        "heading": citation.heading,
        "page": citation.page,
        "source": citation.source,
        "official": citation.official,
        "text": citation.text,
        "score": round(citation.score, 6),
    }


def answer_row(answer: Answer, question: str, seconds: float) -> dict[str, Any]:
    """An answer to `question` as it was given, and the time it took."""
    return {
        "q": question,
        "status": answer.status,
        "short": answer.short,
        "citations": [citation_row(citation) for citation in answer.citations],
        "suggestions": list(answer.suggestions),
        "seconds": round(seconds, 4),
    }


def merged(row: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the input line's other keys unchanged; the row's own keys win."""
    return {**row, **{key: value for key, value in line.items() if key not in row}}


def dumped(row: Mapping[str, Any]) -> str:
    """One line of JSON, accents readable."""
    return json.dumps(row, ensure_ascii=False)
