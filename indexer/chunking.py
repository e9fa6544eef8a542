"""Blocks → passages, pure. A passage stays in its section and within what the encoder reads.

A list keeps the sentence that leads it in, also when it is split; a table row is one passage;
nothing is cut inside a sentence, so that one very long sentence may exceed the limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.cleaning import MARKS, fold
from indexer.outline import CONTACTS, DEFINITIONS, FAQ
from indexer.packing import LIMIT, pack, row_texts
from indexer.structure import Block
from knowledge.passages import Document, Frozen, Passage, PassageForm

_DEFINITION = re.compile(r"^(?P<term>[^:.?!;]{2,100}?)\s?:\s\S")
_REACH = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\b\d{3}[ .-]\d{3}[ .-]\d{4}\b")
_ITEM_LINE = re.compile(r"^ *(?:-|\d{1,2}[.)]|[a-z]\)) ", re.M)
_MARK = re.compile(rf"[{MARKS}]+|\[\w+\]")


class Place(Frozen):
    """Where a run of blocks stands: the headings above it, and what they say of the text below."""

    section: str | None = None
    heading: str = ""
    path: tuple[str, ...] = ()
    form: PassageForm = "text"

    def under(self, heading: str) -> Place:
        """The same place one heading further down."""
        return self.model_copy(update={"heading": heading, "path": (*self.path, heading)})


class Segment(Frozen):
    """Blocks that may share a passage, and where that passage stands."""

    place: Place
    blocks: tuple[Block, ...]


def chunk(document: Document, blocks: Sequence[Block], limit: int = LIMIT) -> list[Passage]:
    """The document's passages in reading order, of at most `limit` words where sentences allow.

    Footnotes follow the passage that refers to them, on top of the limit.
    """
    notes = {block.marker: block.text for block in blocks if block.kind == "note"}
    named = {mark for block in blocks if block.kind != "note" for mark in _marks(block)}
    passages: list[Passage] = []
    for place, body in sections(document, blocks):
        body = [b for b in body if b.kind != "note" or b.marker not in named]
        for segment in segments(place, body):
            questions = segment.blocks[0].questions
            for text, page in texts(segment, limit):
                marks = [mark for mark in dict.fromkeys(_MARK.findall(text)) if mark in notes]
                passages.append(
                    Passage(
                        document=document.key,
                        position=len(passages),
                        section=segment.place.section,
                        heading=segment.place.heading,
                        path=segment.place.path,
                        page=page,
                        form=form_of(segment, text),
                        text="\n".join([text, *(f"{mark} {notes[mark]}" for mark in marks)]),
                        questions=questions,
                    )
                )
                questions = ()
    return passages


def sections(document: Document, blocks: Sequence[Block]) -> Iterator[tuple[Place, list[Block]]]:
    """The blocks under each heading, in order, with their place.

    A heading with neither text nor headings under it stands for itself, so that nothing is lost;
    so does a numbered one below the chapters.
    """
    stack: list[Block] = []
    body: list[Block] = []
    for i, block in enumerate([*blocks, Block(kind="heading", level=0)]):
        if block.kind != "heading":
            body.append(block)
            continue
        if stack and not body and _stands_alone(stack[-1], block):
            body = [stack[-1].model_copy(update={"kind": "paragraph"})]
        if body:
            yield _place(document, stack), body
        body = []
        if i < len(blocks):
            while stack and stack[-1].level >= block.level:
                stack.pop()
            stack.append(block)


def _stands_alone(heading: Block, following: Block) -> bool:
    deep = bool(heading.number and "." in heading.number)
    return bool(heading.questions) or deep or following.level <= heading.level


def _place(document: Document, stack: Sequence[Block]) -> Place:
    """The place below these headings; the document's title always comes first."""
    title = fold(document.title)
    shown = [h for h in stack if not (h.level == 1 and not h.number and fold(h.text) == title)]
    names = [fold(h.text) for h in shown]
    form: PassageForm = "text"
    if any(map(DEFINITIONS.search, names)):
        form = "definition"
    elif any(map(CONTACTS.search, names)):
        form = "contact"
    elif document.kind == "faq" or any(map(FAQ.search, names)):
        form = "faq"
    return Place(
        section=next((h.number for h in reversed(stack) if h.number), None),
        heading=stack[-1].text if stack else document.title,
        path=(document.title, *(f"{h.number}. {h.text}" if h.number else h.text for h in shown)),
        form=form,
    )


def segments(place: Place, body: Sequence[Block]) -> Iterator[Segment]:
    """Runs of blocks that may share a passage: a row, a definition, or what stands between."""
    run: list[Block] = []
    here = place
    for block in body:
        term = _DEFINITION.match(block.text) if place.form == "definition" else None
        new = block.starts or block.kind == "row" or bool(term and block.kind == "paragraph")
        if new and run:
            if block.kind == "row" and not block.starts and _is_lead(place, block, run):
                yield Segment(place=place.under(contact_name(block)), blocks=(*run, block))
                run = []
                continue
            yield Segment(place=here, blocks=tuple(run))
            run = []
        if new:
            here = (
                place.under(term["term"].strip()) if term and block.kind == "paragraph" else place
            )
        if block.kind == "row":
            named = place.form == "contact" and contact_name(block)
            yield Segment(place=place.under(named) if named else place, blocks=(block,))
        else:
            run.append(block)
    if run:
        yield Segment(place=here, blocks=tuple(run))


def _is_lead(place: Place, row: Block, run: Sequence[Block]) -> bool:
    """True when a short paragraph ending in « : » leads a table of contacts in."""
    alone = len(run) == 1 and run[0].text.endswith(":") and not run[0].questions
    return alone and place.form == "contact" and bool(contact_name(row))


def contact_name(row: Block) -> str:
    """Who is to be contacted, from a row with an address or telephone number; else empty."""
    for _, value in row.cells:
        if _REACH.search(value):
            first = value.split("\n")[0]
            return "" if _REACH.search(first) else first.strip(" :")
    return ""


def texts(segment: Segment, limit: int) -> list[tuple[str, int | None]]:
    """(text, page) of the passages of one segment."""
    *lead, last = segment.blocks
    if last.kind != "row":
        return pack(segment.blocks, limit)
    cells = last.cells
    if segment.place.form == "contact" and contact_name(last):
        reach = [cell for cell in cells if _REACH.search(cell[1])]
        about = [(f"{c} :" if c else "", v) for c, v in cells if not _REACH.search(v) and v]
        lines = [value for _, value in reach] + [f"{c}\n{v}".strip() for c, v in about]
        lines = [*(block.text for block in lead), *lines]
        rows = row_texts([("", line) for line in lines], max(limit, 220))
    else:
        rows = row_texts(cells, limit)
    return [(row, last.page) for row in rows]


def form_of(segment: Segment, text: str) -> PassageForm:
    """What kind of passage it is, from its place first, then from its shape."""
    form, last = segment.place.form, segment.blocks[-1]
    if form == "contact" and _REACH.search("\n".join([text, *(c[1] for c in last.cells)])):
        return "contact"
    if last.kind == "row":
        return "row"
    if form == "definition" and _DEFINITION.match(segment.blocks[0].text):
        return "definition"
    if form == "faq" and segment.place.heading.rstrip().endswith("?"):
        return "faq"
    return "list" if _ITEM_LINE.search(text) else "text"


def _marks(block: Block) -> list[str]:
    return _MARK.findall("\n".join([block.text, *(value for _, value in block.cells)]))
