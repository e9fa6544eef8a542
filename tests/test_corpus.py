"""The shipped guide, FAQ and lexicon: every section, fact and address of the official guide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from knowledge.analysis import terms, words
from knowledge.lexicon import LONGEST, SECTIONS, load_lexicon

CORPUS = Path(__file__).parents[1] / "knowledge" / "corpus"
NBSP = "\u00a0"
LABEL = "reformulé d’après le guide du 2021-07-22"

GUIDE_SECTIONS = (
    ["1", "2", "3", "4", "5", "6"]
    + [f"2.{i}" for i in range(1, 6)]
    + [f"3.{i}" for i in range(1, 6)]
    + [f"3.3.{i}" for i in range(1, 4)]
    + [f"3.4.{i}" for i in range(1, 6)]
    + [f"4.{i}" for i in range(1, 14)]
)
FAQ_SECTIONS = [f"5.{i}" for i in range(1, 24)]

GUIDE_PAGES = {
    "1": 4, "2.1": 5, "2.2": 5, "2.3": 5, "2.4": 6, "2.5": 7, "3": 8, "3.1": 9, "3.2": 9,
    "3.3": 10, "3.4": 12, "3.5": 14, "4": 18, "4.1": 18, "4.2": 18, "4.3": 19, "4.4": 19,
    "4.5": 19, "4.6": 20, "4.7": 20, "4.8": 21, "4.9": 21, "4.10": 21, "4.11": 21, "4.12": 21,
    "4.13": 23, "5": 24, "6": 30,
}  # fmt: skip

TERMS = (
    "Catalogue d’offres infonuagiques (ou Catalogue)",
    "Contrat spécifique (ou contrat)",
    "Courtier en infonuagique (ou Courtier)",
    "Entente-cadre",
    "Fournisseur d’offres infonuagiques (ou fournisseur)",
    "Offre infonuagique (ou offre)",
)

PORTAL = "http://www.portail.approvisionnement-quebec.gouv.qc.ca/"
BROKER = "courtier.infonuagique@itq.gouv.qc.ca"
CEI = "info.ccti@itq.gouv.qc.ca"
PLATFORM = "https://ccti.gouv.qc.ca/"
FOLDER = "Documentation/Centre d’expertise en infonuagique"

FACTS: dict[str, tuple[str, ...]] = {
    "Historique des modifications": ("22 juillet 2021", "2021-07-22"),
    "1": ("Infrastructures technologiques Québec", "assistance technique", "services gérés"),
    "2.1": ("923-2015", "qualifier", "ententes-cadres", "conseils", "outils", "performance"),
    "2.2": (PORTAL, "Portail d’approvisionnement"),
    "2.3": (
        "centres de traitement du client", "IaaS", "Linux et Windows", "partagé ou dédié",
        "identités", "pare-feu virtuels", "micro-segmentation", "chiffrement", "réplication",
        "reprise après sinistre", "orchestration", "cloisonnement", "DHCP", "NTP", "DNS",
        "balancement de charge", "journalisation", "consommation", "CaaS", "dBaaS", "aPaaS",
        "adPaaS", "FaaS", "serverless", "livraison", "à distance", "pièces matérielles",
        "données de surveillance", "matériel de formation", "exclus",
    ),
    "2.4": (
        "596-2020", "10 juin 2020", "PCCTI", "nuage gouvernemental", "ne sont pas admissibles",
        "présidente du Conseil du trésor", "article 6", "chapitre I-8.4", "hyperlien",
        "gré à gré", "assujettie",
    ),
    "2.5": (
        "Aucun appel d’offres", "quel que soit le montant", "gabarits", "modalités de prix",
        "sécurité informatique", "cadre légal", "orientations du gouvernement",
    ),
    "3": ("cinq étapes", "(3.1)", "(3.2)", "(3.3)", "(3.4)", "(3.5)"),
    "3.1": (
        "analyse de risques", "préjudices", "mode de déploiement", "confidentialité",
        "lien avec l’infonuagique publique", "niveau de service", "renouvellements",
        "budget", "une location ou un achat", "échéancier", "analyse des écarts",
        "contrats en cours", "prestataire de services", "gestion de projet",
    ),
    "3.2": (
        "configurateur", "personnes-ressources", "« Liste des contrats conclus »", BROKER,
        "à tout moment", "en cours", "« Historique des modifications »",
        "« Inscription à la liste de diffusion »", "tous volets",
    ),
    "3.3.1": (
        "« Prix et caractéristiques du produit ou du service »", "« Conditions contractuelles »",
        "gabarit de contrat spécifique", "formulaire d’engagement de responsabilité",
        "annexe modificative", "partie intégrante", "ne peut rien négocier",
        "configuration minimale", "article 2.3", "conditions d’utilisation",
    ),
    "3.3.2": (
        "grille d’approbation des orientations infonuagiques", PLATFORM, FOLDER, CEI,
        "atelier de travail", "avis", "livrables cibles de migration", "chargé de projet PCCTI",
    ),
    "3.3.3": (
        "uniquement à distance", "CTI", "sans frais", "document descriptif",
        "renseignements personnels", "rien n’oblige",
    ),
    "3.4": ("Pour ITQ seulement", "en acquisition"),
    "3.4.1": (
        "plus bas prix", "plus d’une offre", "estimation rigoureuse", "configurateur",
        "« Fiche du fournisseur »", "meilleurs prix", "document descriptif",
        "soumission de prix", "composants qualifiés", "portée de la qualification",
        "annexe modificative",
    ),
    "3.4.2": ("objet du contrat",),
    "3.4.3": (
        "formulaire de validation sur le choix de fournisseurs", PLATFORM, FOLDER, CEI,
        "préalable à la rencontre de démarrage", "meilleure solution au meilleur prix",
    ),
    "3.4.4": (
        "article 48 du RCTI", "avant de signer", "compatibilité technologique",
        "coût total d’acquisition", "« Justification d’une autorisation du dirigeant",
        "Extranet des marchés publics", "« Reddition de comptes »", "SCT",
        "« Annexe 2 : Fiche d’autorisation du dirigeant d’organisme »",
        "avant la rencontre de démarrage",
    ),
    "3.4.5": ("commande initiale", "ajouts", "avant la rencontre de démarrage"),
    "3.5": (
        "30 jours", "obligatoire", "Six préalables", "(voir 3.4.3)", "(voir 3.4.1)",
        "visioconférence", "deux objectifs", "ordre du jour", "modes de tarification",
        "variation des quantités", "frais de gestion", "admissibilité administrative",
        "Pour ITQ seulement", "procédure interne", "article 4.13", "11. ",
    ),
    "4": ("entièrement responsable",),
    "4.1": (
        "SEAO", "chapitre IX", "section II", "« Publication des renseignements »", "biens",
        "location d’un bien fini", "« prestataire de services »", "Approvisionnement (biens)",
        "43000000", "G8 Matériel et logiciel informatique", "article 48", "923-2015",
        "28 octobre 2015",
    ),
    "4.2": (
        "signature du contrat spécifique par les parties", "protection des données",
        "un autre contrat", "arrimer",
        "« Technologies de l’information (Catalogue d’offres infonuagiques) »",
        "analyse préliminaire", "« Services professionnels et techniques »",
        "gestion du changement",
    ),
    "4.3": ("composants", "consommation", "montant prévu", "durée", "politiques internes"),
    "4.4": ("exclus", "ne sont pas compris", "tarification"),
    "4.5": (
        "avenant", "gabarit", "article 4.13", "trois ans", "annexe modificative", "portée",
        "article 17 de la LCOP", "article 74 du RCTI",
        "« Directive concernant la reddition de comptes en gestion contractuelle »",
    ),
    "4.6": ("information inexacte", "nouveau volet", "refus de signer", "indisponibilité",
            "exigences de sécurité", "Une fois par année"),
    "4.7": (
        "« Liste des contrats conclus »", "six renseignements", "donneur d’ouvrage",
        "adjudicataire", "solutions", "envergure monétaire approximative", "date de début",
        "durée", "personne-ressource", "accord du client", "abonnée",
    ),
    "4.8": ("différends", "litiges", "risques"),
    "4.9": ("4.10", "4.11"),
    "4.10": ("chaque année", "rencontre annuelle"),
    "4.11": ("article 79 du RCTI", "section II", "grille", "principes directeurs", "rétroaction"),
    "4.12": (
        "avant la fin du contrat", "parallélisme", "avant la fin du contrat initial",
        "même fournisseur", "« Services professionnels et techniques »", "règlements",
        "« Technologies de l’information (Catalogue d’offres infonuagiques) »",
    ),
    "4.13": ("7 ans", "5 jours ouvrables", "courriel", "article 3.5", "article 4.3", "4.5"),
    "5": ("23 entrées", "5.1", "5.23"),
    "6": (
        BROKER, CEI, "418 643-5438", "1 888 588-5438", "ser.clientele@cag.gouv.qc.ca",
        "protection des renseignements personnels", "architectures cibles",
        "architectures génériques", "analyses de sécurité", "Centre d’acquisition gouvernemental",
    ),
    "5.1": ("596-2020", "10 juin 2020", "ITQ", "PCCTI", "nuage gouvernemental"),
    "5.2": ("configuration minimale", "article 2.3", "soumissions de prix", "engagement de"),
    "5.3": ("Courtier", "besoins"),
    "5.4": ("gratuit", "3.3.2", "3.3.3", "avant même de signer"),
    "5.5": ("exigences techniques minimales", "appel d’offres public", "résiliation", "documentée"),
    "5.6": ("capsules", "tutoriels", "générique", "exclu"),
    "5.7": ("Trois ans", "renouvellements"),
    "5.8": ("engagements minimaux", "quantités minimales", "durée minimale", "tarification"),
    "5.9": ("en parallèle", "plusieurs fournisseurs"),
    "5.10": ("appel d’intérêt", "requalifi", "chaque année", "résilier", "jusqu’à la fin"),
    "5.11": ("Non.",),
    "5.12": ("un autre contrat", "gestion du changement", "Portail d’approvisionnement"),
    "5.13": ("autorisation du Courtier", "document descriptif"),
    "5.14": ("« Responsabilités »", "entente-cadre"),
    "5.15": ("dirigeant d’organisme", "3.4", "au Catalogue"),
    "5.16": ("liste de diffusion", "3.2"),
    "5.17": ("Direction générale des services en gestion contractuelle", "section 6", "frais",
             "responsable des approvisionnements"),
    "5.18": ("au bas de la fiche", "Pour ITQ seulement", "CEI"),
    "5.19": ("approvisionnement", "4.1"),
    "5.20": ("renégocier", "reddition de comptes", "personnes-ressources"),
    "5.21": ("confidentialité", "moyens", "personnes-ressources"),
    "5.22": ("fournisseur", "une seule fois", "après la signature", "tarification"),
    "5.23": ("confidentiel", "abonnés"),
}  # fmt: skip

ANSWERS = {
    "5.1": "Non", "5.2": "Non", "5.8": "Non", "5.9": "Oui", "5.11": "Non", "5.12": "Non",
    "5.13": "Non", "5.14": "Non", "5.15": "Oui", "5.20": "Non", "5.21": "Non", "5.23": "Non",
}  # fmt: skip

RETENTION = (  # first cell has, kept for, sent to the broker
    ("appui du choix", "Pendant toute la durée du contrat", "Sur demande"),
    ("Justification", "7 ans", "Sur demande"),
    ("Contrat spécifique signé[^1]", "7 ans", "5 jours ouvrables après la signature par les"),
    ("Commandes", "7 ans", "Sur demande"),
    ("Avenant signé[^2]", "7 ans", "5 jours ouvrables après la signature par les parties"),
    ("évaluation du rendement", "7 ans", "5 jours ouvrables après la signature du dirigeant"),
    ("résiliation", "7 ans", "Aussitôt que la résiliation est effective"),
    ("Factures", "7 ans", "Sur demande"),
    ("Communications", "7 ans", "Sur demande"),
    ("différend", "7 ans", "Sur demande; aviser"),
)

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_HEADING = re.compile(r"^(#+) (?:(\d+(?:\.\d+)*)\. )?(.+)$", re.M)


class Section(NamedTuple):
    """A heading and what stands under it, up to the next heading."""

    number: str | None
    title: str
    level: int
    body: str

    @property
    def shown(self) -> str:
        """What a reader sees, with ordinary spaces."""
        return _COMMENT.sub("", self.body).replace(NBSP, " ")

    @property
    def pages(self) -> list[int]:
        """The official guide's pages, in order."""
        return [int(n) for n in re.findall(r"<!-- page: (\d+) -->", self.body)]

    def passages(self) -> Iterator[tuple[list[str], str]]:
        """(questions, text) of each passage; text that no questions announce comes with []."""
        for part in re.split(r"(?=<!-- questions:)", self.body):
            found = re.match(r"<!-- (questions:.*?)-->", part, re.S)
            questions = yaml.safe_load(found[1])["questions"] if found else []
            text = _COMMENT.sub("", part).strip()
            if text or questions:
                yield questions, text


