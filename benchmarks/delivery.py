"""Delivery against platforms that are stood in for and enforce their limits.

    python -m benchmarks.delivery [--only real many chat] [--seconds N] [--many N] [--ask N]
        [--index DIR] [--json]

`real`: a minute of the real clock, Teams and Slack at once. `many`: recipients on Teams under a
simulated clock, no message less. `chat`: answers of the real engine, in turn without and with a
broadcast under way in the same process.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks._report import Row, machine, table
from bot.channels.sending import SendLater
from bot.config import Settings
from bot.delivery import Delivery
from bot.delivery_limits import (
    SLACK_ROOM,
    SLACK_WORKSPACE,
    TEAMS_ROOM,
    TEAMS_TENANT,
    room,
    workspace,
)
from bot.stores.outbox import Outbox
from bot.stores.outbox_tables import Parcel
from handlers.conversation import Address, Reply, Text

BODY = Reply(parts=(Text(text="Une annonce du Courtier. " * 20),))
LATENCY = (0.06, 0.14)  # seconds from call to answer; half of it before the message arrives
MEMORY = Path("/dev/shm")
QUESTIONS = (
    "Quelle est la durée maximale d’un contrat spécifique?",
    "Qui a le droit d’acheter dans le Catalogue?",
    "Faut-il une autorisation si l’offre choisie n’est pas la moins chère?",
    "Quelle est l’adresse courriel du Courtier?",
    "Comment préparer la rencontre de démarrage?",
    "Qu’est-ce qu’un avenant?",
)


class StandIn:
    """A platform: counts in sliding windows by its own clock, refuses what is over."""

    def __init__(
        self, channel: str, clock: Callable[[], float], latency: tuple[float, float] | None = None
    ) -> None:
        self.channel = channel
        self.clock = clock
        self.latency = latency
        self.lock = threading.Lock()
        self.seen: dict[str, deque[float]] = defaultdict(deque)
        self.taken: dict[tuple[str, str], int] = defaultdict(int)
        self.times: list[float] = []
        self.refused = 0

    def windows(self, address: Address) -> Iterator[tuple[str, int, float]]:
        """(name, count, seconds): what this platform publishes."""
        if self.channel == "teams":
            yield workspace(address), TEAMS_TENANT, 1.0
            for count, seconds in TEAMS_ROOM:
                yield f"{room(address)} {seconds}", count, seconds
        else:
            yield workspace(address), SLACK_WORKSPACE, 60.0
            yield room(address), SLACK_ROOM, 1.0

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        """Half of the latency before it arrives, half after."""
        pause = random.uniform(*self.latency) / 2 if self.latency else 0.0
        if pause:
            time.sleep(pause)
        with self.lock:
            self.arrive(address, key)
        if pause:
            time.sleep(pause)
        return key

    def arrive(self, address: Address, key: str) -> None:
        """Takes it, or raises SendLater as the platform does."""
        now = self.clock()
        wanted = list(self.windows(address))
        for name, count, seconds in wanted:
            times = self.seen[name]
            while times and times[0] <= now - seconds:
                times.popleft()
            if len(times) >= count:
                self.refused += 1
                raise SendLater("429", max(1.0, times[0] + seconds - now))
        for name, _, _ in wanted:
            self.seen[name].append(now)
        self.taken[address.conversation, key] += 1
        self.times.append(now)

    def find(self, address: Address, key: str) -> str | None:
        """Never asked: nothing crashes here."""
        return None

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        """Not measured."""

    def recall(self, address: Address, message: str) -> None:
        """Not measured."""


class Tenant(StandIn):
    """A tenant of Teams that keeps a byte a recipient, so that what grows is delivery's own."""

    def __init__(self, clock: Callable[[], float], count: int) -> None:
        super().__init__("teams", clock)
        self.got = bytearray(count)

    def arrive(self, address: Address, key: str) -> None:
        """Takes it, or raises SendLater; each conversation gets one message."""
        now, times = self.clock(), self.seen["tenant"]
        while times and times[0] <= now - 1.0:
            times.popleft()
        if len(times) >= TEAMS_TENANT:
            self.refused += 1
            raise SendLater("429", 1.0)
        times.append(now)
        self.got[key_number(address)] += 1


def key_number(address: Address) -> int:
    """The number in a conversation's name."""
    return int(address.conversation.split(":")[1])


class Simulated:
    """Time that passes when somebody waits for it."""

    def __init__(self) -> None:
        self.now, self.woken = 1000.0, False

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def wait_until(self, moment: float) -> None:
        """Passes at once."""
        if not self.woken:
            self.now = max(self.now, moment)
        self.woken = False

    def wake(self) -> None:
        """Cuts the next waiting short."""
        self.woken = True


class Inline(Executor):
    """Does at once what it is given."""

    def submit(self, fn, /, *args, **options):  # type: ignore[no-untyped-def]
        """Done when this returns."""
        fn(*args, **options)
        return Future()


@contextmanager
def outbox_in(fast: bool) -> Iterator[Outbox]:
    """A new outbox; on a file system in memory where the clock is simulated."""
    where = MEMORY if fast and MEMORY.is_dir() else None
    with TemporaryDirectory(dir=where) as folder:
        box = Outbox(Path(folder) / "outbox.sqlite", workspace)
        try:
            yield box
        finally:
            box.close()


def parcels(channel: str, count: int, name: str = "T") -> Iterator[Parcel]:
    """One message to each of so many conversations of one tenant or workspace."""
    for number in range(count):
        where = Address(channel=channel, conversation=f"{name}:{number:06d}:")
        yield Parcel(where, "announce:1", "bulk", batch="announce:1")


