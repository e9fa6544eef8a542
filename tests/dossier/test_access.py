"""Who an actor is: what the file and the platform confirm, and an outsider in every other case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.access import Access
from handlers.conversation import Actor
from handlers.people import (
    Broker,
    Organisation,
    People,
    Person,
    Places,
    signed_in,
    token_digest,
)

PEOPLE = People(
    organisations=(
        Organisation(id="a", name="A", workspaces=Places(slack=("TA", "TS"), teams=("ta",))),
        Organisation(id="b", name="B", workspaces=Places(slack=("TB", "TS"))),
    ),
    persons=(
        Person(id="ann", name="Ann", organisation="a", accounts=Places(slack=("UA",))),
        Person(id="bob", name="Bob", organisation="b", token=token_digest("bob's token")),
        Person(id="cor", name="Cor", role="broker", accounts=Places(slack=("UC",))),
        Person(id="dan", name="Dan", organisation="a", role="broker"),
    ),
    broker=Broker(workspaces=Places(slack=("TC",)), groups=Places(slack=("SC",))),
)
ACCESS = Access({"console": "client", "web": "broker"}, lambda: PEOPLE, "Mon organisme")
ALONE = Access({"console": "client", "web": "client"}, lambda: None, "Mon organisme")


def actor(channel: str = "slack", **fields: object) -> Actor:
    values = {"id": "U?", "standing": "member", "workspace": "TA"} | fields
    return Actor(channel=channel, **values)


def who(actor: Actor, access: Access = ACCESS) -> tuple[str, str | None, str | None]:
    found = access.settle(actor)
    return found.audience, found.organisation, found.person


OUT = ("outsider", None, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("client", "a", None)),
        ({"standing": "guest"}, OUT),
        ({"standing": "unknown"}, OUT),
        ({"workspace": ""}, OUT),
        ({"workspace": "T?"}, OUT),
        ({"workspace": "ta"}, OUT),  # a tenant of Teams is no workspace of Slack
        ({"workspace": "TC"}, OUT),  # the broker's, without being an adviser
        ({"workspace": "TS"}, ("client", None, None)),  # shared by a and b
        ({"id": "UA"}, ("client", "a", "ann")),
        ({"id": "UA", "workspace": "TS"}, ("client", "a", "ann")),
        ({"id": "UA", "workspace": "TB"}, ("client", "b", None)),  # not a place of Ann's
        ({"id": "UA", "standing": "guest"}, OUT),
        ({"id": "UC", "workspace": "TC"}, ("broker", None, "cor")),
        ({"id": "UC"}, ("client", "a", None)),  # Cor's account elsewhere is not Cor
        ({"workspace": "TC", "groups": ("SC",)}, ("broker", None, None)),
        ({"workspace": "TC", "groups": ("S?",)}, OUT),
        ({"groups": ("SC",)}, ("client", "a", None)),  # another workspace's group of that id
        ({"id": "person:bob"}, ("client", "a", None)),  # signing in is the web page's
    ],
)
def test_slack(fields, expected):
    assert who(actor(**fields)) == expected


def test_teams_has_its_own_identifiers():
    assert who(actor("teams", workspace="ta")) == ("client", "a", None)
    assert who(actor("teams", workspace="TA")) == OUT
    assert who(actor("teams", id="UA", workspace="ta")) == ("client", "a", None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "person:bob"}, ("client", "b", "bob")),
        ({"id": "person:dan"}, ("broker", "a", "dan")),
        ({"id": "person:bob", "standing": "unknown"}, OUT),
        ({"id": "person:zoe"}, OUT),  # removed from the file while signed in
        ({"id": "visitor"}, ("broker", None, None)),  # the setting's audience, no organisation
    ],
)
def test_web_with_a_file(fields, expected):
    assert who(actor("web", workspace="", **fields)) == expected


def test_without_a_file_the_local_organisation_and_no_platform():
    for channel in ("web", "console"):
        assert who(actor(channel, id="x"), ALONE) == ("client", "local", None)
    assert who(actor(), ALONE) == OUT
    assert ALONE.organisation("local").name == "Mon organisme"
    assert ALONE.organisation("a") is None and ACCESS.organisation("local") is None
    assert who(actor("web"), Access({"web": "outsider"}, lambda: None, "Mon organisme")) == OUT
    assert who(actor("fax"), ALONE) == OUT


def test_the_name_of_the_file_goes_before_the_platform_s():
    assert ACCESS.settle(actor(id="UA", name="annie99")).name == "Ann"
    assert ACCESS.settle(actor(name="annie99")).name == "annie99"


def test_a_token_names_its_person():
    assert PEOPLE.by_token("bob's token") == PEOPLE.person("bob")
    assert PEOPLE.by_token("another") is None
    assert signed_in(PEOPLE.person("bob")) == "person:bob"


CLAIMS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["UA", "UC", "U?", "person:bob", "person:dan"]),
        "workspace": st.sampled_from(["", "TA", "TB", "TC", "TS", "T?", "ta"]),
        "groups": st.sampled_from([(), ("SC",), ("S?",)]),
        "standing": st.sampled_from(["unknown", "guest", "member"]),
        "organisation": st.sampled_from([None, "a", "b", "local"]),
        "person": st.sampled_from([None, "ann", "cor"]),
        "audience": st.sampled_from(["outsider", "client", "broker"]),
    }
)


@given(CLAIMS, st.sampled_from(["slack", "teams", "web", "console", "fax"]))
def test_what_a_channel_claims_to_have_settled_counts_for_nothing(claims, channel):
    bare = {k: v for k, v in claims.items() if k not in ("organisation", "person", "audience")}
    assert ACCESS.settle(Actor(channel=channel, **claims)) == ACCESS.settle(
        Actor(channel=channel, **bare)
    )
    found = ACCESS.settle(Actor(channel=channel, **claims))
    if claims["standing"] != "member" and channel in ("slack", "teams"):
        assert found.audience == "outsider"
    assert found.audience != "outsider" or found.organisation is None