@cache
def front(name: str) -> dict[str, Any]:
    """The front matter of a corpus document."""
    found: dict[str, Any] = yaml.safe_load((CORPUS / name).read_text("utf8").split("---\n")[1])
    return found


@cache
def sections(name: str) -> list[Section]:
    """The sections of a corpus document, in order."""
    body = (CORPUS / name).read_text("utf8").split("---\n", 2)[2]
    heads = list(_HEADING.finditer(body))
    ends = [h.start() for h in heads[1:]] + [len(body)]
    return [
        Section(h[2], h[3], len(h[1]), body[h.end() : end])
        for h, end in zip(heads, ends, strict=True)
    ]


def everything() -> list[Section]:
    return [*sections("guide.md"), *sections("faq.md")]


def text_of(number: str) -> str:
    """Text of a section, by number or title; an unnumbered sub-heading belongs to the one above."""
    parts: list[str] = []
    inside = False
    for section in everything():
        if section.number or section.level <= 2:
            inside = number in (section.number, section.title)
        if inside:
            parts += [section.title, section.shown]
    return "\n".join(parts).replace(NBSP, " ")


@pytest.mark.parametrize("name", ["guide.md", "faq.md"])
def test_front_matter_says_that_it_is_a_restatement(name: str) -> None:
    found = front(name)
    assert found["kind"] == name.removesuffix(".md")
    assert found["id"] == f"{found['kind']}-infonuagique-privee"
    assert str(found["version"]) == "2021-07-22"
    assert found["official"] is False
    assert found["label"] == LABEL
    assert found["label_en"] == "restated from the guide of 2021-07-22"
    assert (found["audience"], found["supplier"], found["lang"]) == ("client", None, "fr")
    assert sections(name)[0].title == found["title"]


