"""Questions about the history through the router, over a real index of the shipped sheets."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.published import ChangeLog
from handlers.conversation import Buttons, Citations, Reply, Table, Text
from handlers.router import Router
from indexer import build as building
from knowledge.index import Revision, current, open_revision
from knowledge.passages import READABLE
from tests import assistant_fakes
from tests.changes.conftest import SHEETS
from tests.indexer.conftest import HashEncoder

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SECRET = "Fournisseur Zirconium"


class Indexed(assistant_fakes.FakeKnowledge):
    """The documents of an index; answers are the fake's."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.held: Revision | None = None

    def revision(self) -> Revision:
        directory = current(self.root)
        assert directory is not None
        if self.held is None or self.held.directory != directory:
            self.held = open_revision(directory, verify=False)
        return self.held

    def documents(self, audience: str):
        found = self.revision().manifest.documents
        return tuple(d for d in found if d.audience in READABLE[audience])

    def document(self, key: str, audience: str):
        found = next((d for d in self.documents(audience) if d.key == key), None)
        if found is None:
            return None
        return found, tuple(p for p in self.revision().passages if p.document == key)


@dataclass
class World:
    """An index, the operator's folder, and somebody who asks."""

    documents: Path
    out: Path

    def build(self, when: str) -> None:
        building.build([self.documents], self.out, HashEncoder(), created=when)

    def router(self, audience: str = "client") -> Router:
        services = assistant_fakes.services(Indexed(self.out), audience=audience)
        found = replace(services, changes=ChangeLog(self.out), clock=lambda: NOW)
        return Router(found)

    def say(self, text: str, audience: str = "client", lang: str = "fr") -> Reply:
        return self.router(audience).reply(assistant_fakes.incoming(text, lang=lang))

    def press(self, action: str, audience: str = "client") -> Reply:
        return self.router(audience).reply(assistant_fakes.incoming(pressed=action))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The shipped sheets, then a day when one was withdrawn, one corrected, one added."""
    root = tmp_path_factory.mktemp("history")
    folder = root / "documents"
    shutil.copytree(SHEETS, folder)
    world = World(folder, root / "out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "offtopic_views", lambda guide: [])
        world.build("2026-10-20T12:00:00+00:00")
        for path in folder.glob("*RiviereAuxPins*"):
            path.unlink()
        corrected = folder / "Fiche_StratusLaurentides_2026-10-05.md"
        text = corrected.read_text(encoding="utf8")
        corrected.write_text(text.replace("75 jours ouvrables", "80 jours ouvrables"), "utf8")
        for day, price in (("2026-09-01", "100 $"), ("2026-11-01", "999 $")):
            (folder / f"secret-{day}.md").write_text(
                f"---\nkind: fiche\nid: fiche-zirconium\ntitle: Fiche {SECRET}\n"
                f"supplier: {SECRET}\nversion: {day}\naudience: broker\n---\n"
                f"# Fiche {SECRET}\n\n## 1. Prix\nLe prix convenu est de {price} par mois.\n",
                encoding="utf8",
            )
        world.build("2026-11-10T12:00:00+00:00")
    return world


def texts(reply: Reply) -> str:
    """All that a reader sees."""
    return reply.model_dump_json()


def part(reply: Reply, kind: type):
    return next(p for p in reply.parts if isinstance(p, kind))


def test_what_changed_at_a_supplier_since_march(built):
    reply = built.say("qu'est-ce qui a changé chez Nuage Boréal depuis mars ?")
    assert "2026-09-08 remplace celle du 2026-03-16" in part(reply, Text).text
    rows = part(reply, Table).rows
    months = next(row for row in rows if "engagement" in row[2])
    assert months[0].startswith("Section 4") and "24 mois" in months[2] and "12 mois" in months[3]
    new, old = (p for p in reply.parts if isinstance(p, Citations))
    assert {c.document for c in new.citations} == {"fiche-nuage-boreal@2026-09-08"}
    assert {c.document for c in old.citations} == {"fiche-nuage-boreal@2026-03-16"}
    assert all(c.superseded for c in old.citations)
    marked = [c.text[a:b] for c in new.citations for a, b in c.marks]
    assert "12" in marked and "3" in marked


@pytest.mark.parametrize(
    "typed",
    [
        "compare les deux dernières fiches de Nuage Boréal",
        "compare les deux dernieres fiches de nuage boreal",
        "compare the last two sheets of Nuage Boréal",
    ],
)
def test_the_last_two_sheets_compared(built, typed):
    reply = built.say(typed, lang="en" if "the" in typed.split() else "fr")
    assert "2026-03-16" in part(reply, Text).text and len(part(reply, Table).rows) >= 8


def test_whats_new(built):
    """Newest first, from versions in the index and from what was published; details to press."""
    for reply in (built.say("quoi de neuf ?"), built.press("history:recent")):
        rows = part(reply, Table).rows
        told = [(row[0], row[1].split(" –")[0], row[1]) for row in rows]
        assert [day for day, _, _ in told] == sorted((day for day, _, _ in told), reverse=True)
        assert any(
            "Rivière-aux-Pins" in row[1] and "retirée du Catalogue" in row[1] for row in rows
        )
        assert any("Stratus" in row[1] and "texte modifié" in row[1] for row in rows)
        assert any("Boréal" in row[1] and "2026-09-08 remplace" in row[1] for row in rows)
        actions = [b.action for b in part(reply, Buttons).buttons]
        assert all(len(action) <= 200 for action in actions)
        for action in actions:
            assert isinstance(built.press(action).parts[0], Text)


def test_since_a_day_on_which_nothing_changed(built):
    reply = built.say("qu'est-ce qui a changé chez Nuage Boréal depuis le 1er novembre ?")
    assert "rien n’a changé depuis le 2026-11-01" in part(reply, Text).text
    (button,) = part(reply, Buttons).buttons
    assert "2026-03-16" in part(built.press(button.action), Text).text
    reply = built.say("quoi de neuf depuis hier ?")
    assert "Rien n’a changé" in part(reply, Text).text and part(reply, Table).rows


def test_a_correction_under_the_same_date_is_told_with_its_words(built):
    reply = built.say("quoi de neuf chez Stratus Laurentides depuis le 1er novembre")
    assert "texte modifié" in part(reply, Text).text
    rows = part(reply, Table).rows
    assert rows and all("75" in row[2] and "80" in row[3] for row in rows)


def test_a_withdrawn_sheet_is_told(built):
    """Among what is new, and to whoever asks about the supplier, which has no sheet any more."""
    reply = built.say("quoi de neuf depuis le 1er novembre")
    rows = [row for row in part(reply, Table).rows if "Rivière" in row[1]]
    assert [row[0] for row in rows] == ["2026-11-10"]
    reply = built.say("qu'est-ce qui a changé chez Infonuage Rivière-aux-Pins depuis mars ?")
    assert "retirée du Catalogue" in part(reply, Text).text


def test_an_unknown_supplier_gets_the_nearest_names(built):
    reply = built.say("qu'est-ce qui a changé chez Stratosphère ?")
    buttons = part(reply, Buttons).buttons
    assert buttons[0].label == "Stratus Laurentides"
    again = built.say(buttons[0].say)
    assert "2026-10-05" in part(again, Text).text
    reply = built.say("quoi de neuf chez Amazon ?")
    assert "Aucun fournisseur" in part(reply, Text).text


@pytest.mark.parametrize(
    "typed",
    [
        "quoi de neuf ?",
        "quoi de neuf depuis 2020 ?",
        f"qu'est-ce qui a changé chez {SECRET} ?",
        "qu'est-ce qui a changé chez zirconum ?",
        f"compare les deux dernières fiches de {SECRET}",
        "history:document:fiche-zirconium:-:0",
        "history:document:fiche-zirconium:2020-01-01:0",
    ],
)
def test_what_the_asker_may_not_read_does_not_exist(built, typed):
    ask: Callable[..., Reply] = built.press if typed.startswith("history:") else built.say
    for audience in ("client", "outsider"):
        seen = texts(ask(typed, audience))
        assert "irconium" not in seen.replace(SECRET if SECRET in typed else "\0", "")
        assert "999" not in seen and "convenu" not in seen
    if SECRET in typed:
        assert "999 $" in texts(ask(typed, "broker"))


def test_what_was_closed_since_is_no_longer_told(tmp_path, monkeypatch):
    """A sheet that clients could read when it changed, and that is the broker's alone today."""
    monkeypatch.setattr(building, "offtopic_views", lambda guide: [])
    folder = tmp_path / "documents"
    folder.mkdir()
    world = World(folder, tmp_path / "out")
    sheet = folder / "Fiche_Zirconium_2026-09-01.md"
    text = (
        f"---\nkind: fiche\nid: fiche-zirconium\ntitle: Fiche {SECRET}\nsupplier: {SECRET}\n"
        "version: 2026-09-01\naudience: client\n---\n# Fiche\n\n## 1. Prix\nLe prix est de 100 $.\n"
    )
    (folder / "public.md").write_text("Un texte pour accompagner.", encoding="utf8")
    sheet.write_text(text, encoding="utf8")
    world.build("2026-11-01T12:00:00+00:00")
    sheet.write_text(text.replace("100 $", "999 $"), encoding="utf8")
    world.build("2026-11-02T12:00:00+00:00")
    assert "999 $" in texts(world.say(f"quoi de neuf chez {SECRET} ?"))
    closed = text.replace("100 $", "999 $").replace("audience: client", "audience: broker")
    sheet.write_text(closed, encoding="utf8")
    world.build("2026-11-03T12:00:00+00:00")
    for typed in ("quoi de neuf ?", "quoi de neuf depuis 2020 ?", "quoi de neuf chez zirconium ?"):
        seen = texts(world.say(typed))
        assert "Zirconium" not in seen and "999" not in seen
    assert "999 $" in texts(world.say(f"quoi de neuf chez {SECRET} depuis 2020", "broker"))


def test_an_outsider_hears_of_nothing(built):
    reply = built.say("quoi de neuf depuis 2020 ?", "outsider")
    assert [type(p) for p in reply.parts] == [Text] and "Boréal" not in texts(reply)


@pytest.mark.parametrize(
    "action",
    [
        "history:",
        "history:x",
        "history:document:",
        "history:document:fiche-nuage-boreal:avant-hier:-3",
        "history:document:fiche-nuage-boreal:-:99999",
        "history:document:" + "x" * 170,
    ],
)
def test_a_press_out_of_nowhere_is_answered(built, action):
    reply = built.press(action)
    assert reply.parts and "ID0" not in texts(reply)


def test_other_questions_go_to_the_documents(built):
    reply = built.say("qu'est-ce qui change si le fournisseur perd sa conformité ?")
    assert type(reply.parts[0]).__name__ == "AnswerPart"


def test_only_one_version_known(built):
    reply = built.say("compare les deux dernières versions du guide")
    assert "Aucun" in texts(reply) or "une seule version" in texts(reply)
