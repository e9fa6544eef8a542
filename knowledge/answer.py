"""Ranked hits → Answer: whether to answer at all, which passages to cite, which words to quote."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from knowledge.analysis import terms
from knowledge.calibration import READING_MARGIN, fitted
from knowledge.embedding import Vectors
from knowledge.excerpt import choose, join
from knowledge.passages import Answer, Citation, Contact, Hit, Passage, citation_of
from knowledge.phrases import say
from knowledge.question import Question
from knowledge.retrieval import Signals, ranked
from knowledge.scope import Scope
from knowledge.views import sentences

POOL = 12  # hits looked at for one answer
CONTACT_LIKENESS = 0.4  # cosine: below, no contact but the first is really about the question
CLEAR = 0.5  # cosine: a noted question nearer than this is hardly a coincidence
TEN = 10
FROM_ONE_SECTION = 2  # citations of one section at most: a third says less than another section
READING_WORDS = 2  # a question of more words than these is taken at its best reading
_REFERENCE = re.compile(
    r"(?:réf\.?|section|article|point|voir|à l[’']article)[ \u00a0]+(\d(?:\.\d{1,2})+)", re.I
)


@dataclass(frozen=True)
class Evidence:
    """What speaks for the documents answering the question at all; see calibration."""

    cosine: float  # best cosine of any view of the best hit
    nearest: float  # best cosine of any readable view
    coverage: float  # share of the question's words, rare ones more, in the best hit
    known: float  # share of the question's words that the documents hold at all
    lexical: float  # BM25 of the best hit, by word of the question
    words: float  # words of the question, up to eight
    away: float  # best cosine of any message that is known not to be for the assistant
    around: float  # mean cosine of the three nearest of them
    asked: float  # best cosine of any noted question, 0 without one
    clear: float  # what of it is over CLEAR
    asked_ten: float  # mean cosine of the ten nearest noted questions, 0 without any
    away_ten: float  # mean cosine of the ten nearest messages that are not for the assistant
    text: float  # best cosine of any passage's own text or heading
    three: float  # mean of the best cosines of the three nearest passages
    score: float  # fused score of the best hit, tenths
    others: float  # mean cosine of the next four hits
    wording: float  # log odds that it is worded like what is asked here; see wording
    document: float  # how far the best hit's whole document stands out by its words, fifths
    length: float  # words of the message, of twenty: a long one is like nothing as a whole

    def probability(self, weights: Mapping[str, float]) -> float:
        """Logistic model fitted on the development questions, between 0 and 1."""
        total = weights["bias"] + sum(
            weight * getattr(self, name) for name, weight in weights.items() if name != "bias"
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def weigh(
    scope: Scope, question: Question, found: Signals, vector: Vectors, hits: list[Hit]
) -> Evidence:
    """The evidence for the first of `hits` answering the question."""
    best = hits[0]
    own = list(dict.fromkeys(question.stems))
    added = set(question.expansion)
    rarity = {stem: scope.revision.rarity(stem) for stem in own}
    total = sum(rarity.values()) or 1.0
    expanded = any(scope.revision.holds(best.passage, stem) for stem in added)
    covered = sum(rarity[s] for s in own if scope.revision.holds(best.passage, s))
    known = sum(rarity[s] for s in own if s in scope.revision.vocabulary)
    others = _highest(scope.revision.offtopic_cosines(vector), TEN)
    nearest = _highest(found.dense[found.allowed].max(axis=1), 3)[::-1]
    asked = max(0.0, float(found.question()[found.allowed].max()))
    model = scope.revision.wording
    return Evidence(
        cosine=best.dense,
        nearest=float(nearest[0]),
        coverage=max(covered / total, 0.5 if expanded and question.lang == "en" else 0.0),
        known=known / total,
        lexical=(best.lexical + 0.3 * float(found.expansion.max(initial=0.0))) / (len(own) or 1),
        words=min(len(own), 8) / 8,
        away=_mean(others[-1:]),
        around=_mean(others[-3:]),
        asked=asked,
        clear=max(0.0, asked - CLEAR),
        asked_ten=_mean(_highest(found.asked, TEN)),
        away_ten=_mean(others),
        text=float(found.text()[found.allowed].max()),
        three=float(nearest.mean()),
        score=best.score / 10,
        others=sum(hit.dense for hit in hits[1:5]) / max(1, len(hits[1:5])),
        wording=model.score(question.dense) if model else 0.0,
        document=best.whole / 5,
        length=min(len(question.dense.split()), 20) / 20,
    )


def _highest(cosines: Vectors, count: int) -> Vectors:
    """The `count` highest, ascending; all where there are fewer."""
    if len(cosines) <= count:
        return np.sort(cosines)
    best: Vectors = np.sort(np.partition(cosines, len(cosines) - count)[-count:])
    return best


def _mean(cosines: Vectors) -> float:
    return float(cosines.mean()) if len(cosines) else 0.0


def compose(scope: Scope, question: Question, found: Signals, vector: Vectors, top: int) -> Answer:
    """The answer to a question, step by step: rank, weigh, abstain or cite, quote."""
    hits = ranked(scope, question, found, top=POOL)
    if not hits:
        return unanswered(scope, question, [], 0.0, vector)
    # a document without noted questions is judged by its text, whatever stands beside it
    revision = scope.revision
    model = fitted(hits[0].passage.document in revision.noted, revision.sheets)
    confidence = weigh(scope, question, found, vector, hits).probability(model.abstention)
    if confidence < model.threshold:
        return unanswered(scope, question, hits, confidence, vector)
    readings = readings_of(question, hits)
    kept = readings[:top] or select(hits, max(1, top))
    citations = tuple(cite(scope, question, hit, vector) for hit in kept)
    first = citations[0]
    return Answer(
        question=question.text,
        asked=question.text,
        lang=question.lang,
        status="ambiguous" if readings else "answered",
        short=quoted(first),
        note=say("ambiguous", question.lang) if readings else _version_note(first, question.lang),
        citations=citations,
        suggestions=tuple(heading_line(h.passage) for h in readings) or _related(hits, kept),
        confidence=confidence,
    )


def readings_of(question: Question, hits: list[Hit]) -> list[Hit]:
    """Two or three readings of a very short question that several sections answer alike, or none.

    Only a word or two can be read in several ways; a sentence has said what it is about.
    """
    if len(question.stems) > READING_WORDS or question.filters.supplier:
        return []
    found: dict[str, Hit] = {}
    for hit in hits:
        if hits[0].score - hit.score <= READING_MARGIN and hit.document.kind != "fiche":
            found.setdefault(heading_line(hit.passage), hit)
    readings = list(found.values())[:3]
    return readings if len(readings) > 1 else []


def select(hits: list[Hit], top: int) -> list[Hit]:
    """The best hits without repeats; what the first one refers to follows it."""
    first = hits[0]
    rest = hits[1:]
    referred = set(_REFERENCE.findall(first.passage.text))
    own = first.passage.section
    # a FAQ entry and the section it sends to belong together, whichever came first
    linked = [
        hit
        for hit in rest
        if hit.document.id != first.document.id or hit.document.kind != "fiche"
        if hit.passage.section in referred or own in _REFERENCE.findall(hit.passage.text)
    ]
    floor = first.score - max(2.5, abs(first.score) * 0.6)
    others = [hit for hit in rest if hit not in linked and hit.score >= floor]
    kept = [first]
    for hit in [*linked[:1], *others]:
        if len(kept) >= top:
            break
        beside = sum(_section(hit) == _section(other) for other in kept)
        if beside < FROM_ONE_SECTION and not any(_same(hit.passage, k.passage) for k in kept):
            kept.append(hit)
    return kept


def _section(hit: Hit) -> tuple[str, str | None]:
    return hit.document.id, hit.passage.section


def _same(one: Passage, other: Passage) -> bool:
    """Whether two passages say the same: most of the shorter one's words are in the other."""
    a, b = set(terms(one.text)), set(terms(other.text))
    return len(a & b) >= 0.85 * max(1, min(len(a), len(b)))