def test_every_section_of_the_guide_is_there_once_and_in_order() -> None:
    numbers = [s.number for s in sections("guide.md") if s.number]
    assert set(GUIDE_SECTIONS) - set(numbers) == set()
    assert numbers == sorted(GUIDE_SECTIONS, key=lambda n: [int(p) for p in n.split(".")])


def test_the_faq_has_its_23_entries_in_order_each_a_question() -> None:
    entries = [s for s in sections("faq.md") if s.number]
    assert [s.number for s in entries] == FAQ_SECTIONS
    assert all(s.title.endswith("?") for s in entries)


def test_a_heading_has_the_level_of_its_number() -> None:
    for section in sections("guide.md"):
        if section.number:
            assert section.level == section.number.count(".") + 2, section.title


def test_pages_are_those_of_the_official_table_of_contents() -> None:
    found = {s.number: s.pages for s in sections("guide.md") if s.number}
    assert {n: found[n][:1] for n in GUIDE_PAGES} == {n: [p] for n, p in GUIDE_PAGES.items()}
    for name, first, last in (("guide.md", 3, 30), ("faq.md", 24, 29)):
        pages = [page for section in sections(name) for page in section.pages]
        assert pages == sorted(pages)
        assert (pages[0], pages[-1]) == (first, last)
    assert all(s.pages for s in everything() if s.level > 1)


