"""What a file of people (YAML) says: every error names the line and says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from handlers.people import Broker, Organisation, People, Person, Places
from knowledge.phrases import Problem

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
DIGEST = re.compile(r"[0-9a-f]{64}")
TOP = ("organisations", "people", "broker")
ORGANISATION = ("name", "itq", "rcti", "pccti", "slack", "teams")
PERSON = ("name", "organisation", "role", "slack", "teams", "token")
BROKER = {"slack": ("workspaces", "groups"), "teams": ("tenants", "groups")}
Node = yaml.Node


class Reader:
    """One reading of one file; `fail` raises the Problem that names the line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, what: str, node: Node | int, **values: object) -> Problem:
        """The Problem to raise about a place in the file."""
        line = node if isinstance(node, int) else node.start_mark.line + 1
        return Problem(f"config.people_{what}", path=self.path, line=line, **values)

    def people(self, text: str) -> People:
        """What the file says; an empty file names nobody."""
        root = self.root(text)
        if root is None:
            return People()
        top = self.mapping(root, TOP)
        organisations = tuple(
            self.organisation(key, node) for key, node in self.entries(top, "organisations")
        )
        known = {organisation.id for organisation in organisations}
        owners: dict[tuple[str, str], str] = {}
        persons = []
        for key, node in self.entries(top, "people"):
            persons.append(self.person(key, node, known))
            self.check_unique(key, persons[-1], owners)
        return People(
            organisations=organisations,
            persons=tuple(persons),
            broker=self.broker(top["broker"]) if "broker" in top else Broker(),
        )

    def root(self, text: str) -> Node | None:
        """The document's root; YAML's own complaints become ours."""
        try:
            return yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self.fail("yaml", mark.line + 1 if mark else 1) from error
        except yaml.YAMLError as error:  # a character that YAML does not allow
            place = getattr(error, "position", 0)
            raise self.fail("yaml", text.count("\n", 0, place) + 1) from error

    def mapping(self, node: Node, keys: tuple[str, ...] = ()) -> dict[str, Node]:
        """A mapping's values by key, each of `keys` where those are given, none twice."""
        if is_null(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise self.fail("mapping", node)
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if keys and name not in keys:
                raise self.fail("key", key, word=name, keys=", ".join(keys))
            if name in found:
                raise self.fail("twice", key, word=name)
            found[name] = value
        return found

    def entries(self, top: dict[str, Node], section: str) -> Iterator[tuple[Node, Node]]:
        """The entries of a section: (the identifier, checked; what it stands for)."""
        if section in top and self.mapping(top[section]):
            for key, node in top[section].value:
                name = key.value if isinstance(key, yaml.ScalarNode) else "?"
                if not IDENTIFIER.fullmatch(name):
                    raise self.fail("id", key, id=name)
                yield key, node

    def organisation(self, key: Node, node: Node) -> Organisation:
        """One organisation."""
        fields = self.mapping(node, ORGANISATION)
        flags = {
            flag: self.flag(fields[flag]) for flag in ("itq", "rcti", "pccti") if flag in fields
        }
        return Organisation(
            id=key.value, name=self.name(key, fields), workspaces=self.places(fields), **flags
        )

    def person(self, key: Node, node: Node, known: set[str]) -> Person:
        """One person, of an organisation that the file names."""
        fields = self.mapping(node, PERSON)
        role = self.text(fields["role"]) if "role" in fields else "client"
        if role not in ("client", "broker"):
            raise self.fail("role", fields["role"], role=role)
        organisation = self.text(fields["organisation"]) if "organisation" in fields else None
        if organisation is None and role == "client":
            raise self.fail("homeless", key, id=key.value)
        if organisation is not None and organisation not in known:
            raise self.fail("organisation", fields["organisation"], id=organisation)
        token = self.text(fields["token"]).lower() if "token" in fields else ""
        if token and not DIGEST.fullmatch(token):
            raise self.fail("token", fields["token"], id=key.value)  # never the value itself
        return Person(
            id=key.value,
            name=self.name(key, fields),
            organisation=organisation,
            role="broker" if role == "broker" else "client",
            accounts=self.places(fields),
            token=token,
        )

    def broker(self, node: Node) -> Broker:
        """Where the broker's advisers are."""
        found: dict[str, dict[str, Node]] = {
            channel: self.mapping(value, BROKER[channel])
            for channel, value in self.mapping(node, tuple(BROKER)).items()
        }

        def all_of(*names: str) -> Places:
            return Places(
                **{
                    channel: self.texts(value)
                    for channel, fields in found.items()
                    for key, value in fields.items()
                    if key in names
                }
            )

        return Broker(workspaces=all_of("workspaces", "tenants"), groups=all_of("groups"))

    def places(self, fields: dict[str, Node]) -> Places:
        """The identifiers of the platforms."""
        return Places(**{c: self.texts(fields[c]) for c in ("slack", "teams") if c in fields})

    def name(self, key: Node, fields: dict[str, Node]) -> str:
        """The name people read; it is wanted."""
        name = " ".join(self.text(fields["name"]).split()) if "name" in fields else ""
        if not name:
            raise self.fail("name", key, id=key.value)
        return name[:200]

    def flag(self, node: Node) -> bool:
        """true or false, as YAML spells them."""
        if node.tag != "tag:yaml.org,2002:bool":
            raise self.fail("flag", node)
        return bool(yaml.SafeLoader.bool_values[node.value.lower()])

    def text(self, node: Node) -> str:
        """A scalar as it is written: an identifier of digits stays text."""
        if not isinstance(node, yaml.ScalarNode) or is_null(node):
            raise self.fail("text", node)
        return str(node.value).strip()

    def texts(self, node: Node) -> tuple[str, ...]:
        """A list of texts; one alone may stand without its list."""
        items: list[Any] = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return () if is_null(node) else tuple(self.text(item) for item in items)

    def check_unique(self, key: Node, person: Person, owners: dict[tuple[str, str], str]) -> None:
        """One account or token belongs to one person alone; `owners` remembers whose it is."""
        accounts = [("slack", account) for account in person.accounts.slack]
        accounts += [("teams", account) for account in person.accounts.teams]
        accounts += [("token", person.token)] if person.token else []
        for account in accounts:
            other = owners.setdefault(account, person.id)
            if other != person.id:
                raise self.fail("shared", key, id=person.id, other=other)


def is_null(node: Node) -> bool:
    """Whether nothing stands there: « people: » and no more."""
    return node.tag == "tag:yaml.org,2002:null"
