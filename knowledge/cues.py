"""What kind of answer a question wants (a delay, an address, a yes or no …) and who gives it."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import fold

_NUMBER = r"\d|\b(?:un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quinze|vingt|trente)\b"
_UNIT = r"\b(?:jours?|ans?|annees?|mois|semaines?|heures?|ouvrables?|echeance|delai|duree)\b"
# What kind of answer a question wants → what a sentence that gives it looks like.
CUES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(
            r"combien de (?:temps|jours|mois|annees|ans)|delai|duree|quand|longtemps|echeance"
            r"|how long|how many days|when|deadline|jusqu'a"
        ),
        re.compile(rf"(?:{_NUMBER}).*{_UNIT}|aussitot|toute la duree"),
    ),
    (
        re.compile(r"combien|quel (?:montant|prix|nombre)|how (?:much|many)|minimum|maximum"),
        re.compile(rf"{_NUMBER}|aucun"),
    ),
    (
        re.compile(r"adresse|courriel|e-?mail|mail|contact|ecrire|joindre|rejoindre|envoyer|write"),
        re.compile(r"@|https?://|\b\d{3}[ -]\d{4}"),
    ),
    (
        re.compile(r"telephone|numero|phone|appeler|call\b"),
        re.compile(r"\b\d{3}[ \u00a0-]\d{3}[ -]\d{4}|\b\d{3}[ -]\d{4}"),
    ),
    (re.compile(r"lien\b|site|url|ou (?:trouver|est|se trouve)|link|where"), re.compile(r"http|«")),
    (
        re.compile(r"\b(?:article|loi|decret|reglement|act|law|section)\b"),
        re.compile(r"\b(?:articles?|art\.|decret|chapitre|loi|directive)\b.*\d"),
    ),
    (
        re.compile(
            r"^(?:est[- ]ce|peut|puis|doit|dois|faut|can|may|do|does|is|are|must|should|on peut"
            r"|avons|pouvons|devons|as-tu|y a-t-il|a-t-on)|\b(?:est-ce que|peut-on|faut-il|peut-tu"
            r"|j'ai le droit|possible|obligatoire|obliges?)\b"
        ),
        re.compile(r"^(?:oui|non)\b|\b(?:ne \w+ pas|aucun\w*|obligatoire|seul\w*|uniquement)\b"),
    ),
)


def wants(question: str) -> NDArray[np.float32]:
    """Which kinds of answer the question wants, (len(CUES),), 1 or 0."""
    asked = fold(question)
    return np.array([bool(want.search(asked)) for want, _ in CUES], dtype=np.float32)


@lru_cache(maxsize=16_384)
def gives(text: str) -> NDArray[np.float32]:
    """Which kinds of answer a text gives, (len(CUES),), 1 or 0."""
    said = fold(text)
    return np.array([bool(give.search(said)) for _, give in CUES], dtype=np.float32)
