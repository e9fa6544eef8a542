"""Mends what every format leaves to mend: cut paragraphs, definitions, FAQ numbers, pages. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indexer.cleaning import fold
from indexer.structure import Block, Contents, Draft

FAQ = re.compile(r"\b(foire aux questions|faq|questions frequentes|questions frequemment posees)\b")
DEFINITIONS = re.compile(r"\b(definitions?|glossaire|lexique)\b")
CONTACTS = re.compile(r"^(contacts?\b|coordonnees|nous joindre|personnes? ressources?)|\bcontact\b")
LONGEST_BOLD = 14  # words of a line in bold that is a heading
_QUESTION = re.compile(r"\?\s*$")
_TERM = re.compile(r"^[^:.?!;]{2,100}\s?:$")


def finish(draft: Draft) -> Draft:
    """A draft whose headings, paragraphs and pages are as the document meant them."""
    blocks = leveled(draft.blocks)
    blocks = joined(blocks)
    blocks = with_definitions(blocks)
    blocks = with_faq_numbers(blocks)
    blocks = with_bold_headings(blocks, titled=bool(draft.title))
    blocks = with_pages(blocks, draft.contents)
    return draft.model_copy(update={"blocks": tuple(blocks)})


def leveled(blocks: Sequence[Block]) -> list[Block]:
    """Heading levels made to agree with numbers: depth + 1, so that 1 is left for the title.

    Headings without a number move by as much as most numbered ones do.
    """
    shifts = Counter(
        b.number.count(".") + 2 - b.level for b in blocks if b.kind == "heading" and b.number
    )
    shift = shifts.most_common(1)[0][0] if shifts else 0
    found: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            own = block.number.count(".") + 2 if block.number else max(1, block.level + shift)
            if not block.number and block.level == 0:
                own = 1
            block = block.model_copy(update={"level": own})
        found.append(block)
    return found


def joined(blocks: Sequence[Block]) -> list[Block]:
    """A paragraph that goes on in lower case after an unfinished one is its continuation."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if (
            last
            and block.kind == "paragraph"
            and last.kind in ("paragraph", "item")
            and not block.starts
            and block.text[:1].islower()
            and not re.search(r"[.:;!?…»]\s*$", last.text)
        ):
            found[-1] = last.model_copy(update={"text": f"{last.text} {block.text}"})
        else:
            found.append(block)
    return found


def with_definitions(blocks: Sequence[Block]) -> list[Block]:
    """In a section of definitions, a term on its own line joins the text that explains it."""
    found: list[Block] = []
    inside = False
    for block in blocks:
        if block.kind == "heading":
            inside = bool(DEFINITIONS.search(fold(block.text)))
        last = found[-1] if found else None
        if inside and last and last.kind == block.kind == "paragraph" and _TERM.match(last.text):
            text = f"{last.text[:-1].rstrip()} : {block.text}"
            found[-1] = last.model_copy(update={"text": text, "strong": False})
        else:
            found.append(block)
    return found


def with_faq_numbers(blocks: Sequence[Block]) -> list[Block]:
    """In a numbered FAQ section, each question becomes the heading n.1, n.2 … of its answer.

    A question is a heading without a number, or a bold item or paragraph, that ends in « ? »;
    items that aren't bold count when the section has no bold question.
    """
    found: list[Block] = []
    section: str | None = None
    count = 0
    loose = False
    for i, block in enumerate(blocks):
        if block.kind == "heading" and (block.number or not _QUESTION.search(block.text)):
            section = block.number if FAQ.search(fold(block.text)) else None
            count = 0
            if section:
                loose = not _has_strong_question(blocks[i + 1 :])
        elif section and _QUESTION.search(block.text) and not block.starts:
            item = block.kind == "item" and block.level == 0
            if block.kind == "heading" or (
                (item or block.kind == "paragraph") and (block.strong or (loose and item))
            ):
                count += 1
                block = block.model_copy(
                    update={
                        "kind": "heading",
                        "number": f"{section}.{count}",
                        "level": section.count(".") + 3,
                        "marker": "-",
                        "strong": False,
                    }
                )
        found.append(block)
    return found


def with_bold_headings(blocks: Sequence[Block], titled: bool) -> list[Block]:
    """A short line in bold alone above a text is its heading, one level below the last real one;
    as the first of a document without a title (`titled`) it is that.

    Many documents have no other headings: no styles in Word, `<p><strong>` in HTML.
    """
    found: list[Block] = []
    level = 1  # of the last real heading
    for i, block in enumerate(blocks):
        if block.kind == "heading":
            level = block.level
        elif _is_bold_heading(block, blocks[i + 1] if i + 1 < len(blocks) else None, not i):
            own = 1 if not i and not titled else level + 1
            changes = {"kind": "heading", "level": own, "strong": False}
            block = block.model_copy(update=changes)
        found.append(block)
    return found


def _is_bold_heading(block: Block, following: Block | None, first: bool) -> bool:
    """True for a bold paragraph of a few words, not a sentence, above a text that isn't bold; the
    document's first may stand above anything."""
    return bool(
        block.kind == "paragraph"
        and block.strong
        and not block.starts
        and len(block.text.split()) <= LONGEST_BOLD
        and re.search(r"[^\W\d_].*[^.:;,!…]$", block.text)
        and following
        and (first or following.kind in ("paragraph", "item", "row"))
        and (first or not (following.kind == "paragraph" and following.strong))
    )


def _has_strong_question(blocks: Sequence[Block]) -> bool:
    """True when a bold question, or a heading that asks, comes before the next heading."""
    for block in blocks:
        asks = bool(_QUESTION.search(block.text))
        if block.kind == "heading":
            return asks and not block.number
        if asks and block.strong:
            return True
    return False


def with_pages(blocks: Sequence[Block], contents: Contents) -> list[Block]:
    """Pages from the table of contents for blocks that have none of their own.

    A section the contents leave out gets the page where the nearest listed section above begins.
    """
    if not contents.titles or any(block.page for block in blocks):
        return list(blocks)
    found: list[Block] = []
    page: int | None = None
    for block in blocks:
        if block.kind == "heading":
            if block.number:
                parts = block.number.split(".")
                above = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
                page = next((contents.pages[n] for n in above if n in contents.pages), page)
            else:
                page = contents.titles.get(fold(block.text), page)
        found.append(block.model_copy(update={"page": page}))
    return found
