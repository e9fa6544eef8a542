"""The manifest asks Slack for what the code uses, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from bot.channels.slack_asked import ACTIONS, COMMAND, QUESTION, SHORTCUT, asked
from bot.channels.slack_install import SCOPES
from knowledge.phrases import say

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = yaml.safe_load((ROOT / "deploy/slack/manifest.yaml").read_text("utf8"))
CODE = "\n".join(p.read_text("utf8") for p in sorted((ROOT / "bot/channels").glob("slack*.py")))

KINDS = ("channels", "groups", "im", "mpim")
HISTORY = {f"{kind}:history" for kind in KINDS}
# docs.slack.dev, « Scopes »: what each method needs of a bot token.
METHODS: dict[str, set[str]] = {
    "apps.connections.open": set(),  # an app-level token
    "assistant.threads.setStatus": {"assistant:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "auth.revoke": set(),
    "auth.test": set(),
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": HISTORY,
    # Asked of channels alone: a direct conversation has no strangers.
    "conversations.info": {"channels:read", "groups:read", "mpim:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "oauth.v2.access": set(),
    "usergroups.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
}
EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "assistant_thread_context_changed": {"assistant:write"},
    "assistant_thread_started": {"assistant:write"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "tokens_revoked": set(),
}


def methods_used() -> set[str]:
    """The Web API's methods that the code names, in either spelling."""
    dotted = set(re.findall(r'"([a-z]+(?:\.[a-zA-Z0-9]+)+)"', CODE))
    spelled = {m for m in METHODS if f"client.{m.replace('.', '_')}(" in CODE}
    roots = {method.partition(".")[0] for method in METHODS}
    return (
        {m for m in dotted if m.partition(".")[0] in roots and m in METHODS}
        | spelled
        | {m for m in dotted if m.partition(".")[0] in roots - {"slack"}}
    )


def events_heard() -> set[str]:
    heard = set(re.findall(r'app\.event\("(\w+)"\)', CODE))
    return {e for e in heard if e != "message"} | {f"message.{kind}" for kind in KINDS}


def test_every_method_used_is_known_here_and_no_other():
    assert methods_used() == set(METHODS)


def test_the_events_subscribed_are_those_listened_to():
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == events_heard()
    assert events_heard() == set(EVENTS)


def test_no_scope_is_missing_and_none_is_too_many():
    needed = set().union(*METHODS.values(), *EVENTS.values()) | {"commands"}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed == set(SCOPES)


def test_the_command_the_shortcut_and_the_surfaces_are_those_of_the_code():
    features = MANIFEST["features"]
    (command,) = features["slash_commands"]
    assert command["command"] == COMMAND and command["should_escape"] is True
    (shortcut,) = features["shortcuts"]
    assert (shortcut["callback_id"], shortcut["type"]) == (SHORTCUT, "message")
    assert features["app_home"]["home_tab_enabled"] and features["app_home"]["messages_tab_enabled"]
    assert not features["app_home"]["messages_tab_read_only_enabled"]
    assert "assistant_view" in features and MANIFEST["settings"]["interactivity"]["is_enabled"]
    assert MANIFEST["settings"]["socket_mode_enabled"] is True


def test_slacks_lengths_hold():
    info, features = MANIFEST["display_information"], MANIFEST["features"]
    assert len(info["name"]) <= 35 and len(info["description"]) <= 140
    assert 175 <= len(info["long_description"]) <= 4000
    assert len(features["shortcuts"][0]["name"]) <= 24
    assert len(features["shortcuts"][0]["description"]) <= 150
    assert len(features["slash_commands"][0]["description"]) <= 2000
    assert len(features["slash_commands"][0]["usage_hint"]) <= 1000
    assert len(features["bot_user"]["display_name"]) <= 80


def test_the_help_lists_every_subcommand():
    french, english = say("slack.commands", "fr"), say("slack.commands", "en")
    listed = re.findall(r"• ([\wéàè]+)", french) + re.findall(r"• (\w+)", english)
    for word in set(listed) - {QUESTION}:
        assert asked(word)[0] in set(ACTIONS.values()), word
    assert {asked(word)[0] for word in listed if word != QUESTION} == set(ACTIONS.values())
