"""Whether a question leans on the one before it (« et pour ITQ ? », « ça coûte combien ? »)."""

from __future__ import annotations

import re

from knowledge.analysis import STOP, fold, words

SHORT = 9  # words: a longer question says by itself what it is about

_LEAD = re.compile(
    r"^\s*(?:et|pis|sinon|ou bien|and|what about|how about|m[eê]me (?:chose|question))\b[\s,]*",
    re.I,
)
_WITH = re.compile(
    r"^\s*(?:pour|chez|avec|for)\s+(?:(?:l|d)['’])?[\w'’. -]{2,40}\s*\?*\s*$"
    r"|^\s*m[eê]me\s+(?:si|pour|chez|quand)\b",
    re.I,
)
# « peut-on y mettre », « celle du CEI », « can it be renewed »: a word that stands for another
_FOR_ANOTHER = re.compile(
    r"(?<!il )\by\b(?! a\b)|\b(?:celui|celle|celles|ceux)\b(?!-)|\b(?:it|its|them|those)\b"
)
# Words that ask something of a subject and name none.
_ASKING = frozenset(
    """combien cout coute coutent couter cher gratuit gratuite prix payer montant obligatoire
    requis requise facultatif necessaire possible permis moment quand delai delais temps duree
    longtemps date avance formulaire document adresse courriel telephone numero lien contact
    joindre compris comprise inclus incluse inclut exemple exemples raison etape etapes ensuite
    apres avant fin debut sert servir consiste definition veut dire detail details vrai sur non
    meme chose cas exactement concretement prend prendre demander trouver envoyer ecrire
    cost costs much many long free mandatory required possible form address phone email number
    link example why included deadline date before after steps next exactly mean means""".split()
)

_ALONE = frozenset("pourquoi comment quand combien qui why how when who where".split())


def complete(text: str, previous: str | None) -> str:
    """A follow-up joined to the question before it; any other question unchanged."""
    if not previous or not leans(text):
        return text
    rest = _LEAD.sub("", text).strip()
    return f"{previous.strip().rstrip('?. ')} {rest}" if rest else text


def leans(text: str) -> bool:
    """Whether the question can't be understood without the one before it.

    >>> leans("ça coûte combien ?"), leans("et pour ITQ ?"), leans("peut-on y mettre nos données ?")
    (True, True, True)
    >>> leans("délai de livraison"), leans("c koi un avenant"), leans("y a-t-il un maximum ?")
    (False, False, False)
    """
    if _LEAD.search(text) or _WITH.search(text):
        return True
    said = [part for word in words(text) for part in word.split("-") if part]
    if not said or len(said) > SHORT:
        return False
    if _FOR_ANOTHER.search(fold(text)) and not re.match(r"\s*y\s+a\b", fold(text)):
        return True
    if all(word in _ALONE for word in said):
        return True
    return any(word in _ASKING for word in said) and all(
        word in STOP or word in _ASKING for word in said
    )
