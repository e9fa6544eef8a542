"""What a question asks for, before any search: words, language, filters, follow-up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from knowledge.analysis import STOP, fold, looks_english, stem, stems, words
from knowledge.follow_up import complete
from knowledge.lexicon import Lexicon
from knowledge.passages import Document, Frozen, Kind

MONTHS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
)
ENGLISH_MONTHS = (
    "january february march april may june july august september october november december".split()
)
ELIDED = "dlsjnmct"  # what stands before an apostrophe
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


class Speller:
    """Repairs words that neither the documents nor the encoder know. Bounded: ten words."""

    def __init__(self, counts: dict[str, int], dictionary: frozenset[str]) -> None:
        self._counts = counts
        self._stems = {stem(word) for word in counts}
        # words by first letter and length: a repair keeps the one and hardly changes the other
        self._alike: dict[tuple[str, int], list[str]] = {}
        for word in counts:
            if len(word) >= 4 and word.isalpha():
                self._alike.setdefault((word[0], len(word)), []).append(word)
        self._dictionary = dictionary

    def repair(self, word: str) -> str:
        """The nearest word of the documents, or the word itself where none is near enough."""
        if len(word) < 4 or not word.isalpha() or word in STOP or word in self._dictionary:
            return word
        if stem(word) in self._stems:
            return word
        if word[0] in ELIDED and word[1:] in self._counts and len(word) > 3:
            return word[1:]  # « dorganisme », « lautorisation »: the apostrophe was left out
        bound = 1 if len(word) < 7 else 2
        best = (bound + 1, 0, word)
        for length in range(len(word) - bound, len(word) + bound + 1):
            found = process.extract(
                word,
                self._alike.get((word[0], length), ()),
                scorer=OSA.distance,
                score_cutoff=bound,
                limit=None,
            )
            for candidate, far, _ in found:
                best = min(best, (int(far), -self._counts[candidate], candidate))
        if best[2] == word:
            return self._with_first(word)
        return best[2]

    def _with_first(self, word: str) -> str:
        """The word of the documents of which this one lacks the first letter (« cenario »)."""
        found = [
            candidate
            for (_, length), alike in self._alike.items()
            if length == len(word) + 1 > 6
            for candidate in alike
            if candidate[1:] == word
        ]
        return max(found, key=lambda candidate: self._counts[candidate], default=word)


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
        better = word if word in lexicon.known or place >= 60 else speller.repair(word)
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
