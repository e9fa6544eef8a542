"""Numbers that were fitted on the development questions, in one place.

`catalogue-bot eval` measures them; benchmarks/calibrate.py fits them again.
"""

from __future__ import annotations

# Weight of each standardised signal in the fused score (retrieval.SIGNALS).
RANKING: dict[str, float] = {
    "lexical": 0.57,
    "expansion": 0.38,
    "question": 0.8,
    "best": 1.15,
    "body": 0.34,
    "whole": 0.72,
    "cue": 0.26,
    "fiche": -2.42,
}

# Logistic model of « the documents answer this »: answer.EVIDENCE → weight.
ABSTENTION: dict[str, float] = {
    "bias": 1.91,
    "cosine": 3.76,
    "nearest": 4.43,
    "known": 0.63,
    "coverage": 4.28,
    "lexical": 0.21,
    "words": 0.81,
    "away": -11.94,
    "around": -10.53,
    "asked": 3.77,
    "clear": 2.29,
    "text": 1.43,
    "three": 3.95,
    "noted": -3.47,
    "score": -0.21,
    "others": 2.9,
}
ABSTENTION_THRESHOLD = 0.3

# Weight of what speaks for a sentence as the short answer (excerpt.unit_scores).
EXCERPT: dict[str, float] = {
    "cosine": 1.0,
    "shared": 0.2,
    "cue": 0.2,
    "lead": 0.05,
}

# Scores this near the best one are another reading of a very short question.
READING_MARGIN = 0.5
