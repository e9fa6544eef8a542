"""What processes do to one outbox at once. Run as `python -m tests.delivery.killed`:

    kill FOLDER KILLS SEED          forks drains, kills each at a random point or at a chosen one
    share FOLDER PROCESSES MESSAGES several drain it at once within one rate
    open FOLDER ROUNDS PROCESSES    several open, migrate and write a new file at once

Prints what happened as JSON. Kept apart from the tests so that a child carries nothing but SQLite:
a fork takes milliseconds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bot.delivery import Delivery
from bot.stores.outbox import POST, Outbox, composed
from bot.stores.outbox_tables import Claim
from handlers.conversation import Address, Reply, Text
from tests.delivery.stand_ins import FilePlatform, Later

LANES, EACH = 60, 30
LEASE = 20.0  # seconds; the clock of the next process is ahead by more
POINTS = ("before", "after", "find")  # around the platform's acknowledgement


def opened(folder: Path) -> Outbox:
    return Outbox(folder / "killed.sqlite", lambda address: "web:")


def child(folder: Path, point: str, ahead: float) -> None:
    """A drain that lives until it is killed, by itself at `point` or by its parent."""
    countdown = random.randrange(1, 8)

    def die(here: str) -> None:
        nonlocal countdown
        countdown -= here == point
        if countdown == 0 and here == point:
            os.kill(os.getpid(), signal.SIGKILL)

    box = opened(folder)
    platform = FilePlatform(folder / "platform.txt", die=die)
    drain = Delivery(
        box,
        {"web": platform},
        {POST: composed(box)},
        meters=lambda a, o: (),
        workers=2,
        lease=LEASE,
        timer=Later(ahead),
    )
    drain.drain()
    os._exit(0)


def main(folder: Path, kills: int, seed: int) -> None:
    random.seed(seed)
    box = opened(folder)
    queued, killed, by, ahead = 0, 0, Counter(), 0.0
    while True:
        # Messages keep coming while processes die.
        while queued < LANES * EACH * min(1.0, (killed + 1) / kills):
            lane, number = queued % LANES, queued // LANES
            where = Address(channel="web", conversation=f"c{lane}")
            box.post(where, Reply(parts=(Text(text=str(number)),)), key=f"k{number}")
            queued += 1
        box.close()
        point = random.choice([*POINTS, "", "", ""]) if killed < kills else ""
        sys.stdout.flush()
        ahead += LEASE + 1
        pid = os.fork()
        if pid == 0:
            random.seed(seed + killed)
            child(folder, point, ahead)
        if killed < kills and not point:
            time.sleep(random.uniform(0.001, 0.03))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        died = os.WIFSIGNALED(status)
        if died:
            killed += 1
            by[point or "random"] += 1
        elif killed >= kills:
            break
        else:
            killed += 1  # it was done before its time came: more messages next
            by["done"] += 1
    lines = Counter((folder / "platform.txt").read_text().splitlines())
    in_order = all(
        [line.split()[1] for line in (folder / "platform.txt").read_text().splitlines()
         if line.split()[0] == f"c{lane}"] == [f"k{n}" for n in range(EACH)]
        for lane in range(LANES)
    )  # fmt: skip
    result = {
        "queued": queued,
        "received": sum(lines.values()),
        "lost": queued - len(lines),
        "twice": sum(n - 1 for n in lines.values()),
        "in_order": in_order,
        "counts": box.counts(),
        "killed": by,
    }
    print(json.dumps(result))


class Noted(Outbox):
    """An outbox that notes the times given to its claims: when each is really sent is up to the
    machine's load as well."""

    def __init__(self, path: Path, times: list[float]) -> None:
        super().__init__(path, lambda address: "web:")
        self.times = times

    def claim(self, *arguments: Any, **options: Any) -> tuple[list[Claim], float]:
        claims, wake = super().claim(*arguments, **options)
        self.times += [claim.slot for claim in claims]
        return claims, wake


def share(folder: Path, processes: int, messages: int) -> None:
    """Several processes drain one file within one rate of a hundred a second."""
    box = opened(folder)
    for number in range(messages):
        where = Address(channel="web", conversation=f"c{number}")
        box.post(where, Reply(parts=(Text(text="x"),)), key="k")
    box.close()
    pids = []
    for _ in range(processes):
        if (pid := os.fork()) == 0:
            times: list[float] = []
            platform = FilePlatform(folder / "platform.txt")
            each = Noted(folder / "killed.sqlite", times)
            Delivery(
                each,
                {"web": platform},
                {POST: composed(each)},
                meters=lambda address, operation: (("all", ((100, 1.0), (1, 0.01))),),
                workers=4,
            ).drain()
            (folder / f"{os.getpid()}.log").write_text(" ".join(map(str, times)))
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    lines = Counter((folder / "platform.txt").read_text().splitlines())
    by = {p.stem: [float(t) for t in p.read_text().split()] for p in folder.glob("*.log")}
    times = sorted(t for each in by.values() for t in each)
    print(
        json.dumps(
            {
                "lost": messages - len(lines),
                "twice": sum(n - 1 for n in lines.values()),
                "by_process": {name: len(each) for name, each in by.items() if each},
                "most_in_a_second": max(sum(t <= u < t + 1 for u in times) for t in times),
                "seconds": times[-1] - times[0],
            }
        )
    )


def opening(folder: Path, rounds: int, processes: int) -> None:
    """Several processes open, migrate and write one new file at the same moment."""
    failed = 0
    for number in range(rounds):
        place = folder / str(number)
        pids = []
        for name in range(processes):
            if (pid := os.fork()) == 0:
                try:
                    where = Address(channel="web", conversation=str(name))
                    opened(place).post(where, Reply(parts=(Text(text="x"),)), key="k")
                except BaseException as error:
                    print(error, file=sys.stderr)
                    os._exit(1)
                os._exit(0)
            pids.append(pid)
        failed += sum(os.waitpid(pid, 0)[1] != 0 for pid in pids)
        failed += opened(place).counts() != {"waiting": processes}
    print(json.dumps({"failed": failed}))


if __name__ == "__main__":
    what = {"kill": main, "share": share, "open": opening}[sys.argv[1]]
    what(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
