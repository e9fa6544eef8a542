"""The dossier as files: what stands in them, read again by other libraries."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from email import policy
from email.parser import BytesParser

import docx
import icalendar
import pytest
from pypdf import PdfReader

from handlers.conversation import File, Table, Text
from handlers.export_pdf import TALLEST, pdf
from handlers.export_word import word
from handlers.report import Report, Section, column_widths, file_stem
from knowledge.phrases import say
from tests.dossier.world import NAME

MADE = datetime(2026, 11, 23, 12, tzinfo=UTC)


def taken(talk, verb: str, dossier: str) -> File:
    talk.press(f"dossier:{verb}:{dossier}")
    return talk.part(File)


def word_text(content: bytes) -> str:
    """Every paragraph and every cell, in no particular order."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def pdf_text(content: bytes) -> str:
    """The words of all pages, single spaces between them."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def full(world, camille, dominique) -> str:
    """A dossier prepared, submitted, judged, with what follows the signature."""
    dossier = world.submitted(camille, note="Merci d’avance.")
    camille.press(f"dialog:start:apres-signature:{dossier}")
    camille.fill(signature="2026-12-18").fill(duree="36").fill(rcti="oui")
    camille.button("Confirmer et voir le résultat")
    dominique.press(f"dossier:review:{dossier}")
    dominique.fill(dirigeant="returned", dirigeant_comment="Joignez l’annexe 2.")
    return dossier


EXPECTED = (
    "Dossier d’acquisition",
    "Un ministère",
    NAME,
    "soumis",
    "Nuage Boréal inc.",
    "Stockage en bloc",
    "faits\u00a0: 4",
    "à faire\u00a0: 1",
    "1er février 2027",
    "par Camille",
    "édition du 22 juillet 2021",
    "reformulé d’après le guide du 2021-07-22",
    "Autorisation du dirigeant d’organisme",
    "Retourné. Joignez l’annexe 2.",
    "Prévue en décembre",
    "Il manque encore des préalables",
    "De quelle organisation s’agit-il?",
    "Référence\u00a0: Note 12",
    "Passages sur lesquels repose le résultat",
    "3.5 Étape 5",
    "Obligations datées",
    "28 décembre 2026",
    "17 décembre 2036",
)


@pytest.mark.parametrize("verb", ["word", "pdf"])
def test_the_document_says_all_that_is_in_the_dossier(world, camille, full, verb):
    file = taken(camille, verb, full)
    text = word_text(file.content) if verb == "word" else pdf_text(file.content)
    plain = " ".join(text.replace("\u00a0", " ").split())
    missing = [words for words in EXPECTED if words.replace("\u00a0", " ") not in plain]
    assert not missing
    ground = world.services.runs.runs_of(full)[-1].finished.grounds[0].citation.text
    assert " ".join(ground.split("\n")[0].replace("\u00a0", " ").split()) in plain
    assert file.name.startswith("Dossier_Un-ministere_Stockage-du-centre-de-Quebec.")


def test_the_word_document_is_laid_out_to_be_sent(camille, full):
    document = docx.Document(io.BytesIO(taken(camille, "word", full).content))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[0] == say("report.prerequisites") and len(headings) == 3
    assert document.core_properties.language == "fr-CA"
    assert NAME in document.core_properties.title
    table = document.tables[1]
    assert [cell.text for cell in table.rows[0].cells][:2] == ["Préalable", "État"]
    assert "w:tblHeader" in table.rows[0]._tr.xml and len(table.rows) == 7
    footer = "".join(p._p.xml for p in document.sections[0].footer.paragraphs)
    assert "NUMPAGES" in footer and NAME in footer
    widths = [column.width for column in table.columns]
    assert len(set(widths)) > 1 and abs(sum(widths) - docx.shared.Inches(6.5)) < 1000


def test_the_pdf_is_laid_out_to_be_sent(camille, full):
    reader = PdfReader(io.BytesIO(taken(camille, "pdf", full).content))
    assert NAME in reader.metadata.title and reader.metadata.author
    marks = [mark.title for mark in reader.outline if not isinstance(mark, list)]
    assert marks[0] == say("report.prerequisites") and len(marks) == 3
    for number, page in enumerate(reader.pages, 1):
        assert f"Page {number} de {len(reader.pages)}" in page.extract_text()
        used = [f.get_object() for f in page["/Resources"]["/Font"].get_object().values()]
        assert any("Vera" in font["/BaseFont"] for font in used)


@pytest.mark.parametrize("verb", ["word", "pdf"])
def test_a_dossier_without_answers_gives_a_document_too(world, camille, verb):
    dossier = world.opened(camille)
    content = taken(camille, verb, dossier).content
    text = word_text(content) if verb == "word" else pdf_text(content)
    assert say("report.no_dialog") in text and "à confirmer" in text


@pytest.mark.parametrize("verb", ["word", "pdf"])
def test_what_was_typed_is_text(world, camille, verb):
    odd = "<b>&amp;</b> {name} {{x}} %s =1+1 \U0001f600 العربية \x07\n" + "mot" * 500
    dossier = world.prepared(camille, dirigeant_note=odd, fournisseur="<para>&lt; A & B")
    content = taken(camille, verb, dossier).content
    text = word_text(content) if verb == "word" else pdf_text(content)
    for words in ("<b>&amp;</b> {name} {{x}} %s =1+1", "<para>&lt; A & B"):
        assert words in text
    assert text.replace("\n", "").replace(" ", "").count("mot" * 20) >= 10
    assert verb == "pdf" or "العربية" in text


def test_the_calendar_holds_each_dated_obligation(camille, full):
    file = taken(camille, "calendar", full)
    assert file.name.endswith(".ics") and file.media_type == "text/calendar"
    book = icalendar.Calendar.from_ical(file.content)
    events = {str(e["uid"]).split(".")[0]: e for e in book.walk("VEVENT")}
    assert events["send_contract"]["dtstart"].dt == date(2026, 12, 28)  # over Christmas
    assert events["finish_exit"]["dtstart"].dt == date(2029, 12, 17)
    assert {"plan_exit", "evaluate"} < set(events)
    kept = [e for e in events.values() if e["dtstart"].dt == date(2036, 12, 17)]
    assert len(kept) == 1 and "factures" in str(kept[0]["description"])
    for one in events.values():
        assert one["dtend"].dt - one["dtstart"].dt == date(2, 1, 2) - date(2, 1, 1)
        assert NAME in str(one["summary"]) and "section 4." in str(one["description"])
        assert one.walk("VALARM")
    assert len({str(e["uid"]) for e in events.values()}) == len(events)
    assert all(len(line) <= 75 for line in file.content.split(b"\r\n"))


def test_taken_again_the_calendar_names_the_same_events(camille, full, world):
    def names() -> set[str]:
        book = icalendar.Calendar.from_ical(taken(camille, "calendar", full).content)
        return {str(event["uid"]) for event in book.walk("VEVENT")}

    before = names()
    run = next(r for r in world.services.runs.runs_of(full) if r.dialog == "apres-signature")
    camille.press(f"dialog:edit:{run.id}:contrat").fill(signature="2027-01-04")
    assert names() == before


def test_there_is_no_calendar_without_dates(world, camille):
    dossier = world.prepared(camille)
    camille.press(f"dossier:open:{dossier}")
    assert f"dossier:calendar:{dossier}" not in camille.buttons.values()
    camille.press(f"dossier:calendar:{dossier}")
    assert camille.texts == say("dossier.file.no_dates")


def test_the_outcome_after_the_signature_offers_the_calendar(world, camille):
    dossier = world.opened(camille)
    camille.press(f"dialog:start:apres-signature:{dossier}")
    camille.fill(signature="2026-12-18").fill(duree="12").fill(rcti="non")
    camille.button("Confirmer et voir le résultat").button("Calendrier (.ics)")
    assert camille.part(File).content.startswith(b"BEGIN:VCALENDAR")


def test_the_message_to_the_broker_is_a_draft_with_the_dossier(camille, full):
    file = taken(camille, "message", full)
    message = BytesParser(policy=policy.default).parsebytes(file.content)
    assert message["To"] == "courtier.infonuagique@itq.gouv.qc.ca"
    assert NAME in message["Subject"] and message["X-Unsent"] == "1" and not message["From"]
    body = message.get_body(("plain",)).get_content()
    assert "Fournisseur\u00a0: Nuage Boréal inc." in body and "Merci d’avance." in body
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert sorted(name.rpartition(".")[2] for name in attached) == ["docx", "pdf"]
    for name, content in attached.items():
        read = word_text if name.endswith("docx") else pdf_text
        assert NAME in read(content)


def test_a_name_makes_no_header(world, camille):
    dossier = world.submitted(camille)
    camille.press(f"dossier:name:{dossier}").fill(name="A\r\nBcc: x@y.z")
    message = BytesParser(policy=policy.default).parsebytes(
        taken(camille, "message", dossier).content
    )
    assert message["Bcc"] is None and "Bcc: x@y.z" in message["Subject"]


@pytest.mark.parametrize(
    ("name", "organisation", "stem"),
    [
        (NAME, "Ministère de l’Exemple", "Dossier_Ministere-de-l-Exemple_Stockage-du-centre-de"),
        ("../../etc/passwd", "a\\b:c", "Dossier_a-b-c_etc-passwd"),
        ("العربية", "\U0001f600", "Dossier_organisation_1"),
    ],
)
def test_files_have_plain_names(name, organisation, stem):
    assert file_stem(name, organisation).startswith(stem)


def report(*blocks) -> Report:
    return Report(
        title="Titre",
        subtitle="Sous-titre",
        facts=(("Fait", "Valeur"),),
        sections=(Section(title="Section", blocks=blocks),),
        footer="Pied",
        author="Auteur",
        lang="fr",
    )


@pytest.mark.parametrize("make", [word, pdf])
@pytest.mark.parametrize(
    "rows",
    [
        (("",),),
        (("a", "b" * 4 * TALLEST, "c d " * TALLEST),),
        tuple((str(i), "x " * 40, "") for i in range(300)),
        (("un", "deux", "trois", "quatre", "cinq", "six", "sept", "\n\n\n"),),
    ],
    ids=["blank", "long", "many", "wide"],
)
def test_any_table_fits(make, rows):
    columns = tuple(f"Colonne {i}" for i in range(len(rows[0])))
    made = make(report(Table(columns=columns, rows=rows), Text(text="Fin.")), MADE)
    assert len(made) > 1000


def test_columns_take_what_they_need():
    table = Table(
        columns=("N°", "Date", "Ce qui se passe"), rows=(("1", "28 décembre 2026", "mot " * 60),)
    )
    widths = column_widths(table, 100.0, 4.0, lambda line: float(len(line)))
    assert sum(widths) == pytest.approx(100.0) and widths[1] >= 16
    assert widths[0] < widths[1] < widths[2]
    crowded = Table(columns=("a" * 60, "b" * 60, "c" * 60), rows=())
    assert sum(column_widths(crowded, 100.0, 4.0, len)) == pytest.approx(100.0)
