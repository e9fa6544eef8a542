"""Typed words → an answer to a question of a dialog, where they plainly mean one.

Sure or silent: what could mean two things, or a question of the user's own, means nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import Field as Default
from rapidfuzz.distance import OSA

from knowledge.analysis import fold
from knowledge.dialog import UNKNOWN, Option, Question
from knowledge.dialog_dates import read_date
from knowledge.dialog_numbers import read_number
from knowledge.dialog_values import Fault
from knowledge.lexicon import Lexicon
from knowledge.passages import Frozen

LONGEST = 4_000  # characters that are read

# How people say the choices that every dialog has; a choice's own `says` come on top.
USUAL: dict[str, tuple[str, ...]] = {
    "oui": ("oui", "ouais", "ui", "wi", "certainement", "tout à fait", "exact", "yes", "yep"),
    "non": ("non", "nan", "pas du tout", "no", "nope"),
    UNKNOWN: (
        *("je ne sais pas", "je sais pas", "sais pas", "aucune idée", "pas sûr", "pas certain"),
        *("jsp", "jpp", "à vérifier", "incertain", "i don't know", "don't know", "not sure"),
        *("i dont know", "dont know", "no idea", "dunno", "unsure", "idk"),
    ),
}
NEGATION = frozenset("ne n pas non jamais aucun aucune ni sans not no never don doesn isn".split())
_NUMBER = re.compile(r"^(?:(?:le|la|the|choix|option|numero|reponse|no|n|#)\s*)*#?(\d{1,2})[.)]?$")
_WORDS = re.compile(r"[a-z0-9]+(?:-[0-9]+)?")
_ASKS = re.compile(
    r"^(?:qu'?est[- ]ce|c'?est quoi|cest quoi|c koi|comment|pourquoi|quels?\b|quelles?\b|combien|"
    r"qui\b|ou est|ou sont|ou trouver|ou puis|quand|est[- ]ce|faut[- ]il|faut tu|peut[- ]on|"
    r"puis[- ]je|dois[- ]je|doit[- ]on|a quoi|que veut dire|que signifie|que se passe|definition|"
    r"explique|expliquez|what|how|why|when|where|who|which|can |do |does |is |are |should )"
)


def is_question(text: str) -> bool:
    """Whether the words ask something rather than answer."""
    plain = fold(text).strip()
    return plain.endswith("?") or bool(_ASKS.match(plain))


class Understood(Frozen):
    """What the words give to a question's fields, or what is wrong with what they give."""

    values: dict[str, str] = Default(default_factory=dict)
    faults: dict[str, Fault] = Default(default_factory=dict)


def understand(
    question: Question, text: str, today: date, lexicon: Lexicon | None = None
) -> Understood | None:
    """What the words answer, or None where they answer nothing.

    Only the question's first field must be understood; a date said along with a choice
    (« fait le 3 mars 2027 ») goes into the question's date, and texts asked together are told
    apart by commas.
    """
    text = text[:LONGEST].strip()
    lead = question.lead
    if not text:
        return None
    if lead.kind in ("choice", "choices"):
        return _chosen(question, text, today, lexicon)
    if lead.kind == "confirm":
        said = _choice(_CONFIRM, text, lexicon)
        if said is None:
            return None
        return Understood(values={lead.name: "yes" if said == "oui" else ""})
    if not lead.required and says_unknown(text):
        return Understood()
    if is_question(text):
        return None
    if lead.kind == "date":
        found = read_date(text, today)
        if isinstance(found, Fault):
            return Understood(faults={lead.name: found})
        return Understood(values={lead.name: found.isoformat()}) if found else None
    if lead.kind == "number":
        number = read_number(text, lead)
        return Understood(values={lead.name: number}) if number else None
    texts = [field.name for field in question.fields if field.kind == "text"]
    if len(texts) < 2:
        return Understood(values={lead.name: text})
    parts = [part.strip() for part in re.split(r"[,;\n]", text, maxsplit=len(texts) - 1)]
    return Understood(values=dict(zip(texts, parts, strict=False)))


def means(text: str, ways: Iterable[str]) -> bool:
    """Whether the whole message is one of these ways of saying a thing, slips allowed."""
    return _whole(_folded(text), [_folded(way) for way in ways])


def says_unknown(text: str) -> bool:
    """Whether the words say « je ne sais pas », in any of the ways people do."""
    return means(text, USUAL[UNKNOWN])