def test_every_passage_has_two_to_five_questions_and_a_fair_length() -> None:
    for section in everything():
        for questions, text in section.passages():
            where = f"{section.number} {section.title}: {text[:60]}"
            assert 2 <= len(questions) <= 5, where
            assert all(isinstance(question, str) for question in questions), where
            assert text, where
            if "|---|" not in text:
                assert 15 <= len(text.split()) <= 150, where


def test_every_section_says_something() -> None:
    empty = [s.title for s in everything() if s.level > 1 and not s.shown.strip()]
    assert empty == ["Généralités", "Contacts"]


def test_no_question_is_asked_of_two_passages() -> None:
    asked = Counter(
        " ".join(words(question))
        for section in everything()
        for questions, _ in section.passages()
        for question in [*questions, *(q for row in row_questions(section) for q in row)]
    )
    assert [question for question, times in asked.items() if times > 1] == []


def row_questions(section: Section) -> list[list[str]]:
    """The questions of each row of a section's table."""
    found = re.search(r"<!-- (row-questions:.*?)-->", section.body, re.S)
    rows: list[list[str]] = yaml.safe_load(found[1])["row-questions"] if found else []
    return rows


def test_the_definitions_are_one_passage_a_term() -> None:
    section = next(s for s in sections("guide.md") if s.number == "1")
    found = [text.split("**")[1] for _, text in section.passages()]
    assert tuple(found) == TERMS


