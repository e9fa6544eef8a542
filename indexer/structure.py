"""What every reader returns, whatever the format: a document's blocks in reading order. Frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from knowledge.passages import Frozen

BlockKind = Literal["heading", "paragraph", "item", "row", "note"]


class Block(Frozen):
    """One heading, paragraph, list item, table row or footnote; `text` is plain text.

    heading: `level` (1 is the title), `number` (« 3.4.4 » or None), `text` without the number.
    item: `level` is the nesting from 0, `marker` is « - » or « 1. ».
    row: `cells` are (column, value) pairs; a value may hold several lines.
    note: `marker` is the superscript mark that refers to it (« ¹ »).
    """

    kind: BlockKind
    text: str = ""
    level: int = 0
    number: str | None = None
    marker: str = "-"
    cells: tuple[tuple[str, str], ...] = ()
    strong: bool = False  # the whole text is set in bold
    page: int | None = None  # from 1
    questions: tuple[str, ...] = ()
    starts: bool = False  # a new passage begins here (a « questions » comment stands before it)


class Contents(Frozen):
    """The document's own table of contents: page of each section number, and of other titles."""

    pages: dict[str, int] = Field(default={})  # section number → page
    titles: dict[str, int] = Field(default={})  # folded title, numbered or not → page
    names: dict[str, str] = Field(default={})  # section number → folded title


class Draft(Frozen):
    """A read file before its Document is known: what the file says of itself, and its blocks."""

    title: str = ""
    blocks: tuple[Block, ...] = ()
    contents: Contents = Contents()
    front: dict[str, object] = Field(default={})  # front matter, checked elsewhere


def plain(blocks: Sequence[Block]) -> str:
    """All words of the blocks, a block a line: for guesses about a document and for tests."""
    return "\n".join(
        "\n".join(f"{column} : {value}" for column, value in block.cells)
        if block.kind == "row"
        else f"{block.number or ''} {block.text}".strip()
        for block in blocks
    )
