"""The bot through Microsoft's Agents Playground, driven in headless Chromium as a person would:
a question with its citations unfolded, two dialogs to their end, in personal chat and in a channel.

    npm install @microsoft/m365agentsplayground
    python -m benchmarks.teams_playground --modules node_modules [--index DIR] [--shots DIR]

Needs playwright and a Chromium (named by the variable CHROMIUM). The bot is `catalogue-bot teams`
in anonymous mode, with a file of people for the playground's tenant. The playground always says
that its user reads English; what stands between says French. Each picture is taken twice, the
second time with cards as narrow as a phone's. Says what it did; the exit code is 1 where something
did not come, 5 where the playground or Chromium is absent.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

TENANT = "00000000-0000-0000-0000-0000000000001"
PEOPLE = f"organisations:\n  essai:\n    name: Organisme de l’essai\n    teams: ['{TENANT}']\n"
QUESTION = "Quelle est la durée maximale d’un contrat spécifique?"
DIALOGS = ("Admissibilité", "Préparation")
STEPS = 40  # questions of a dialog at most
WAIT = 30_000  # milliseconds for anything to appear
CARD = ".ac-adaptiveCard"
INPUTS = "input, textarea, select"
BOT = "Test Bot"
READ = re.compile("Lire le passage|Read the passage")
CONFIRM = re.compile("^Confirm")
BEGIN = re.compile("Commencer|Begin")
WIDE, HIGH, NARROW = 1400, 1400, 328  # pixels: the window, and a card on a phone
ENDPOINT = "http://127.0.0.1:3978/api/messages"
PLAYGROUND = "http://localhost:56150/"


@contextmanager
def running(
    command: list[str], environment: dict[str, str], ready: str, folder: str | None = None
) -> Iterator[None]:
    """Runs a program while the block runs; begins once its address answers at all."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 300
        while not answers(ready):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{command[0]} did not start")
            time.sleep(0.5)
        yield
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    """Whether something listens there."""
    try:
        urllib.request.urlopen(url, timeout=2)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class French(BaseHTTPRequestHandler):
    """Hands activities over to the bot, as from somebody whose Teams is in French."""

    def do_POST(self) -> None:
        """One activity, and the bot's answer to it."""
        activity = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for told in (activity, *activity.get("entities", [])):
            if "locale" in told:
                told["locale"] = "fr-CA"
        kept = {"Content-Type": "application/json"}
        request = urllib.request.Request(ENDPOINT, json.dumps(activity).encode(), kept)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            status, body = refused.code, refused.read()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@contextmanager
def in_french() -> Iterator[str]:
    """The address to give to the playground while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), French)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/messages"
    finally:
        server.shutdown()
        server.server_close()


class Visit:
    """One person in the playground."""

    def __init__(self, page: Any, shots: Path | None) -> None:
        self.page = page
        self.shots = shots
        self.faults: list[str] = []

    def shot(self, name: str) -> None:
        """Takes a picture, with cards as wide as they are and as narrow as a phone's."""
        if self.shots:
            self.page.screenshot(path=self.shots / f"playground-{name}.png")
            narrow = self.page.add_style_tag(content=f"{CARD} {{ width: {NARROW}px !important }}")
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=self.shots / f"playground-{name}-narrow.png")
            narrow.evaluate("style => style.remove()")

    def enter(self, room: str) -> None:
        """Opens a conversation."""
        self.page.get_by_role("treeitem", name=room).click()
        self.page.wait_for_timeout(1000)

    def say(self, text: str, *, channel: bool) -> None:
        """Writes a message, in a channel a new post that mentions the bot; waits for cards."""
        before = self.page.locator(CARD).count()
        self.page.get_by_role("textbox").first.click()
        if channel:
            self.page.keyboard.type("@")
            self.page.get_by_role("menuitem", name=BOT).click(timeout=WAIT)
            self.page.keyboard.type(" ")
        self.page.keyboard.type(text)
        if channel:
            self.page.get_by_role("button", name="Post").click()
        else:
            self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "([css, n]) => document.querySelectorAll(css).length > n",
            arg=[CARD, before],
            timeout=WAIT,
        )
        self.page.wait_for_timeout(1500)

    def question(self, name: str, *, channel: bool) -> None:
        """Asks, and unfolds the first passage."""
        self.say(QUESTION, channel=channel)
        read = self.page.get_by_role("button", name=READ)
        cards = self.page.locator(CARD).filter(has=read)
        card = cards.first if channel else cards.last  # the newest post stands on top
        card.wait_for(timeout=WAIT)
        shown = len(card.inner_text())
        card.get_by_role("button", name=READ).first.click(timeout=WAIT)
        self.page.wait_for_timeout(300)
        if len(card.inner_text()) <= shown:
            self.faults.append(f"{name}: the passage did not unfold")
        self.shot(f"{name}-question")

    def dialog(self, word: str, name: str, *, channel: bool) -> int:
        """Answers a dialog's questions until its outcome; returns how many there were."""
        confirm = self.page.get_by_role("button", name=CONFIRM)
        earlier = confirm.count()  # of dialogs held before
        self.say(word, channel=channel)
        self.shot(f"{name}-begins")
        for asked in range(STEPS):
            form = self.form()
            before = self.page.locator(CARD).all_inner_texts()
            ends = confirm.count() > earlier
            begin = self.page.get_by_role("button", name=BEGIN)  # the dialog of a new dossier
            if ends:
                self.shot(f"{name}-answers")
                (confirm.first if channel else confirm.last).click()
            elif form is None and begin.count():
                self.shot(f"{name}-dossier")
                begin.last.click()
            elif form is None:
                self.faults.append(f"{name}: no question came")
                return asked
            else:
                fill(form)
                if asked == 1:
                    self.shot(f"{name}-filled")
                # With words on it: a number's arrows are buttons too.
                form.get_by_role("button").filter(has_text=re.compile(r"\w")).first.click()
            if not self.changed(before):
                self.faults.append(f"{name}: question {asked + 1} was not taken")
                return asked
            if ends:
                self.shot(f"{name}-ends")
                return asked
        self.faults.append(f"{name}: it did not come to its end")
        return STEPS

    def changed(self, before: list[str]) -> bool:
        """Whether the cards come to say something else."""
        try:
            self.page.wait_for_function(
                "([css, before]) => JSON.stringify([...document.querySelectorAll(css)]"
                ".map(e => e.innerText)) !== before",
                arg=[CARD, compact(before)],
                timeout=WAIT,
            )
        except Exception:
            return False
        self.page.wait_for_timeout(700)
        return True

    def form(self) -> Any:
        """The card with something to fill in, None where there is none any more."""
        cards = self.page.locator(CARD)
        for number in reversed(range(cards.count())):
            card = cards.nth(number)
            if any(one.is_visible() for one in card.locator(INPUTS).all()):
                return card
        return None


