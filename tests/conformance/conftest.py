"""The assistant as bootstrap puts it together, before each channel in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.bootstrap import App, build_app
from bot.config import Settings
from handlers.access import Access
from handlers.conversation import Actor
from handlers.people import LOCAL, Broker, Organisation, People, Places
from handlers.router import Router
from tests.conformance.console import ConsoleDriver
from tests.conformance.drivers import Driver
from tests.conformance.slack import SlackDriver
from tests.conformance.teams import TeamsDriver
from tests.conformance.web import WebDriver
from tests.dialogs.conftest import CorpusKnowledge, corpus, shipped  # noqa: F401 (fixtures)
from tests.slack.stand_in import TEAM
from tests.teams.teams_world import TENANT

DRIVERS: dict[str, Callable[[App, Path], Driver]] = {
    "console": ConsoleDriver,
    "web": lambda app, folder: WebDriver(app),
    "slack": SlackDriver,
    "teams": TeamsDriver,
}
PEOPLE = People(
    organisations=(
        Organisation(
            id=LOCAL, name="Mon organisme", workspaces=Places(slack=(TEAM,), teams=(TENANT,))
        ),
    ),
    broker=Broker(workspaces=Places(slack=("TBROKER",)), groups=Places(slack=("SADVISERS",))),
)


class Everywhere(Access):
    """The same organisation on every channel: the local one at the terminal and on the page, the
    one of the workspace in Slack."""

    def __init__(self) -> None:
        super().__init__({"console": "client", "web": "client"}, local="Mon organisme")
        self.platforms = Access({}, lambda: PEOPLE)

    def settle(self, actor: Actor) -> Actor:
        known = actor.channel in ("slack", "teams")
        return self.platforms.settle(actor) if known else super().settle(actor)


@pytest.fixture
def assistant(tmp_path: Path, corpus: CorpusKnowledge) -> App:  # noqa: F811
    app = build_app(Settings(database=tmp_path / "all.sqlite"), engine=corpus)
    services = dataclasses.replace(app.router.services, access=Everywhere())
    return dataclasses.replace(app, router=Router(services))


@pytest.fixture(params=DRIVERS)
def talk(request: pytest.FixtureRequest, assistant: App, tmp_path: Path) -> Iterator[Driver]:
    folder = tmp_path / "here"
    folder.mkdir()
    driver = DRIVERS[request.param](assistant, folder)
    yield driver
    driver.close()
