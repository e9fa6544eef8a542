"""Numbers that were fitted on the development questions, in one place.

`catalogue-bot eval` measures them; benchmarks/calibrate.py fits them again. There are three
sets: documents with many noted questions are found by these before anything else, and in a
collection of sheets the question's words first of all name the sheet. Fitted together, each kind of
documents would be served worse.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fitted:
    """What ranks passages and what decides whether they answer at all."""

    # Weight of each standardised signal in the fused score (retrieval.SIGNALS).
    ranking: dict[str, float]
    # Logistic model of « the documents answer this »: « bias » and answer.Evidence → weight.
    abstention: dict[str, float]
    # Below this probability nothing is answered.
    threshold: float


# For documents with many noted questions, such as the guide.
NOTED = Fitted(
    ranking={
        "lexical": 1.15,
        "expansion": 0.12,
        "question": 1.27,
        "best": 1.38,
        "body": 0.32,
        "whole": 0.77,
        "cue": 0.18,
        "fiche": -2.59,
        "document": 0.0,
    },
    abstention={
        "bias": -7.21,
        "cosine": 1.5,
        "nearest": 1.11,
        "known": 1.16,
        "coverage": 3.59,
        "lexical": 0.44,
        "words": -0.43,
        "away": -12.68,
        "around": -1.03,
        "away_ten": -11.86,
        "asked": -2.06,
        "clear": 6.57,
        "asked_ten": 14.89,
        "text": 1.87,
        "three": 8.81,
        "score": 0.73,
        "others": -2.54,
        "wording": 0.82,
        "document": 0.0,
        "length": 3.72,
    },
    # the lowest that refuses 0.95 of what is out of scope, by five folds
    threshold=0.25,
)

# For documents without, or with a few, such as the supplier sheets.
PLAIN = Fitted(
    ranking={
        "lexical": 0.63,
        "expansion": 0.43,
        "question": 0.95,
        "best": 1.29,
        "body": 0.28,
        "whole": 0.83,
        "cue": 0.21,
        "fiche": -2.58,
        "document": 0.0,
    },
    abstention={
        "bias": -8.26,
        "cosine": 5.65,
        "nearest": -7.78,
        "known": 0.98,
        "coverage": 2.01,
        "lexical": -0.45,
        "words": 1.97,
        "away": -5.67,
        "around": -2.75,
        "away_ten": 0.0,
        "asked": 7.83,
        "clear": -17.36,
        "asked_ten": 0.0,
        "text": 18.37,
        "three": -2.2,
        "score": 0.44,
        "others": 2.31,
        "wording": 0.0,
        "document": 0.0,
        "length": 0.0,
    },
    threshold=0.15,
)

# For those in a collection of sheets: Revision.sheets.
SHEETS = Fitted(
    ranking={
        "lexical": 0.04,
        "expansion": 0.12,
        "question": 0.95,
        "best": 0.19,
        "body": 1.15,
        "whole": 1.36,
        "cue": -0.02,
        "fiche": -2.58,
        "document": 0.61,
    },
    abstention={
        "bias": -17.61,
        "cosine": 16.43,
        "nearest": -5.12,
        "known": 0.99,
        "coverage": 2.23,
        "lexical": -1.99,
        "words": -0.65,
        "away": -2.38,
        "around": 5.24,
        "away_ten": 0.0,
        "asked": 0.0,
        "clear": 0.0,
        "asked_ten": 0.0,
        "text": -5.12,
        "three": 5.16,
        "score": -0.9,
        "others": 10.58,
        "wording": 0.0,
        "document": 2.85,
        "length": 8.3,
    },
    threshold=0.1,
)


def fitted(noted: bool, sheets: bool) -> Fitted:
    """The numbers for documents with many noted questions; for the others, those of a collection of
    sheets where they are in one."""
    if noted:
        return NOTED
    return SHEETS if sheets else PLAIN


# Weight of what speaks for a sentence as the short answer (excerpt.unit_scores).
EXCERPT: dict[str, float] = {
    "cosine": 1.0,
    "shared": 0.3,
    "cue": 0.1,
    "lead": 0.05,
    "noted": 1.2,
}

# Scores this near the best one are another reading of a very short question.
READING_MARGIN = 0.5
