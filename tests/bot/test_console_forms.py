"""Forms, tables, files and notices at the terminal: what is typed, and what must be seen."""

from __future__ import annotations

import pytest

from bot.channels.console_files import save
from bot.channels.console_notices import Notices
from bot.channels.console_view import View, letters
from bot.channels.inbox_sender import InboxSender
from bot.stores.inbox import Inbox
from handlers.conversation import (
    Actor,
    Button,
    Buttons,
    Choice,
    Citations,
    File,
    Form,
    FormField,
    Incoming,
    Progress,
    Reply,
    Table,
    Text,
)
from handlers.inbox import inbox_of
from handlers.router import ROUTES, Route, pressed
from knowledge.phrases import say
from tests.assistant_fakes import NOW, citation, document, passages
from tests.bot.test_console import Talk

KINDS = (Choice(value="min", label="Un ministère"), Choice(value="org", label="Autre organisme"))
FIELDS = (
    FormField(name="kind", kind="choice", label="Quel organisme?", choices=KINDS),
    FormField(name="offers", kind="choices", label="Quelles offres?", choices=KINDS),
    FormField(name="day", kind="date", label="Quand?", least="2026-12-01"),
    FormField(name="months", kind="number", label="Combien de mois?", value="12"),
    FormField(name="note", kind="text", label="Note", required=False),
    FormField(name="why", kind="long_text", label="Pourquoi?"),
    FormField(name="sure", kind="confirm", label="Je confirme"),
)
OTHERS = (Button(label="Retour", action="demo:back"), Button(label="Quitter", action="demo:leave"))


def form(*fields: FormField) -> Form:
    return Form(
        key="k",
        title="Admissibilité",
        fields=fields or FIELDS,
        submit=Button(label="Continuer", action="demo:send"),
        others=OTHERS,
        progress=Progress(done=1, total=3, label="Question 1 sur 3"),
    )


class Dialog:
    """A console before a handler that replies with what a test wants."""

    def __init__(self, *replies: Reply, **options: object) -> None:
        self.replies = list(replies)
        self.heard: list[Incoming] = []
        self.talk = Talk(**options)
        self.talk.router.routes = (Route("demo", pressed("demo:"), self.handle), *ROUTES)
        self.talk.console.send(pressed="demo:start")

    def handle(self, incoming: Incoming, services: object) -> Reply:
        self.heard.append(incoming)
        done = Reply(parts=(Text(text="Fini.", tone="success"),))
        return self.replies.pop(0) if self.replies else done

    def __call__(self, *lines: str) -> str:
        """What the last of these lines brought."""
        for line in lines:
            said = self.talk(line)
        return said

    @property
    def last(self) -> Incoming:
        return self.heard[-1]


def test_a_form_is_asked_field_by_field():
    talk = Dialog(Reply(parts=(form(),)))
    shown = "\n".join(talk.talk.lines)
    assert "Question 1 sur 3  ■□□" in shown and "1) Un ministère" in shown
    assert "/a) Retour   /b) Quitter" in shown
    assert "Quelles offres?" in talk("2")
    assert "Quand?" in talk("1, 2") and "de 2026-12-01" in "\n".join(talk.talk.lines)
    asked = talk("2027-01-15")
    assert "Combien de mois?" in asked and "Réponse actuelle\u00a0: 12" in asked
    assert "(facultatif)" in talk("")
    assert "un point seul" in talk("-")
    assert talk("Parce que", "", "oui.") == ""
    assert "Tapez oui ou non." in talk(".")
    assert "✓ Fini." in talk("oui")
    assert talk.last.pressed == "demo:send" and talk.last.values == {
        "kind": "org",
        "offers": "min\norg",
        "day": "2027-01-15",
        "months": "12",
        "note": "",
        "why": "Parce que\n\noui.",
        "sure": "yes",
    }


def test_back_goes_to_the_field_before_then_to_the_dialogs_own():
    talk = Dialog(Reply(parts=(form(),)))
    talk("1")
    assert "Quel organisme?" in talk("retour")
    assert "Réponse actuelle\u00a0: Un ministère" in "\n".join(talk.talk.lines)
    talk("Retour")
    assert talk.last.pressed == "demo:back" and not talk.last.values


@pytest.mark.parametrize(
    ("line", "action"), [("/b", "leave"), ("quitter", "leave"), ("/a", "back")]
)
def test_the_buttons_beside_a_form_are_pressed_by_letter_or_word(line, action):
    talk = Dialog(Reply(parts=(form(),)))
    talk(line)
    assert talk.last.pressed == f"demo:{action}"
    assert "Texte du passage 1." in talk("délai?")


def test_a_form_without_a_way_out_is_set_aside():
    alone = form().model_copy(update={"others": ()})
    talk = Dialog(Reply(parts=(alone,)))
    assert say("console.form.left") in talk("quitter")
    assert len(talk.heard) == 1 and "Texte du passage 1." in talk("délai?")


