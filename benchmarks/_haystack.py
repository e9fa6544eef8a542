"""The same questions over the same passages with the same encoder in a Haystack pipeline.

Assembled as its documentation shows hybrid retrieval: BM25 and embedding retrievers over the
in-memory store with their defaults, joined by reciprocal rank fusion. The embedder is a component
of four lines, so that both sides call one and the same loaded model.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from benchmarks._latency import AUDIENCE, Way, ways
from benchmarks._report import Row
from benchmarks._timing import beside, interleaved
from bot.measures import Asked
from knowledge.embedding import Encoder
from knowledge.engine import Engine
from knowledge.index import Revision
from knowledge.passages import READABLE, Document, Passage
from knowledge.views import views_of

PART = "Beside a Haystack pipeline, shipped corpus, same encoder, same run"
Found = list[tuple[Passage, Document]]
Search = Callable[[Asked], Found]


def contents(revision: Revision, *, questions: bool) -> tuple[list[str], list[Passage]]:
    """Each readable passage as one text with its heading; its example questions too, if wanted."""
    texts, kept = [], []
    for number, passage in enumerate(revision.passages):
        document = revision.documents[passage.document]
        if document.audience not in READABLE[AUDIENCE]:
            continue
        whole = next(v for v in views_of(number, passage, document) if v.kind == "whole").text
        texts.append("\n".join([whole, *(passage.questions if questions else ())]))
        kept.append(passage)
    return texts, kept


def pipeline(texts: Sequence[str], encoder: Encoder) -> Any:
    """The pipeline, its store filled; documents carry their place in `texts`."""
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    from haystack import Document as Content
    from haystack import Pipeline, component
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import (
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    @component
    class Embedder:
        """A text embedder over the encoder that is loaded already."""

        @component.output_types(embedding=list[float])
        def run(self, text: str) -> dict[str, list[float]]:
            """The question's vector."""
            return {"embedding": encoder.encode_query(text).tolist()}

    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    vectors = encoder.encode_passages(texts)
    store.write_documents(
        [
            Content(content=text, embedding=vectors[place].tolist(), meta={"place": place})
            for place, text in enumerate(texts)
        ]
    )
    made = Pipeline()
    made.add_component("embedder", Embedder())
    made.add_component("bm25", InMemoryBM25Retriever(store))
    made.add_component("dense", InMemoryEmbeddingRetriever(store))
    made.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    made.connect("embedder.embedding", "dense.query_embedding")
    made.connect("bm25.documents", "joiner.documents")
    made.connect("dense.documents", "joiner.documents")
    return made


def search(engine: Engine, *, questions: bool) -> Search:
    """A question → the pipeline's passages in order. A follow-up comes with the one before it."""
    revision = engine.snapshot().revision
    texts, passages = contents(revision, questions=questions)
    made = pipeline(texts, engine.encoder)

    def run(asked: Asked) -> Found:
        text = f"{asked.previous} {asked.q}" if asked.previous else asked.q
        result = made.run({"embedder": {"text": text}, "bm25": {"query": text}})
        found = [passages[c.meta["place"]] for c in result["joiner"]["documents"]]
        return [(p, revision.documents[p.document]) for p in found]

    return run


def ranks(asked: Sequence[Asked], way: Callable[[Asked], Sequence[bool]]) -> tuple[float, float]:
    """Shares of the questions with a right passage first, and among the first three."""
    right = [list(way(question))[:3] for question in asked]
    first = sum(found[:1] == [True] for found in right)
    return first / len(asked), sum(any(found) for found in right) / len(asked)


def compared(engine: Engine, asked: Sequence[Asked], rounds: int) -> list[Row]:
    """Time and quality of both, the pipeline with and without the example questions."""
    name = f"Haystack {version('haystack-ai')}"
    good = [question for question in asked if not question.out]
    plain, rich = search(engine, questions=False), search(engine, questions=True)

    def of_search(way: Search) -> Callable[[Asked], Sequence[bool]]:
        return lambda q: [q.rightly_cites(p.section, d.kind, p.document) for p, d in way(q)]

    def of_ranking(q: Asked) -> Sequence[bool]:
        hits = engine.rank(q.q, audience=AUDIENCE, previous=q.previous)
        return [
            q.rightly_cites(h.passage.section, h.document.kind, h.passage.document) for h in hits
        ]

    def of_answer(q: Asked) -> Sequence[bool]:
        answer = engine.answer(q.q, audience=AUDIENCE, previous=q.previous)
        if answer.status in ("unanswered", "refused"):
            return []
        return [q.rightly_cites(c.section, c.kind, c.document_key) for c in answer.citations]

    timed: dict[str, Way] = ways(engine) | {"haystack": plain}
    times = interleaved(good, timed, rounds)
    rows = beside(PART, "answer", times["answer"], name, times["haystack"])
    rows += beside(PART, name, times["haystack"], "encoder alone", times["encoder"])
    others = {name: ranks(good, of_search(plain))}
    others[f"{name}, example questions in the text"] = ranks(good, of_search(rich))
    ours = {"answer": ranks(good, of_answer), "ranking alone": ranks(good, of_ranking)}
    rows += [
        Row(PART, f"{what}, right {place}", mine[at], "share", other, theirs[at])
        for what, mine in ours.items()
        for other, theirs in others.items()
        for at, place in enumerate(("first", "in three"))
    ]
    return rows
