"""What can be asked at all: cleans a typed question, refuses what can't be one with a sentence."""

from __future__ import annotations

import unicodedata

from knowledge.passages import Answer
from knowledge.phrases import Problem

LONGEST = 2000  # characters; a long e-mail fits, a pasted document doesn't


def clean_question(raw: str) -> str:
    """The question on one line without control characters.

    Raises Problem: `question.empty`, `question.long`, `question.binary`, `question.wordless`.
    """
    if not raw.strip():
        raise Problem("question.empty")
    # Judged before its length: half a megabyte of a picture is not « too long », it's not text.
    if any(is_binary(char) for char in raw):
        raise Problem("question.binary")
    text = " ".join(printable(raw).split())
    if len(text) > LONGEST:
        raise Problem("question.long", length=len(text), longest=LONGEST)
    if not any(char.isalnum() for char in text):
        raise Problem("question.wordless")
    return text


def is_binary(char: str) -> bool:
    """NUL, the replacement character and lone surrogates are what undecodable bytes leave."""
    return char in "\0\ufffd" or unicodedata.category(char) == "Cs"


def printable(text: str) -> str:
    """The text with control characters (ANSI escapes' ESC, bells …) turned into spaces.

    New lines and tabs stay. Direction overrides, which can disguise text, go as well."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) != "Cc" else " "
        for char in text
        if char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    )


def refusal(question: str, problem: Problem, lang: str) -> Answer:
    """The answer to something that can't be a question."""
    return Answer(question=question, lang=lang, status="refused", note=problem.text(lang))
