"""Processes killed at random points, and several of them at once on one file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*arguments: object, module: str = "killed") -> dict[str, object]:
    command = [sys.executable, "-m", f"tests.delivery.{module}", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_hundreds_of_kills_lose_nothing_send_nothing_twice_and_keep_the_order(folder):
    result = run("kill", folder, 230, 7)
    assert result["lost"] == 0 and result["twice"] == 0 and result["in_order"]
    assert result["counts"] == {"sent": result["queued"]} and result["queued"] == 1800
    killed = result["killed"]
    assert killed["before"] + killed["after"] + killed["find"] + killed["random"] > 150
    assert killed["after"] > 10  # the platform had it, nothing had been written


def test_kills_from_the_change_to_the_reader_lose_nothing_and_tell_nothing_twice(folder):
    result = run(folder, 40, 7, module="killed_chain")
    assert result["wanted"] == 273  # six changes and three announcements to thirty persons
    assert (result["lost"], result["twice"], result["strange"]) == (0, 0, 0)
    assert result["killed"]["random"] + result["killed"]["after"] > 10


def test_processes_share_their_rates_and_never_send_the_same(folder):
    result = run("share", folder, 4, 120)
    assert result["lost"] == 0 and result["twice"] == 0
    assert len(result["by_process"]) > 1  # they did work side by side
    # 100 a second allowed, whoever sends: 120 take over a second, and hardly more.
    assert result["most_in_a_second"] <= 100
    assert 1.1 < result["seconds"] < 6


def test_processes_may_open_and_migrate_a_new_file_at_once(folder):
    assert run("open", folder, 5, 6) == {"failed": 0}
