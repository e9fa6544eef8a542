"""The six fictional supplier sheets: complete, marked as fictional, dated alike inside and out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
SHEETS = sorted((ROOT / "knowledge" / "corpus" / "fiches").glob("*.md"))
NAME = re.compile(r"Fiche_(?P<supplier>[A-Za-z]+)_(?P<version>\d{4}-\d\d-\d\d)\.md")
COMMENT = re.compile(r"<!-- (questions|row-questions):\n(.*?)-->", re.S)
HEADINGS = [
    "1. Entente-cadre",
    "2. Solutions qualifiées et configuration minimale",
    "3. Configurateur",
    "4. Modalités de prix et de paiement",
    "5. Conditions contractuelles",
    "6. Banc d’essai",
    "7. Délais",
    "8. Moyens de conformité à la sécurité",
    "9. Services gérés, assistance technique et fonctions PaaS",
    "10. Responsable technique",
    "11. Historique des modifications",
]
each_sheet = pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.stem)


def read(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body of a sheet."""
    _, front, body = path.read_text(encoding="utf8").split("---\n", 2)
    return yaml.safe_load(front), body


def sections(body: str) -> dict[str, str]:
    """Section number → its source, heading left out."""
    parts = re.split(r"^## (\d+)\. .*\n", body, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def shown(source: str) -> str:
    """What a reader sees: comments left out, no-break spaces made plain."""
    return re.sub(r"<!--.*?-->", "", source, flags=re.S).replace("\u00a0", " ")


def prose(body: str) -> Iterator[tuple[list[str], str]]:
    """The questions and the shown text of each passage that is no table row."""
    for source in sections(body).values():
        comments = list(COMMENT.finditer(source))
        assert not source[: comments[0].start()].strip(), "text before the first questions"
        ends = [c.start() for c in comments[1:]] + [len(source)]
        for comment, end in zip(comments, ends, strict=True):
            if comment[1] == "questions":
                yield yaml.safe_load(comment[2]), source[comment.end() : end].strip()


def table(body: str) -> tuple[list[list[str]], list[str]]:
    """Questions of the rows, and the rows."""
    source = sections(body)["2"]
    comment = next(c for c in COMMENT.finditer(source) if c[1] == "row-questions")
    lines = source[comment.end() :].strip().split("\n\n")[0].splitlines()
    assert lines[0] == "| Composant | Quantité minimale | Description |"
    return yaml.safe_load(comment[2]), lines[2:]


def pairs() -> list[tuple[Path, Path]]:
    """The earlier and the later version of each supplier's sheet."""
    return list(zip(SHEETS[0::2], SHEETS[1::2], strict=True))


def test_three_suppliers_with_two_versions_each() -> None:
    assert len(SHEETS) == 6
    for earlier, later in pairs():
        (a, _), (b, _) = read(earlier), read(later)
        assert (a["id"], a["title"], a["supplier"]) == (b["id"], b["title"], b["supplier"])
        assert a["version"] < b["version"]
    assert len({read(path)[0]["id"] for path in SHEETS}) == 3


@each_sheet
def test_front_matter_agrees_with_the_name_and_says_fictional(path: Path) -> None:
    name = NAME.fullmatch(path.name)
    assert name
    front, body = read(path)
    assert front["version"] == date.fromisoformat(name["version"])
    assert date(2025, 9, 1) <= front["version"] <= date(2026, 10, 31)
    assert front["kind"] == "fiche"
    assert front["audience"] == "client"
    assert front["lang"] == "fr"
    assert front["official"] is False
    assert front["label"] == "exemple fictif"
    assert front["label_en"] == "fictitious example"
    assert front["title"] == f"Fiche du fournisseur – {front['supplier']} (exemple fictif)"
    assert body.startswith(f"# {front['title']}\n")
    assert f"{front['supplier']}, fournisseur inventé pour l’exemple" in body


@each_sheet
def test_every_section_is_there_in_order(path: Path) -> None:
    assert re.findall(r"^## (.*)$", read(path)[1], flags=re.M) == HEADINGS


@each_sheet
def test_passages_are_short_and_carry_two_to_five_questions(path: Path) -> None:
    for questions, text in prose(read(path)[1]):
        assert 2 <= len(questions) <= 5, questions
        assert all(isinstance(question, str) for question in questions), questions
        words = [word for word in shown(text).split() if re.search(r"\w", word)]
        assert 30 <= len(words) <= 140, (len(words), text)


@each_sheet
def test_every_row_carries_two_to_five_questions(path: Path) -> None:
    questions, rows = table(read(path)[1])
    assert len(questions) == len(rows) >= 5
    assert all(2 <= len(of_row) <= 5 for of_row in questions)
    assert all(row.count("|") == 4 for row in rows)


@each_sheet
def test_nothing_leads_to_a_real_company(path: Path) -> None:
    text = shown(read(path)[1])
    hosts = re.findall(r"(?:https://|@)([\w.-]+)", text)
    assert len(hosts) >= 2
    assert all(host.endswith(".example") for host in hosts), hosts
    assert re.search(r"418 555-01\d\d", text)
    assert "(personne fictive)" in text


@each_sheet
def test_quebec_typography(path: Path) -> None:
    text = re.sub(r"<!--.*?-->", "", read(path)[1], flags=re.S)
    assert "'" not in text
    assert not re.search(r"« | »|«(?!\u00a0)|(?<!\u00a0)»| [:%$]|[ \u00a0][;!?]", text)
    assert not re.search(r"(?<!\u00a0)[%$]|\w:(?!//)", text)


@pytest.mark.parametrize(("earlier", "later"), pairs(), ids=lambda p: p.stem)
def test_the_later_version_records_every_section_it_changes(earlier: Path, later: Path) -> None:
    (old_front, old_body), (new_front, new_body) = read(earlier), read(later)
    old, new = sections(old_body), sections(new_body)
    changed = {n for n in old if n != "11" and shown(old[n]).split() != shown(new[n]).split()}
    history = shown(new["11"])
    items = re.findall(r"^- (\d{4}-\d\d-\d\d), section (\d+) :", history, flags=re.M)
    assert 4 <= len(items) <= 7
    assert {day for day, _ in items} == {new_front["version"].isoformat()}
    assert f"- {old_front['version'].isoformat()} : création de la fiche." in history
    moved_from = set(re.findall(r"depuis la section (\d+)", history))
    assert changed == {number for _, number in items} | moved_from


def test_eval_questions_stand_on_the_sheets() -> None:
    cases = yaml.safe_load((ROOT / "tests" / "eval" / "fiches.yaml").read_text(encoding="utf8"))
    assert [case["id"] for case in cases] == [f"f{n:03}" for n in range(1, 31)]
    sheets: dict[tuple[str, str], dict[str, str]] = {}
    indexed: set[str] = set()
    for path in SHEETS:
        front, body = read(path)
        sheets[front["id"], front["version"].isoformat()] = sections(body)
        for questions, _ in prose(body):
            indexed.update(question.lower() for question in questions)
        indexed.update(question.lower() for row in table(body)[0] for question in row)
    for case in cases:
        text = "".join(
            shown(sheets[case["document"], case["version"]][n]) for n in case["sections"]
        )
        facts = [fact.replace("\u00a0", " ") for fact in case["fact"]]
        assert any(fact in text for fact in facts), case["id"]
        assert case["q"].lower() not in indexed
        assert case["kind"] in {"fr", "noaccent", "typo", "en", "short"}
        assert case["split"] in {"dev", "held"}
