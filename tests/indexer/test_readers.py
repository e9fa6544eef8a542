"""What each reader makes of small files."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from indexer.readers import read
from indexer.structure import Block
from knowledge.phrases import Problem
from tests.indexer.conftest import passages_of


def blocks_of(folder: Path, name: str, text: str) -> tuple[Block, ...]:
    path = folder / name
    path.write_text(text, encoding="utf8")
    return read(path, folder)[1]


MARKDOWN = """---
kind: guide
version: 2024-01-02
---
# Le titre

## 1. Termes
<!-- page: 4 -->
<!-- questions:
- c koi
- what is
-->
Un **mot**, une [page](https://ex.ca/a), <https://ex.ca>.

- premier
  1. dedans
- second[^1]

<!-- page: 5 -->
<!-- row-questions:
- [a, b]
- [c]
-->
| Nom | Valeur |
|---|---|
| x | 1[^1] |
| y | 2 |

[^1]: La note
  qui suit.
"""


def test_markdown(tmp_path: Path) -> None:
    blocks = blocks_of(tmp_path, "a.md", MARKDOWN)
    title, head, text, *items, row, other, note = blocks
    assert (title.level, title.text, head.level, head.number) == (1, "Le titre", 2, "1")
    assert text.text == "Un mot, une page (https://ex.ca/a), https://ex.ca."
    assert (text.questions, text.starts, text.page, head.page) == (("c koi", "what is"), True, 4, 4)
    assert [(b.text, b.level, b.marker) for b in items] == [
        ("premier", 0, "-"),
        ("dedans", 1, "1."),
        ("second¹", 0, "-"),
    ]
    assert row.cells == (("Nom", "x"), ("Valeur", "1¹"))
    assert (row.questions, other.questions, row.page) == (("a", "b"), ("c",), 5)
    assert (note.marker, note.text) == ("¹", "La note qui suit.")


def test_questions_before_no_text_belong_to_the_heading(tmp_path: Path) -> None:
    text = "## 5. FAQ\n<!-- questions:\n- ou\n-->\n\n## 6. Autre\nTexte.\n"
    (tmp_path / "a.md").write_text(text, encoding="utf8")
    first, second = passages_of(tmp_path / "a.md")
    assert (first.section, first.text, first.questions) == ("5", "FAQ", ("ou",))
    assert second.questions == ()


@pytest.mark.parametrize(
    "comment", ["<!-- page: douze -->", "<!-- questions: une -->", "<!-- questions:\n- [a\n-->"]
)
def test_a_broken_comment_is_named(tmp_path: Path, comment: str) -> None:
    with pytest.raises(Problem, match=r"a\.md.*«.(page|questions).»"):
        blocks_of(tmp_path, "a.md", f"# T\n\n{comment}\nTexte.\n")


def test_text_without_contents(tmp_path: Path) -> None:
    text = (
        "PREMIÈRE PARTIE\n\nUn paragraphe dont les lignes se sui-\nvent ici, avec suivent.\n\n"
        "Une liste :\n* un\n* deux,\n  sur deux lignes\n\nSous-titre\n----------\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n"
    )
    kinds = [(b.kind, b.text) for b in blocks_of(tmp_path, "a.txt", text)]
    assert kinds == [
        ("heading", "PREMIÈRE PARTIE"),
        ("paragraph", "Un paragraphe dont les lignes se suivent ici, avec suivent."),
        ("paragraph", "Une liste :"),
        ("item", "un"),
        ("item", "deux, sur deux lignes"),
        ("heading", "Sous-titre"),
        ("row", ""),
    ]


def test_numbers_of_a_list_are_no_headings(tmp_path: Path) -> None:
    text = (
        "Table des matières\n\n1. UN.....2\n2. DEUX.....3\n2.1. Détail.....4\n\n"
        "1. UN\n\nTexte.\n\n2. DEUX\n\nÉtapes :\n\n1. Appeler le Courtier.\n\n"
        "3. Signer le contrat\n\n2.1. Détail\n\nFin.\n"
    )
    blocks = blocks_of(tmp_path, "guide.txt", text)
    assert [b.number for b in blocks if b.kind == "heading"] == ["1", "2", "2.1"]
    assert [b.page for b in blocks if b.kind == "heading"] == [2, 3, 4]
    assert [b.marker for b in blocks if b.kind == "item"] == ["1.", "3."]


def test_text_in_pages_loses_its_running_lines(tmp_path: Path) -> None:
    pages = [f"Guide du nuage\n\nContenu {word}.\n\nPage {n} de 4" for n, word in enumerate("abcd")]
    blocks = blocks_of(tmp_path, "a.txt", "\f".join(pages))
    assert [b.text for b in blocks] == [f"Contenu {word}." for word in "abcd"]
    assert [b.page for b in blocks] == [1, 2, 3, 4]


def test_windows_and_utf16_text(tmp_path: Path) -> None:
    for name, encoding in (("a.txt", "cp1252"), ("b.txt", "utf-16"), ("c.txt", "utf-8-sig")):
        (tmp_path / name).write_bytes("Été à l’œuvre ﬁn".encode(encoding, "ignore"))
        text = read(tmp_path / name, tmp_path)[1][0].text
        assert text.startswith("Été à l’œuvre")


def test_html(tmp_path: Path) -> None:
    text = """<title>T</title><nav><p>Menu</p></nav><h1>Titre</h1><div>Libre <b>gras</b><p>Un
    <a href="mailto:a@b.ca">courriel</a>.<script>x()</script></div>
    <ul><li>un<ul><li>dedans</li></ul></li><li><p>deux</p><p>Suite</p></li></ul>
    <dl><dt>Terme</dt><dd>Sens</dd></dl>
    <table><tr><th>A</th><th>B</th></tr><tr><td rowspan=2>1</td><td>2</td></tr>
    <tr><td>3</td></tr></table><!-- caché --><footer>Pied</footer>"""
    blocks = blocks_of(tmp_path, "a.html", text)
    assert [(b.kind, b.text, b.level) for b in blocks[1:8]] == [
        ("paragraph", "Libre gras", 0),
        ("paragraph", "Un courriel (a@b.ca).", 0),
        ("item", "un", 0),
        ("item", "dedans", 1),
        ("item", "deux", 0),
        ("paragraph", "Suite", 0),
        ("paragraph", "Terme : Sens", 0),
    ]
    assert [b.cells for b in blocks[8:]] == [
        (("A", "1"), ("B", "2")),
        (("A", "1"), ("B", "3")),
    ]


def test_markup_in_a_document_stays_text(tmp_path: Path) -> None:
    blocks = blocks_of(tmp_path, "a.html", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>")
    assert blocks[0].text == "<script>alert(1)</script>"


def test_word_with_automatic_numbers_and_content_control(tmp_path: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    number = numbering.add_num(numbering.num_having_numId(1).abstractNumId.val).numId
    for level, text in ((1, "Termes"), (1, "Rôles"), (2, "Courtier")):
        heading = document.add_heading(text, level)
        properties = heading._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = number
        properties.get_or_add_ilvl().val = level - 1
        document.add_paragraph(f"Texte de {text}.")
    paragraph = document.add_paragraph("Dans un contrôle.")._p
    control = docx.oxml.OxmlElement("w:sdt")
    content = docx.oxml.OxmlElement("w:sdtContent")
    paragraph.addprevious(control)
    control.append(content)
    content.append(paragraph)
    document.save(str(tmp_path / "a.docx"))
    blocks = read(tmp_path / "a.docx", tmp_path)[1]
    assert [b.number for b in blocks if b.kind == "heading"] == ["1", "2", "2.1"]
    assert blocks[-1].text == "Dans un contrôle."
