"""Exit codes of `catalogue-bot`, documented in docs/commands.md."""

from __future__ import annotations

SUCCESS = 0  # done; for `ask`, also when the documents don't answer: the status says so
FAILURE = 1  # an error of the program's own, or of the machine (full disk, build under way)
USAGE = 2  # an option, a setting or the settings file is wrong
NO_INDEX = 3  # no index, or one that can't be used with these settings
BAD_INPUT = 4  # a question, a document or another input can't be used
PARTIAL = 5  # done, except for some documents or some lines
INTERRUPTED = 130  # stopped with Ctrl-C
BROKEN_PIPE = 141  # the reader of our output went away


def exit_code(problem: str) -> int:
    """The exit code for the key of a Problem."""
    if problem.startswith(("config.", "web.", "teams.", "slack.")):
        return USAGE
    if problem.startswith(("index_", "encoder_", "lexicon_")):
        return NO_INDEX
    if problem in ("build_busy", "disk_full", "out_unwritable"):
        return FAILURE
    return BAD_INPUT
