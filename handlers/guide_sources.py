"""The passages that questions and outcomes rest on; and whether they still read the same."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.ports import Knowledge
from handlers.ports_dialogs import Ground, Run
from knowledge.citing import chosen
from knowledge.dialog import Cite
from knowledge.passages import Citation


def grounds(cites: Iterable[Cite], knowledge: Knowledge, audience: str) -> tuple[Ground, ...]:
    """The passages cited, as now in force; one cited twice is given once, one that is not there
    for this audience is left out. Raises knowledge.phrases.Problem where there is no index."""
    found: dict[str, Ground] = {}
    for cite in cites:
        citation = chosen(cite, knowledge.sections(cite.section, audience))
        if citation is not None and citation.passage_id not in found:
            ground = Ground(section=cite.section, about=cite.about, citation=citation)
            found[citation.passage_id] = ground
    return tuple(found.values())


def stale(run: Run, knowledge: Knowledge, audience: str = "client") -> tuple[Citation, ...]:
    """« À revérifier »: the passages under a run's outcome that read otherwise now.

    Each as it reads now, or as it read then, marked superseded, where it is gone. A new edition
    that says the same in the same place changes nothing. Raises Problem where there is no index.
    """
    if run.finished is None:
        return ()
    changed = []
    for ground in run.finished.grounds:
        cite = Cite(section=ground.section, about=ground.about)
        now = chosen(cite, knowledge.sections(ground.section, audience))
        if now is None:
            changed.append(ground.citation.model_copy(update={"superseded": True}))
        elif now.text != ground.citation.text:
            changed.append(now)
    return tuple(changed)
