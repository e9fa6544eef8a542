"""A dossier as a report: summary, prerequisites, each dialog's result, answers and passages."""

from __future__ import annotations

from collections import Counter
from datetime import date

from handlers.conversation import Citations, Table, Text
from handlers.dossier_answers import PREPARATION, Answered, Item, answered, choice, items, one
from handlers.dossier_stale import stale_parts, state_text
from handlers.dossier_view import date_text, items_table, organisation_name, since_submission
from handlers.moments import local_day, moment_text
from handlers.ports_dossiers import Dossier
from handlers.report import Block, Report, Section
from handlers.services import Services
from knowledge.dialog_view import OutcomeView, day_text, summary
from knowledge.passages import Citation, Document
from knowledge.phrases import Problem, say
from knowledge.prerequisites import State
from knowledge.replay import Step

COUNTED: tuple[State, ...] = ("fait", "a_faire", "a_confirmer", "sans_objet")


def dossier_report(dossier: Dossier, services: Services, lang: str) -> Report:
    """The whole dossier, as of now."""
    found = answered(dossier, services)
    now = services.clock()
    prerequisites = items(dossier, one(found, PREPARATION))
    sections = [prerequisites_section(dossier, found, prerequisites, services, lang)]
    sections += [dialog_section(a, local_day(now), lang) for a in found]
    if not found:
        nothing = Text(text=say("report.no_dialog", lang))
        sections.append(Section(title=say("report.answers", lang), blocks=(nothing,)))
    return Report(
        title=say("report.title", lang),
        subtitle=f"{organisation_name(dossier, services)} – {dossier.name}",
        facts=facts(dossier, found, prerequisites, services, lang),
        sections=tuple(sections),
        footer=say("report.footer", lang, name=dossier.name, at=day_text(local_day(now), lang)),
        author=say("report.author", lang),
        lang=lang,
    )


def facts(
    dossier: Dossier,
    found: tuple[Answered, ...],
    prerequisites: tuple[Item, ...],
    services: Services,
    lang: str,
) -> tuple[tuple[str, str], ...]:
    """The summary's rows; those without a value are left out."""
    preparation = one(found, PREPARATION)
    supplier, solution = choice(preparation)
    counts = Counter(item.state for item in prerequisites)
    submission = dossier.submission
    submitted = ""
    if submission is not None:
        by = submission.by or say("dossier.side.client", lang)
        submitted = say("report.on_by", lang, at=moment_text(submission.at, lang), by=by)
    values = {
        "organisation": organisation_name(dossier, services),
        "name": dossier.name,
        "state": state_text(dossier.id, dossier.state, services, lang),
        "supplier": supplier,
        "solution": solution,
        "prerequisites": ", ".join(
            say(f"report.count.{state}", lang, count=counts[state])
            for state in COUNTED
            if counts[state]
        ),
        "target": date_text(preparation.facts.get("cible", "") if preparation else "", lang),
        "submitted": submitted,
        "guide": guide_edition(services, lang),
        "made": moment_text(services.clock(), lang),
    }
    return tuple((say(f"report.fact.{name}", lang), text) for name, text in values.items() if text)


def guide_edition(services: Services, lang: str) -> str:
    """The guide in force, its edition, and whether the words are the official ones."""
    try:
        documents = services.knowledge.documents("client")
    except Problem:  # no index now: the answers are there all the same
        return ""
    guides = [d for d in documents if d.kind == "guide"]
    if not guides:
        return ""
    guide: Document = max(guides, key=lambda d: d.version or date.min)
    pieces = [guide.title]
    if guide.version:
        pieces.append(say("report.edition", lang, date=day_text(guide.version, lang)))
    if not guide.official:
        pieces.append(guide.label or say("report.not_official", lang))
    return " · ".join(pieces)


def prerequisites_section(
    dossier: Dossier,
    found: tuple[Answered, ...],
    prerequisites: tuple[Item, ...],
    services: Services,
    lang: str,
) -> Section:
    """The table of 3.5 with what the broker verified, and what is to be looked at again."""
    warnings = [*stale_parts(found, services, lang), *since_submission(dossier, found, lang)]
    table = items_table(prerequisites, lang).model_copy(update={"title": ""})
    blocks: list[Block] = [table]
    blocks += [part for part in warnings if isinstance(part, Text)]
    return Section(title=say("report.prerequisites", lang), blocks=tuple(blocks))


def dialog_section(answers: Answered, today: date, lang: str) -> Section:
    """One dialog: what it led to, what was answered, what it rests on."""
    blocks: list[Block] = []
    outcome = answers.outcome(today, lang)
    if outcome is None:
        blocks.append(Text(text=say("report.unfinished", lang), tone="warning"))
    else:
        blocks += outcome_blocks(outcome, lang)
    if answers.state.steps:
        blocks.append(
            Table(
                title=say("report.answers", lang),
                columns=(say("report.question", lang), say("report.answer", lang)),
                rows=tuple(answer_row(step, lang) for step in answers.state.steps),
            )
        )
    cited = passages(answers, outcome)
    if cited:
        blocks.append(Citations(title=say("report.rests_on", lang), citations=cited))
        if any(not citation.official for citation in cited):
            blocks.append(Text(text=say("report.restated", lang), tone="note"))
    return Section(title=answers.dialog.title.text(lang), blocks=tuple(blocks))


def answer_row(step: Step, lang: str) -> tuple[str, str]:
    """One question and what was answered: its own answer, then a line a detail."""
    lead, *details = summary((step,), lang)
    lines = [lead.value]
    lines += [say("report.detail", lang, label=line.label, value=line.value) for line in details]
    return lead.title, "\n".join(lines)


def outcome_blocks(outcome: OutcomeView, lang: str) -> list[Block]:
    """The result in words, its remarks and tables, the next steps. The prerequisites have their
    own section, with the broker's word."""
    blocks: list[Block] = [
        Text(text=outcome.title, tone=outcome.tone if outcome.tone != "error" else "warning"),
        Text(text=outcome.text),
        *(
            Text(text=note.text, tone=note.tone if note.tone != "error" else "warning")
            for note in outcome.notes
        ),
    ]
    for table in outcome.tables:
        if table.id != "prealables":
            blocks.append(Table(title=table.title, columns=table.columns, rows=table.rows))
            if table.text:
                blocks.append(Text(text=table.text, tone="note"))
    if outcome.steps:
        blocks.append(Text(text=say("report.next", lang), tone="title"))
        blocks += [
            Text(text=f"{i}. {step.text.text(lang)}") for i, step in enumerate(outcome.steps, 1)
        ]
    return blocks


def passages(answers: Answered, outcome: OutcomeView | None) -> tuple[Citation, ...]:
    """What the outcome rests on, as it read on the day, each passage once; none where the
    answers have since led elsewhere."""
    finished = answers.run.finished
    if finished is None or outcome is None or finished.outcome != outcome.id:
        return ()
    grounds = finished.grounds
    return tuple({g.citation.passage_id: g.citation for g in grounds}.values())
