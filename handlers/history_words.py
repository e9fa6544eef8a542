"""Which messages ask about the documents' history, and about what: patterns over folded words.

A message is taken only when the whole of it is such a question: « qu'est-ce qui change si … » and
« modifications interdites au contrat » are questions about the rules.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from knowledge.analysis import words
from knowledge.passages import Frozen
from knowledge.since import since

LONGEST = 200  # characters; a longer message asks more than this
MOST_WORDS = 7  # of a name


class HistoryAsk(Frozen):
    """What is asked: the changes since a day, or the two latest versions side by side."""

    kind: Literal["changes", "compare"]
    name: str = ""  # folded, as typed; empty: everything
    sure: bool = True  # the words say that it is a supplier or a sheet, not just « pour … »
    since: date | None = None


# No two alternatives of a repeated group may match the same words (« de la » beside « de » and
# « la »): the time would double with every word.
_ASIDE = re.compile(
    r"^(?:(?:bonjour|salut|allo|bonsoir|hello|hi|hey|et|svp|please|stp|dis(?:-| )moi"
    r"|dites(?:-| )moi|(?:peux|pouvez)(?:-| )(?:tu|vous)(?: me)?(?: dire| montrer)?"
    r"|(?:can|could) you(?: tell me| show me)?|tell me|je (?:veux|voudrais|souhaite) savoir"
    r"|aimerais savoir|i (?:want|would like) to know|resume(?:z)?(?:-| )moi"
    r"|montre(?:z)?(?:-| )moi|show me)(?: |$))+"
)
_END = re.compile(
    r"(?: (?:svp|stp|merci|please|thanks|s il (?:te|vous) plait|recemment|dernierement"
    r"|recently|lately|au juste|exactement|so far))+$"
)

_OF = (
    r"(?:chez|de|des|du|d|l|la|le|les|pour|au|aux|a|dans|of|for|from|at|in|to|on|the"
    r"|fournisseur|supplier|s)"
)
_SHEET = r"(?:fiches?|sheets?|datasheets?)"
_PAPER = (
    r"(?:catalogues?|catalogs?|guide(?: de utilisateur)?|user guide|faq|documents?|documentation)"
)
_NAME = r"(?P<name>\S.*?)"
_ABOUT = (
    rf"(?: (?:(?:{_OF} )*(?:derniere |nouvelle |latest |new )?{_SHEET}(?: {_OF})*(?: {_NAME})?"
    rf"|(?:{_OF} )+(?P<paper>{_PAPER})"
    rf"|(?:chez|at|du cote de|avec|with)(?: {_OF})* (?P<at>\S.*?)"
    rf"|(?:in|to|on|for)(?: the)? (?P<owner>\S.*?)(?: s)? {_SHEET}"
    rf"|(?:pour|for|from) (?P<maybe>\S.*?)))?"
)
_DONE = r"(?:change|bouge|evolue|(?:ete )?(?:modifie|ajoute|mis a jour))"
_NEWS = (
    r"(?:changements?|modifications?|nouveautes?|mises? a jour|evolutions?|changes?|updates?|news)"
)
_LAST = r"(?:deux|2|two|both|dernieres?|last|latest|most recent|plus recentes?|les|the|des)"
_VERSIONS = r"(?:fiches?|versions?|editions?|sheets?|datasheets?)"
_ASKING = r"(?:(?:est-ce que|y|il|a-t-il|y-a-t-il|a|t-il) )*"
_LISTING = r"(?:(?:quels?|quelles?|sont|est|les|le|la|tous|toutes|the|all|listez?|what|are|voir) )*"

_CHANGES = tuple(
    re.compile(rf"(?:{head}){_ABOUT}")
    for head in (
        r"(?:(?:est-ce|quest-ce|est|ce|quoi|kess|kesse|que|qu|c) )*qui (?:a|ont) "
        rf"(?:donc |bien |tu )?{_DONE}",
        r"(?:quoi|koi|kwa) (?:de )?(?:neuf|nouveau)",
        rf"{_ASKING}(?:du|quelque chose de|quelquechose de|rien de) (?:neuf|nouveau)",
        rf"{_ASKING}(?:des|de) nouveautes",
        r"what(?: s| is| has| have)?(?: been)? (?:changed|new|updated|modified)",
        r"(?:is there |are there )?(?:anything|something) new",
        r"(?:is there |are there )?any (?:news|changes|updates)",
        rf"{_LISTING}(?:nouveautes|(?:derniere?s |latest |recents? |last )+{_NEWS})",
    )
)
# These say so little that a day, or a document, must come along.
_VAGUE = (
    re.compile(rf"{_LISTING}(?:des )?{_NEWS}(?: recente?s?| apportee?s?| survenue?s?)?{_ABOUT}"),
    re.compile(
        rf"(?:est-ce que )?(?:les? |la )?(?:{_SHEET}(?: {_OF})*(?: {_NAME})?|(?P<paper>{_PAPER}))"
        rf" (?:a|ont|a-t-(?:il|elle)|ont-(?:ils|elles))(?: tu)? {_DONE}(?:e?s?)"
    ),
    re.compile(
        rf"ha(?:s|ve) (?:the )?(?:(?P<paper>{_PAPER})|(?:(?P<owner>\S.*?)(?: s)? )?{_SHEET}) "
        r"(?:changed|been (?:updated|changed|modified))"
    ),
)
_BETWEEN = r"(?:compare[rz]?|differences? (?:entre|between))(?:-moi)?"
_ASKED = r"(?:(?:quelles?|est|sont|what|is|are|la|les|the) )*"
_WHOSE = rf"(?: (?:de|du) (?P<paper>{_PAPER})|(?: {_OF}| {_SHEET})*(?: {_NAME})?)"
_COMPARE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_BETWEEN}(?: {_LAST})+ {_VERSIONS}(?: {_OF})+ (?P<owner>\S.*?)(?: s)? {_SHEET}",
        rf"{_BETWEEN}(?: la| l)? (?:derniere|nouvelle|ancienne) {_SHEET}(?: {_OF})*(?: {_NAME})?"
        r" (?:et|avec|a) (?:la |l )?(?:precedente|ancienne|nouvelle|version precedente"
        r"|version d avant|celle d avant)",
        rf"(?:compare[rz]?|comparaison|comparison)(?:-moi)?(?: {_OF}| entre| between)*"
        rf"(?: {_LAST})+ {_VERSIONS}{_WHOSE}",
        rf"{_ASKED}differences? (?:entre|between)(?: {_LAST})+ {_VERSIONS}{_WHOSE}",
        rf"(?P<owner>\S.*?)(?: s)? differences? (?:entre|between)(?: {_LAST})+ {_VERSIONS}",
        rf"{_BETWEEN} (?:l |la )?(?:ancienne|nouvelle) (?:et|avec|a) (?:l |la )?"
        rf"(?:ancienne|nouvelle) {_SHEET}(?: {_OF})*(?: {_NAME})?",
        rf"compare (?:the )?(?:old|new) and (?:the )?(?:old|new) {_SHEET}(?: {_OF})*(?: {_NAME})?",
    )
)
_NOT_NAMES = re.compile(r"^(?:nous|moi|eux|toi|mon|ma|mes|notre|nos|leur|leurs|us|our|my|me)\b")
_EVERYTHING = re.compile(
    r"^(?:vous|you|le courtier|courtier|itq|the broker|le catalogue|catalogue|tous les fournisseurs"
    r"|les fournisseurs|tous|all suppliers|the suppliers|suppliers|fournisseurs|tout le monde)$"
)


def asked(text: str | None, today: date) -> HistoryAsk | None:
    """What a message asks about the history, or None where it is anything else."""
    if not text or len(text) > LONGEST:
        return None
    plain = _ASIDE.sub("", " ".join(words(text)))
    named = since(plain, today)
    rest = _END.sub("", _ASIDE.sub("", named.rest if named else plain)).strip()
    day = named.day if named else None
    if not named:
        for pattern in _COMPARE:
            if match := pattern.fullmatch(rest):
                return _ask("compare", match, None)
    for pattern in _CHANGES:
        if match := pattern.fullmatch(rest):
            return _ask("changes", match, day)
    for pattern in _VAGUE:
        match = pattern.fullmatch(rest)
        if match and (named or rest != plain or _about(match)):
            return _ask("changes", match, day)
    return None


def _about(match: re.Match[str]) -> str:
    found = match.groupdict()
    return found.get("at") or found.get("name") or found.get("owner") or found.get("paper") or ""


def _ask(
    kind: Literal["changes", "compare"], match: re.Match[str], day: date | None
) -> HistoryAsk | None:
    name = _about(match)
    maybe = match.groupdict().get("maybe") or ""
    sure = not maybe
    name = name or maybe
    if _NOT_NAMES.search(name) or len(name.split()) > MOST_WORDS:
        return None
    if _EVERYTHING.search(name):
        name = ""
    return HistoryAsk(kind=kind, name=name, sure=sure, since=day)
