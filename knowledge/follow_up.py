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
# « elle sert à quoi », « cela inclut-il », « je la transmets où », « leur courriel »: a pronoun
# leans on the question before when no word of this one stands before it
_POINTING = re.compile(
    r"\b(?:elles?|ils?|cela|ceci|leurs?|lui|dedans|la-dessus|ce dernier|cette derniere"
    r"|they|he|she|their)\b"
    r"|\b(?:ca|c'est|c|est-ce)(?= (?:\w+ )?(?:inclu|compren|compt|couvr|s'applique|vaut|dure|prend"
    r"|change|coute|obligatoire|requis|payant|gratuit|permis|possible|bon pour|valable))"
    r"|\b(?:je|tu|on|nous|vous|ils?|elles?|qui|faut) (?:la|les?|l') ?(?!meme|plus|moins|droit)"
    r"(?=\w{3})"
    r"|(?<!a)(?<!a-t)-(?:on|nous|vous|je|il|elle|tu) (?:la|les?|l') ?(?=\w+(?:er|ir|re|oir)\b)"
    r"|\bl'(?!atelier|avenir|autre|offre)\w+(?:er|ir|oir|endre|ettre|oire)\b"
    r"|\b(?:does|is|can|was|will|would|do|did|has|have|should|must|are) (?:that|this|these)\b"
)
# « il » that stands for nothing: « il faut », « y a-t-il », « est-il possible »
_ACTS = r"faut|fallait|faudra\w*|existe|se peut|s'agit|reste|manque|suffit|fait|pleut|neige"
_IS = r"possible|obligatoire|necessaire|permis|interdit|vrai|utile|mieux|prevu|requis"
_IMPERSONAL = re.compile(
    rf"\bil (?:n'y a|y a|{_ACTS})\b|\bil (?:n'est pas|est|serait|vaut) (?:{_IS})"
    rf"|\b(?:y a(?:ura)?|{_ACTS})[- ](?:t-)?il\b|\b(?:est|serait|vaut)-il (?:{_IS})"
    r"|\b(?:peut|doit)-il y avoir\b|\by a-tu\b"
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

# Before a pronoun these name no subject it could stand for: participles, verbs, question words.
_BEFORE = STOP | frozenset(
    """une fois remplie rempli remplis signe signee obtenue obtenu recue recu prete pret complete
    completee peut pouvons devons doit doivent puis faut avez avons quel quelle quels
    quelles itq est sont what when how where which can does are should must""".split()
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
    if all(word in _ALONE for word in said) or _points(fold(text)):
        return True
    return any(word in _ASKING for word in said) and all(
        word in STOP or word in _ASKING for word in said
    )


def _points(text: str) -> bool:
    """Whether a pronoun comes before any word that it could stand for.

    >>> _points("elle sert a quoi au juste ?"), _points("cela inclut-il les renouvellements ?")
    (True, True)
    >>> _points("le formulaire, qui le signe ?"), _points("faut-il un appel d'offres ?")
    (False, False)
    """
    text = _IMPERSONAL.sub(" ", text)
    found = _POINTING.search(text)
    if not found:
        return False
    before = [part for word in words(text[: found.start()]) for part in word.split("-")]
    return not any(len(word) > 2 and word not in _BEFORE for word in before)