def _chosen(
    question: Question, text: str, today: date, lexicon: Lexicon | None
) -> Understood | None:
    lead = question.lead
    if lead.kind == "choices":
        parts = [p for p in re.split(r"[,;\n]|\bet\b|\band\b", text) if p.strip()]
        several = [_choice(lead.choices, part, lexicon) for part in parts]
        if not several or None in several:
            return None
        chosen = dict.fromkeys(value for value in several if value)
        return Understood(values={lead.name: "\n".join(chosen)})
    dated = next((field for field in question.fields if field.kind == "date"), None)
    value = _choice(lead.choices, text, lexicon)
    if value is None:
        return None
    values = {lead.name: value}
    found = read_date(text, today)
    if dated is None or found is None:
        return Understood(values=values)
    if isinstance(found, date):
        return Understood(values=values | {dated.name: found.isoformat()})
    return Understood(values=values, faults={dated.name: found})  # « fait le 31 février 2027 »


def _folded(text: str) -> str:
    """Words in lower case without accents, one space between; « ouiii » is « oui »."""
    found = re.sub(r"([a-z])\1{2,}", r"\1", fold(text))
    return " ".join(_WORDS.findall(found.replace("'", " ")))


def _ways(choice: Option) -> set[str]:
    """All the ways of saying a choice, folded."""
    labels = (choice.label.fr, choice.label.en)
    return {_folded(way) for way in (*labels, *choice.says, *USUAL.get(choice.value, ()))}


def _choice(choices: Sequence[Option], text: str, lexicon: Lexicon | None) -> str | None:
    """The value of the one choice that the words mean, or None."""
    said = _folded(text)
    number = _NUMBER.match(fold(text).strip())
    if number:
        place = int(number.group(1))
        return choices[place - 1].value if 1 <= place <= len(choices) else None
    for spoken in dict.fromkeys((said, _plain(said, lexicon))):
        for match in (_whole, _within):
            if match is _within and is_question(text):
                return None
            found = [choice.value for choice in choices if match(spoken, _ways(choice))]
            if len(found) == 1:
                return found[0]
            if found:
                return _nearest(spoken, choices, found)
    return None


def _plain(said: str, lexicon: Lexicon | None) -> str:
    """Chat spelling and anglicisms replaced."""
    return _folded(lexicon.plain(said.split(), english=False)) if lexicon else said


def _nearest(said: str, choices: Sequence[Option], found: Sequence[str]) -> str | None:
    """Among choices that all match, the one whose matching way is longest; None on a tie.

    « pas encore fait » holds « pas encore » and « fait »: the longer way says more.
    """
    lengths = sorted(
        (
            (
                max((len(w.split()), len(w)) for w in _ways(c) if _within(said, {w})),
                c.value,
            )
            for c in choices
            if c.value in found and any(_within(said, {w}) for w in _ways(c))
        ),
        reverse=True,
    )
    if not lengths or (len(lengths) > 1 and lengths[0][0] == lengths[1][0]):
        return None
    return lengths[0][1]


def _whole(said: str, ways: Iterable[str]) -> bool:
    """Whether the words are one of the ways, slips of the finger allowed."""
    return any(said == way or _alike(said.split(), way.split()) for way in ways)


def _within(said: str, ways: Iterable[str]) -> bool:
    """Whether one of the ways is said among other words, with no negation that is not its own."""
    heard = said.split()
    if {"oui", "yes"} & set(heard) and {"non", "no"} & set(heard):
        return False
    for way in ways:
        told = way.split()
        extra = [word for word in heard if word not in told]
        if len(extra) > 6 or {"ou", "or"} & set(extra):
            continue  # a sentence about something else, or two answers at once
        if NEGATION & set(extra) and not NEGATION & set(told):
            continue
        for start in range(len(heard) - len(told) + 1):
            if _alike(heard[start : start + len(told)], told):
                return True
    return False


def _alike(heard: Sequence[str], told: Sequence[str]) -> bool:
    """Word for word the same, one slip in a word of four letters, two in one of eight."""
    if len(heard) != len(told):
        return False
    for one, other in zip(heard, told, strict=True):
        if one == other:
            continue
        bound = 0 if len(other) < 4 or not other.isalpha() else 1 if len(other) < 8 else 2
        if one[0] != other[0] or OSA.distance(one, other, score_cutoff=bound) > bound:
            return False
    return True


_CONFIRM = tuple(
    Option.model_validate({"value": value, "label": {"fr": value, "en": value}})
    for value in ("oui", "non")
)
