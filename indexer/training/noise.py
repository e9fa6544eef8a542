"""What people do to a question in a chat window: chat spelling, typos, lost apostrophes.

Accents and capitals are not touched here: the student's tokenizer removes them.
"""

import re

import numpy as np

CHAT = (
    (r"\bqu['’]est[- ]ce que?\b", ("c quoi", "kes ke", "qu est ce que", "quest ce que")),
    (r"\best[- ]ce qu[e'’]\s?", ("est ce que ", "esque ", "")),
    (r"\bquelqu['’]un\b", ("qqun", "quelquun")),
    (r"\bquelque chose\b", ("qqch", "qq chose")),
    (r"\bquand\b", ("qd", "kan")),
    (r"\bcomment\b", ("cmt", "coment", "comment")),
    (r"\bpourquoi\b", ("pk", "prquoi")),
    (r"\bpour\b", ("pr", "pour")),
    (r"\bbeaucoup\b", ("bcp",)),
    (r"\bc['’]est\b", ("c", "cest")),
    (r"\bil faut\b", ("faut",)),
    (r"\bvous\b", ("vs", "vous")),
    (r"\bnous\b", ("ns", "on")),
    (r"\btoujours\b", ("tjrs",)),
    (r"\bmaintenant\b", ("mtn",)),
    (r"\bavec\b", ("ac", "avec")),
    (r"\bdans\b", ("ds", "dans")),
    (r"\bou\b", ("ou",)),
    (r"\bje (?=[a-zà-ÿ])", ("j ", "je ")),
)
INFINITIVE = re.compile(r"^[A-ZÀ-Ý][a-zà-ÿ]+(?:er|ir|re|oir)\b")
ASK_HOW = (
    "comment {}",
    "comment {} ?",
    "comment on fait pour {} ?",
    "comment faire pour {}",
    "je voudrais {}",
    "je dois {}, comment faire ?",
    "est-ce qu'on peut {} ?",
    "bonjour, comment {} svp ?",
    "peut-on {} ?",
)
ASK_WHAT = (
    "{} ?",
    "{} c'est quoi",
    "c'est quoi {} ?",
    "que dit-on de {} ?",
    "qu'est-ce qui est prévu pour {} ?",
    "je cherche des infos sur {}",
    "bonjour, une question sur {}",
    "{} : quelles sont les règles ?",
    "quelle est la règle pour {} ?",
    "comment ça marche {} ?",
    "{} svp",
)
KEYS = {
    "a": "qz", "e": "zr", "i": "uo", "o": "ip", "u": "yi", "s": "qd", "t": "ry", "r": "et",
    "n": "b", "l": "km", "d": "sf", "c": "xv", "p": "o", "m": "l",
}  # fmt: skip


def as_question(heading: str, rng: np.random.Generator) -> str:
    """A heading or marginal note put as a chat question, by one of a few templates."""
    if "?" in heading:
        return heading
    infinitive = INFINITIVE.match(heading) is not None
    templates = ASK_HOW if infinitive else ASK_WHAT
    body = heading[:1].lower() + heading[1:]
    return templates[int(rng.integers(len(templates)))].format(body)


def noisy(text: str, rng: np.random.Generator) -> str:
    """The text as it might be typed in haste: one or two of chat spelling, apostrophes, typos."""
    kinds = rng.permutation(3)[: 1 + int(rng.random() < 0.4)]
    for kind in kinds:
        if kind == 0:
            text = chat_spelling(text, rng)
        elif kind == 1:
            text = re.sub(r"['’]", "" if rng.random() < 0.5 else " ", text)
        else:
            text = typos(text, rng)
    return text


def chat_spelling(text: str, rng: np.random.Generator) -> str:
    """Common words shortened as in messages."""
    for pattern, choices in CHAT:
        if rng.random() < 0.7:
            chosen = choices[int(rng.integers(len(choices)))]
            text = re.sub(pattern, chosen, text, flags=re.IGNORECASE)
    return text


def typos(text: str, rng: np.random.Generator) -> str:
    """One slip in one or two words of five letters or more: swap, drop, double, wrong key."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    for index in rng.permutation(long)[: 1 + int(rng.random() < 0.3)]:
        word = words[int(index)]
        at = int(rng.integers(1, len(word) - 1))
        kind = int(rng.integers(4))
        if kind == 0:
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif kind == 1:
            word = word[:at] + word[at + 1 :]
        elif kind == 2:
            word = word[:at] + word[at] + word[at:]
        else:
            keys = KEYS.get(word[at].lower(), word[at])
            word = word[:at] + keys[int(rng.integers(len(keys)))] + word[at + 1 :]
        words[int(index)] = word
    return " ".join(words)
