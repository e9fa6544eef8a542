"""A Slack for each test, and the assistant before it: by Socket Mode and by signed requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.stand_in import SECRET, StandIn
from tests.slack.world import World


@pytest.fixture
def slack() -> Iterator[StandIn]:
    stand_in = StandIn().start()
    yield stand_in
    stand_in.stop()
    assert not stand_in.broken, stand_in.broken


@pytest.fixture
def by_socket(slack: StandIn, tmp_path: Path) -> Iterator[World]:
    world = World(slack, tmp_path).start()
    yield world
    world.stop()


@pytest.fixture
def by_http(slack: StandIn, tmp_path: Path) -> Iterator[World]:
    world = World(slack, tmp_path, app_token="", signing_secret=SECRET).start()
    yield world
    world.stop()


@pytest.fixture(params=["socket", "http"])
def world(request: pytest.FixtureRequest) -> World:
    """The same conversations by both ways."""
    found: World = request.getfixturevalue(f"by_{request.param}")
    return found
