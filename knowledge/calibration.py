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
        "lexical": 1.22,
        "expansion": 0.4,
        "question": 1.16,
        "best": 1.41,
        "body": 0.14,
        "whole": 0.64,
        "cue": 0.15,
        "fiche": -2.59,
    },
    abstention={
        "bias": -4.6,
        "cosine": 6.55,
        "nearest": 0.51,
        "known": 1.59,
        "coverage": 4.13,
        "lexical": 1.09,
        "words": 3.6,
        "away": -6.91,
        "around": -16.34,
        "away_ten": -14.3,
        "asked": -1.39,
        "clear": 4.78,
        "asked_ten": 20.07,
        "text": 0.21,
        "three": 4.84,
        "score": 0.07,
        "others": -4.48,
    },
    threshold=0.33,
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
    },
    abstention={
        "bias": -1.91,
        "cosine": 7.99,
        "nearest": 2.01,
        "known": 1.76,
        "coverage": 2.97,
        "lexical": 1.44,
        "words": 6.01,
        "away": -3.11,
        "around": -24.36,
        "away_ten": 0.0,
        "asked": -2.56,
        "clear": 6.09,
        "asked_ten": 0.0,
        "text": -0.39,
        "three": 8.29,
        "score": -0.98,
        "others": 6.03,
    },
    threshold=0.35,
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
