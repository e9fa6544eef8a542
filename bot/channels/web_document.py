"""The cited document, opened at the passage; and a citation's own page."""

from __future__ import annotations

from itertools import groupby

from bot.channels.web_citations import (
    citation_tree,
    document_path,
    label_badge,
    permalink_path,
    version_words,
)
from bot.channels.web_html import El, el
from bot.channels.web_pages import page
from bot.channels.web_text import blocks
from handlers.conversation import DocumentPart
from knowledge.passages import Passage, citation_of
from knowledge.phrases import say


def document_page(part: DocumentPart, lang: str) -> str:
    """The whole document; the passage opened is marked by the fragment and in the text."""
    document = part.document
    opened = next((p for p in part.passages if p.id == part.opened), None)
    to_opened = (
        el("a", say("web.to_cited", lang), href=f"#p{opened.position}", class_="button")
        if opened
        else None
    )
    intro = el(
        "header",
        el("p", say(f"web.kind.{document.kind}", lang), class_="status"),
        el("h1", document.title, lang="fr"),
        el(
            "p",
            el("span", version_words(document, lang)),
            label_badge(document, lang),
            class_="origin",
        ),
        *notices(part, lang),
        el("p", to_opened, el("a", say("web.back", lang), href="/"), class_="tools"),
    )
    body = el("div", *chapters(part, opened, lang), class_="text-of-document", lang="fr")
    here = document_path(part.opened or part.passages[0].id).partition("#")[0]
    sheet = el("article", intro, contents(part, lang), body, class_="sheet document")
    return page(document.title, lang, here, sheet)


def notices(part: DocumentPart, lang: str) -> list[El]:
    """What a reader must know before he relies on the text."""
    made = []
    if part.superseded:
        made.append(el("p", say("web.superseded", lang), class_="warning"))
    if not part.document.official:
        made.append(el("p", say("web.restated", lang), class_="warning mild"))
    return made


def headings(passage: Passage, title: str) -> tuple[str, ...]:
    """The headings above a passage, without the document's own title."""
    return passage.path[1:] if passage.path[:1] == (title,) else passage.path


def contents(part: DocumentPart, lang: str) -> El | None:
    """Links to the headings, folded."""
    made = []
    seen: set[tuple[str, ...]] = set()
    for passage in part.passages:
        path = headings(passage, part.document.title)
        for depth in range(1, min(len(path), 3) + 1):
            if path[:depth] not in seen:
                seen.add(path[:depth])
                link = el("a", path[depth - 1], href=f"#p{passage.position}")
                made.append(el("li", link, class_=f"depth{depth}"))
    if len(made) < 4:
        return None
    listed = el("ul", *made, lang="fr")
    return el(
        "details",
        el("summary", say("web.contents", lang)),
        el("nav", listed, aria_label=say("web.contents", lang)),
        class_="contents",
    )


def chapters(part: DocumentPart, opened: Passage | None, lang: str) -> list[El]:
    """Headings where they change, and passages under them."""
    made: list[El] = []
    before: tuple[str, ...] = ()
    for path, passages in groupby(part.passages, lambda p: headings(p, part.document.title)):
        shared = next(
            (n for n, (a, b) in enumerate(zip(before, path, strict=False)) if a != b),
            min(len(before), len(path)),
        )
        made += [el(f"h{min(n + 2, 6)}", path[n]) for n in range(shared, len(path))]
        before = path
        made += [passage_tree(passage, passage == opened, lang) for passage in passages]
    return made


def passage_tree(passage: Passage, opened: bool, lang: str) -> El:
    """One passage, with its page in the margin; the cited one says that it is."""
    sign = el("p", say("web.cited", lang), class_="sign", lang=lang) if opened else None
    page_number = (
        el("p", say("web.page", lang, page=passage.page), class_="folio", lang=lang)
        if passage.page is not None
        else None
    )
    return el(
        "div",
        sign,
        page_number,
        *blocks(passage.text, row=passage.form == "row"),
        id=f"p{passage.position}",
        class_="passage opened" if opened else "passage",
        tabindex=-1 if opened else None,
    )


def citation_page(part: DocumentPart, passage: Passage, digest: str, lang: str) -> str:
    """A citation by its permalink: whether the passage is still the one cited (`digest`)."""
    same = passage.digest == digest
    title = say("web.citation", lang)
    state = say("web.unchanged" if same else "web.changed", lang)
    citation = citation_of(part.document, passage, superseded=part.superseded)
    return page(
        title,
        lang,
        permalink_path(digest, passage.id),
        el(
            "section",
            el("h1", title),
            el("p", state, class_="text note" if same else "warning"),
            citation_tree(citation, lang, alone=True),
            el("p", el("a", say("web.back", lang), href="/"), class_="tools"),
            class_="sheet",
        ),
        script=False,
    )


def cited_passage(part: DocumentPart, passage_id: str, digest: str) -> Passage | None:
    """The passage with this digest, wherever it stands now; else the one in its place."""
    same = next((passage for passage in part.passages if passage.digest == digest), None)
    return same or next((passage for passage in part.passages if passage.id == passage_id), None)
