"""A handwritten knowledge for the web page: three small documents, answers by key word."""

from __future__ import annotations

import time
from datetime import date

from knowledge.passages import Answer, Citation, Contact, Document, Passage

GUIDE = Document(
    id="guide",
    kind="guide",
    title="Guide de l’utilisateur – Solutions d’infonuagique privée",
    version=date(2021, 7, 22),
    official=False,
    label="reformulé d’après le guide du 2021-07-22",
    label_en="restated from the guide of 2021-07-22",
    source="guide.md",
    digest="0" * 64,
)
SHEET = Document(
    id="fiche-boreal",
    kind="fiche",
    title="Fiche du fournisseur Nuages Boréal inc.",
    supplier="Nuages Boréal inc.",
    version=date(2021, 3, 1),
    official=False,
    label="exemple fictif",
    source="Fiche_Boreal_2021-03-01.md",
    digest="1" * 64,
)
NEWER_SHEET = SHEET.model_copy(update={"version": date(2021, 9, 1), "digest": "3" * 64})
HOSTILE = Document(
    id="piège <b>@x</b>",
    kind="autre",
    title="<script>alert('titre')</script> \u202egnp.exe",
    version=None,
    official=True,
    source="<img src=x onerror=alert(1)>.md",
    digest="2" * 64,
)
SIGNED = (
    "Le contrat doit être signé par le dirigeant de l’organisme ou par la personne qu’il désigne.\n"
    "Avant la signature, il faut :\n"
    "- obtenir l’autorisation requise;\n"
    "- vérifier la soumission de prix;\n"
    "  - auprès du Courtier;\n"
    "  - auprès du fournisseur;\n"
    "- remplir l’engagement de responsabilité."
)
PASSAGES = (
    Passage(
        document=GUIDE.key,
        position=0,
        section="1",
        heading="Définition des termes",
        path=(GUIDE.title, "1. Définition des termes"),
        page=4,
        form="definition",
        text="Contrat spécifique : contrat passé entre la clientèle et un fournisseur.",
    ),
    Passage(
        document=GUIDE.key,
        position=1,
        section="3.4.4",
        heading="Signature du contrat",
        path=(GUIDE.title, "3. Acquisition", "3.4. Contrat", "3.4.4. Signature du contrat"),
        page=17,
        form="list",
        text=SIGNED,
        questions=("qui signe (jamais montré)",),
    ),
    Passage(
        document=GUIDE.key,
        position=2,
        section="4.13",
        heading="Conservation des documents",
        path=(GUIDE.title, "4. Modalités", "4.13. Conservation des documents"),
        page=22,
        form="row",
        text="Document : avenant signé\nDurée de conservation : 7 ans\nResponsable : organisme",
    ),
    Passage(
        document=SHEET.key,
        position=0,
        section="5",
        heading="Délais",
        path=("5. Délais",),
        text="La soumission de prix est remise en 10 jours ouvrables.",
    ),
    Passage(
        document=HOSTILE.key,
        position=0,
        heading="<img src=x onerror=alert(2)>",
        path=("<img src=x onerror=alert(2)>",),
        text="- <script>alert('texte')</script>\n"
        "- [lien](javascript:alert(3)) <!channel> @everyone",
    ),
)
DOCUMENTS = {document.key: document for document in (GUIDE, SHEET, NEWER_SHEET, HOSTILE)}


def cite(number: int, *marked: str, superseded: bool = False) -> Citation:
    """The passage of this number as a citation, with these words marked."""
    passage = PASSAGES[number]
    document = DOCUMENTS[passage.document]
    starts = [(passage.text.index(words), len(words)) for words in marked]
    return Citation(
        passage_id=passage.id,
        digest=passage.digest,
        document=document.id,
        title=document.title,
        kind=document.kind,
        version=document.version,
        section=passage.section,
        heading=passage.heading,
        page=passage.page,
        source=document.source,
        official=document.official,
        label=document.label,
        label_en=document.label_en,
        text=passage.text,
        marks=tuple((start, start + length) for start, length in starts),
        score=1.0,
        superseded=superseded,
    )


class FakeKnowledge:
    """Stands in for knowledge.engine.Engine."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str | None]] = []

    def answer(
        self,
        question: str,
        *,
        audience: str = "outsider",
        lang: str | None = None,
        top: int = 3,
        previous: str | None = None,
    ) -> Answer:
        """By key word: signe, avenant, hostile, lente, panne; anything else finds nothing."""
        self.asked.append((question, audience, previous))
        told = {"question": question, "asked": question, "lang": lang or "fr"}
        if "panne" in question:
            raise RuntimeError(f"panne avec « {question} »")
        if "lente" in question:
            time.sleep(1.0)
        if "signe" in question:
            return Answer(
                **told,
                status="answered",
                short="Le contrat doit être signé par le dirigeant de l’organisme ou par la "
                "personne qu’il désigne.",
                citations=(
                    cite(1, "signé par le dirigeant de l’organisme", "la personne qu’il désigne"),
                    cite(3, "10 jours ouvrables", superseded=True),
                ),
                suggestions=("Que vérifier avant la signature?", "Qu’est-ce qu’un avenant?"),
                confidence=0.9,
            )
        if "avenant" in question:
            return Answer(
                **told,
                status="ambiguous",
                citations=(cite(2, "7 ans"),),
                suggestions=("Signer un avenant", "Conserver un avenant"),
            )
        if "hostile" in question:
            return Answer(
                **told,
                status="answered",
                short="<script>alert('court')</script> \u202eà l’envers",
                citations=(cite(4, "<script>"),),
                suggestions=("<img src=x onerror=alert(4)>",),
            )
        return Answer(
            **told,
            status="unanswered",
            note="Je n’ai rien trouvé à ce sujet dans les documents.",
            suggestions=("Signature du contrat",),
            contact=Contact(
                name="Courtier en infonuagique",
                details="courtier@exemple.test",
                passage_id=PASSAGES[0].id,
            ),
        )

    def passage(self, passage_id: str, audience: str) -> tuple[Document, Passage] | None:
        """A passage by its id; outsiders read nothing."""
        found = next((p for p in PASSAGES if p.id == passage_id), None)
        if found is None or audience == "outsider":
            return None
        return DOCUMENTS[found.document], found

    def document(self, key: str, audience: str) -> tuple[Document, tuple[Passage, ...]] | None:
        """A document by its key; outsiders read nothing."""
        document = DOCUMENTS.get(key)
        if document is None or audience == "outsider":
            return None
        return document, tuple(p for p in PASSAGES if p.document == key)

    def documents(self, audience: str) -> tuple[Document, ...]:
        """Every document; outsiders read none."""
        return () if audience == "outsider" else tuple(DOCUMENTS.values())

    def warm(self) -> None:
        """Nothing to load."""
