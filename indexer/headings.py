"""Which lines of a flat text are headings, told by their numbers, the contents and their looks."""

from __future__ import annotations

import re

from indexer.cleaning import fold
from indexer.structure import Contents

_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(\S.*)$")
LONGEST = 30  # words of a heading


def parse(line: str) -> tuple[str, str] | None:
    """« 3.4.1. Calculer le prix » → (« 3.4.1 », « Calculer le prix »); None without a number."""
    found = _NUMBERED.match(line.strip())
    if not found or not re.search(r"[^\W\d_]", found[2]):
        return None
    return found[1], found[2].strip()


def alike(first: str, second: str) -> bool:
    """True when two folded titles share most of their words."""
    a, b = set(first.split()), set(second.split())
    return bool(a and b) and len(a & b) >= 0.6 * min(len(a), len(b))


class Headings:
    """Reads a document's lines in order and says which are numbered headings.

    A number alone does not make a heading, for a list has numbers too: it must follow on the
    heading before it, and agree with the table of contents where there is one.
    """

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.last: tuple[int, ...] = ()
        self.depth = max((n.count(".") + 1 for n in contents.pages), default=0)

    def numbered(self, line: str, strong: bool = False) -> tuple[str, str] | None:
        """(number, text) when the line is the next numbered heading, else None."""
        found = parse(line)
        if not found or len(line.split()) > LONGEST:
            return None
        number, text = found
        key = tuple(int(n) for n in number.split("."))
        if not self._fits(number, key, text, strong):
            return None
        self.last = key
        return number, text

    def _fits(self, number: str, key: tuple[int, ...], text: str, strong: bool) -> bool:
        listed = self.contents.names.get(number)
        if listed is not None:
            return alike(listed, fold(text))
        if self.contents.names and len(key) <= self.depth:
            return False  # the table of contents goes this deep and doesn't have it
        if not self._follows(key) or text[-1] in ".;:,":
            return False
        return len(key) > 1 or strong or text.isupper()

    def titled(self, line: str) -> bool:
        """True when the line is a title without a number that the table of contents lists."""
        words = fold(line)
        return (
            bool(words)
            and words in self.contents.titles
            and words not in self.contents.names.values()
        )

    def _follows(self, key: tuple[int, ...]) -> bool:
        """True when the number can come after the last one: its child, or a later sibling above."""
        if not self.last:
            return key in ((1,), (0,), (1, 1))
        shared = 0
        while shared < min(len(key), len(self.last)) and key[shared] == self.last[shared]:
            shared += 1
        if shared == len(self.last):
            return len(key) == shared + 1 and key[-1] <= 2
        if len(key) != shared + 1:
            return False
        return self.last[shared] < key[shared] <= self.last[shared] + (1 if shared == 0 else 3)
