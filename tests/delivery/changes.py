"""Change sets made by the real comparison, from documents made up here."""

from __future__ import annotations

from datetime import date

from knowledge.change_set import ChangeSet
from knowledge.changes import compare, state_of
from knowledge.passages import Document, Passage
from tests.delivery.world import Office


def document(name: str, version: str, texts: list[str], **more: object) -> tuple:
    values: dict[str, object] = {
        "id": name,
        "kind": "fiche",
        "title": f"Fiche {name}",
        "supplier": name,
        "version": date.fromisoformat(version),
        "audience": "client",
        "official": False,
        "source": f"{name}_{version}.md",
        "digest": f"{hash((name, version, *texts)) & 0xFFFFFFFF:064x}",
    } | more
    made = Document.model_validate(values)
    passages = tuple(
        Passage(
            document=made.key,
            position=n,
            section=f"{n + 1}",
            heading=f"Titre {n + 1}",
            path=(made.title, f"{n + 1}. Titre {n + 1}"),
            text=text,
        )
        for n, text in enumerate(texts)
    )
    return made, passages


def put(office: Office, *held: tuple, revision: str = "", publish: bool = True) -> ChangeSet:
    """Puts documents in the office's library, those of other names stay; publishes the change."""
    before = dict(office.library.held)
    office.library.held.update({d.key: (d, p) for d, p in held})
    return told(office, before, revision, publish)


def told(office: Office, before: dict, revision: str = "", publish: bool = True) -> ChangeSet:
    def state(held: dict):
        return state_of([d for d, _ in held.values()], [p for _, ps in held.values() for p in ps])

    name = revision or f"r{len(office.log.sets) + 1}"
    made = compare(
        state(before),
        state(office.library.held),
        revision=name,
        previous=None,
        created="2026-11-23",
    )
    if publish:
        office.publish(made)
    return made
