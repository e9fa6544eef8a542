"""French text analysis for the lexical side: folding, elision, stemming, stop words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

_ELISION = re.compile(
    r"\b(?:l|d|j|m|n|s|t|c|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu)['’](?=\w)", re.I
)
_STEM = Stemmer.Stemmer("french")
_WORD = re.compile(r"[a-z0-9]+(?:[.@/_-][a-z0-9]+)*")
_PIECE = re.compile(r"[a-z0-9]+")

STOP = frozenset(
    """a ai aie au aucun aucune aussi autre autres aux avec avoir bien c ca car ce ceci cela celle
    celles celui ces cet cette ceux chez ci comme comment d dans de des du dois doit donc dont elle
    elles en encore es est et etaient etait ete etes etre eu eux fait faire faut fois font hors il
    ils j je l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni nos notre nous on ont
    ou par parce pas peu peut peux plus pour pourquoi pouvons puis qu quand que quel quelle quelles
    quels qui quoi s sa sans se sera serait ses si soit son sont suis sur t ta te tes toi ton tous
    tout toute toutes tres tu un une va veut vos votre vous y etant lors ainsi afin alors apres
    the of to and is are in for what how do does can i we my our an be it on with this that who
    which when where there have has need any you your us or if from by at not about
    salut bonjour svp merci stp please hello hi""".split()
)
# Stop words for matching that still tell what kind of answer is wanted are read by answer.py
# from the question's own words, before this list is applied.

ENGLISH = frozenset(
    """the of to and is are what how do does can we my our an be it with this that who which when
    where there have has need any you your from by at not about should must will i a for in long
    many much does did was were would could their they he she before after us on or if""".split()
)
FRENCH = frozenset(
    """le la les un une des du de et est sont que qui quoi comment quel quelle quels quelles pour
    dans sur avec nous vous je on il elle mon ma mes notre nos votre vos ce cette ces au aux par
    pas ne se sa son ses peut peux faut dois doit combien ou en c j l d""".split()
)


def fold(text: str) -> str:
    """Lower case, accents and ligatures undone, typographic signs made plain."""
    text = unicodedata.normalize("NFKD", text).lower()
    plain = text.replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    if plain.isascii():
        return plain
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return unicodedata.normalize("NFKD", kept)


def words(text: str) -> list[str]:
    """Folded words in order, elisions cut; « 3.4.4 » and an e-mail address stay one word."""
    return _WORD.findall(_ELISION.sub("", fold(text)))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """French Snowball stem of a folded word; figures and compounds are left alone."""
    if not word.isalpha() or len(word) < 4:
        return word
    return str(_STEM.stemWord(word))


@lru_cache(maxsize=16_384)
def terms(text: str) -> tuple[str, ...]:
    """The stems that the lexical index holds: stop words left out, compounds also in parts.

    « courrier@itq.gouv.qc.ca » gives itself and its parts, so that either finds it. Kept for the
    texts met last: the same sentences are read again at every question.
    """
    return tuple(stems(words(text)))


def stems(found: Iterable[str]) -> Iterable[str]:
    """Stems of folded words, as `terms`."""
    for word in found:
        if word.isalpha() or word.isdigit():
            if word not in STOP:
                yield stem(word)
        else:
            yield word
            yield from (stem(part) for part in _PIECE.findall(word) if part not in STOP)


def looks_english(text: str) -> bool:
    """Whether the function words of a question are English rather than French."""
    found = words(text)
    english = sum(word in ENGLISH for word in found)
    french = sum(word in FRENCH for word in found) + bool(re.search(r"[éèêàùçôîû]", text.lower()))
    return english > french
