"""Citations → trees of elements: cards, labels, addresses."""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.channels.web_html import El, el
from bot.channels.web_text import blocks, day
from knowledge.passages import Citation, Document, label_of
from knowledge.phrases import say

PEEK = 110  # characters shown of a folded passage


def citations_tree(citations: tuple[Citation, ...], lang: str, title: str = "") -> El:
    """The sources, numbered, under a title; by default, how many there are."""
    one = len(citations) == 1
    counted = say("web.source", lang) if one else say("web.sources", lang, count=len(citations))
    title = title or counted
    cards = (el("li", citation_tree(citation, lang)) for citation in citations)
    return el("div", el("h3", title), el("ol", *cards, class_="citations"), class_="sources")


def citation_tree(cited: Citation, lang: str, *, alone: bool = False) -> El:
    """A source: where it stands, its passage (folded unless alone), what can be done with it."""
    place = " · ".join(place_words(cited.section, cited.heading, lang))
    link = permalink_path(cited.digest, cited.passage_id)
    return el(
        "article",
        el("h2" if alone else "h4", place or cited.title, lang="fr"),
        el("p", *source_words(cited, lang), class_="origin"),
        el("p", say("web.superseded", lang), class_="warning") if cited.superseded else None,
        el(
            "details",
            el(
                "summary",
                say("web.unfold", lang),
                el("span", beginning(cited.text), class_="peek", lang="fr"),
            ),
            el("blockquote", *blocks(cited.text, cited.marks), lang="fr", cite=link),
            class_="passage",
            open=alone,
        ),
        el(
            "p",
            el("a", say("web.open", lang), href=document_path(cited.passage_id)),
            el("a", say("web.permalink", lang), href=link, class_="plain"),
            copy_button("web.copy", "web.copied", lang, copied_text(cited, lang), link),
            copy_button("web.copy_link", "web.copied_link", lang, "", link),
            class_="tools",
        ),
        class_="citation" if cited.official else "citation restated",
    )


def beginning(text: str) -> str:
    """The first words of a passage on one line, to tell passages of one section apart."""
    line = " ".join(re.sub(r"^ *- ", "", text, flags=re.MULTILINE).split())
    return line if len(line) <= PEEK else line[:PEEK].rpartition(" ")[0].rstrip(",;:.") + "…"


def copy_button(label: str, done: str, lang: str, text: str, path: str) -> El:
    """A button for the script, hidden until it runs."""
    return el(
        "button",
        say(label, lang),
        type="button",
        hidden=True,
        data_copy=text,
        data_path=path,
        data_done=say(done, lang),
    )


def place_words(section: str | None, heading: str, lang: str) -> tuple[str, ...]:
    """« Section 3.4.4 », « Préparation de la soumission »: what is known of the two."""
    number = (say("web.section", lang, number=section),) if section else ()
    return (*number, heading) if heading else number


def source_words(cited: Citation, lang: str) -> list[El]:
    """Title, page, version and label of a source, each an element of its own."""
    words = [el("cite", cited.title, lang="fr")]
    if cited.page is not None:
        words.append(el("span", say("web.page", lang, page=cited.page)))
    words.append(el("span", version_words(cited, lang)))
    words.append(label_badge(cited, lang))
    return words


def version_words(cited: Citation | Document, lang: str) -> str:
    """« Version du 22 juillet 2021 »."""
    if cited.version is None:
        return say("web.undated", lang)
    return say("web.version", lang, day=day(cited.version, lang))


def label_badge(cited: Citation | Document, lang: str) -> El:
    """The document's own label (« exemple fictif »), or that the quotation is verbatim."""
    if label := label_of(cited, lang):
        return el("span", label, class_="badge", lang=lang if label != cited.label else "fr")
    word = "web.verbatim" if cited.official else "web.restated_short"
    return el("span", say(word, lang), class_="badge official" if cited.official else "badge")


def copied_text(cited: Citation, lang: str) -> str:
    """What « copier la citation » puts on the clipboard, before the link."""
    page = say("web.page", lang, page=cited.page) if cited.page is not None else ""
    place = place_words(cited.section, cited.heading, lang)
    words = (cited.title, *place, page, version_words(cited, lang), label_of(cited, lang))
    source = ", ".join(word for word in words if word)
    return say("web.quoted", lang, text=cited.text.strip(), source=source)


def document_path(passage_id: str) -> str:
    """Address of the document's page, opened at the passage."""
    key, _, position = passage_id.rpartition("#")
    return f"/document/{quote(key, safe='@')}?p={position}#p{position}"


def permalink_path(digest: str, passage_id: str) -> str:
    """Address of a citation that tells whether its text changed."""
    return f"/c/{quote(digest, safe='')}/{quote(passage_id, safe='@')}"
