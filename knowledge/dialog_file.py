"""Reads knowledge/dialogs/*.yaml into dialogs; whatever is wrong is told with file and line."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field as Default
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.dialog import Dialog
from knowledge.dialog_checks import sections_in, troubles
from knowledge.passages import Frozen
from knowledge.phrases import LANGS, Problem, say

FOLDER = Path(__file__).parent / "dialogs"
CORPUS = Path(__file__).parent / "corpus"
DOCUMENTS = ("guide.md", "faq.md")
LONGEST = 500_000  # bytes of a dialog's file
NODES = 100_000  # values in it, those that aliases repeat counted each time
SHOWN = 20  # mistakes told at once

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is not in every build

Where = tuple[str | int, ...]  # the way to a value: keys and places in lists


class Mistake(Frozen):
    """One thing wrong in a dialog's file; `line` counts from 1."""

    file: str
    line: int
    key: str  # of the phrase that tells it
    values: dict[str, str] = Default(default_factory=dict)

    def text(self, lang: str = "fr") -> str:
        """« admissibilite.yaml:12 : … »."""
        said = say(self.key, lang, **self.values)
        return say("dialogs.file.line", lang, file=self.file, line=self.line, said=said)


class DialogProblem(Problem):
    """A dialog's file is refused; `mistakes` in the order of the file."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("dialogs.file.refused", count=len(mistakes))
        self.mistakes = mistakes

    def text(self, lang: str = "fr") -> str:
        """The lead and one mistake a line."""
        told = [mistake.text(lang) for mistake in self.mistakes[:SHOWN]]
        return "\n".join([super().text(lang), *told])


class Source:
    """A YAML file as plain values, with the line of each. Raises DialogProblem."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.lines: dict[Where, int] = {(): 1}
        self.mistakes: list[Mistake] = []
        self.nodes = 0
        try:
            raw = path.read_bytes()[: LONGEST + 1]
            if len(raw) > LONGEST:
                self._stop(1, "dialogs.file.long", limit=str(LONGEST))
            node = yaml.compose(raw.decode("utf8"), Loader=LOADER)
        except (OSError, UnicodeDecodeError) as error:
            self._stop(1, "dialogs.file.unreadable", detail=type(error).__name__)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            detail = str(getattr(error, "problem", "") or type(error).__name__)
            self._stop(mark.line + 1 if mark else 1, "dialogs.file.yaml", detail=detail)
        self.value = self._plain(node, ()) if node is not None else None

    def _stop(self, line: int, key: str, **values: str) -> None:
        raise DialogProblem((Mistake(file=self.file, line=line, key=key, values=values),))

    def _plain(self, node: yaml.Node, where: Where) -> Any:
        """The node's value; scalars are left as they are written."""
        self.lines[where] = node.start_mark.line + 1
        self.nodes += 1
        if len(where) > 12 or self.nodes > NODES:  # an alias to itself would go on for ever
            self._stop(node.start_mark.line + 1, "dialogs.file.deep")
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Any] = {}
            for key, value in node.value:
                name = str(key.value)
                if name in found:
                    line = key.start_mark.line + 1
                    self.add((), "dialogs.file.twice", {"name": name}, line)
                found[name] = self._plain(value, (*where, name))
                self.lines[(*where, name)] = key.start_mark.line + 1
            return found
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*where, i)) for i, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:null":
            return None
        return node.value  # 3.10 stays « 3.10 », on stays « on »

    def line(self, where: Where) -> int:
        """The line of a value, or of the nearest thing around it."""
        while where not in self.lines:
            where = where[:-1]
        return self.lines[where]

    def add(self, where: Where, key: str, values: dict[str, str], line: int = 0) -> None:
        """Notes a mistake at a value."""
        self.mistakes.append(
            Mistake(file=self.file, line=line or self.line(where), key=key, values=values)
        )


def load_dialog(path: Path) -> Dialog:
    """One dialog. Raises DialogProblem with all that is wrong in the file."""
    return read_dialog(path)[0]


def read_dialog(path: Path) -> tuple[Dialog, Source]:
    """The same, with the lines of the file."""
    source = Source(path)
    dialog: Dialog | None = None
    try:
        dialog = Dialog.model_validate(source.value)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            key, values = said_of(item)
            source.add(tuple(item["loc"]), key, values)
    if dialog is not None:
        for trouble in troubles(dialog, shipped_sections()):
            source.add(trouble.where, trouble.key, trouble.values)
    if source.mistakes or dialog is None:
        raise DialogProblem(tuple(sorted(source.mistakes, key=lambda m: m.line)))
    return dialog, source


def load_dialogs(folder: Path = FOLDER) -> dict[str, Dialog]:
    """The dialogs of a folder by id, in the order in which they are offered: their `order`, then
    that of their files. Raises DialogProblem."""
    found: dict[str, Dialog] = {}
    sources: dict[str, Source] = {}
    mistakes: list[Mistake] = []
    names: set[str] = set()
    if not any(folder.glob("*.yaml")):
        mistakes.append(Mistake(file=str(folder), line=0, key="dialogs.file.none"))
    for path in sorted(folder.glob("*.yaml")):
        try:
            dialog, source = read_dialog(path)
        except DialogProblem as problem:
            mistakes += problem.mistakes
            continue
        for name in {dialog.id, *dialog.commands} & names:
            source.add(("commands",), "dialogs.file.twice", {"name": name})
        names |= {dialog.id, *dialog.commands}
        found[dialog.id], sources[dialog.id] = dialog, source
    for dialog in found.values() if not mistakes else ():
        for i, outcome in enumerate(dialog.outcomes):
            for j, step in enumerate(outcome.steps):
                if step.dialog and step.dialog not in found:
                    where = ("outcomes", i, "steps", j, "dialog")
                    values = {"name": step.dialog}
                    sources[dialog.id].add(where, "dialogs.file.target", values)
    mistakes += [mistake for source in sources.values() for mistake in source.mistakes]
    if mistakes:
        raise DialogProblem(tuple(mistakes))
    return dict(sorted(found.items(), key=lambda one: one[1].order))


def said_of(error: ErrorDetails) -> tuple[str, dict[str, str]]:
    """The phrase for what pydantic found, with its fields."""
    name = str(error["loc"][-1]) if error["loc"] else ""
    if name == "cites" and error["type"] in ("missing", "too_short"):
        return "dialogs.file.uncited", {}
    if name in LANGS and error["type"] == "missing":
        return "dialogs.file.language", {"name": name}
    if error["type"] == "missing":
        return "dialogs.file.missing", {"name": name}
    if error["type"] == "extra_forbidden":
        return "dialogs.file.unknown", {"name": name}
    return "dialogs.file.wrong", {"name": name, "detail": error["msg"]}


@lru_cache(maxsize=1)
def shipped_sections() -> frozenset[str]:
    """The section numbers of the shipped guide and FAQ."""
    return sections_in((CORPUS / name).read_text(encoding="utf8") for name in DOCUMENTS)
