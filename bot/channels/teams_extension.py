"""The names of the message extension's commands, the same in the manifest and in the answers."""

from __future__ import annotations

SEARCH = "chercher"  # search: a question typed, results to choose from
ASK = "demander"  # action: a dialog with the question, from a message or an empty box
QUESTION = "question"  # the parameter of both
