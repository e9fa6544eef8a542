"""Who may see and do what with a dossier: whatever is pressed, whoever presses it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.conversation import Text
from handlers.dossier_routes import VERBS
from knowledge.phrases import say
from tests.dialogs.conftest import CorpusKnowledge
from tests.dossier.world import NAME, World

# Each verb that names a dossier, with what follows its id.
NAMING = {
    "open": (),
    "name": (),
    "rename": ("1",),
    "history": (),
    "read": ("preparation",),
    "submit": (),
    "send": ("1",),
    "withdraw": ("1",),
    "review": (),
    "judge": ("1",),
    "conclude": (),
    "close": ("1",),
    "word": (),
    "pdf": (),
    "calendar": (),
    "message": (),
}
VALUES = {"name": "Volé", "choix": "verified", "verdict": "verified", "comment": "x", "note": "x"}
CHANGING = ("rename", "send", "withdraw", "judge", "close")


def action(verb: str, dossier: str) -> str:
    return ":".join(("dossier", verb, dossier, *NAMING[verb]))


def only_text(talk) -> str:
    (part,) = talk.reply.parts
    assert isinstance(part, Text)
    return part.text


def test_every_verb_is_looked_at_here():
    others = {"list", "new", "create", "queue", "keep", "keepnew"}
    assert set(VERBS) == set(NAMING) | others


@pytest.mark.parametrize("verb", NAMING)
def test_of_another_organisation_it_is_as_if_there_were_none(world, camille, verb):
    dossier = world.submitted(camille)
    before = world.dossier
    stranger = world.client("Zoé", workspace="T2")
    for name in (dossier, "nowhere", "", "'; drop table dossiers; --"):
        stranger.press(action(verb, name), **VALUES)
        assert only_text(stranger) == say("dossier.unknown")
    assert world.dossier == before and NAME not in repr(stranger.reply)


@pytest.mark.parametrize("verb", NAMING)
@pytest.mark.parametrize(
    ("who", "key"),
    [
        ({"workspace": "T9"}, "dossier.outsider"),
        ({"workspace": "T0"}, "dossier.outsider"),  # the broker's, without being an adviser
        ({"private": False}, "dossier.public"),
        ({"workspace": "T0", "groups": ("G0",), "private": False}, "dossier.public"),
    ],
)
def test_outsiders_and_crowds_see_none(world, camille, verb, who, key):
    dossier = world.submitted(camille)
    before = world.dossier
    other = world.client("Autre", **who)
    assert only_text(other.press(action(verb, dossier), **VALUES)) == say(key)
    assert world.dossier == before


@pytest.mark.parametrize("verb", NAMING)
def test_the_broker_sees_none_before_it_is_submitted(world, camille, dominique, verb):
    dossier = world.prepared(camille)
    before = world.dossier
    text = only_text(dominique.press(action(verb, dossier), **VALUES))
    assert text == say("dossier.cannot.review") and world.dossier == before


@pytest.mark.parametrize("verb", ["name", "rename", "submit", "send", "withdraw", "message"])
def test_the_broker_changes_nothing_of_the_client_s(world, camille, dominique, verb):
    dossier = world.submitted(camille)
    before = world.dossier
    dominique.press(action(verb, dossier), **VALUES)
    assert only_text(dominique) == say("dossier.not_yours") and world.dossier == before


@pytest.mark.parametrize("verb", ["review", "judge", "conclude", "close"])
def test_the_client_does_not_judge(world, camille, verb):
    dossier = world.submitted(camille)
    before = world.dossier
    assert only_text(camille.press(action(verb, dossier), **VALUES)) == say("dossier.broker_only")
    assert world.dossier == before


def test_the_queue_is_the_broker_s(world, camille):
    world.submitted(camille)
    assert only_text(camille.say("file des dossiers")) == say("dossier.broker_only")
    stranger = world.client("Zoé", workspace="T9")
    assert only_text(stranger.say("file des dossiers")) == say("dossier.outsider")
    assert only_text(world.adviser(private=False).say("mes dossiers")) == say("dossier.public")


def test_an_adviser_of_no_organisation_finds_the_queue_among_his_dossiers(world, dominique):
    assert dominique.say("mes dossiers").texts.startswith(say("dossier.queue.title"))
    dominique.press("dossier:create", name="x")
    assert only_text(dominique) == say("dossier.no_organisation")


def test_in_the_broker_s_own_channel_advisers_work(world, camille):
    dossier = world.submitted(camille)
    adviser = world.adviser(private=False)
    adviser.services = replace(world.services, broker=adviser.address)
    adviser.__post_init__()
    assert NAME in adviser.press(f"dossier:open:{dossier}").texts
    beside = world.client("Camille", private=False, workspace="T1")
    beside.services = adviser.services
    beside.__post_init__()
    assert only_text(beside.press(f"dossier:open:{dossier}")) == say("dossier.public")


def test_an_identifier_cannot_be_guessed(world, camille):
    dossier = world.opened(camille)
    assert re.fullmatch(r"[0-9a-f]{32}", dossier)


@pytest.mark.parametrize(
    ("verb", "state", "key"),
    [
        ("withdraw", "draft", "withdrawn"),
        ("withdraw", "returned", "withdrawn"),
        ("withdraw", "verified", "withdrawn"),
        ("send", "submitted", "submitted"),
        ("judge", "returned", "review"),
        ("close", "returned", "returned"),
        ("close", "verified", "verified"),
    ],
)
def test_what_a_state_does_not_allow_is_told(world, camille, dominique, verb, state, key):
    dossier = world.submitted(camille, dirigeant="fait")
    if state == "draft":
        camille.press(f"dossier:withdraw:{dossier}:{world.dossier.version}")
    elif state != "submitted":
        dominique.press(f"dossier:conclude:{dossier}").fill(verdict=state, comment="Parce que.")
    before = world.dossier
    assert before.state == state
    talk = camille if verb in ("withdraw", "send") else dominique
    talk.press(f"dossier:{verb}:{dossier}:{before.version}", **VALUES | {"verdict": key})
    assert only_text(talk) == say(f"dossier.cannot.{key}") and world.dossier == before


ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from([*VERBS, "1", "-1", "99999999999", "preparation", "nowhere"]),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory, shipped):
    world = World(tmp_path_factory.mktemp("rights") / "assistant.db", CorpusKnowledge(held=shipped))
    return world, world.submitted(world.client())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ODD, max_size=4), st.booleans(), st.dictionaries(ODD, ODD, max_size=3))
def test_whatever_is_pressed_gets_a_sentence_and_a_stranger_changes_nothing(
    kept, pieces, real, values
):
    world, dossier = kept
    before = world.dossier
    words = [dossier if real and i == 1 else piece for i, piece in enumerate(pieces)]
    stranger = world.client("Zoé", workspace="T2")
    stranger.press("dossier:" + ":".join(words), **{})
    stranger._send(pressed="dossier:" + ":".join(words), values=values)
    assert stranger.reply.parts and world.dossier == before
    said = stranger.texts + "".join(stranger.buttons)
    assert NAME not in said and say("router.failure", reference="")[:20] not in said
