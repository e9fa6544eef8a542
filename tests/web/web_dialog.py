"""A small dialog of neutral parts, to see the page render and carry every one of them."""

from __future__ import annotations

from web_fakes import cite

from handlers.conversation import (
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
from handlers.router import ROUTES, Route, pressed

PREFIX = "demo:"
KEY = "demo:run"
OTHERS = (Button(label="Retour", action="demo:back"), Button(label="Quitter", action="demo:leave"))
KINDS = (
    Choice(value="ministere", label="Un ministère", hint="Visé par le décret 596-2020."),
    Choice(value="autre", label="Un autre organisme public"),
    Choice(value="inconnu", label="Je ne sais pas"),
)
FIRST = FormField(name="kind", kind="choice", label="Quel est votre organisme?", choices=KINDS)
DETAILS = (
    FormField(
        name="offers",
        kind="choices",
        label="Quelles offres comparez-vous?",
        help="Cochez tout ce qui s’applique.",
        choices=(Choice(value="iaas", label="Serveurs"), Choice(value="vdc", label="Stockage")),
    ),
    FormField(
        name="day",
        kind="date",
        label="Date visée de la rencontre",
        help="Comptez au moins trente jours.",
        least="2026-12-01",
        most="2027-12-31",
    ),
    FormField(name="months", kind="number", label="Durée en mois", least="1", most="60"),
    FormField(
        name="question", kind="text", label="Référence du dossier", most="30", required=False
    ),
    FormField(
        name="why", kind="long_text", label="Justification du choix", most="10000", required=False
    ),
    FormField(name="sure", kind="confirm", label="Je confirme que la CEI a été validée"),
)


class Demo:
    """Two forms, then a table, citations, files; keeps what was submitted."""

    def __init__(self) -> None:
        self.submitted: list[tuple[str, dict[str, str]]] = []

    def routes(self, opens: str = "") -> tuple[Route, ...]:
        """The dialog before the assistant's own routes; the action `opens` starts it as well, and
        words that speak of a form show it anew."""
        return (
            Route("demo", pressed(PREFIX), self.handle),
            Route("demo start", lambda i: bool(opens) and i.pressed == opens, self.begin),
            Route("demo words", lambda i: "formulaire" in (i.text or ""), self.begin),
            *ROUTES,
        )

    def begin(self, incoming: Incoming, services: object) -> Reply:
        return Reply(parts=(Text(text="Voici le formulaire.", tone="note"), self.first()))

    def handle(self, incoming: Incoming, services: object) -> Reply:
        step = (incoming.pressed or "").removeprefix(PREFIX)
        self.submitted.append((step, incoming.values))
        if step in ("start", "back"):
            return Reply(parts=(self.first(),))
        if step == "first":
            kind = incoming.values.get("kind", "")
            if kind not in {choice.value for choice in KINDS}:
                return Reply(parts=(self.first(error="Choisissez une réponse."),))
            return Reply(parts=(self.second({}),))
        if step == "second":
            errors = self.errors(incoming.values)
            return Reply(parts=(self.second(incoming.values, errors),)) if errors else outcome()
        if step.startswith("file"):
            return Reply(parts=(file(),))
        if step == "fail":
            return Reply(parts=(Text(text="Le dossier n’a pas pu être lu.", tone="error"),))
        return Reply(parts=(Text(text="Le dialogue est quitté.", tone="note"),))

    def first(self, error: str = "") -> Form:
        return Form(
            key=KEY,
            title="Admissibilité",
            text="Trois questions, et la réponse avec les articles qui la fondent.",
            fields=(FIRST.model_copy(update={"error": error}),),
            submit=Button(label="Continuer", action="demo:first"),
            others=OTHERS[1:],
            progress=Progress(done=1, total=2, label="Question 1 sur 2"),
        )

    def errors(self, values: dict[str, str]) -> dict[str, str]:
        wrong = {}
        if not values.get("offers"):
            wrong["offers"] = "Cochez au moins une offre."
        if not values.get("months", "").isdecimal():
            wrong["months"] = "Écrivez un nombre de mois, de 1 à 60."
        if values.get("sure") != "yes":
            wrong["sure"] = "Cochez pour confirmer."
        return wrong

    def second(self, values: dict[str, str], errors: dict[str, str] | None = None) -> Form:
        wrong = errors or {}
        fields = (
            f.model_copy(update={"value": values.get(f.name, ""), "error": wrong.get(f.name, "")})
            for f in DETAILS
        )
        return Form(
            key=KEY,
            title="Précisions",
            fields=tuple(fields),
            submit=Button(label="Continuer", action="demo:second"),
            others=OTHERS,
            progress=Progress(done=2, total=2, label="Question 2 sur 2"),
        )


def file() -> File:
    return File(
        name="Dossier d’été <1>.pdf",
        media_type="application/pdf",
        content=b"%PDF-1.7 \xff",
        text="Le dossier, prêt à envoyer.",
    )


def outcome() -> Reply:
    return Reply(
        parts=(
            Text(text="Admissible", tone="title"),
            Text(text="Votre organisme peut acheter dans le Catalogue.", tone="success"),
            Text(text="Il vous reste moins de trente jours.", tone="warning"),
            Table(
                title="Préalables",
                columns=("Préalable", "État", "Note"),
                rows=(
                    ("Validation de la CEI", "Fait", "<b>12 novembre</b>"),
                    ("Autorisation du dirigeant d’organisme", "À faire", ""),
                ),
            ),
            Citations(title="Ce sur quoi la réponse repose", citations=(cite(1, "dirigeant"),)),
            Buttons(
                text="Et maintenant",
                buttons=(
                    Button(label="Exporter en PDF", action="demo:file", file=True),
                    Button(label="Continuer la préparation", action="demo:start", style="primary"),
                    Button(label="Effacer les réponses", action="demo:leave", style="danger"),
                    Button(label="Exporter ce qui manque", action="demo:fail", file=True),
                ),
            ),
        )
    )
