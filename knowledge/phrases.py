"""Every sentence the assistant says, once, French and English; the texts are phrases/*.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from knowledge.yaml_text import load_yaml

LANGS = ("fr", "en")
FOLDER = Path(__file__).parent / "phrases"


@cache
def table() -> dict[str, dict[str, str]]:
    """All phrases by key, then by language. A missing language or a key given twice is an error."""
    phrases: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for key, texts in (load_yaml(path.read_text(encoding="utf8")) or {}).items():
            if key in phrases:
                raise ValueError(f"{path.name}: phrase “{key}” is given twice")
            if set(texts) != set(LANGS):
                raise ValueError(f"{path.name}: phrase “{key}” needs exactly {LANGS}")
            phrases[key] = texts
    return phrases


def say(key: str, lang: str = "fr", /, **values: object) -> str:
    """The phrase `key` in `lang` (French for any unknown language) with `{name}` fields filled."""
    texts = table()[key]
    return texts.get(lang, texts["fr"]).format(**values)


class Problem(Exception):
    """An error that a user or the operator can act on; it prints as a phrase, never a traceback."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def text(self, lang: str = "fr") -> str:
        """The sentence to show, in `lang`."""
        return say(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.text("fr")
