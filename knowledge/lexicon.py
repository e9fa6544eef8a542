"""The broker's lexicon (lexique.yaml): what people say → the words the documents use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from knowledge.analysis import STOP, stem, stems, words
from knowledge.phrases import Problem
from knowledge.yaml_text import load_yaml

SECTIONS = ("synonymes", "abreviations", "anglicismes", "traductions", "clavardage")
LONGEST = 6  # words in one expression


class Table(dict[tuple[str, ...], Any]):
    """Expression (folded words) → what it stands for; also finds an expression by its stems."""

    def by_stem(self, window: tuple[str, ...]) -> tuple[str, ...] | None:
        """The expression whose words have these stems, so that plurals are found."""
        if not hasattr(self, "_stemmed"):
            self._stemmed = {tuple(map(stem, key)): key for key in self}
        return self._stemmed.get(tuple(map(stem, window)))


class Lexicon:
    """Expressions of one or several words and what they stand for.

    `expand` serves the lexical side (more stems), `plain` the dense side (a cleaner sentence).
    """

    def __init__(self, sections: dict[str, Any]) -> None:
        self._expansions = Table()
        self._plain = Table()
        self._english = Table()
        for group in sections.get("synonymes") or []:
            for name in group:
                self._add(name, [other for other in group if other != name])
        for name, meaning in _pairs(sections.get("abreviations")):
            self._add(name, [meaning])
            self._add(meaning, [name])
        for section in ("anglicismes", "traductions"):
            for name, meaning in _pairs(sections.get(section)):
                self._add(name, [meaning])
                table = self._plain if section == "anglicismes" else self._english
                table.setdefault(_key(name), meaning)
        for name, meaning in _pairs(sections.get("clavardage")):
            self._plain[_key(name)] = meaning
        self._both = Table({**self._english, **self._plain})
        self.known = {word for key in self._expansions for word in key} | {
            word for key in self._plain for word in key
        }

    def _add(self, name: str, meanings: Sequence[str]) -> None:
        key = _key(name)
        if not key or len(key) > LONGEST or (len(key) == 1 and key[0] in STOP):
            return
        kept = self._expansions.setdefault(key, [])
        kept.extend(m for m in meanings if m not in kept and _key(m) != key)

    def expand(self, found: Sequence[str]) -> list[str]:
        """Stems to add for the folded words of a question; longest expressions first."""
        own = set(stems(found))
        added: list[str] = []
        for key, _, _ in _matches(found, self._expansions):
            for meaning in self._expansions[key]:
                added += [s for s in stems(words(meaning)) if s not in own]
        return list(dict.fromkeys(added))

    def plain(self, found: Sequence[str], *, english: bool) -> str:
        """The question in plain French words: chat spelling and anglicisms replaced.

        With `english`, English expressions too, as far as the lexicon knows them.
        """
        table = self._both if english else self._plain
        parts: list[str] = []
        place = 0
        for key, start, end in _matches(found, table):
            parts += [*found[place:start], table[key]]
            place = end
        return " ".join([*parts, *found[place:]])


def _pairs(section: Any) -> Iterator[tuple[str, str]]:
    for name, meanings in (section or {}).items():
        for meaning in meanings if isinstance(meanings, list) else [meanings]:
            yield str(name), str(meaning)


def _key(text: str) -> tuple[str, ...]:
    return tuple(words(text))


def _matches(found: Sequence[str], table: Table) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Expressions of `table` in the words, left to right, the longest at each place."""
    place = 0
    while place < len(found):
        for length in range(min(LONGEST, len(found) - place), 0, -1):
            window = tuple(found[place : place + length])
            key = window if window in table else table.by_stem(window)
            if key is not None:
                yield key, place, place + length
                place += length
                break
        else:
            place += 1


def load_lexicon(path: Path) -> Lexicon:
    """Reads lexique.yaml; a missing file is an empty lexicon, a broken one raises Problem."""
    try:
        sections = load_yaml(path.read_text(encoding="utf8")) or {}
    except FileNotFoundError:
        return Lexicon({})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        detail = " ".join(str(error).split())[:200]
        raise Problem("lexicon_broken", path=path.name, detail=detail) from error
    if not isinstance(sections, dict) or set(sections) - set(SECTIONS):
        unknown = ", ".join(sorted(map(str, set(sections) - set(SECTIONS))))
        raise Problem("lexicon_broken", path=path.name, detail=f"sections : {unknown}")
    for name, wanted in {s: list if s == "synonymes" else dict for s in SECTIONS}.items():
        if not isinstance(sections.get(name) or wanted(), wanted):
            raise Problem("lexicon_broken", path=path.name, detail=name)
    return Lexicon(sections)
