"""Documents of other people's making: columns, tables without lines, headings without styles."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from indexer.chunking import chunk
from indexer.readers import read
from knowledge.passages import Passage

LEFT, RIGHT, WIDTH = 60, 320, 230
WORDS = "Chaque demande se fait par écrit et reçoit une réponse de la direction concernée".split()


def passages(path: Path) -> list[Passage]:
    return chunk(*read(path, path.parent))


def running_text(canvas: Canvas, x: float, y: float, first: str, lines: int) -> float:
    """Lines that fill a column from x on, the first beginning with given words; the y below."""
    for number in range(lines):
        text = canvas.beginText(x, y)
        text.setFont("Helvetica", 9)
        words, i = (first.split() if not number else []), 0
        while canvas.stringWidth(" ".join([*words, WORDS[i % 14]]), "Helvetica", 9) < WIDTH:
            words.append(WORDS[i % 14])
            i += 1
        text.textLine(" ".join(words) + ("." if number == lines - 1 else ""))
        canvas.drawText(text)
        y -= 12
    return y


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    path = tmp_path / "bulletin.pdf"
    canvas = Canvas(str(path), pagesize=letter)
    for page in (1, 2):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(LEFT, 765, "Bulletin de mars")
        canvas.drawString(LEFT, 30, "Direction des achats")
        canvas.drawRightString(550, 30, f"Page {page} de 2")
        if page == 1:
            canvas.setFont("Helvetica-Bold", 20)
            canvas.drawString(LEFT, 720, "Acheter du matériel en commun")
        for column, x in enumerate((LEFT, RIGHT)):
            canvas.setFont("Helvetica-Bold", 12)
            canvas.drawString(x, 680, f"Rubrique {page}{'ab'[column]}")
            running_text(canvas, x, 660, f"Début{page}{'ab'[column]}", 40)
        canvas.showPage()
    canvas.save()
    return path


def test_columns_are_read_one_after_the_other(columns: Path):
    found = passages(columns)
    assert [p.heading for p in found if p.text.startswith("Début")] == [
        "Rubrique 1a",
        "Rubrique 1b",
        "Rubrique 2a",
        "Rubrique 2b",
    ]
    for passage in found:
        assert passage.text.count("Début") <= 1
    assert {p.path[0] for p in found} == {"Acheter du matériel en commun"}


def test_running_lines_of_two_pages_are_left_out(columns: Path):
    text = "\n".join(p.text for p in passages(columns))
    for words in ("Bulletin de mars", "Direction des achats", "Page 1"):
        assert words not in text


def test_a_table_without_lines_is_rows(tmp_path: Path):
    path = tmp_path / "tarifs.pdf"
    canvas = Canvas(str(path), pagesize=letter)
    y = running_text(canvas, LEFT, 720, "Voici", 4) - 20
    rows = [
        ("Service", "Tarif", "Remarque"),
        ("Courrier", "4,50 $", "Boîte de 50 Go"),
        ("", "", "partagée sans frais"),
        ("Téléphonie", "18,00 $", "Appareil en sus"),
        ("Visioconférence", "Gratuit", "Trois cents personnes"),
    ]
    for number, (service, price, note) in enumerate(rows):
        canvas.setFont("Helvetica-Bold" if not number else "Helvetica", 9)
        canvas.drawString(LEFT, y, service)
        canvas.drawRightString(LEFT + 160, y, price)
        canvas.drawString(LEFT + 180, y, note)
        y -= 11 if number == 1 else 16
    running_text(canvas, LEFT, y - 20, "Suite", 3)
    canvas.save()
    assert [p.text for p in passages(path) if p.form == "row"] == [
        "Service : Courrier\nTarif : 4,50 $\nRemarque : Boîte de 50 Go partagée sans frais",
        "Service : Téléphonie\nTarif : 18,00 $\nRemarque : Appareil en sus",
        "Service : Visioconférence\nTarif : Gratuit\nRemarque : Trois cents personnes",
    ]


def test_a_list_with_wide_marks_is_no_table(tmp_path: Path):
    path = tmp_path / "liste.pdf"
    canvas = Canvas(str(path), pagesize=letter)
    canvas.setFont("Helvetica", 9)
    for number in range(5):
        canvas.drawString(LEFT, 700 - 14 * number, "•")
        canvas.drawString(LEFT + 30, 700 - 14 * number, f"élément {number} de la liste;")
    canvas.save()
    assert [p.form for p in passages(path)] == ["list"]


def test_bold_lines_are_headings_where_word_has_no_styles(tmp_path: Path):
    document = docx.Document()
    for text, bold in [
        ("Prêt de clés", True),
        ("1. Objet", True),
        ("Cette note vise le prêt des clés.", False),
        ("Clé perdue", True),
        ("Une clé perdue coûte 75 $.", False),
        ("Attention.", True),
        ("Une phrase en gras n’est pas un titre.", False),
    ]:
        document.add_paragraph().add_run(text).bold = bold
    path = tmp_path / "cles.docx"
    document.save(str(path))
    found = passages(path)
    assert [p.path for p in found] == [
        ("Prêt de clés", "1. Objet"),
        ("Prêt de clés", "1. Objet", "Clé perdue"),
    ]
    assert [p.section for p in found] == ["1", "1"]
    assert "Attention." in found[1].text


def test_bold_paragraphs_are_headings_in_html(tmp_path: Path):
    path = tmp_path / "F12.html"
    path.write_text(
        "<title>Congé de proche aidant | Portail</title>"
        "<p><strong>Qui y a droit</strong></p><p>Toute personne salariée.</p>"
        "<p><b>Durée</b></p><ul><li>trois mois;</li><li>renouvelable.</li></ul>",
        encoding="utf8",
    )
    assert [p.path for p in passages(path)] == [
        ("Congé de proche aidant", "Qui y a droit"),
        ("Congé de proche aidant", "Durée"),
    ]


LONG = "Une demande complète, avec toutes ses pièces, est traitée en trois semaines au plus."


@pytest.mark.parametrize(
    ("text", "title", "headings"),
    [
        (f"Renouveler un permis\n\nDélai\n\n{LONG}\n", "Renouveler un permis", ["Délai"]),
        (f"Renouveler un permis\n{LONG}\n", "Renouveler un permis", ["Renouveler un permis"]),
        (f"{LONG}\n\n{LONG}\n", "Permis 7 bis", ["Permis 7 bis"]),
        (f"{LONG}\n\nUne phrase courte.\n\n{LONG}\n", "Permis 7 bis", ["Permis 7 bis"]),
    ],
)
def test_a_plain_text_without_marks_has_a_title_and_headings(
    tmp_path: Path, text: str, title: str, headings: list[str]
):
    path = tmp_path / "permis-7_bis.txt"
    path.write_text(text, encoding="utf8")
    document, _ = read(path, tmp_path)
    assert document.title == title
    assert [p.heading for p in passages(path)] == headings
