"""What makes the training resumable: finished stages and checkpoints, written atomically."""

import json
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from indexer.training.words import Report

SHOW_SECONDS = 15.0
"""Seconds between two lines of progress."""


class Stage:
    """One step of the training with its own directory under the output directory.

    The stage is done when `done.json` holds its digest; a checkpoint of another digest is ignored.
    """

    def __init__(self, out: Path, name: str, digest: str) -> None:
        self.name = name
        self.digest = digest
        self.path = out / name
        self.path.mkdir(parents=True, exist_ok=True)

    def done(self) -> bool:
        """Whether this stage finished with the same settings and data."""
        return self._read("done.json").get("digest") == self.digest

    def finish(self, **facts: Any) -> None:
        """Mark the stage as done and drop its checkpoint; `facts` are kept beside the digest."""
        self._write("done.json", {"digest": self.digest, **facts})
        (self.path / "checkpoint.pt").unlink(missing_ok=True)

    def progress(self) -> dict[str, Any]:
        """What `note` last kept under the same digest, or an empty mapping."""
        kept = self._read("progress.json")
        return kept if kept.get("digest") == self.digest else {}

    def note(self, **facts: Any) -> None:
        """Keep how far the stage is."""
        self._write("progress.json", {"digest": self.digest, **facts})

    def save(self, state: dict[str, Any]) -> None:
        """Write a checkpoint (tensors, optimizer state, step) in one atomic replacement."""
        target = self.path / "checkpoint.pt"
        partial = target.with_suffix(".partial")
        torch.save({"digest": self.digest, **state}, partial)
        partial.replace(target)

    def restore(self) -> dict[str, Any] | None:
        """The last checkpoint of the same digest, or None; a damaged file counts as none."""
        try:
            state = torch.load(self.path / "checkpoint.pt", map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError):
            return None
        if not isinstance(state, dict) or state.get("digest") != self.digest:
            return None
        return state

    def keep(self, module: torch.nn.Module) -> None:
        """Write the trained weights and mark the stage as done."""
        torch.save(module.state_dict(), self.path / "weights.pt")
        self.finish()

    def restored(self, module: torch.nn.Module) -> bool:
        """Whether the stage was done; if so, `module` now has its weights."""
        if not self.done():
            return False
        kept = torch.load(self.path / "weights.pt", map_location="cpu", weights_only=True)
        module.load_state_dict(kept)
        return True

    def _read(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads((self.path / name).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _write(self, name: str, value: dict[str, Any]) -> None:
        partial = self.path / f"{name}.partial"
        partial.write_text(json.dumps(value, indent=1), "utf-8")
        partial.replace(self.path / name)


Step = Callable[[int], torch.Tensor]
"""The loss of step i; must depend on i and the model alone, so that a resumed run is the same."""


def optimise(
    stage: Stage,
    module: torch.nn.Module,
    groups: list[tuple[list[torch.nn.Parameter], float]],
    steps: int,
    step: Step,
    every: float,
    report: Report,
    decay: float = 0.01,
) -> None:
    """Run AdamW over `steps` steps from the last checkpoint: warm-up 5 %, then linearly to 0.

    groups: parameters with their peak rate. every: seconds between checkpoints (0: each step).
    Gradients are clipped to norm 1.
    """
    optimizer = torch.optim.AdamW(
        [{"params": params, "lr": rate} for params, rate in groups], weight_decay=decay
    )
    start = 0
    kept = stage.restore()
    if kept is not None:
        module.load_state_dict(kept["module"])
        optimizer.load_state_dict(kept["optimizer"])
        start = int(kept["step"])
        report("resumed", stage=stage.name, step=start, steps=steps)
    warm = max(1, steps // 20)
    saved = shown = time.monotonic()
    total, count = 0.0, 0
    module.train()
    for number in range(start, steps):
        share = min((number + 1) / warm, (steps - number) / max(1, steps - warm))
        for group, (_, rate) in zip(optimizer.param_groups, groups, strict=True):
            group["lr"] = rate * share
        loss = step(number)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        total, count = total + float(loss.detach()), count + 1
        now = time.monotonic()
        if now - saved >= every and number + 1 < steps:
            stage.save(
                {
                    "module": module.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": number + 1,
                }
            )
            saved = time.monotonic()
        if now - shown >= SHOW_SECONDS or number + 1 == steps:
            report("step", stage=stage.name, step=number + 1, steps=steps, loss=total / count)
            shown, total, count = now, 0.0, 0
    module.eval()