def cite(scope: Scope, question: Question, hit: Hit, vector: Vectors) -> Citation:
    """A hit as a citation, with the words that answer marked."""
    passage, document = hit.passage, hit.document
    spans = sentences(passage.text)
    cosines = scope.revision.sentence_cosines(passage, len(spans), vector)
    noted = scope.revision.noted_cosines(passage, len(spans), vector)
    stems = [*question.stems, *question.expansion]
    excerpt = choose(passage, question.text, stems, cosines, noted)
    cited = citation_of(
        document, passage, marks=excerpt.marks, score=hit.score, superseded=hit.superseded
    )
    return cited.model_copy(update={"document": document.id})  # the version stands beside it


def quoted(citation: Citation) -> str:
    """The marked words of a citation, as the short answer."""
    return join(citation.text, citation.marks)


def _version_note(citation: Citation, lang: str) -> str:
    if not citation.superseded:
        return ""
    version = citation.version.isoformat() if citation.version else ""
    return say("superseded", lang, version=version)


def heading_line(passage: Passage) -> str:
    """« 2.4 Clientèle admissible »: a heading as it is offered."""
    return f"{passage.section} {passage.heading}" if passage.section else passage.heading


def _related(hits: list[Hit], kept: list[Hit]) -> tuple[str, ...]:
    shown = {heading_line(hit.passage) for hit in kept}
    lines = [heading_line(hit.passage) for hit in hits if hit.score >= hits[0].score - 4.0]
    return tuple(line for line in dict.fromkeys(lines) if line and line not in shown)[:2]


