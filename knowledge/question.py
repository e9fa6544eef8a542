"""What a question asks for, before any search: words, language, filters, follow-up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from rapidfuzz import fuzz

from knowledge.analysis import fold, looks_english, stems, words
from knowledge.follow_up import complete
from knowledge.lexicon import Lexicon
from knowledge.passages import Document, Frozen, Kind
from knowledge.spelling import Speller

MONTHS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
)
ENGLISH_MONTHS = (
    "january february march april may june july august september october november december".split()
)
LONGEST = 2_000  # characters of a question that are read

_OLDER = re.compile(
    r"\b(?:ancienne?s?|precedente?s?|derniere version avant|older|previous|former)\b"
    r"(?:\s+\w+)?\s*(?:version|fiche|edition|sheet)?"
)
_SHEET = re.compile(r"\b(?:fiches?|sheets?|datasheets?)\b")


class Filters(Frozen):
    """What restricts the documents searched; empty restricts nothing."""

    supplier: str | None = None
    kinds: tuple[Kind, ...] = ()
    versions: tuple[date, ...] = ()  # the dated states that the question names
    older: bool = False  # versions no longer in force are wanted


class Question(Frozen):
    """A question as the retrieval needs it."""

    text: str  # as asked, a follow-up completed with the previous question
    lang: str
    found: tuple[str, ...]  # folded words, typos repaired
    stems: tuple[str, ...]
    expansion: tuple[str, ...]  # stems that the lexicon adds
    dense: str  # what the encoder reads
    filters: Filters = Filters()
    repaired: tuple[tuple[str, str], ...] = ()


def supplier_in(text: str, suppliers: Iterable[str]) -> str | None:
    """The supplier that a question names, small slips of spelling allowed."""
    plain = " ".join(words(text))
    best: tuple[float, str] | None = None
    for name in suppliers:
        wanted = " ".join(words(name))
        if not wanted:
            continue
        score = fuzz.partial_ratio(wanted, plain)
        joined = fuzz.partial_ratio(wanted.replace(" ", ""), plain.replace(" ", ""))
        # the name's own first word (« Boréal ») is enough when it is no ordinary word
        score = max(score, joined if len(wanted) >= 8 else 0)
        if score >= 88 and (best is None or score > best[0]):
            best = (score, name)
    return best[1] if best else None


def dates_in(text: str, versions: Sequence[date]) -> tuple[date, ...]:
    """The known version dates that a question names: « 2026-03-16 », « mars 2026 », « mars »."""
    plain = fold(text)
    exact = {d for d in versions if d.isoformat() in plain}
    if exact:
        return tuple(sorted(exact))
    named: set[date] = set()
    for number, names in enumerate(zip(MONTHS, ENGLISH_MONTHS, strict=True), start=1):
        for match in re.finditer(rf"\b(?:{'|'.join(names)})\b(?:\s+(\d{{4}}))?", plain):
            year = match.group(1)
            named |= {
                d for d in versions if d.month == number and (not year or d.year == int(year))
            }
    return tuple(sorted(named))


def filters_of(text: str, documents: Iterable[Document]) -> Filters:
    """Supplier, kind and dates named in a question, among documents that the asker may read."""
    readable = list(documents)
    supplier = supplier_in(text, {d.supplier for d in readable if d.supplier})
    plain = fold(text)
    mentions_sheet = bool(_SHEET.search(plain)) or supplier is not None
    sheets = [d for d in readable if d.kind == "fiche" and supplier in (None, d.supplier)]
    versions = [d.version for d in sheets if d.version]
    dates = dates_in(text, versions) if mentions_sheet else ()
    kinds: tuple[Kind, ...] = ()
    if supplier or dates:
        kinds = ("fiche",)
    elif re.search(
        r"\b(?:selon|dans|d'apres|in)\s+(?:la|le|the)\s+(?:faq|foire aux questions)", plain
    ):
        kinds = ("faq",)
    older = bool(mentions_sheet and _OLDER.search(plain)) or bool(dates)
    return Filters(supplier=supplier, kinds=kinds, versions=dates, older=older)


def understand(
    text: str,
    *,
    previous: str | None,
    lexicon: Lexicon,
    speller: Speller,
    documents: Iterable[Document],
) -> Question:
    """The question as the retrieval needs it; the text is cut at LONGEST characters."""
    asked = complete(text[:LONGEST], previous)
    english = looks_english(asked)
    raw = words(asked)[:200]
    found = []
    repaired = []
    for place, word in enumerate(raw):
        left = word in lexicon.known or place >= 60
        better = word if left else speller.repair(word, french=not english)
        if better != word:
            repaired.append((word, better))
        found.append(better)
    plain = lexicon.plain(found, english=english)
    return Question(
        text=asked,
        lang="en" if english else "fr",
        found=tuple(found),
        stems=tuple(dict.fromkeys(stems(words(plain) if not english else found))),
        expansion=tuple(lexicon.expand(found)),
        # the encoder has learnt chat spelling and English: it reads the question as it was asked,
        # unless a word was so misspelt that only its repair can be known
        dense=" ".join(found) if repaired else asked,
        filters=filters_of(asked, documents),
        repaired=tuple(repaired),
    )
