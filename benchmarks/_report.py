"""Figures and the table they are printed in: each beside what it was compared to."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "bm25s", "haystack-ai")
HEADER = ("", "measured", "beside", "its figure", "ratio", "aim")


@dataclass(frozen=True)
class Row:
    """One figure. `other` is what it is compared to, in the same unit, from the same run."""

    part: str
    what: str
    value: float
    unit: str  # ms, s, MB, share, or a plain count: ""
    beside: str = ""
    other: float | None = None
    aim: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure over the one beside it; None where there is none to divide by."""
        return self.value / self.other if self.other else None

    def as_json(self) -> dict[str, Any]:
        """All fields, and the ratio."""
        return asdict(self) | {"ratio": self.ratio}


def figure(value: float | None, unit: str) -> str:
    """A figure with its unit, as many decimals as mean something."""
    if value is None:
        return ""
    if unit == "share":
        return f"{value:.3f}"
    if unit == "":
        return f"{value:,.0f}"
    decimals = {"ms": 1, "s": 2}.get(unit, 0)
    return f"{value:,.{decimals}f} {unit}"


def cells(row: Row) -> tuple[str, ...]:
    """The row as it is printed. A ratio of shares says nothing and is left out."""
    shown = row.ratio if row.unit != "share" else None
    ratio = "" if shown is None else f"{shown:.1%}" if "%" in row.aim else f"{shown:.2f}×"
    measured, beside = figure(row.value, row.unit), figure(row.other, row.unit)
    return (row.what, measured, row.beside, beside, ratio, row.aim)


def table(rows: Sequence[Row]) -> str:
    """One Markdown table a part, columns aligned."""
    blocks = []
    for part, members in groupby(rows, key=lambda row: row.part):
        lines = [HEADER, *(cells(row) for row in members)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(HEADER))]
        ruled = ["-" * max(3, width) for width in widths]
        body = [
            "| " + " | ".join(cell.ljust(len(rule)) for cell, rule in zip(line, ruled, strict=True))
            for line in (lines[0], tuple(ruled), *lines[1:])
        ]
        blocks.append("\n".join([f"### {part}", "", *(f"{line} |" for line in body)]))
    return "\n\n".join(blocks)


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def machine() -> dict[str, Any]:
    """Where and with what the figures were taken."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": found,
    }
