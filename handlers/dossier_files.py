"""A dossier as files: Word, PDF, calendar, the e-mail ready for the broker."""

from __future__ import annotations

from handlers.conversation import File, Incoming, Reply, Text
from handlers.dossier_access import opened, own
from handlers.dossier_answers import answered, obligations
from handlers.dossier_message import message_file
from handlers.dossier_report import dossier_report
from handlers.dossier_view import organisation_name
from handlers.export_calendar import CALENDAR_TYPE, calendar
from handlers.export_pdf import PDF_TYPE, pdf
from handlers.export_word import WORD_TYPE, word
from handlers.ports_dossiers import Dossier
from handlers.report import Report, file_stem
from handlers.services import Services
from knowledge.phrases import say


def word_file(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The dossier as a Word document."""
    dossier, lang = opened(dossier_id, incoming, services), incoming.actor.lang
    report = dossier_report(dossier, services, lang)
    return Reply(parts=(as_word(report, dossier, services),))


def pdf_file(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The dossier as a PDF."""
    dossier, lang = opened(dossier_id, incoming, services), incoming.actor.lang
    report = dossier_report(dossier, services, lang)
    return Reply(parts=(as_pdf(report, dossier, services),))


def as_word(report: Report, dossier: Dossier, services: Services) -> File:
    """A report as a Word file."""
    return File(
        name=f"{stem(dossier, services)}.docx",
        media_type=WORD_TYPE,
        content=word(report, services.clock()),
        text=say("dossier.file.word", report.lang),
    )


def as_pdf(report: Report, dossier: Dossier, services: Services) -> File:
    """A report as a PDF file."""
    return File(
        name=f"{stem(dossier, services)}.pdf",
        media_type=PDF_TYPE,
        content=pdf(report, services.clock()),
        text=say("dossier.file.pdf", report.lang),
    )


def calendar_file(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The contract's dated obligations; a sentence where there are none yet."""
    dossier, lang = opened(dossier_id, incoming, services), incoming.actor.lang
    dated = tuple(o for o in obligations(answered(dossier, services)) if o.due is not None)
    if not dated:
        return Reply(parts=(Text(text=say("dossier.file.no_dates", lang), tone="warning"),))
    file = File(
        name=f"{stem(dossier, services)}.ics",
        media_type=CALENDAR_TYPE,
        content=calendar(dated, dossier.id, dossier.name, services.clock(), lang),
        text=say("dossier.file.calendar", lang),
    )
    return Reply(parts=(file,))


def message(incoming: Incoming, services: Services, dossier_id: str) -> Reply:
    """The e-mail to the broker as a draft, the dossier attached as Word and PDF."""
    dossier, lang = own(dossier_id, incoming, services), incoming.actor.lang
    report = dossier_report(dossier, services, lang)
    attached = (as_pdf(report, dossier, services), as_word(report, dossier, services))
    found = answered(dossier, services)
    name = stem(dossier, services)
    return Reply(parts=(message_file(dossier, found, services, lang, attached, name),))


def stem(dossier: Dossier, services: Services) -> str:
    """The name of the dossier's files, without ending."""
    return file_stem(dossier.name, organisation_name(dossier, services))
