"""Markdown → blocks, with the comments that carry pages and ways of asking.

`<!-- page: 12 -->`, `<!-- questions:` and `<!-- row-questions:` with a YAML list; `[^1]` footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.cleaning import SUPERSCRIPT, link_text, tidy
from indexer.readers.front import split_front
from indexer.readers.text import decode
from indexer.structure import Block, Draft
from knowledge.phrases import Problem
from knowledge.yaml_text import load_yaml

_COMMENT = re.compile(r"<!--\s*(page|questions|row-questions)\s*:(.*?)-->", re.S)
_NOTE = re.compile(r"^\[\^(\w+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*))*)", re.M)
_NUMBER = re.compile(r"^(\d+(?:\.\d+)*)\.?\s+(?=\D)(.*)$")


def read(path: Path) -> Draft:
    """Reads a .md file. Raises Problem for broken front matter or comments."""
    front, body = split_front(decode(path.read_bytes()), path.name)
    notes = [(mark(m[1]), tidy(m[2])) for m in _NOTE.finditer(body)]
    body = re.sub(r"\[\^(\w+)\]", lambda m: mark(m[1]), _NOTE.sub("", body))
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    scanner = MarkdownScanner(path.name)
    scanner.scan(tokens)
    blocks = [*scanner.found, *(Block(kind="note", marker=m, text=t) for m, t in notes)]
    title = next((b.text for b in blocks if b.kind == "heading" and b.level == 1), "")
    return Draft(title=title, blocks=tuple(blocks), front=front)


def mark(name: str) -> str:
    """The mark of a footnote: « ¹ » for 1, the name in brackets otherwise."""
    return name.translate(SUPERSCRIPT) if name.isdigit() else f"[{name}]"


def inline(token: Token) -> str:
    """The text of an inline token, without its marks; a link keeps its address."""
    parts: list[str] = []
    link: list[tuple[int, str]] = []
    for child in token.children or ():
        if child.type == "link_open":
            link.append((len(parts), str(child.attrGet("href") or "")))
        elif child.type == "link_close" and link:
            start, target = link.pop()
            parts[start:] = [link_text("".join(parts[start:]), target)]
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
        elif child.type == "html_inline" and re.match(r"<br\b", child.content):
            parts.append("\n")
    return "\n".join(tidy(line) for line in "".join(parts).split("\n"))


class MarkdownScanner:
    """One pass over the tokens; comments wait for the block they stand before."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Block] = []
        self.page: int | None = None
        self.questions: tuple[str, ...] | None = None
        self.rows: list[tuple[str, ...]] | None = None
        self.lists: list[int | None] = []  # next number of each open list, None for bullets
        self.items: list[bool] = []  # whether each open item still waits for its first text

    def scan(self, tokens: Sequence[Token]) -> None:
        """Reads all tokens into `found`."""
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if token.type == "heading_open":
                self._heading(int(token.tag[1]), inline(tokens[i + 1]))
                i += 2
            elif token.type == "html_block":
                self._html(token)
            elif token.type == "table_open":
                end = next(k for k in range(i, len(tokens)) if tokens[k].type == "table_close")
                self._table(tokens[i:end])
                i = end
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                first = token.attrGet("start")
                ordered = token.type == "ordered_list_open"
                self.lists.append(int(first if first is not None else 1) if ordered else None)
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                self.lists.pop()
            elif token.type == "list_item_open":
                self.items.append(True)
            elif token.type == "list_item_close":
                self.items.pop()
            elif token.type in ("inline", "fence", "code_block"):
                text = inline(token) if token.type == "inline" else tidy(token.content)
                self._text(text.replace("\n", " "), _strong(token))
            i += 1
        self._leftover()

    def _add(self, block: Block) -> None:
        changes: dict[str, object] = {"page": self.page}
        if self.questions is not None and block.kind != "heading":
            changes |= {"questions": self.questions, "starts": True}
            self.questions = None
        self.found.append(block.model_copy(update=changes))

    def _leftover(self) -> None:
        """Questions with no text after them belong to the heading before."""
        if self.questions and self.found and self.found[-1].kind == "heading":
            self.found[-1] = self.found[-1].model_copy(update={"questions": self.questions})
        self.questions = None

    def _heading(self, level: int, text: str) -> None:
        self._leftover()
        numbered = _NUMBER.match(text)
        number, text = (numbered[1], numbered[2]) if numbered else (None, text)
        self._add(Block(kind="heading", level=level, number=number, text=text.replace("\n", " ")))

    def _text(self, text: str, strong: bool) -> None:
        if not text:
            return
        if self.items and self.items[-1]:
            self.items[-1] = False
            number = self.lists[-1]
            marker = "-" if number is None else f"{number}."
            if number is not None:
                self.lists[-1] = number + 1
            level = len(self.lists) - 1
            self._add(Block(kind="item", level=level, marker=marker, text=text, strong=strong))
        else:
            self._add(Block(kind="paragraph", text=text, strong=strong))

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(inline(token))
        for number, row in enumerate(rows[1:]):
            block = Block(kind="row", cells=tuple(zip(rows[0], row, strict=False)))
            if self.rows and number < len(self.rows):
                block = block.model_copy(update={"questions": self.rows[number], "starts": True})
            self._add(block)
        self.rows = None

    def _html(self, token: Token) -> None:
        for found in _COMMENT.finditer(token.content):
            self._comment(found[1], found[2])
        rest = tidy(re.sub(r"<[^>]+>", " ", re.sub(r"<!--.*?-->", "", token.content, flags=re.S)))
        if rest:
            self._text(rest, False)

    def _comment(self, name: str, value: str) -> None:
        try:
            data = load_yaml(value)
        except yaml.YAMLError as error:
            raise Problem("comment_broken", file=self.name, comment=name) from error
        if name == "page" and isinstance(data, int):
            self.page = data
            if self.found and self.found[-1].kind == "heading":
                self.found[-1] = self.found[-1].model_copy(update={"page": data})
        elif name == "questions" and isinstance(data, list):
            self.questions = tuple(str(question) for question in data)
        elif name == "row-questions" and isinstance(data, list):
            self.rows = [tuple(map(str, row)) if isinstance(row, list) else () for row in data]
        else:
            raise Problem("comment_broken", file=self.name, comment=name)


def _strong(token: Token) -> bool:
    """True when the whole of an inline token is bold."""
    children = [c for c in token.children or () if c.content or c.type.startswith("strong")]
    return (
        len(children) > 1
        and children[0].type == "strong_open"
        and children[-1].type == "strong_close"
    )
