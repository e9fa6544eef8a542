"""« À revérifier »: outcomes whose passages read otherwise now than when they were confirmed."""

from __future__ import annotations

from handlers.conversation import Part, Text
from handlers.dossier_answers import Answered
from handlers.guide_sources import stale
from handlers.ports import Knowledge
from handlers.ports_dialogs import Run
from handlers.services import Services
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
    """The sections of the passages that changed since the run's outcome was confirmed; none while
    it has no outcome, or where there is no index to compare with."""
    try:
        changed = stale(run, knowledge)
    except Problem:
        return ()
    return tuple(dict.fromkeys(c.section for c in changed if c.section))


def state_text(dossier_id: str, state: str, services: Services, lang: str) -> str:
    """« soumis »; « soumis · à revérifier » where a passage that an outcome rests on changed."""
    said = say(f"dossier.state.{state}", lang)
    runs = services.runs.runs_of(dossier_id)
    if any(stale_sections(run, services.knowledge) for run in runs):
        return f"{said} · {say('dossier.to_check', lang)}"
    return said
