"""Reading the training files: broken lines are named and skipped, nothing stops the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer.training import data as files
from indexer.training.data import Pair
from indexer.training.holdout import hold_out
from indexer.training.questions import resolve, sha1
from indexer.training.words import DataError, Report

Write = Callable[[Path, list[dict[str, Any]]], None]


def test_broken_lines_are_reported_with_their_number_and_skipped(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(
        '{"note": "Délai", "section": "Dix jours."}\n'
        "{broken\n"
        "[1, 2]\n"
        '{"note": "   ", "section": "Vide."}\n'
        "\n"
        '{"note": 3, "section": "Nombre."}\n'
        '{"note": "Prix", "section": "Cent dollars."}\n',
        "utf-8",
    )
    said: list[str] = []
    kept = list(files.rows(path, ("note", "section"), Report(said.append, "en")))
    assert [row["note"] for row in kept] == ["Délai", "Prix"]
    assert said == [
        "notes.jsonl, line 2: not valid JSON; line skipped",
        "notes.jsonl, line 3: not a JSON object; line skipped",
        "notes.jsonl, line 4: the field “note” is missing, empty or no text; line skipped",
        "notes.jsonl, line 6: the field “note” is missing, empty or no text; line skipped",
    ]


def test_bytes_that_are_no_text_and_a_cut_gzip_file_do_not_stop_the_reading(
    data: Path,
) -> None:
    notes = data / "notes.jsonl.gz"
    notes.write_bytes(notes.read_bytes()[:-30])
    headings = data / "headings.jsonl"
    headings.write_bytes(b"\xff\xfe\n" + headings.read_bytes())
    said: list[str] = []
    loaded = files.load(data, Report(said.append, "fr"))
    assert loaded.notes
    assert len(loaded.headings) == 30
    assert any(
        line.startswith("notes.jsonl.gz\u00a0: illisible à partir de la ligne") for line in said
    )
    assert "headings.jsonl, ligne 1\u00a0: ce n’est pas du JSON; ligne laissée de côté" in said


def test_a_file_without_one_usable_line_is_refused(data: Path) -> None:
    (data / "headings.jsonl").write_text("nothing\n", "utf-8")
    with pytest.raises(DataError, match=r"headings\.jsonl\s» n’a aucune ligne utilisable"):
        files.load(data, Report(lambda _: None))


def test_the_operators_pairs_join_the_questions(data: Path, write: Write) -> None:
    write(data / "pairs.jsonl", [{"question": "c'est combien ?", "passage": "Cent dollars."}])
    assert files.load(data, Report(lambda _: None)).questions == [
        Pair("c'est combien ?", "Cent dollars.")
    ]


def test_kept_questions_find_their_passage_again(tmp_path: Path, write: Write) -> None:
    write(
        tmp_path / "q.jsonl",
        [
            {"question": "quand ?", "passage_sha1": sha1("Dans dix jours."), "file": "notes.jsonl"},
            {"question": "où ?", "passage_sha1": sha1("Ailleurs."), "file": "notes.jsonl"},
        ],
    )
    said: list[str] = []
    found = resolve(["Ici.", "Dans dix jours."], Report(said.append, "en"), tmp_path)
    assert found == [Pair("quand ?", "Dans dix jours.")]
    assert said == ["questions: 1 of 2 kept questions have their passage here"]


def test_what_is_held_out_is_not_trained_on(data: Path) -> None:
    loaded = files.load(data, Report(lambda _: None))
    kept, development = hold_out(loaded, seed=0)
    held = set(development.queries)
    assert development.queries
    assert held.isdisjoint(pair.query for pair in (*kept.notes, *kept.headings))
    assert len(kept.titles) == len(kept.headings)
    wanted = {pair.query: pair.passage for pair in (*loaded.notes, *loaded.headings)}
    for query, row in zip(development.queries, development.gold, strict=True):
        assert development.passages[row] == wanted[query]
