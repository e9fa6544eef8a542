"""bfloat16 where the machine computes in it: about twice as fast, the vectors hardly differ."""

from __future__ import annotations

import contextlib
from typing import Any


def fast_bfloat16(where: str = "cpu") -> bool:
    """Whether the processor, or the GPU if `where` is « cuda », has instructions for bfloat16.

    A processor without them is many times slower in bfloat16 than in float32.
    """
    import torch

    if where == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    known = torch.cpu.get_capabilities()
    return any(known.get(name) for name in ("avx512_bf16", "amx_bf16"))


def computing(where: str = "cpu") -> contextlib.AbstractContextManager[Any]:
    """Within it matrix products on `where` (« cpu », « cuda ») are in bfloat16 if it can.

    Weights, gradients and the optimizer stay in float32.
    """
    import torch

    return torch.autocast(where, dtype=torch.bfloat16, enabled=fast_bfloat16(where))
