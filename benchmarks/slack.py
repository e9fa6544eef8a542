"""Slack: signed event in → chat.postMessage out, the acknowledgement apart, memory, a burst.

The assistant is `catalogue-bot serve` in a process of its own with the shipped documents and
encoder; this process is Slack (the stand-in of tests/slack, which checks every call) and those who
write to it. Beside each figure stands the handlers' own time for the same questions.

    python -m benchmarks.slack [--events 200] [--burst 500] [--index DIR]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import yaml

from bot.config import CODE
from bot.config_reading import read_settings
from tests.slack.stand_in import BOT_TOKEN, SECRET, TEAM, StandIn, encoded, signature_headers

EVALUATION = CODE / "tests" / "eval" / "questions.yaml"
QUESTIONS = [entry["q"] for entry in yaml.safe_load(EVALUATION.read_text(encoding="utf8"))]
ROOMS = 100  # direct conversations the events are spread over: each gets one every two seconds


class Load:
    """Sends events and notes when each was acknowledged and answered."""

    def __init__(self, slack: StandIn, url: str) -> None:
        self.slack = slack
        self.url = url
        self.sent: dict[str, float] = {}  # channel + place in it → when
        self.acks: list[float] = []
        self.number = 0

    async def send(self, channel: str) -> None:
        """One event, timed to its acknowledgement."""
        self.number += 1
        ts = f"17{self.number:08d}.000100"
        event = {
            "type": "message",
            "channel_type": "im",
            "user": "U1",
            "channel": channel,
            "text": QUESTIONS[self.number % len(QUESTIONS)],
            "ts": ts,
        }
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{self.number}",
            "event": event,
        }
        body, kind = encoded(payload)
        headers = signature_headers(body, str(int(time.time()))) | {"Content-Type": kind}
        started = time.monotonic()
        self.sent[f"{channel} {ts}"] = started
        async with self.slack.http.post(self.url, data=body, headers=headers) as response:
            await response.read()
            assert response.status == 200
        self.acks.append(time.monotonic() - started)

    async def at(self, rate: float, count: int, rooms: list[str]) -> None:
        """`count` events, `rate` a second; all at once for a rate of 0."""
        start = time.monotonic()
        tasks = []
        for place in range(count):
            if rate:
                await asyncio.sleep(max(0.0, start + place / rate - time.monotonic()))
            tasks.append(asyncio.ensure_future(self.send(rooms[place % len(rooms)])))
        await asyncio.gather(*tasks)

    def run(self, rate: float, count: int, rooms: list[str], patience: float) -> list[float]:
        """Seconds from each event to its answer; those that never came are missing."""
        self.sent.clear()
        self.acks.clear()
        before = {room: len(self.slack.sent(room)) for room in rooms}
        work = self.at(rate, count, rooms)
        asyncio.run_coroutine_threadsafe(work, self.slack.loop).result(patience + count)
        end = time.monotonic() + patience
        while time.monotonic() < end and self.answered(before) < count:
            time.sleep(0.05)
        taken = []
        for room in rooms:
            asked = sorted(at for name, at in self.sent.items() if name.startswith(f"{room} "))
            answers = [message["at"] for message in self.slack.sent(room)[before[room] :]]
            taken += [out - at for at, out in zip(asked, answers, strict=False)]
        return taken

    def answered(self, before: dict[str, int]) -> int:
        return sum(len(self.slack.sent(room)) - count for room, count in before.items())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(
    slack: StandIn, folder: Path, index: Path | None
) -> Iterator[tuple[str, psutil.Process]]:
    """The assistant, serving; the address of its door and its process."""
    people = folder / "people.yaml"
    people.write_text(f"organisations:\n  mef: {{name: Ministère, slack: [{TEAM}]}}\n")
    port = free_port()
    given = {
        "CATALOGUE_DATABASE": str(folder / "bench.sqlite"),
        "CATALOGUE_INDEX": str(index or folder / "index"),
        "CATALOGUE_PEOPLE": str(people),
        "CATALOGUE_PORT": "0",
        "CATALOGUE_SLACK_PORT": str(port),
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        env=os.environ | given,
        cwd=CODE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        child.stdout.readline()  # the web page's address: everything is ready
        yield f"http://127.0.0.1:{port}/slack/events", psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(20)


def handlers_alone(folder: Path, index: Path | None, count: int) -> list[float]:
    """Seconds that the handlers take for the same questions, without a channel."""
    from bot.bootstrap import build_app, prepare_process
    from handlers.conversation import Actor, Address, Incoming

    given = {
        "database": (str(folder / "alone.sqlite"), ""),
        "index": (str(index or folder / "index"), ""),
    }
    settings = read_settings(given, {})
    prepare_process(settings)
    app = build_app(settings)
    app.engine.warm()
    taken = []
    for number in range(count + 5):
        incoming = Incoming(
            actor=Actor(id="u", channel="console"),
            address=Address(channel="console", conversation=f"c{number % ROOMS}"),
            text=QUESTIONS[number % len(QUESTIONS)],
        )
        started = time.monotonic()
        app.router.reply(incoming)
        taken.append(time.monotonic() - started)
    return taken[5:]


def percentile(values: list[float], share: float) -> float:
    """In milliseconds; NaN of nothing."""
    ordered = sorted(values)
    return (
        ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000
        if ordered
        else float("nan")
    )


def line(what: str, values: list[float], alone: float) -> str:
    """One line of the report: p50 and p99 in ms, beside the handlers' own p50."""
    p50, p99 = percentile(values, 0.50), percentile(values, 0.99)
    return f"{what:<46} p50 {p50:8.1f} ms   p99 {p99:8.1f} ms   p50 ÷ handlers' {p50 / alone:5.2f}"


def main() -> int:
    """Runs everything; the exit code is 1 when an event was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--burst", type=int, default=500)
    parser.add_argument("--index", type=Path)
    given = parser.parse_args()
    lost = 0
    slack = StandIn().start()
    rooms = [f"D{number:03d}" for number in range(ROOMS)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(slack, folder, given.index) as (url, process):
            load = Load(slack, url)
            load.run(5, 20, rooms, 30)  # uncounted: connections, caches
            idle = process.memory_info().rss
            runs = []
            for rate, count in ((1, min(30, given.events)), (50, given.events)):
                taken = load.run(rate, count, rooms, 60)
                lost += count - len(taken)
                runs.append((f"{rate} events a second, {count}", taken, list(load.acks)))
            taken = load.run(0, given.burst, rooms, 120)
            lost += given.burst - len(taken)
            runs.append((f"a burst of {given.burst} in {ROOMS} rooms", taken, list(load.acks)))
            after = process.memory_info().rss
        alone = handlers_alone(folder, given.index, given.events)
    slack.stop()
    typical = statistics.median(alone) * 1000
    print(f"2 cores wanted, {psutil.cpu_count()} here, load {os.getloadavg()[0]:.1f}")
    print(line("handlers alone, one after the other", alone, typical))
    for what, taken, acks in runs:
        print(line(f"{what}: answered", taken, typical))
        print(line(f"{what}: acknowledged", acks, typical))
        print(f"{what}: slowest acknowledgement {max(acks) * 1000:.0f} ms, answers {len(taken)}")
    print(f"resident memory: {idle / 2**20:.0f} MB warm, {after / 2**20:.0f} MB after all of it")
    print(f"lost: {lost}; refused by the stand-in: {len(slack.broken)}")
    return 1 if lost or slack.broken else 0


if __name__ == "__main__":
    sys.exit(main())
