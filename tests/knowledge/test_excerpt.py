"""Which words of a passage are quoted."""

from __future__ import annotations

import numpy as np

from knowledge.excerpt import choose, join
from knowledge.passages import Passage
from knowledge.views import sentences

SENTENCES = [
    "Le Courtier prépare les avenants à partir de son gabarit, que la clientèle ne remplit pas.",
    "Une fois signé par le client et par le fournisseur, l’avenant est remis en copie au Courtier.",
    "Certaines modifications restent impossibles, dont la prolongation au-delà de trois ans.",
]
PASSAGE = Passage(document="guide@-", position=0, section="4.5", text=" ".join(SENTENCES * 2))


def quoted(noted: list[float]) -> str:
    """What is quoted when all sentences are alike but for the questions noted for them."""
    alike = np.full(6, 0.5, dtype=np.float32)
    likeness = np.array(noted, dtype=np.float32)
    return choose(PASSAGE, "c koi la suite", [], alike, likeness).text


def test_a_question_noted_for_a_sentence_brings_that_sentence() -> None:
    assert quoted([0, 0, 0.9, 0, 0, 0]).count(SENTENCES[2]) == 1
    assert SENTENCES[1] in quoted([0, 0, 0, 0, 0.9, 0])


def test_a_noted_question_that_is_hardly_alike_says_nothing() -> None:
    assert quoted([0, 0, 0.3, 0, 0, 0.3]) == quoted([0.0] * 6)


def test_items_left_out_are_shown_to_be() -> None:
    items = [f"- le point {name} est un élément de la liste;\n" for name in "abcd"]
    text = "Quatre points sont à voir :\n" + "".join(items) + "La suite."
    spans = [(text.index(item), text.index(item) + len(item) - 1) for item in items]
    lead = (0, text.index("\n"))
    assert "[…]" not in join(text, [lead, *spans])
    assert join(text, [lead, *spans[:2]]).endswith("point b est un élément de la liste;\n[…]")
    gap = join(text, [lead, spans[0], spans[3]])
    assert gap.count("[…]") == 1 and "liste;\n[…]\n- le point d" in gap


def best(text: str, place: int) -> str:
    """What is quoted of the text when its sentence number `place` is the most alike."""
    passage = Passage(document="guide@-", position=0, section="6", text=text)
    count = len(sentences(text))
    alike = np.where(np.arange(count) == place, 0.9, 0.1).astype(np.float32)
    return choose(passage, "qui valide", [], alike, np.zeros(count, dtype=np.float32)).text


WHO = "Le Centre d’expertise se joint par courriel, à info@exemple.test."
FIRST = "La présente section ne traite que des organismes publics."


def test_a_sentence_that_refers_back_brings_the_one_before() -> None:
    for back in ("Il sert les organismes publics.", "Celui-ci répond aux organismes visés."):
        assert best(f"{FIRST} {WHO} {back}", 2) == f"{WHO} {back}"
    listed = f"{FIRST} {WHO} Il peut, pour eux :\n- valider les architectures;\n- les approuver."
    assert best(listed, 3).startswith(f"{WHO} Il peut, pour eux :\n- valider les architectures;")


def test_a_pronoun_that_stands_for_nobody_brings_nothing() -> None:
    for alone in (
        "Il faut une autorisation avant de signer.",
        "Il n’est pas obligatoire d’y aller.",
    ):
        quoted = best(f"{WHO} {FIRST} {alone}", 2)
        assert quoted.endswith(alone) and FIRST not in quoted, "the next best is another sentence"


def test_what_refers_back_too_far_is_quoted_alone_when_it_is_the_best() -> None:
    long = "Le Centre d’expertise " + "très " * 70 + "loin se joint par courriel."
    assert best(f"{long} Il sert les organismes publics.", 1) == "Il sert les organismes publics."