def test_the_contacts_are_one_passage_each() -> None:
    names = [s for s in sections("guide.md") if s.pages == [30] and s.level == 3]
    assert [s.title.split(" (")[0] for s in names] == [
        "Courtier en infonuagique",
        "Centre d’expertise en infonuagique",
        "Service à la clientèle",
    ]
    assert all(len(list(s.passages())) == 1 for s in names)


@pytest.mark.parametrize("number", FACTS)
def test_facts_stand_in_their_section(number: str) -> None:
    text = text_of(number).lower()
    wanted = FACTS[number]
    assert [fact for fact in wanted if fact.lower() not in text] == []


def test_every_section_has_facts_to_check() -> None:
    numbers = {*GUIDE_SECTIONS, *FAQ_SECTIONS} - {"2", "3.3"}
    assert numbers - set(FACTS) == set()


def test_a_yes_or_no_question_is_answered_at_once() -> None:
    for number, opening in ANSWERS.items():
        section = next(s for s in sections("faq.md") if s.number == number)
        assert re.match(rf"{opening}[.,]", section.shown.strip()), number


def test_the_retention_table() -> None:
    section = next(s for s in sections("guide.md") if s.number == "4.13")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.shown.splitlines()
        if line.startswith("| ")
    ]
    assert rows[0][:3] == [
        "Document visé",
        "Durée de conservation recommandée",
        "Transmission au Courtier",
    ]
    assert {len(row) for row in rows} == {5}
    assert len(rows) == len(RETENTION) + 1 == len(row_questions(section)) + 1
    for row, (document, kept, sent) in zip(rows[1:], RETENTION, strict=True):
        assert document in row[0]
        assert row[1].startswith(kept)
        assert sent in row[2]
        assert row[3] == "Par courriel"
    assert all(2 <= len(questions) <= 5 for questions in row_questions(section))
    assert len(re.findall(r"^\[\^[12]\]: ", section.shown, re.M)) == 2


