"""A section number and a few words → the passage they mean, as a citation."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.analysis import terms
from knowledge.dialog import Cite
from knowledge.passages import Citation, Document, Passage, citation_of


def chosen(cite: Cite, found: Sequence[tuple[Document, Passage]]) -> Citation | None:
    """The passage of the section that shares most of the words `about`; the first one where none
    are given; None where the section is empty."""
    if not found:
        return None
    wanted = set(terms(cite.about))
    best = max(
        range(len(found)),
        key=lambda i: (len(wanted & set(terms(found[i][1].text))), -i),
    )
    return citation_of(*found[best])
