"""The door to this room: questions in, answers out, over the revision in force."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.answer import compose, unanswered
from knowledge.embedding import Encoder
from knowledge.index import current, open_revision, stamp
from knowledge.lexicon import Lexicon, load_lexicon
from knowledge.memory import give_back
from knowledge.passages import Answer, Document, Hit, Passage
from knowledge.phrases import Problem, say
from knowledge.question import Question, understand
from knowledge.retrieval import Mode, gather, ranked
from knowledge.revision import Revision
from knowledge.scope import Scope
from knowledge.spelling import Speller


@dataclass
class Snapshot:
    """One revision with all that was made from it; a question works on one from start to end."""

    revision: Revision
    scopes: dict[str, tuple[Scope, Speller]] = field(default_factory=dict)


class Engine:
    """Answers over `root`; opened at first use, and anew when another revision is in force.

    Safe to share between threads.
    """

    def __init__(self, root: Path, *, load: Callable[[], Encoder], lexicon: Path) -> None:
        self.root = root
        self._load = load
        self._lexicon_path = lexicon
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._snapshot: Snapshot | None = None
        self._stamp: tuple[int, int] | None = None  # of the revision that the snapshot is of
        self._lexicon: tuple[float, Lexicon] | None = None

    @property
    def encoder(self) -> Encoder:
        """The model, loaded at first use."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder

    @property
    def revision(self) -> str:
        """The name of the revision in force."""
        return self.snapshot().revision.manifest.revision

    def lexicon(self) -> Lexicon:
        """The broker's lexicon, read anew when its file changed."""
        try:
            changed = self._lexicon_path.stat().st_mtime
        except OSError:
            changed = 0.0
        if self._lexicon is None or self._lexicon[0] != changed:
            self._lexicon = (changed, load_lexicon(self._lexicon_path))
        return self._lexicon[1]

    def snapshot(self) -> Snapshot:
        """The revision in force. Raises Problem: none, damaged, or made with another model.

        When a new revision can't be opened, the one already open goes on answering.
        """
        seen = stamp(self.root)  # before the name is read: at worst it is read once more
        held = self._snapshot
        if held and seen is not None and seen == self._stamp:
            return held
        directory = current(self.root)
        if held and directory and held.revision.directory == directory:
            self._stamp = seen
            return held
        if directory is None:
            raise Problem("index_missing", root=str(self.root))
        encoder = self.encoder
        with self._lock:
            held = self._snapshot
            if held and held.revision.directory == directory:
                return held
            try:
                opened = Snapshot(open_revision(directory))
                check_encoder(opened.revision, encoder)
            except Problem:
                if held is not None:
                    return held
                raise
            self._snapshot = opened
            return opened

    def _scope(self, snapshot: Snapshot, audience: str) -> tuple[Scope, Speller]:
        made = snapshot.scopes.get(audience)
        if made is None:
            scope = Scope(snapshot.revision, audience)
            made = (scope, Speller(scope.counts(), self.encoder.dictionary))
            snapshot.scopes[audience] = made
            give_back()
        return made

    def warm(self) -> None:
        """Loads everything now, so that the first question does not wait."""
        self.answer("essai")

    def _understand(
        self, scope: Scope, speller: Speller, text: str, previous: str | None
    ) -> Question:
        return understand(
            text,
            previous=previous,
            lexicon=self.lexicon(),
            speller=speller,
            documents=scope.documents.values(),
        )

    def answer(
        self,
        question: str,
        *,
        audience: str = "outsider",
        lang: str | None = None,
        top: int = 3,
        previous: str | None = None,
    ) -> Answer:
        """Answers one question for an audience (outsider, client, broker). Raises Problem.

        `lang` is the language of the sentences around the quotes, else the question's own;
        `previous` is the question before, which a follow-up completes.
        """
        snapshot = self.snapshot()
        scope, speller = self._scope(snapshot, audience)
        understood = self._understand(scope, speller, question, previous)
        if lang:
            understood = understood.model_copy(update={"lang": lang})
        if not understood.found:
            answer = unanswered(scope, understood, [], 0.0, None)
            return answer.model_copy(
                update={"question": question, "note": say("no_words", understood.lang)}
            )
        vector = self.encoder.encode_query(understood.dense)
        found = gather(scope, understood, vector)
        answer = compose(scope, understood, found, vector, top)
        return answer.model_copy(update={"question": question})

    def rank(
        self,
        question: str,
        *,
        audience: str = "client",
        mode: Mode = "fusion",
        top: int = 10,
        previous: str | None = None,
    ) -> list[Hit]:
        """Ranked hits by one way of searching; for measures."""
        scope, speller = self._scope(self.snapshot(), audience)
        understood = self._understand(scope, speller, question, previous)
        vector = None if mode == "lexical" else self.encoder.encode_query(understood.dense)
        return ranked(scope, understood, gather(scope, understood, vector), mode=mode, top=top)

    def documents(self, audience: str) -> tuple[Document, ...]:
        """The documents that an audience may read."""
        scope, _ = self._scope(self.snapshot(), audience)
        return tuple(scope.documents.values())

    def document(self, key: str, audience: str) -> tuple[Document, tuple[Passage, ...]] | None:
        """A document whole, or None: not there, or not for this audience."""
        snapshot = self.snapshot()
        scope, _ = self._scope(snapshot, audience)
        document = scope.documents.get(key)
        if document is None:
            return None
        return document, snapshot.revision.passages_of(key)

    def sections(self, section: str, audience: str) -> tuple[tuple[Document, Passage], ...]:
        """The passages under a section number of the guide and of its FAQ, as now in force, in
        reading order; what an audience may not read is left out."""
        snapshot = self.snapshot()
        scope, _ = self._scope(snapshot, audience)
        return tuple(
            (document, passage)
            for key, document in scope.documents.items()
            if document.kind in ("guide", "faq") and key not in scope.superseded
            for passage in snapshot.revision.passages_of(key)
            if passage.section == section
        )

    def passage(self, passage_id: str, audience: str) -> tuple[Document, Passage] | None:
        """One passage with its document, or None: not there, or not for this audience."""
        found = self.document(passage_id.rpartition("#")[0], audience)
        if found is None:
            return None
        return next(((found[0], p) for p in found[1] if p.id == passage_id), None)


def check_encoder(revision: Revision, encoder: Encoder) -> None:
    """Raises Problem when the vectors of a revision were not made by this model as it is now."""
    built, loaded = revision.manifest.encoder, encoder.info
    if built.dimension != loaded.dimension:
        raise Problem(
            "encoder_dimension",
            model=loaded.name,
            found=loaded.dimension,
            expected=built.dimension,
        )
    if (built.digest, built.passage_prompt) != (loaded.digest, loaded.passage_prompt):
        raise Problem("encoder_mismatch", built=built.name, loaded=loaded.name)
