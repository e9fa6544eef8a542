"""Numbers that were fitted on the development questions, in one place.

`catalogue-bot eval` measures them; benchmarks/calibrate.py fits them again. There are two sets,
since documents with many noted questions are found by these before anything else: fitted together,
each kind of documents would be served worse.
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
        "lexical": 1.09,
        "expansion": 0.2,
        "question": 1.17,
        "best": 1.36,
        "body": 0.21,
        "whole": 0.69,
        "cue": 0.12,
        "fiche": -2.59,
        "document": 0.0,
    },
    abstention={
        "bias": -2.51,
        "cosine": -0.57,
        "nearest": -2.43,
        "known": 0.94,
        "coverage": 3.54,
        "lexical": 0.44,
        "words": -1.58,
        "away": -10.78,
        "around": 8.09,
        "away_ten": -27.67,
        "asked": -4.69,
        "clear": 13.23,
        "asked_ten": 18.39,
        "text": 0.08,
        "three": 5.63,
        "score": 0.54,
        "others": 1.4,
        "wording": 0.66,
        "document": 0.0,
        "length": 4.98,
    },
    threshold=0.35,
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


def fitted(noted: bool) -> Fitted:
    """The numbers for documents with many noted questions, or for the others."""
    return NOTED if noted else PLAIN


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
