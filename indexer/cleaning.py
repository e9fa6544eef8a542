"""Text as extracted → text as a person reads it. Pure functions on strings and lines."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from indexer.structure import Contents

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MARKS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
BULLETS = "-–—•▪●■◦○‣➤►✓✔❖·*\uf0b7\uf0a7\uf0d8\uf0fc"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\t\u3000"), " ")
_NOTHING = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|center|code|div|em|font|h[1-6]|i|li|ol|p|s|small|span|strong|"
    r"sub|sup|table|tbody|td|th|thead|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.I,
)
_BREAKING = re.compile(r"</?(?:p|br|div|tr|table|ul|ol|h[1-6]|blockquote)\b[^<>]*>", re.I)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)\)")
_LEADER = re.compile(
    r"^(?P<title>.*?\S)\s*(?:\.{3,}|…+|(?:\s\.){3,}|_{3,}|\t)[\s.…]*(?P<page>\d{1,4})$"
)
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+(\S.*)$")
CONTENTS_TITLE = re.compile(r"^(table des mati[eè]res|sommaire|table of contents|contents)\b", re.I)


def fold(text: str) -> str:
    """Lower case, no accents, only letters and digits with single spaces: for comparing titles."""
    flat = unicodedata.normalize("NFKD", _TAG.sub(" ", text).lower())
    return " ".join(
        re.findall(r"[a-z0-9]+", "".join(c for c in flat if not unicodedata.combining(c)))
    )


def tidy(text: str) -> str:
    """One line of plain text: sane spaces and ligatures, no soft hyphens or invisible marks."""
    text = unicodedata.normalize("NFC", text.translate(_SPACES).translate(_NOTHING))
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    return " ".join(text.split())


def link_text(label: str, target: str) -> str:
    """A link as text: its label, followed by the address unless the label says it already."""
    address = target.removeprefix("mailto:")
    if not re.match(r"(https?:|mailto:)", target) or address.rstrip("/") in label:
        return label
    return f"{label} ({address})"


def unmark(text: str) -> str:
    """Removes Markdown and HTML remains from extracted text; block tags become line breaks."""
    text = _BREAKING.sub("\n", text)
    text = re.sub(r"<li\b[^<>]*>", "\n- ", text, flags=re.I)
    text = html.unescape(_TAG.sub("", text))
    text = re.sub(r"<((?:https?://|mailto:)[^<>\s]+)>", r"\1", text)
    text = _LINK.sub(lambda m: link_text(m[1], m[2]), text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return re.sub(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]+?)(?<=\S)\1(?![\w*])", r"\2", text)


def lines_of_cell(text: str) -> str:
    """A table cell's text: one line, or several where it holds paragraphs or bullets."""
    text = re.sub(r"\s*[➤►•▪●■‣❖✓✔\uf0b7\uf0a7\uf0d8\uf0fc]\s*", "\n- ", unmark(text))
    return "\n".join(line for line in map(tidy, text.split("\n")) if line and line != "-")


def strip_mark(text: str) -> str:
    """An item's text without a second bullet glyph: « ✓ Avoir choisi » → « Avoir choisi »."""
    return re.sub(rf"^[{re.escape(BULLETS)}☐☑]\s+", "", text)


def join_lines(first: str, second: str, vocabulary: Counter[str]) -> str:
    """Two lines of one paragraph as one; a word cut at the line's end is mended.

    The hyphen stays when the document has the word with it, or both halves as words.
    """
    cut = re.search(r"(\w+)([-\u00ad\u2010])$", first)
    rest = re.match(r"[a-zà-öø-ÿœæ]+", second)
    if not cut or not rest:
        return f"{first} {second}".strip()
    left, right = cut[1].lower(), rest[0]
    if cut[2] == "\u00ad" or vocabulary[left + right]:
        keep = False
    else:
        keep = bool(vocabulary[f"{left}-{right}"] or (vocabulary[left] and vocabulary[right]))
    return first + second if keep else first[:-1] + second


def vocabulary(lines: Sequence[str]) -> Counter[str]:
    """How often each word occurs, hyphenated ones whole; words cut at a line's end left out."""
    words: Counter[str] = Counter()
    for line in lines:
        words.update(re.findall(r"\w+(?:-\w+)*(?!\w|-$)", line.lower()))
    return words


def repeated(pages: Sequence[Sequence[str]], depth: int = 3) -> set[str]:
    """Folded running headers and footers: first or last lines of most pages, numbers aside.

    `pages` are lists of lines; needs three pages or more. A bare page number always counts.
    """
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page if line.strip()]
        seen.update({pattern(line) for line in lines[:depth] + lines[-depth:]})
    need = max(3, (len(pages) - 1) // 2)
    return {text for text, count in seen.items() if count >= need and text}


def pattern(line: str) -> str:
    """The line with every number replaced by #: what running lines have in common."""
    return re.sub(r"\d+", "#", fold(line))


def is_page_number(line: str) -> bool:
    """« 12 », « - 12 - », « Page 12 de 30 », « 12 / 30 »."""
    return bool(
        re.fullmatch(
            r"[-–— ]*(page\s*)?\d{1,4}(\s*(/|de|of|sur)\s*\d{1,4})?[-–— ]*", line.strip(), re.I
        )
    )


def find_contents(lines: Sequence[str]) -> tuple[Contents, int, int]:
    """The table of contents among a document's lines: (contents, first line, line after it).

    Both lines are -1 when there is none. Its lines end in leader dots or a tab and a page number;
    a long title may take two lines.
    """
    hits = [i for i, line in enumerate(lines) if _LEADER.match(line.strip(" \u00a0"))]
    run: list[int] = []
    for i in hits:
        between = [line for line in lines[run[-1] + 1 : i] if line.strip()] if run else []
        if run and (len(between) > 2 or any(len(line) > 160 for line in between)):
            if len(run) >= 3:
                break
            run = []
        run.append(i)
    if len(run) < 3:
        return Contents(), -1, -1
    start = run[0]
    for back in range(start - 1, max(-1, start - 5), -1):
        if CONTENTS_TITLE.match(tidy(lines[back])):
            start = back
            break
    pages: dict[str, int] = {}
    titles: dict[str, int] = {}
    names: dict[str, str] = {}
    held = ""
    for line in lines[start : run[-1] + 1]:
        if not line.strip() or (CONTENTS_TITLE.match(tidy(line)) and not held and "\t" not in line):
            continue
        entry = _LEADER.match(line.strip(" \u00a0"))
        if not entry:
            held = f"{held} {line.strip()}".strip()
            continue
        title, page = tidy(f"{held} {entry['title']}".rstrip(" .…\t")), int(entry["page"])
        held = ""
        numbered = _NUMBERED.match(title)
        if numbered:
            pages[numbered[1]] = page
            names[numbered[1]] = fold(numbered[2])
        titles.setdefault(fold(numbered[2] if numbered else title), page)
    return Contents(pages=pages, titles=titles, names=names), start, run[-1] + 1
