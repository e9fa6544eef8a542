"""Numbers that were fitted on the development questions, in one place.

`catalogue-bot eval` measures them; benchmarks/calibrate.py fits them again.
"""

from __future__ import annotations

# Weight of each standardised signal in the fused score (retrieval.SIGNALS).
RANKING: dict[str, float] = {
    "lexical": 0.63,
    "expansion": 0.43,
    "question": 0.95,
    "best": 1.29,
    "body": 0.28,
    "whole": 0.83,
    "cue": 0.21,
    "fiche": -2.58,
}

# Logistic model of « the documents answer this »: answer.EVIDENCE → weight.
ABSTENTION: dict[str, float] = {
    "bias": -1.91,
    "cosine": 7.99,
    "nearest": 2.01,
    "known": 1.76,
    "coverage": 2.97,
    "lexical": 1.44,
    "words": 6.01,
    "away": -3.11,
    "around": -24.36,
    "asked": -2.56,
    "clear": 6.09,
    "text": -0.39,
    "three": 8.29,
    "noted": -3.89,
    "score": -0.98,
    "others": 6.03,
}
ABSTENTION_THRESHOLD = 0.35

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
