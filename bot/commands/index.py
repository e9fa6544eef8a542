"""`index`: documents → a new index revision; also what `serve` does before it opens."""

from __future__ import annotations