def resident() -> float:
    """Megabytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def real(seconds: float) -> list[Row]:
    """So many seconds of the real clock, on a disk, with latency."""
    teams = StandIn("teams", time.monotonic, LATENCY)
    slack = StandIn("slack", time.monotonic, LATENCY)
    with outbox_in(fast=False) as box:
        box.put(parcels("teams", int(seconds * 40)))
        box.put(parcels("slack", int(seconds * 8)))
        for number in range(int(seconds * 2)):  # one busy channel of another workspace
            where = Address(channel="slack", conversation="B:C1:", private=False)
            box.put([Parcel(where, f"k{number}", "bulk")])
        drain = Delivery(box, {"teams": teams, "slack": slack}, {"bulk": lambda claim: BODY})
        cpu, start = time.process_time(), time.monotonic()
        drain.start()
        time.sleep(seconds)
        drain.stop()
        cpu, wall = time.process_time() - cpu, time.monotonic() - start
    end = start + seconds
    in_time = [t for t in teams.times if t <= end]
    first = min(in_time)
    room_taken = sum(n for (where, _), n in slack.taken.items() if where == "B:C1:")
    all_taken = sum(slack.taken.values()) - room_taken
    twice = sum(n - 1 for s in (teams, slack) for n in s.taken.values())
    part = f"{seconds:.0f} seconds of the real clock"
    return [
        share(part, "Teams, one tenant", len(in_time), TEAMS_TENANT * (end - first)),
        share(part, "Slack, one workspace", all_taken, SLACK_WORKSPACE / 60 * seconds),
        share(part, "Slack, one channel", room_taken, SLACK_ROOM * seconds),
        Row(part, "refused by the platforms (429)", teams.refused + slack.refused, ""),
        Row(part, "received twice", twice, ""),
        Row(part, "processor time over time", cpu / wall, "share"),
    ]


def share(part: str, what: str, got: float, permitted: float) -> Row:
    """Messages taken beside those permitted."""
    return Row(part, what, got, "", "permitted", permitted, "95 %")


def many(count: int) -> list[Row]:
    """So many recipients of one Teams tenant, no message less, under a simulated clock."""
    timer = Simulated()
    teams = Tenant(timer.monotonic, count)
    with outbox_in(fast=True) as box:
        before, began = resident(), time.perf_counter()
        box.put(parcels("teams", count))
        queued, filled = time.perf_counter() - began, resident()
        memory: list[float] = []
        send = teams.send

        def counted(address: Address, reply: Reply, *, key: str) -> str:
            if key_number(address) % 5000 == 2500:
                memory.append(resident())
            return send(address, reply, key=key)

        teams.send = counted  # type: ignore[method-assign]
        drain = Delivery(
            box, {"teams": teams}, {"bulk": lambda claim: BODY}, timer=timer, executor=Inline()
        )
        cpu, start = time.process_time(), timer.now
        drain.drain()
        cpu, took = time.process_time() - cpu, timer.now - start
    part = f"{count:,} recipients of one Teams tenant, simulated clock"
    return [
        Row(part, "time", took, "s", "the limit's own minimum", count / TEAMS_TENANT, "105 %"),
        Row(part, "received", sum(1 for n in teams.got if n), "", "recipients", count),
        Row(part, "received twice", sum(n - 1 for n in teams.got if n), ""),
        Row(part, "refused by the platform (429)", teams.refused, ""),
        Row(part, "queued in", queued, "s"),
        Row(part, "processor time a message", cpu / count * 1000, "ms"),
        Row(part, "memory while queueing", filled, "MB", "before", before),
        Row(part, "memory at the end", memory[-1], "MB", "at the start", memory[0]),
    ]


def chat(index: Path, ask: int, blocks: int = 6) -> list[Row]:
    """Answers in blocks, in turn without and with a broadcast at the full rate."""
    from bot.bootstrap import build_engine, prepare_process

    settings = Settings(index=index)
    prepare_process(settings)
    engine = build_engine(settings)
    engine.warm()
    times: dict[bool, list[float]] = {False: [], True: []}
    for question in QUESTIONS:
        engine.answer(question, audience="client")
    with outbox_in(fast=False) as box:
        box.put(parcels("teams", 90_000))
        for block in range(blocks):
            busy = block % 2 == 1
            if busy:
                teams = StandIn("teams", time.monotonic, LATENCY)
                drain = Delivery(box, {"teams": teams}, {"bulk": lambda claim: BODY})
                drain.start()
                time.sleep(2)
            for number in range(ask // blocks * 2):
                start = time.perf_counter()
                engine.answer(QUESTIONS[number % len(QUESTIONS)], audience="client")
                times[busy].append((time.perf_counter() - start) * 1000)
                time.sleep(0.05)
            if busy:
                drain.stop()
    part = "answers in chat while a broadcast runs"
    rows = []
    for name, q in (("p50", 0.5), ("p99", 0.99)):
        with_, without = (float(np.quantile(times[b], q)) for b in (True, False))
        aim = "1.5×" if name == "p99" else ""
        rows.append(Row(part, f"during, {name}", with_, "ms", f"without, {name}", without, aim))
    return rows


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", default=["real", "many", "chat"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--many", type=int, default=90_000)
    parser.add_argument("--ask", type=int, default=240)
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    parts: dict[str, Callable[[], list[Row]]] = {
        "real": lambda: real(args.seconds),
        "many": lambda: many(args.many),
        "chat": lambda: chat(args.index, args.ask),
    }
    rows = [row for name in args.only for row in parts[name]()]
    if args.json:
        print(json.dumps({"machine": machine(), "rows": [row.as_json() for row in rows]}))
    else:
        print(json.dumps(machine(), ensure_ascii=False), "\n")
        print(table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
