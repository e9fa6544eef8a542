"""The package that is installed in Teams: manifest, icons, as a zip. Needs no library."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from bot.channels.teams_extension import ASK, QUESTION, SEARCH
from bot.channels.teams_icons import color_icon, outline_icon
from knowledge.phrases import Problem, say

Json = dict[str, Any]
SCHEMA = "1.28"
VERSION = "1.0.0"
ACCENT = "#095797"
NAMESPACE = UUID("6f0d1c0e-5b0a-4c53-9d43-1f9d5b7b2a61")
# A command's title is what Teams types for the person: the router takes these words.
COMMANDS = (
    "help",
    "eligible",
    "needs",
    "prepare",
    "dossiers",
    "changes",
    "subscriptions",
)
SCOPES = (["personal"], ["team", "groupChat"])


def manifest(app_id: str, site: str, developer: str) -> Json:
    """The app manifest, in French with English beside it. `site`: an https address that tells
    who publishes the bot; Teams shows it, and its pages « privacy » and « terms »."""
    lang = "fr"
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/"
        "MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        # Its own, but always the same: a package made again updates the app installed.
        "id": str(uuid5(NAMESPACE, app_id)),
        "localizationInfo": {
            "defaultLanguageTag": "fr",
            "additionalLanguages": [{"languageTag": "en", "file": "en.json"}],
        },
        "developer": {
            "name": developer[:32],
            "websiteUrl": site,
            "privacyUrl": site,
            "termsOfUseUrl": site,
        },
        "name": {
            "short": say("teams.app.short", lang),
            "full": say("teams.app.full", lang),
        },
        "description": {
            "short": say("teams.app.about", lang),
            "full": say("teams.app.description", lang),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", "team", "groupChat"],
                "supportsFiles": True,
                "isNotificationOnly": False,
                "commandLists": [
                    {"scopes": scopes, "commands": commands(lang)} for scopes in SCOPES
                ],
            }
        ],
        "composeExtensions": [
            {"botId": app_id, "commands": [search_command(lang), ask_command(lang)]}
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [],
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def commands(lang: str) -> list[Json]:
    """The bot's commands, the first ones as suggestions of what to write."""
    return [
        {
            "title": say(f"teams.command.{name}", lang),
            "description": say(f"teams.command.{name}.about", lang),
            "type": "prompt",
            "prompt": say(f"teams.command.{name}", lang),
        }
        for name in COMMANDS
    ]


def search_command(lang: str) -> Json:
    """« Demander au Catalogue » where a message is written: results to choose from."""
    return {
        "id": SEARCH,
        "type": "query",
        "context": ["compose", "commandBox"],
        "title": say("teams.extension.title", lang),
        "description": say("teams.extension.about", lang),
        "initialRun": False,
        "parameters": [parameter(lang)],
    }


def ask_command(lang: str) -> Json:
    """The same about a message that somebody wrote: a dialog, then the answer to send."""
    return {
        "id": ASK,
        "type": "action",
        "context": ["message", "compose"],
        "title": say("teams.extension.action", lang),
        "description": say("teams.extension.action_about", lang),
        "fetchTask": True,
        "parameters": [parameter(lang)],
    }


def parameter(lang: str) -> Json:
    """The question."""
    return {
        "name": QUESTION,
        "title": say("teams.extension.question", lang),
        "description": say("teams.extension.hint", lang),
        "inputType": "text",
    }


def english(made: Json) -> Json:
    """The words of the manifest in English, as a localization file."""
    lang = "en"
    words: Json = {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/"
        "MicrosoftTeams.Localization.schema.json",
        "name.short": say("teams.app.short", lang),
        "name.full": say("teams.app.full", lang),
        "description.short": say("teams.app.about", lang),
        "description.full": say("teams.app.description", lang),
    }
    for number in range(len(made["bots"][0]["commandLists"])):
        for place, command in enumerate(commands(lang)):
            for field in ("title", "description", "prompt"):
                key = f"bots[0].commandLists[{number}].commands[{place}].{field}"
                words[key] = command[field]
    for place, command in enumerate((search_command(lang), ask_command(lang))):
        base = f"composeExtensions[0].commands[{place}]"
        words |= {f"{base}.{field}": command[field] for field in ("title", "description")}
        told = command["parameters"][0]
        words |= {f"{base}.parameters[0].{f}": told[f] for f in ("title", "description")}
    return words


def package(app_id: str, site: str, developer: str) -> bytes:
    """The zip. Raises Problem for a site that is not an https address."""
    parts = urlsplit(site)
    if parts.scheme != "https" or not parts.hostname:
        raise Problem("teams.package_url")
    made = manifest(app_id, site, developer)
    files = {
        "manifest.json": encoded(made),
        "en.json": encoded(english(made)),
        "color.png": color_icon(),
        "outline.png": outline_icon(),
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A date of its own would make every package another one.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


def encoded(value: Json) -> bytes:
    """JSON for people to read."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def write(path: Path, content: bytes) -> None:
    """Writes the package; raises Problem where that is not possible."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Problem("out_unwritable", path=path, detail=error.strerror or error) from error
