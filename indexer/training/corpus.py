"""The shipped documents' own questions as training pairs: question → heading and passage."""

import re
from collections.abc import Iterator
from pathlib import Path

from indexer.training.data import Pair

SHIPPED = Path(__file__).parents[2] / "knowledge" / "corpus"

HEADING = re.compile(r"^#{2,6}\s+(.*)$")
QUESTIONS = re.compile(r"^<!-- questions:\s*$")


def corpus_pairs(folder: Path = SHIPPED) -> list[Pair]:
    """Every question of the `questions:` comments with the passage below it, in file order.

    The passage runs to the next heading or questions; its heading stands in front.
    """
    return [
        pair
        for path in sorted(folder.rglob("*.md"))
        for pair in _pairs(path.read_text("utf-8").splitlines())
    ]


def sentence_pairs() -> list[Pair]:
    """Every question of tournures.yaml with the heading and the sentence that it is noted for."""
    from indexer.hints import noted_sentences, sentence, shipped

    return [
        Pair(question, f"{passage.heading} {sentence(passage, entry.words)}")
        for kind, entries in noted_sentences().items()
        for entry in entries
        for passage in shipped()
        if passage.section == entry.section
        and entry.words in passage.text
        and (passage.form == "faq") == (kind == "faq")
        for question in entry.ask
    ]


def _pairs(lines: list[str]) -> Iterator[Pair]:
    heading, questions, body = "", list[str](), list[str]()
    inside = False
    for line in [*lines, "## "]:
        title = HEADING.match(line)
        opens = QUESTIONS.match(line) is not None
        if title or opens:
            text = " ".join(part for part in (heading, *body) if part)
            if body:
                yield from (Pair(question, text) for question in questions)
            questions, body = ([], []) if body or title else (questions, body)
            if title:
                heading = title.group(1).strip()
            inside = opens
        elif inside:
            inside = not line.startswith("-->")
            if inside and line.startswith("- "):
                questions.append(line[2:].strip())
        elif line.strip() and not line.startswith("<!--"):
            body.append(line.strip())
