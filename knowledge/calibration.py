"""Numbers that were fitted on the development questions, in one place.

`catalogue-bot eval` measures them; benchmarks/calibrate.py fits them again.
"""

from __future__ import annotations

# Weight of each standardised signal in the fused score (retrieval.SIGNALS).
RANKING: dict[str, float] = {
    "lexical": 0.52,
    "expansion": 0.34,
    "question": 0.69,
    "best": 1.07,
    "body": 0.46,
    "whole": 0.81,
    "cue": 0.17,
    "fiche": -2.57,
}

# Logistic model of « the documents answer this »: answer.EVIDENCE → weight.
ABSTENTION: dict[str, float] = {
    "bias": 2.08,
    "cosine": 6.36,
    "nearest": 2.45,
    "known": 0.34,
    "coverage": 4.55,
    "lexical": -0.12,
    "words": 1.13,
    "away": -13.28,
    "around": -10.09,
    "asked": 2.06,
    "clear": 1.51,
    "text": 1.35,
    "three": 3.79,
    "noted": -2.56,
    "score": 0.71,
    "others": 1.33,
}
ABSTENTION_THRESHOLD = 0.3

# Weight of what speaks for a sentence as the short answer (excerpt.unit_scores).
EXCERPT: dict[str, float] = {
    "cosine": 1.0,
    "shared": 0.2,
    "cue": 0.2,
    "lead": 0.05,
    "noted": 0.6,
}

# Scores this near the best one are another reading of a very short question.
READING_MARGIN = 0.5
