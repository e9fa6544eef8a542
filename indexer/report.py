"""What a build did, for the command line and for programs."""

from __future__ import annotations

from pydantic import ConfigDict

from knowledge.passages import Frozen
from knowledge.phrases import Problem, say


class FileProblem(Frozen):
    """A file that could not be indexed, or not as asked, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    file: str  # relative to its source
    problem: Problem
    kept: bool = False  # its passages of the revision before stay in force

    def text(self, lang: str = "fr") -> str:
        """The sentence for the operator."""
        sentence = self.problem.text(lang)
        return f"{sentence} {say('document_kept', lang)}" if self.kept else sentence


class BuildReport(Frozen):
    """Documents by what became of them (their sources' names), and figures."""

    revision: str
    unchanged: bool = False  # nothing was written: the revision in force already says it all
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()  # as they were
    replaced: tuple[str, ...] = ()  # restatements left out: the official document is here
    ignored: tuple[str, ...] = ()  # files of other kinds
    problems: tuple[FileProblem, ...] = ()
    notices: tuple[FileProblem, ...] = ()  # taken as they should be, but worth a sentence
    passages: int = 0
    embedded: int = 0  # texts that the model read
    reused: int = 0  # texts whose vector was known
    seconds: float = 0.0

    @property
    def failures(self) -> tuple[tuple[str, str], ...]:
        """(file, French sentence) of each problem."""
        return tuple((problem.file, problem.text("fr")) for problem in self.problems)

    def lines(self, lang: str = "fr") -> list[str]:
        """The report as sentences: problems first, then what was done."""
        found = [problem.text(lang) for problem in (*self.problems, *self.notices)]
        if self.replaced:
            found.append(say("documents_replaced", lang, files=", ".join(self.replaced)))
        if self.ignored:
            shown = ", ".join(self.ignored[:10]) + (" …" if len(self.ignored) > 10 else "")
            found.append(say("files_ignored", lang, count=len(self.ignored), files=shown))
        if self.unchanged:
            found.append(say("index_unchanged", lang, revision=self.revision))
        else:
            found.append(
                say(
                    "index_built",
                    lang,
                    revision=self.revision,
                    passages=self.passages,
                    embedded=self.embedded,
                    reused=self.reused,
                )
            )
        found.append(
            say(
                "documents_counted",
                lang,
                created=len(self.created),
                updated=len(self.updated),
                deleted=len(self.deleted),
                skipped=len(self.skipped),
            )
        )
        return found

    def data(self, lang: str = "fr") -> dict[str, object]:
        """The report for `--json`."""
        fields = self.model_dump(exclude={"problems", "notices"})
        problems = [{"file": p.file, "problem": p.text(lang)} for p in self.problems]
        notices = [{"file": n.file, "notice": n.text(lang)} for n in self.notices]
        return {**fields, "problems": problems, "notices": notices}


class NothingRead(Problem):
    """No document could be read; says why for each file."""

    def __init__(self, problems: tuple[FileProblem, ...]) -> None:
        super().__init__("nothing_readable", details="")
        self.problems = problems

    def text(self, lang: str = "fr") -> str:
        """All sentences, after the one that says nothing could be indexed."""
        details = " ".join(problem.text(lang) for problem in self.problems)
        return say(self.key, lang, details=details)
