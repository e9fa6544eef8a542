"""How good answers are: questions with known right sections → figures. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from knowledge.passages import Frozen
from knowledge.phrases import Problem

GOOD_REFUSED = 0.03  # share of good questions that a search alone may turn away


class Asked(Frozen):
    """A question of tests/eval; its README tells what the fields mean."""

    id: str
    q: str
    sections: tuple[str, ...] = ()
    fact: tuple[str, ...] = ()  # one of them must be in the short answer
    kind: str = "fr"
    split: Literal["dev", "held"] = "dev"
    out: bool = False
    previous: str | None = None
    document: str | None = None  # Document.id, for questions about a supplier's sheet
    version: date | None = None

    def rightly_cites(self, section: str | None, kind: str, document: str) -> bool:
        """Whether a citation is one that answers. Without a document, sheets don't count."""
        if section not in self.sections:
            return False
        if self.document is None:
            return kind != "fiche"
        name, _, version = document.partition("@")
        return name == self.document and (
            self.version is None or version == self.version.isoformat()
        )

    def holds_fact(self, text: str) -> bool:
        """Whether one of the facts is in the text, case, accents and typography aside."""
        plain = folded(text)
        return any(folded(fact) in plain for fact in self.fact)


@dataclass(frozen=True)
class Outcome:
    """How one question went with one way of answering."""

    asked: Asked
    rank: int  # of the first right citation, from 1; 0 where none of the three is
    fact: bool
    refused: bool
    score: float = 0.0
    shown: str = ""  # what was answered, for the list of misses


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1; NaN is never one: without questions of a sort, None."""

    questions: int
    first: float | None
    three: float | None
    mrr: float | None
    fact: float | None
    out_refused: float | None
    good_refused: float | None


def folded(text: str) -> str:
    """Without case, accents, typographic apostrophes and special spaces."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def load_questions(path: Path) -> list[Asked]:
    """The questions of a YAML file. Raises Problem with the question at fault."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf8")) or []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Problem("eval.unreadable", path=path, detail=error) from error
    questions = []
    for place, entry in enumerate(entries, 1):
        if isinstance(entry, dict) and isinstance(entry.get("fact"), str):
            entry = entry | {"fact": [entry["fact"]]}
        try:
            questions.append(Asked.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            detail = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise Problem("eval.bad_question", path=path, place=place, detail=detail) from error
    return questions


def threshold(scores: Iterable[float]) -> float:
    """The score below which at most GOOD_REFUSED of the good questions fall."""
    ordered = sorted(scores)
    return ordered[int(len(ordered) * GOOD_REFUSED)] if ordered else 0.0


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """The figures over a set of outcomes."""
    good = [o for o in outcomes if not o.asked.out]
    out = [o for o in outcomes if o.asked.out]
    with_fact = [o for o in good if o.asked.fact]
    return Figures(
        questions=len(outcomes),
        first=mean([o.rank == 1 for o in good]),
        three=mean([1 <= o.rank <= 3 for o in good]),
        mrr=mean([1 / o.rank if o.rank else 0.0 for o in good]),
        fact=mean([o.fact for o in with_fact]),
        out_refused=mean([o.refused for o in out]),
        good_refused=mean([o.refused for o in good]),
    )


def mean(values: Sequence[float]) -> float | None:
    """The mean, None of nothing."""
    return sum(values) / len(values) if values else None
