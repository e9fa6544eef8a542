"""Reads the settings: command line > environment `CATALOGUE_*` > file > default."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from bot.config import (
    CODE,
    FILE_NAME,
    NOT_IN_FILE,
    PREFIX,
    RANGES,
    SCRIPT_VARIABLES,
    TABLE,
    TYPES,
    Settings,
    variable,
)
from knowledge.phrases import Problem

# Slack's own variables, for whoever has them set already: they come after ours.
OF_SLACK = {
    f"slack_{name}": f"SLACK_{name.upper()}"
    for name in (
        "bot_token",
        "app_token",
        "signing_secret",
        "client_id",
        "client_secret",
        "api_url",
    )
}


def read_settings(
    given: Mapping[str, tuple[str, str]] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings in force; `given` is what the command line says: setting → (text, option).

    Raises Problem naming the key, the value and where it was given.
    """
    environ = os.environ if environ is None else environ
    here = Path.cwd()
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}

    def take(name: str, raw: object, origin: str, base: Path) -> None:
        if name in TABLE and name not in values:
            values[name] = parse(name, raw, origin, base)
            origins[name] = origin

    for name, (text, option) in (given or {}).items():
        check_name(name, option)
        take(name, text, option, here)
    for name in TABLE:
        for known in (variable(name), OF_SLACK.get(name, "")):
            if known in environ:
                take(name, environ[known], known, here)
    values.setdefault("home", CODE if (CODE / "pyproject.toml").exists() else here)
    home: Path = values["home"]
    path: Path = values.setdefault("config_file", home / FILE_NAME)
    for name, value in read_file(path, required="config_file" in origins).items():
        check_name(name, str(path))
        take(name, value, str(path), path.parent)
    for name, entry in TABLE.items():
        default = entry.default
        values.setdefault(name, home / default if isinstance(default, Path) else default)
        origins.setdefault(name, "default")
    return Settings(**values, origins=origins)


def read_file(path: Path, *, required: bool) -> dict[str, object]:
    """The settings file's content; nothing when there is none and none was asked for."""
    try:
        content: dict[str, object] = tomllib.loads(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        if required:
            raise Problem("config.no_file", path=path) from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Problem("config.bad_file", path=path, detail=error) from error
    for name in NOT_IN_FILE:
        if name in content:
            raise Problem("config.not_in_file", name=name, path=path, variable=variable(name))
    return content


def check_name(name: str, origin: str) -> None:
    """Raises Problem for a setting that does not exist, with the nearest one that does."""
    if name not in TABLE:
        near = difflib.get_close_matches(name, TABLE, n=1, cutoff=0.0)[0]
        raise Problem("config.unknown", name=name, origin=origin, near=near)


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """CATALOGUE_… variables that set nothing: probably misspelt."""
    known = {variable(name) for name in TABLE} | SCRIPT_VARIABLES
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def parse(name: str, raw: object, origin: str, base: Path) -> Any:
    """The value of type `TYPES[name]` that `raw` (text, or a value of the TOML file) stands for."""
    kind = TYPES[name]
    shown = "•••" if TABLE[name].metadata["secret"] else raw
    text = raw.strip() if isinstance(raw, str) else raw
    bad = {"name": name, "value": shown, "origin": origin}
    if kind is bool:
        words = {"true": True, "1": True, "oui": True, "yes": True}
        words |= {"false": False, "0": False, "non": False, "no": False}
        value = text if isinstance(text, bool) else words.get(str(text).casefold())
        if value is None:
            raise Problem("config.bad_bool", **bad)
        return value
    if kind is int:
        low, high = RANGES[name]
        try:
            number = int(str(text))
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise Problem("config.bad_int", low=low, high=high, **bad)
        return number
    if not isinstance(raw, str) or "\0" in raw:
        raise Problem("config.bad_text", **bad)
    if get_origin(kind) is Literal:
        if text not in get_args(kind):
            raise Problem("config.bad_choice", choices=", ".join(get_args(kind)), **bad)
        return text
    if kind is Path:
        if not text:
            raise Problem("config.bad_path", **bad)
        return base / Path(str(text)).expanduser()
    return raw  # prompts keep their trailing space
