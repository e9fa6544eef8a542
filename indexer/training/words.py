"""The training's sentences, in the operator's language."""

from collections.abc import Callable

from knowledge.phrases import Problem, say

Show = Callable[[str], None]


class DataError(Problem):
    """The data or a model cannot be used; its text is one sentence for the operator."""


class Report:
    """Says what happens: `report("step", stage=…)` shows the phrase « train.step »."""

    def __init__(self, show: Show = print, lang: str = "fr") -> None:
        self.show = show
        self.lang = lang

    def __call__(self, key: str, /, **values: object) -> None:
        """Show the phrase; broken numbers get three decimals, in French after a comma."""
        self.show(say(f"train.{key}", self.lang, **{k: self._told(v) for k, v in values.items()}))

    def problem(self, error: Problem) -> None:
        """Show what cannot be done."""
        self.show(error.text(self.lang))

    def _told(self, value: object) -> object:
        if not isinstance(value, float):
            return value
        told = f"{value:.3f}"
        return told.replace(".", ",") if self.lang == "fr" else told