def fill(form: Any) -> None:
    """Fills in everything: the first choice, a small number, a text."""
    named = set()
    for one in form.locator(INPUTS).all():
        kind = one.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind == "radio":
            name = one.get_attribute("name")
            if name not in named:
                named.add(name)
                one.check(force=True)
        elif kind == "checkbox":
            one.check(force=True)
        elif kind == "number" or one.get_attribute("role") == "spinbutton":
            one.fill("12")
            one.press("Tab")  # it is taken when it is left
        elif kind == "date":
            one.fill(one.get_attribute("min") or "2027-01-15")
        elif kind == "select":
            one.select_option(index=1)
        elif one.is_editable():
            one.fill("Essai")


def compact(texts: list[str]) -> str:
    """JSON as the browser writes it."""
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def visit(page: Any, shots: Path | None, dialogs: Sequence[str] = DIALOGS) -> list[str]:
    """The whole visit; returns what went wrong."""
    made = Visit(page, shots)
    page.goto(PLAYGROUND)
    page.get_by_text("Connected.").wait_for(timeout=WAIT)
    for room, channel in (("Personal Chat", False), ("My Team - General", True)):
        name = "channel" if channel else "personal"
        made.enter(room)
        made.shot(f"{name}-opened")
        made.question(name, channel=channel)
        for word in dialogs:
            plain = word.lower().replace("é", "e")
            count = made.dialog(word, f"{name}-{plain}", channel=channel)
            print(f"{room}: {word}, {count} questions answered")
    return made.faults


def main() -> int:
    """Starts the bot and the playground, visits them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modules", type=Path, default=Path("node_modules"))
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--dialogs", nargs="*", default=DIALOGS)
    args = parser.parse_args()
    client = args.modules / "@microsoft/m365agentsplayground/cli.js"
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    node = shutil.which("node")
    if not client.is_file() or not chromium or not node:
        print("skipped: needs node, Chromium and @microsoft/m365agentsplayground", file=sys.stderr)
        return 5
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as folder:
        people = Path(folder) / "people.yaml"
        people.write_text(PEOPLE, encoding="utf8")
        settings = {
            "TEAMS_ANONYMOUS": "true",
            "TEAMS_TENANTS": TENANT,
            "DATABASE": f"{folder}/base.sqlite",
            "INDEX": str(args.index.resolve()),
            "PEOPLE": str(people),
        }
        bot = running(
            [sys.executable, "-m", "bot", "teams"],
            {f"CATALOGUE_{name}": value for name, value in settings.items()},
            ENDPOINT,
        )
        with bot, in_french() as endpoint:
            command = [node, str(client.resolve()), "-e", endpoint, "-c", "msteams", "--dt"]
            # It leaves a log in the folder it runs in.
            with running(command, {}, PLAYGROUND, folder), sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
                faults = visit(page, args.shots, args.dialogs)
                browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
