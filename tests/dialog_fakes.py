"""Runs of dialogs kept in memory, for tests of what stands on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from handlers.conversation import Address
from handlers.ports import StoreUnavailable
from handlers.ports_dialogs import Conflict, Finished, Focus, Given, Run
from handlers.ports_dossiers import Change, Dossier, DossierConflict


@dataclass
class MemoryRuns:
    """RunStore in memory; `broken` makes it fail as a full disk does."""

    runs: dict[str, Run] = field(default_factory=dict)  # the one touched last at the end
    focus: dict[Address, Focus] = field(default_factory=dict)
    broken: bool = False

    def check(self) -> None:
        if self.broken:
            raise StoreUnavailable("database or disk is full")

    def start(self, run: Run) -> None:
        self.check()
        self.runs[run.id] = run

    def run(self, run_id: str) -> Run | None:
        self.check()
        return self.runs.get(run_id)

    def runs_of(self, subject: str) -> tuple[Run, ...]:
        self.check()
        return tuple(r for r in reversed(self.runs.values()) if r.subject == subject)[:50]

    def give(
        self,
        run_id: str,
        question: str,
        values: dict[str, str] | None,
        *,
        version: int,
        by: str,
        person: str,
        at: datetime,
    ) -> Run:
        self.check()
        run = self.runs[run_id]
        if run.version != version:
            raise Conflict(run, run.given[version:])
        entry = Given(
            number=version + 1, question=question, values=values, by=by, person=person, at=at
        )
        del self.runs[run_id]
        self.runs[run_id] = run.model_copy(update={"given": (*run.given, entry)})
        return self.runs[run_id]

    def finish(self, run_id: str, finished: Finished) -> None:
        self.check()
        self.runs[run_id] = self.runs[run_id].model_copy(update={"finished": finished})

    def attach(self, run_id: str, subject: str, organisation: str | None) -> None:
        self.check()
        changed = {"subject": subject, "organisation": organisation}
        self.runs[run_id] = self.runs[run_id].model_copy(update=changed)

    def drop(self, run_id: str) -> None:
        self.check()
        self.runs.pop(run_id, None)
        self.focus = {a: f for a, f in self.focus.items() if f.run != run_id}

    def finished(self) -> tuple[Run, ...]:
        self.check()
        return tuple(r for r in reversed(self.runs.values()) if r.finished)

    def current(self, address: Address) -> Focus | None:
        self.check()
        return self.focus.get(address)

    def set_current(self, address: Address, focus: Focus | None) -> None:
        self.check()
        if focus is None:
            self.focus.pop(address, None)
        else:
            self.focus[address] = focus


@dataclass
class MemoryDossiers:
    """DossierStore in memory."""

    dossiers: dict[str, Dossier] = field(default_factory=dict)

    def create(self, dossier: Dossier) -> None:
        self.dossiers[dossier.id] = dossier

    def dossier(self, dossier_id: str) -> Dossier | None:
        return self.dossiers.get(dossier_id)

    def of_organisation(self, organisation: str) -> tuple[Dossier, ...]:
        found = (d for d in self.dossiers.values() if d.organisation == organisation)
        return tuple(sorted(found, key=lambda d: d.touched, reverse=True))[:100]

    def in_states(self, states: tuple[str, ...]) -> tuple[Dossier, ...]:
        found = (d for d in self.dossiers.values() if d.state in states)
        return tuple(sorted(found, key=lambda d: d.touched))[:200]

    def change(self, dossier_id: str, change: Change) -> Dossier:
        now = self.dossiers[dossier_id]
        if now.version != change.seen:
            raise DossierConflict(now, now.events[max(0, change.seen) :])
        update = change.model_dump(include={"name", "state"}, exclude_none=True)
        update["events"] = (*now.events, *change.events)
        update["reviews"] = now.reviews | {review.item: review for review in change.reviews}
        update["submission"] = change.submission or now.submission
        self.dossiers[dossier_id] = now.model_copy(update=update)
        return self.dossiers[dossier_id]
