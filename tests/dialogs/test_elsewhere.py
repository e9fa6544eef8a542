"""Left on one channel, taken up days later on another: the file of people says it is the same
person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.people import Organisation, People, Person, Places
from tests.dossier.conftest import world  # noqa: F401 (fixture)
from tests.dossier.world import NAME, Colleague, World

ANN = Person(
    id="ann", name="Ann", organisation="mess", accounts=Places(slack=("U1",), teams=("a-1",))
)
PEOPLE = People(
    organisations=(
        Organisation(id="mess", name="M", workspaces=Places(slack=("T1",), teams=("t-1",))),
    ),
    persons=(ANN,),
)
WHERE = {
    "slack": {"person": "U1", "workspace": "T1"},
    "teams": {"person": "a-1", "workspace": "t-1"},
    "web": {"person": "person:ann", "workspace": ""},
}


@pytest.fixture
def everywhere(world: World) -> World:  # noqa: F811
    world.people = PEOPLE
    return world


def on(world: World, channel: str) -> Colleague:  # noqa: F811
    """Ann, on a channel, before an assistant just started a few days later."""
    world.clock.now += timedelta(days=3)
    world.restart()
    return world.client(channel=channel, **WHERE[channel])


@pytest.mark.parametrize(
    ("first", "then"), [("slack", "web"), ("web", "teams"), ("teams", "slack")]
)
def test_a_dialog_goes_on_elsewhere(everywhere, first, then):
    on(everywhere, first).say("admissibilité", "itq", "quitter")
    talk = on(everywhere, then).say("reprendre")
    assert talk.form.fields[0].name == "objet"
    talk.say("retour")
    assert talk.form.fields[0].value == "itq"  # what was answered there is filled in here
    on(everywhere, first).say("reprendre", "itq", "une solution", "oui")
    talk = on(everywhere, then).say("reprendre", "confirmer")
    assert talk.texts.startswith("Admissible")


def test_a_dossier_goes_on_elsewhere(everywhere):
    talk = on(everywhere, "slack")
    talk.press("dossier:create:preparation", name=NAME).button(
        next(label for label in talk.buttons if label.startswith("Commencer"))
    )
    talk.fill(organisme="itq")
    talk = on(everywhere, "web").say("reprendre")
    assert talk.form.fields[0].name == "rcti"
    talk.fill(rcti="oui")
    talk = on(everywhere, "teams").say("mes dossiers").button(NAME).button("Historique")
    assert {row[1] for row in talk.reply.parts[1].rows} == {"vous"}
