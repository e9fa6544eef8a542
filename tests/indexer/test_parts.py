"""Sources, hints, progress, and cleaning: the smaller parts."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from indexer import sources
from indexer.cleaning import find_contents, join_lines, repeated, tidy, unmark, vocabulary
from indexer.hints import best, is_same, shipped, with_hints
from indexer.progress import Bar, Lines, make_progress
from indexer.sources import find
from knowledge.passages import Document, Passage
from knowledge.phrases import Problem


def test_what_is_passed_over_is_named(tmp_path: Path) -> None:
    for name in ("a.md", "b.xlsx", ".caché.md", "README.md", "~$c.docx", "lexique.yaml"):
        (tmp_path / name).write_text("x")
    (tmp_path / "sous").mkdir()
    (tmp_path / "sous" / "d.TXT").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "e.md").write_text("x")
    found = find([tmp_path])
    assert [path.name for path, _ in found.files] == ["a.md", "d.TXT"]
    assert set(found.ignored) == {"b.xlsx", ".caché.md", "README.md", "~$c.docx"}


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    (tmp_path / "boucle").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "mort.md").symlink_to(tmp_path / "absent.md")
    assert [path.name for path, _ in find([tmp_path]).files] == ["a.md"]


def test_a_link_that_leads_out_of_the_source_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (tmp_path / "secret.md").write_text("Texte d’ailleurs.", encoding="utf8")
    (folder / "a.md").write_text("Texte.", encoding="utf8")
    (folder / "b.md").symlink_to(tmp_path / "secret.md")
    (folder / "c.md").symlink_to(folder / "a.md")
    found = find([folder])
    assert [path.name for path, _ in found.files] == ["a.md", "c.md"]
    assert found.ignored == ("b.md",)


def test_a_boundless_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_FILES", 3)
    for number in range(5):
        (tmp_path / f"{number}.md").write_text("x")
    with pytest.raises(Problem, match="plus de 3 fichiers"):
        find([tmp_path])


def test_missing_and_unknown_sources(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="absent"):
        find([tmp_path / "absent"])
    (tmp_path / "a.xlsx").write_text("x")
    with pytest.raises(Problem, match=r"\.docx"):
        find([tmp_path / "a.xlsx"])


def passage(text: str, **more: object) -> Passage:
    fields = {"document": "d@-", "position": 0, "section": "1", "heading": "Titre", "text": text}
    return Passage.model_validate({**fields, **more})


def test_a_note_goes_to_the_passage_that_says_the_same() -> None:
    note = passage("Le contrat dure au plus trois ans, renouvellements compris.")
    candidates = [
        passage("Le contrat est signé par le fournisseur.", position=0),
        passage("La durée maximale du contrat est de trois ans, avec renouvellements.", position=1),
    ]
    assert best(note, candidates) is candidates[1]
    assert best(passage("Xyz zzz"), [passage("Abc", heading="Autre")]) is None
    assert best(note, []) is None


def test_hints_are_for_the_official_guide_only() -> None:
    noted = shipped()
    sections = list(dict.fromkeys(note.section for note in noted if note.section))
    passages = [
        passage(
            " ".join(note.text for note in noted if note.section == section),
            section=section,
            position=i,
        )
        for i, section in enumerate(sections)
    ]
    guide = Document(id="g", kind="guide", title="Guide", source="g.txt", digest="0")
    hinted = with_hints(guide, passages)
    assert all(p.questions for p in hinted if p.section and p.section.startswith("5."))
    assert hinted[0].text == passages[0].text
    faq = next(note for note in noted if note.section == "5.7")
    target = next(p for p in hinted if p.section == "5.7")
    assert target.questions[0] == faq.heading
    assert set(faq.questions) <= set(target.questions)
    restated = guide.model_copy(update={"official": False})
    assert with_hints(restated, passages) == passages
    sheet = guide.model_copy(update={"kind": "fiche"})
    assert with_hints(sheet, passages) == passages
    assert not is_same(passages[:3], noted)


def test_progress_in_lines() -> None:
    stream = io.StringIO()
    lines = Lines("fr", stream, every=60)
    for done in range(11):
        lines.step("embedding", done, 10)
    assert stream.getvalue().splitlines() == [
        "Encodage des textes : 0/10",
        "Encodage des textes : 10/10",
    ]
    assert isinstance(make_progress("fr", stream), Lines)


def test_progress_as_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    bar = make_progress("en", stream)
    assert isinstance(bar, Bar)
    bar.step("reading", 0, 2)
    bar.step("reading", 2, 2)
    bar.step("embedding", 1, 3)
    bar.close()
    assert "Reading documents" in stream.getvalue()
    assert "2/2" in stream.getvalue()


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("une infonua-", "gique privée", "une infonuagique privée"),
        ("une entente-", "cadre signée", "une entente-cadre signée"),
        ("le mot cou-", "pé", "le mot coupé"),
        ("fin de ligne", "suite", "fin de ligne suite"),
        ("Québec-", "Montréal", "Québec- Montréal"),
    ],
)
def test_words_cut_at_a_line_end(first: str, second: str, joined: str) -> None:
    words = vocabulary(["infonuagique", "entente-cadre", "entente", "cadre"])
    assert join_lines(first, second, words) == joined


def test_tidy_and_unmark() -> None:
    assert tidy(" ﬁn\u00a0:  l’\u00adœuvre\u200b ") == "fin : l’œuvre"
    assert unmark("**gras** et *italique*, [lien](#), [page](http://a.ca), <i>x</i>") == (
        "gras et italique, lien, page (http://a.ca), x"
    )
    assert unmark("3 * 4 * 5 et a_b_c") == "3 * 4 * 5 et a_b_c"


def test_contents_with_a_title_on_two_lines() -> None:
    lines = [
        "Sommaire",
        "1. Un......2",
        "2. Un titre très",
        "long......3",
        "Annexe\t9",
        "",
        "1. Un",
    ]
    contents, start, end = find_contents(lines)
    assert (start, end) == (0, 5)
    assert contents.pages == {"1": 2, "2": 3}
    assert contents.names["2"] == "un titre tres long"
    assert contents.titles["annexe"] == 9
    assert find_contents(["Texte....", "sans", "sommaire"])[1:] == (-1, -1)


def test_repeated_lines_need_three_pages() -> None:
    pages = [["En-tête", f"texte {word}", f"page {n}"] for n, word in enumerate("abc")]
    assert repeated(pages) == {"en tete", "page #"}
    assert repeated(pages[:2]) == set()
