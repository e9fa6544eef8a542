"""A card of every kind, for the schema and for the renderer."""

from __future__ import annotations

from typing import Any

from bot.channels.teams_messages import messages
from handlers.conversation import (
    AnswerPart,
    Button,
    Buttons,
    Choice,
    Citations,
    DocumentPart,
    File,
    Form,
    FormField,
    Progress,
    Reply,
    Table,
    Text,
)
from handlers.feedback import feedback_part
from knowledge.passages import Answer
from tests.assistant_fakes import citation, document, passages

DOC = document("2026-09-08")
PASSAGES = passages(DOC)
EVIL = "**gras** [lien](http://exemple.ca) <at>Tous</at> <b>x</b> {{DATE(2020-01-01)}}"


def answer(short: str = "Douze mois, renouvelables une fois.", count: int = 3) -> AnswerPart:
    cited = tuple(
        citation(p, DOC, official=i == 0, superseded=i == 1) for i, p in enumerate(PASSAGES[:count])
    )
    made = Answer(
        question="Quelle durée?",
        status="answered",
        short=short,
        note="Une version plus récente existe.",
        citations=cited,
    )
    return AnswerPart(answer=made, record="r1")


def field(name: str, kind: str, label: str, **more: object) -> FormField:
    return FormField(name=name, kind=kind, label=label, **more)


def form(**changes: object) -> Form:
    regimes = (
        Choice(value="general", label="Régime général", hint="la plupart des organismes"),
        Choice(value="autre", label="Autre régime"),
    )
    roles = (Choice(value="a", label="Responsable des achats"), Choice(value="b", label="Juriste"))
    return Form(
        **{
            "key": "dialogue",
            "title": "Préparer la rencontre de démarrage",
            "text": "Répondez aux questions; vous pourrez revenir en arrière.",
            "fields": (
                field("regime", "choice", "Régime de votre organisme", choices=regimes),
                field("roles", "choices", "Qui participe?", choices=roles),
                field("debut", "date", "Date prévue", least="2026-11-24", most="2027-12-31"),
                field("duree", "number", "Durée en mois", least="1", most="36"),
                field("nom", "text", "Nom du projet", required=False, most="80"),
                field("notes", "long_text", "Précisions", required=False, help="Facultatif."),
                field("lu", "confirm", "J’ai lu le guide", error="Lisez d’abord le guide."),
            ),
            "submit": Button(label="Suivant", action="dialog:answer:1"),
            "others": (
                Button(label="Retour", action="dialog:back:1"),
                Button(label="Quitter", action="dialog:leave:1", style="danger"),
            ),
            "progress": Progress(done=1, total=5, label="Étape 2 de 5"),
        }
        | changes
    )


def buttons() -> Buttons:
    return Buttons(
        text="À voir aussi\u00a0:",
        buttons=(
            Button(label="Oui", say="Oui", style="primary"),
            Button(label="Annuler", action="help", style="danger"),
            Button(label="Faut-il une autorisation si l’offre n’est pas la moins chère?", say="q"),
        ),
    )


def tables() -> tuple[Table, ...]:
    wide = ("Préalable", "État", "Responsable", "Échéance")
    return (
        Table(
            title="Offres",
            columns=("Offre", "Prix", "Région"),
            rows=(("Calcul", "12\u00a0$", "Québec"), ("Stockage d’objets", "3\u00a0$", "")),
        ),
        Table(title="Dossier", columns=wide, rows=(("Besoins", "fait", "Jeanne", "2026-12-01"),)),
        Table(title="Rien", columns=("A",), rows=()),
    )


REPLIES: dict[str, Reply] = {
    "answer": Reply(parts=(answer(), buttons(), feedback_part("r1", "fr"))),
    "document": Reply(
        parts=(
            DocumentPart(document=DOC, passages=PASSAGES, opened=PASSAGES[4].id, superseded=True),
        )
    ),
    "form": Reply(parts=(form(),)),
    "tables": Reply(parts=tables()),
    "texts": Reply(
        parts=(
            Text(text="Votre dossier", tone="title"),
            Text(text="Fait\u00a0:\n- un\n  - deux\n- trois", tone="success"),
            Text(text="Attention.", tone="warning"),
            Text(text="Erreur.", tone="error"),
            Progress(done=3, total=8, label="3 préalables sur 8"),
            Citations(title="Fondement", citations=answer().answer.citations),
        )
    ),
    "file": Reply(parts=(File(name="rencontre.ics", media_type="text/calendar", content=b"x"),)),
    "markup": Reply(
        parts=(
            form(
                key=EVIL,
                title="*Titre* [a](http://b)",
                text=EVIL,
                fields=(
                    field(
                        "c",
                        "choice",
                        EVIL,
                        help=EVIL,
                        error=EVIL,
                        choices=(Choice(value="x", label="*choix* _un_ [a](http://b)"),),
                    ),
                    field("t", "text", "Nom", value=EVIL),
                ),
            ),
        )
    ),
}


def first_card(name: str) -> dict[str, Any]:
    return messages(REPLIES[name], "fr")[0].activity["attachments"][0]["content"]


CARDS = {name: (lambda name=name: first_card(name)) for name in REPLIES}