def test_labels_are_understood_and_slips_asked_again():
    talk = Dialog(Reply(parts=(form(),)))
    assert say("console.form.choose") in talk("9") == talk("rien") == talk("oui")
    assert "Quelles offres?" in talk("un MINISTERE")
    assert say("console.form.choose") in talk("1, 9")


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on():
    talk = Dialog(Reply(parts=(form(),)))
    said = talk("délai de livraison?")
    assert "Texte du passage 1." in said and "Quel organisme?" in said.partition("Utile?")[2]
    assert "Quelles offres?" in talk("1")


def test_only_what_is_wrong_is_asked_again():
    fields = (
        FIELDS[0].model_copy(update={"value": "min"}),
        FIELDS[2].model_copy(update={"value": "31 février", "error": "Cette date n’existe pas."}),
    )
    talk = Dialog(Reply(parts=(form(*fields),)))
    shown = "\n".join(talk.talk.lines)
    assert "! Cette date n’existe pas." in shown and "Quel organisme?" not in shown
    talk("2027-02-28")
    assert talk.last.values == {"kind": "min", "day": "2027-02-28"}


def test_help_in_a_form_comes_back_to_it():
    talk = Dialog(Reply(parts=(form(),)))
    assert "Quel organisme?" in talk("/aide").partition("Par exemple")[2]


def test_a_table_in_columns_where_it_fits_and_rows_where_not():
    table = Table(
        title="Préalables",
        columns=("Préalable", "État"),
        rows=(("Validation", "fait"), ("Autorisation\x1b[2J", "à faire")),
    )
    wide = "\n".join(View("fr", 60).part(table))
    assert "Préalable         État\n────────────────  ───────\nValidation        fait" in wide
    assert "\x1b" not in wide
    narrow = list(View("fr", 20).part(table))
    assert narrow == [
        "Préalables",
        "Validation",
        "  État\u00a0: fait",
        "Autorisation [2J",
        "  État\u00a0: à faire",
    ]


def test_sources_and_letters_go_on_over_parts():
    doc = document("2026-09-08")
    one, two = (citation(passage, doc) for passage in passages(doc)[:2])
    buttons = tuple(Button(label=f"B{n}", action=f"demo:{n}") for n in range(3))
    talk = Dialog(
        Reply(
            parts=(
                Citations(title="Règles", citations=(one,)),
                Buttons(buttons=buttons[:2]),
                Citations(title="Autres", citations=(two,)),
                Buttons(buttons=buttons[2:]),
            )
        )
    )
    shown = "\n".join(talk.talk.lines)
    assert "[1] Fiche" in shown and "[2] Fiche" in shown and "c) B2" in shown
    assert "Texte du passage 2." in talk("2")
    talk("c")
    assert talk.last.pressed == "demo:2"
    assert [letters(n) for n in (0, 25, 26, 27)] == ["a", "z", "aa", "ab"]


def test_a_file_is_saved_over_nothing(tmp_path):
    file = File(name="../Dossier: été.pdf", media_type="application/pdf", content=b"\xff")
    (tmp_path / "Dossier_ été.pdf").write_bytes(b"avant")
    talk = Dialog(Reply(parts=(file,)), folder=tmp_path)
    assert "été (2).pdf" in " ".join(talk.talk.lines)
    assert (tmp_path / "Dossier_ été (2).pdf").read_bytes() == b"\xff"
    assert (tmp_path / "Dossier_ été.pdf").read_bytes() == b"avant"
    assert save(file, tmp_path).name == "Dossier_ été (3).pdf"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    file = File(name="a.pdf", media_type="application/pdf", content=b"")
    talk = Dialog(Reply(parts=(file,)), folder=tmp_path / "absent")
    assert "n’a pas pu être enregistré" in "\n".join(talk.talk.lines)


def test_notices_are_told_once_and_read(tmp_path):
    inbox = Inbox(tmp_path / "inbox.sqlite")
    sender = InboxSender("console", inbox, lambda: NOW)
    mine = inbox_of(Actor(id="console", channel="console"))
    talk = Talk(notices=Notices(inbox))
    assert say("console.notices.none") in talk("/avis")
    first = sender.send(mine, Reply(parts=(Text(text="Nouvelle fiche"),)), key="1")
    assert "Avis non lus\u00a0: 1" in talk("délai?") and "Avis non lus" not in talk("délai?")
    said = talk("/avis")
    assert "Non lu – avis du 23 novembre 2026 à 7 h 00" in said.replace("\u00a0", " ")
    assert "Nouvelle fiche" in said and "Non lu" not in talk("/avis")
    sender.edit(mine, first, Reply(parts=(Text(text="Fiche corrigée"),)))
    assert "Avis non lus" in talk("délai?") and "Fiche corrigée" in talk("/avis")
    inbox.close()
