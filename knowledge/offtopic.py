"""Messages that are not for this assistant (hors-sujet.yaml): their likeness helps it abstain."""

from __future__ import annotations

from pathlib import Path

import yaml

from knowledge.phrases import Problem
from knowledge.views import OFFTOPIC, View
from knowledge.yaml_text import load_yaml

SHIPPED = Path(__file__).parent / "corpus" / "hors-sujet.yaml"
MOST = 10_000
# What no collection of documents answers. The other categories are what the guide does not answer:
# other documents may, so that beside them these messages would make the assistant wrongly silent.
ALWAYS = ("politesses", "consignes", "charabia")


def load_offtopic(path: Path = SHIPPED, *, guide: bool = True) -> tuple[str, ...]:
    """The messages of the file, in order; none where there is no file. Raises Problem.

    `guide`: whether the guide is among the documents; without it, only those of ALWAYS.
    """
    try:
        categories = load_yaml(path.read_text(encoding="utf8")) or {}
        messages = [
            str(text)
            for category, group in categories.items()
            if guide or category in ALWAYS
            for text in group
        ]
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        detail = " ".join(str(error).split())[:200]
        raise Problem("lexicon_broken", path=path.name, detail=detail) from error
    return tuple(dict.fromkeys(messages))[:MOST]


def offtopic_views(path: Path = SHIPPED, *, guide: bool = True) -> list[View]:
    """The messages as views of no passage, so that they are embedded and kept like the others."""
    texts = load_offtopic(path, guide=guide)
    return [View(passage=-1, kind=OFFTOPIC, text=text) for text in texts]
