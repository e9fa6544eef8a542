"""« À revérifier »: outcomes whose passages read otherwise now than when they were reached."""

from __future__ import annotations

from handlers.conversation import Part, Text
from handlers.dossier_answers import Answered
from handlers.ports import Knowledge
from handlers.ports_dialogs import Ground, Run
from handlers.services import Services
from knowledge.passages import Document
from knowledge.phrases import Problem, say


def stale_parts(found: tuple[Answered, ...], services: Services, lang: str) -> list[Part]:
    """One warning for each dialog that has to be looked at again."""
    parts: list[Part] = []
    for a in found:
        sections = stale_sections(a.run, services.knowledge)
        if sections:
            text = say(
                "dossier.stale",
                lang,
                dialog=a.dialog.title.text(lang),
                section=", ".join(sections),
            )
            parts.append(Text(text=text, tone="warning"))
    return parts


def stale_sections(run: Run, knowledge: Knowledge) -> tuple[str, ...]:
    """The sections of the passages that changed since the run's outcome was reached; none while
    it has no outcome, or where there is no index to compare with."""
    if run.finished is None:
        return ()
    try:
        changed = [g.section for g in run.finished.grounds if is_changed(g, knowledge)]
    except Problem:
        return ()
    return tuple(dict.fromkeys(changed))


def is_changed(ground: Ground, knowledge: Knowledge) -> bool:
    """Whether the passage is no longer there, word for word, in the document's latest version."""
    cited = ground.citation
    name = cited.document.rpartition("@")[0]
    versions = [d for d in knowledge.documents("client") if d.id == name]
    if not versions:
        return True
    latest: Document = max(versions, key=lambda d: d.version.isoformat() if d.version else "")
    read = knowledge.document(latest.key, "client")
    return read is None or all((p.section, p.text) != (cited.section, cited.text) for p in read[1])
