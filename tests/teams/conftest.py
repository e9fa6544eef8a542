"""The bot over the real router and stores, its endpoint served, Teams stood in for."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from teams_world import APP, TENANT, Served, StandIn, Teams, card_validator

from bot.bootstrap import App, build_app
from bot.channels.teams import TeamsChannel
from bot.channels.teams_auth import Gate
from bot.channels.teams_connector import Connector
from bot.channels.teams_options import TeamsOptions
from bot.channels.teams_rates import Rates
from bot.config import Settings
from handlers.conversation import Incoming, Reply
from handlers.router import Router
from tests.assistant_fakes import FakeKnowledge

PEOPLE = f"""
organisations:
  ministere:
    name: Ministère de l’Essai
    teams: ["{TENANT}"]
"""


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    made = StandIn(validate=card_validator())
    with Served(made.application()) as url:
        made.url = url
        yield made
    assert made.faults == []


@pytest.fixture
def knowledge() -> FakeKnowledge:
    return FakeKnowledge()


@pytest.fixture
def app(tmp_path, knowledge) -> App:
    people = tmp_path / "people.yaml"
    people.write_text(PEOPLE, encoding="utf8")
    settings = Settings(home=tmp_path, database=tmp_path / "base.sqlite", people=people)
    return build_app(settings, engine=knowledge)


@pytest.fixture
def options() -> TeamsOptions:
    return TeamsOptions(app_id=APP, secret="secret", tenants=(TENANT,), port=0)


class Steps:
    """A clock that a test moves; sleeping moves it as well."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
def connector(stand_in, steps) -> Connector:
    """The real connector; its service URL, and its token, are the stand-in's."""
    return Connector(
        lambda: stand_in.token,
        trusted=lambda url, anonymous=False: url.startswith(stand_in.url),
        rates=Rates(steps),
        sleep=steps.sleep,
    )


class Desk:
    """The assistant's door, listened at: `heard` settled by its access. `replies`, where there
    are any, are given in turn in its place, the last one for ever."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.heard: list[Incoming] = []
        self.replies: list[Reply] = []

    def reply(self, incoming: Incoming) -> Reply:
        actor = self.router.services.access.settle(incoming.actor)
        self.heard.append(incoming.model_copy(update={"actor": actor}))
        if not self.replies:
            return self.router.reply(incoming)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@pytest.fixture
def desk(app) -> Desk:
    return Desk(app.router)


@pytest.fixture
def assistant(app, desk) -> SimpleNamespace:
    """The app, its door listened at."""
    return SimpleNamespace(settings=app.settings, router=desk, events=app.events)


@pytest.fixture
def channel(app, assistant, options, connector, stand_in) -> Iterator[SimpleNamespace]:
    """The channel, listening: `teams` sends to it, `stand_in` hears what it says."""
    made = TeamsChannel(
        assistant,
        options,
        gate=lambda given: Gate(given, f"{stand_in.url}/metadata"),
        connector=connector,
    )
    url = made.start()
    yield SimpleNamespace(made=made, teams=Teams(url, stand_in.url))
    made.stop()
    app.storage.close()
    app.events.close()


@pytest.fixture
def teams(channel) -> Teams:
    return channel.teams
