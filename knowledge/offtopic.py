"""Messages that are not for this assistant (hors-sujet.yaml): their likeness helps it abstain."""

from __future__ import annotations

from pathlib import Path

import yaml

from knowledge.phrases import Problem
from knowledge.views import OFFTOPIC, View

SHIPPED = Path(__file__).parent / "corpus" / "hors-sujet.yaml"
MOST = 2_000


def load_offtopic(path: Path = SHIPPED) -> tuple[str, ...]:
    """All messages of the file, in order; none where there is no file. Raises Problem."""
    try:
        categories = yaml.safe_load(path.read_text(encoding="utf8")) or {}
        messages = [str(text) for group in categories.values() for text in group]
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        detail = " ".join(str(error).split())[:200]
        raise Problem("lexicon_broken", path=path.name, detail=detail) from error
    return tuple(dict.fromkeys(messages))[:MOST]


def offtopic_views(path: Path = SHIPPED) -> list[View]:
    """The messages as views of no passage, so that they are embedded and kept like the others."""
    return [View(passage=-1, kind=OFFTOPIC, text=text) for text in load_offtopic(path)]
