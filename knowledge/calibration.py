"""Numbers that were fitted on the development questions, in one place.

`catalogue-bot eval` measures them; benchmarks/calibrate.py fits them again.
"""

from __future__ import annotations

# Weight of each standardised signal in the fused score (retrieval.SIGNALS).
RANKING: dict[str, float] = {
    "lexical": 1.0,
    "expansion": 0.4,
    "title": 1.0,
    "body": 0.6,
    "whole": 0.6,
    "cue": 0.3,
    "fiche": -2.0,
}

# Logistic model of « the documents answer this »: answer.EVIDENCE → weight.
ABSTENTION: dict[str, float] = {
    "bias": -6.0,
    "cosine": 6.0,
    "nearest": 3.0,
    "known": 1.0,
    "coverage": 3.0,
    "lexical": 0.1,
    "words": 0.0,
    "away": 0.0,
    "title": 0.0,
    "score": 0.0,
    "others": 0.0,
}
ABSTENTION_THRESHOLD = 0.5

# Weight of what speaks for a sentence as the short answer (excerpt.unit_scores).
EXCERPT: dict[str, float] = {"cosine": 1.0, "shared": 0.5, "cue": 0.35, "lead": 0.2}

# Scores this near the best one are another reading of a very short question.
READING_MARGIN = 0.5
