"""The whole assistant on documents it knows nothing of: made-up administrative sheets.

    python benchmarks/foreign.py [--encoder DIR] [--index DIR]

Every sheet of indexer/training/sheets/ becomes one Markdown file; the held-out ones are asked for
with questions by another hand, which no training saw, among all of them. None has a noted question.
Printed for BM25 alone, the encoder alone and the assistant: how often the right sheet is first /
in three / in five, and the right section of it likewise; then how many of these questions the
assistant refuses, and how many of the guide's own, which these documents don't answer.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from indexer.build import build  # noqa: E402
from indexer.training.sheets import HELD_OUT, TRAINED, Sheet, sheets  # noqa: E402
from knowledge.embedding import load_encoder  # noqa: E402
from knowledge.engine import Engine  # noqa: E402

WAYS = ("lexical", "dense", "fusion")
LABELS = {"lexical": "BM25", "dense": "encoder", "fusion": "assistant"}
DEPTHS = (1, 3, 5)
POOL = 40
OTHERS = ROOT / "tests" / "eval" / "others.yaml"


def written(folder: Path, every: Sequence[Sheet]) -> None:
    """One Markdown file for each title, its sections in their order."""
    by_title: dict[str, list[Sheet]] = {}
    for sheet in every:
        by_title.setdefault(sheet.title, []).append(sheet)
    for number, (title, sections) in enumerate(by_title.items()):
        name = re.sub(r"\W+", "-", title.lower())[:60]
        text = "".join(f"\n## {sheet.heading}\n\n{sheet.body}\n" for sheet in sections)
        (folder / f"{number:04d}-{name}.md").write_text(f"# {title}\n{text}", "utf-8")


def shares(places: list[int]) -> str:
    """Shares of the places (from 0; -1: not found) within each depth."""
    cells = [sum(0 <= place < depth for place in places) / len(places) for depth in DEPTHS]
    return " / ".join(f"{cell:.3f}" for cell in cells)


def main() -> int:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--encoder", default="", help="directory (default: the shipped one)")
    parser.add_argument("--index", type=Path, help="where the index is kept, or is already")
    given = parser.parse_args()
    encoder = load_encoder(given.encoder)
    held = sheets(HELD_OUT)
    with tempfile.TemporaryDirectory() as temporary:
        root = given.index or Path(temporary) / "index"
        if not (root / "revisions").is_dir():
            source = Path(temporary) / "sheets"
            source.mkdir()
            written(source, [*held, *sheets(TRAINED)])
            build([source], root, encoder, created="2026-11-27T00:00:00+00:00", hints=False)
        lexicon = ROOT / "knowledge" / "corpus" / "lexique.yaml"
        engine = Engine(root, load=lambda: encoder, lexicon=lexicon)
        titles = {document.key: document.title for document in engine.documents("client")}
        asked = [(question, sheet) for sheet in held for question in sheet.questions]
        print(f"{len(asked)} questions, {len(titles)} sheets: first / in three / in five")
        print("| | sheet | section |")
        for way in WAYS:
            documents, sections = list[int](), list[int]()
            for question, sheet in asked:
                hits = engine.rank(question, audience="client", mode=way, top=POOL)
                found = list(dict.fromkeys(titles[hit.passage.document] for hit in hits))
                documents.append(found.index(sheet.title) if sheet.title in found else -1)
                right = [
                    titles[hit.passage.document] == sheet.title
                    and hit.passage.heading == sheet.heading
                    for hit in hits
                ]
                sections.append(right.index(True) if True in right else -1)
            print(f"| {LABELS[way]} | {shares(documents)} | {shares(sections)} |", flush=True)
        guide = [q["q"] for q in yaml.safe_load(OTHERS.read_text("utf-8")) if q.get("sections")]
        for label, questions in (("these", [q for q, _ in asked]), ("the guide’s", guide)):
            refused = [
                engine.answer(question, audience="client").status != "answered"
                for question in questions
            ]
            print(f"refused of {label} questions: {sum(refused) / len(refused):.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
