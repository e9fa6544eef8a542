"""The two losses of the training, both on unit vectors."""

import torch
from torch.nn import functional


def info_nce(
    queries: torch.Tensor,
    targets: torch.Tensor,
    temperature: float,
    excluded: torch.Tensor | None = None,
) -> torch.Tensor:
    """Cross entropy of finding target i for query i among all targets of the batch (scalar).

    queries: (n, d); targets: (m, d) with m >= n, the first n being the right ones; excluded:
    (n, m) bool, targets that are no wrong answer to a query and are left out.
    """
    scores = queries @ targets.T / temperature
    if excluded is not None:
        scores = scores.masked_fill(excluded, float("-inf"))
    return functional.cross_entropy(scores, torch.arange(len(queries), device=scores.device))


def cosine_distance(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean of 1 - cosine over the rows of two (n, d) tensors of unit vectors (scalar)."""
    return 1 - (found * wanted).sum(dim=1).mean()
