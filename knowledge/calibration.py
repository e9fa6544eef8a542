"""Numbers that were fitted on the development questions, in one place.

`catalogue-bot eval` measures them; benchmarks/calibrate.py fits them again.
"""

from __future__ import annotations

# Weight of each standardised signal in the fused score (retrieval.SIGNALS).
RANKING: dict[str, float] = {
    "lexical": 0.77,
    "expansion": 0.34,
    "title": 1.12,
    "body": 0.62,
    "whole": 0.5,
    "cue": 0.27,
    "fiche": -2.2,
}

# Logistic model of « the documents answer this »: answer.EVIDENCE → weight.
ABSTENTION: dict[str, float] = {
    "bias": -1.63,
    "cosine": 6.15,
    "nearest": 4.97,
    "known": 0.36,
    "coverage": 3.25,
    "lexical": 1.24,
    "words": 1.91,
    "away": -9.67,
    "around": -7.21,
    "title": 3.67,
    "score": -2.03,
    "others": 0.27,
}
ABSTENTION_THRESHOLD = 0.32

# Weight of what speaks for a sentence as the short answer (excerpt.unit_scores).
EXCERPT: dict[str, float] = {
    "cosine": 1.0,
    "shared": 0.2,
    "cue": 0.2,
    "lead": 0.05,
}

# Scores this near the best one are another reading of a very short question.
READING_MARGIN = 0.5
