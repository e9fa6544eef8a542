"""What people do in Slack, by Socket Mode and by signed requests."""

from __future__ import annotations

from knowledge.phrases import say
from tests.slack.world import World, buttons, words


def test_a_direct_message_is_answered_with_its_passages(world: World):
    answer = world.ask("délai de livraison?")
    assert "Texte du passage 1." in words(answer)
    assert "Fiche Exemple, 1 Titre 1, p. 3 (2026-09-08)" in words(answer)
    assert answer["text"].startswith("Texte du passage 1.")
    assert answer.get("thread_ts") is None
    assert {say("slack.useful"), say("slack.useless")} <= set(buttons(answer))
