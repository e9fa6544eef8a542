"""Front matter: the YAML lines between two « --- » at the top of a Markdown or text file."""

from __future__ import annotations

import re

import yaml

from knowledge.phrases import Problem

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.S)


def split_front(text: str, name: str) -> tuple[dict[str, object], str]:
    """(fields, the text after them); no fields when the text has no front matter.

    Raises Problem when the lines aren't a YAML mapping; `name` is the file's, for the sentence.
    """
    found = _FRONT.match(text)
    if not found:
        return {}, text
    try:
        fields = yaml.safe_load(found[1])  # in Python: the C library names the line less exactly
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise Problem("front_broken", file=name, line=line) from error
    if fields is None:
        fields = {}
    if not isinstance(fields, dict) or not all(isinstance(key, str) for key in fields):
        raise Problem("front_broken", file=name, line=1)
    return fields, text[found.end() :]