def unanswered(
    scope: Scope, question: Question, hits: list[Hit], confidence: float, vector: Vectors | None
) -> Answer:
    """No answer in the documents: the nearest headings and whom to ask."""
    lines = dict.fromkeys(heading_line(h.passage) for h in hits if h.document.kind != "fiche")
    return Answer(
        question=question.text,
        asked=question.text,
        lang=question.lang,
        status="unanswered",
        note=say("unanswered", question.lang),
        suggestions=tuple(line for line in lines if line)[:3],
        contact=contact_for(scope, question, vector),
        confidence=confidence,
    )


def contact_for(scope: Scope, question: Question, vector: Vectors | None) -> Contact | None:
    """The contact of the guide's table nearest to the question; the first one when none stands out.

    Only contacts that the asker may read. One stands out when the question is like what is asked
    of it and has a word that is its alone: « quel temps fera-t-il demain » is like a question about
    opening hours, and nothing for that service.
    """
    if not scope.contacts:
        return None
    chosen = scope.contacts[0]
    if vector is not None:
        likeness = [
            float(scope.revision.sentence_cosines(passage, 0, vector).max(initial=-1))
            for passage in scope.contacts
        ]
        best = int(np.argmax(likeness))
        if likeness[best] > max(CONTACT_LIKENESS, likeness[0] + 0.08):
            own = [set(terms(f"{p.heading} {p.text}")) for p in scope.contacts]
            alone = own[best].difference(*own[:best], *own[best + 1 :])
            if alone & {*question.stems, *question.expansion}:
                chosen = scope.contacts[best]
    lines = [ln for ln in chosen.text.split("\n") if re.search(r"@|\d{3}[ -]\d{4}", ln)]
    found = re.findall(
        r"[\w.]+@[\w.]+\w|\d(?: \d{3})? ?\d{2,3}[ -]\d{3}-\d{4}|\d{3} \d{3}-\d{4}", " ".join(lines)
    )
    return Contact(
        name=chosen.heading, details=", ".join(dict.fromkeys(found)), passage_id=chosen.id
    )