def test_references_lead_to_a_section() -> None:
    known = {*GUIDE_SECTIONS, *FAQ_SECTIONS}
    for section in everything():
        found = re.findall(r"(?:voir|section|à|\() ?(\d\.\d+(?:\.\d+)?)\b", section.shown)
        assert set(found) <= known, section.title


def test_typography_is_that_of_quebec() -> None:
    for name in ("guide.md", "faq.md"):
        body = (CORPUS / name).read_text("utf8").split("---\n", 2)[2]
        shown = _COMMENT.sub("", body)
        wrong = {
            "straight apostrophe": r"'",
            "no space inside quotes": rf"«(?!{NBSP})|(?<!{NBSP})»",
            "space before a colon": rf"(?<=\w)(?<![0-9\]]):(?=\s)|(?<!{NBSP}) :(?=\s)",
            "space before ; ? !": rf"[ {NBSP}][;?!]",
            "two spaces": r"(?<=\S)  +",
        }
        for fault, pattern in wrong.items():
            found = re.search(pattern, shown)
            assert found is None, (name, fault, found and shown[found.start() - 40 : found.end()])


class _Strict(yaml.SafeLoader):
    """Refuses a key written twice, which YAML would silently overwrite."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = [key for key, times in Counter(keys).items() if times > 1]
    assert twice == [], f"written twice in lexique.yaml: {twice}"
    return loader.construct_mapping(node, deep=True)


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@cache
def lexicon() -> dict[str, Any]:
    """The lexicon as written."""
    text = (CORPUS / "lexique.yaml").read_text("utf8")
    found: dict[str, Any] = yaml.load(text, Loader=_Strict)
    return found


def test_the_lexicon_loads_and_has_its_five_sections() -> None:
    load_lexicon(CORPUS / "lexique.yaml")
    assert tuple(lexicon()) == SECTIONS
    least = dict(zip(SECTIONS, (60, 40, 50, 150, 30), strict=True))
    assert {name: len(lexicon()[name]) >= least[name] for name in SECTIONS} == dict.fromkeys(
        SECTIONS, True
    )


def test_the_lexicon_explains_itself_before_its_first_entry() -> None:
    head = (CORPUS / "lexique.yaml").read_text("utf8").split("synonymes:\n")[0]
    assert head.startswith("# LEXIQUE")
    assert all(name in head for name in SECTIONS)


def test_synonyms_are_groups_of_different_short_expressions() -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for group in lexicon()["synonymes"]:
        assert isinstance(group, list) and len(group) >= 2, group
        for name in group:
            assert isinstance(name, str), group
            assert 1 <= len(words(name)) <= LONGEST, name
            seen[tuple(words(name))] += 1
    assert [" ".join(name) for name, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("name", SECTIONS[1:])
def test_pairs_are_text_and_never_say_the_same_twice(name: str) -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for key, value in lexicon()[name].items():
        assert isinstance(key, str), key
        meanings = value if isinstance(value, list) else [value]
        assert meanings and all(isinstance(m, str) and m.strip() for m in meanings), key
        assert tuple(words(key)) not in {tuple(words(m)) for m in meanings}, key
        assert 1 <= len(words(key)) <= LONGEST, key
        seen[tuple(words(key))] += 1
    assert [" ".join(key) for key, times in seen.items() if times > 1] == []


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("c koi le POC", "banc d’essai"),
        ("reunion de lancement", "rencontre de démarrage"),
        ("devis", "soumission de prix"),
        ("sous-ministre", "dirigeant d’organisme"),
        ("amendement", "avenant"),
        ("CEI", "Centre d’expertise en infonuagique"),
        ("how long to keep invoices", "conserver factures"),
        ("are we eligible", "admissible"),
        ("mot de passe", "identifiant"),
        ("eligibility", "admissibilité"),
        ("kubernetes", "conteneur"),
    ],
)
def test_what_people_say_reaches_the_words_of_the_guide(asked: str, wanted: str) -> None:
    found = load_lexicon(CORPUS / "lexique.yaml").expand(words(asked))
    assert set(terms(wanted)) <= set(found)
