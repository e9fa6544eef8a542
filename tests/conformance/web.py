"""The web page: what its script sends, and the trees that it would show."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

from bot.bootstrap import App
from bot.channels.web import create_app
from bot.channels.web_options import WebOptions
from tests.conformance.drivers import Shown
from tests.web.web_serving import Served

Tree = list  # [tag, attributes, children]


class WebDriver:
    """A browser's requests over HTTP."""

    name = "web"

    def __init__(self, app: App) -> None:
        self.stack = ExitStack()
        options = WebOptions(port=0, timeout=10.0)
        self.url = self.stack.enter_context(Served(create_app(app, options)))
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(jar)
        self.trees: list[Tree] = []

    def send(self, **body: object) -> Shown:
        request = urllib.request.Request(
            self.url + "/api/message",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Origin": self.url},
        )
        with self.browser.open(request, timeout=20) as response:
            parts = json.load(response)["parts"]
        self.trees = [part["tree"] for part in parts]
        links = [a["href"] for t in self.trees for tag, a, _ in walk(t) if tag == "a"]
        return Shown(
            text="\n".join(text(tree) for tree in self.trees),
            buttons=[text(b).strip() for b in self.elements("button")],
            files=[urllib.parse.unquote(h.rpartition("/")[2]) for h in links if "/file/" in h],
            filling=any(part["kind"] == "form" for part in parts),
        )

    def elements(self, tag: str) -> list[Tree]:
        return [e for tree in self.trees for e in walk(tree) if e[0] == tag]

    def say(self, text: str) -> Shown:
        return self.send(text=text)

    def press(self, label: str) -> Shown:
        button = next(b for b in self.elements("button") if text(b).strip() == label)
        name = "text" if button[1]["name"] == "say" else "pressed"
        return self.send(**{name: button[1]["value"]})

    def fill(self, values: dict[str, str]) -> Shown:
        form = next(f for f in self.elements("form") if any(fields(f)))
        sent: dict[str, str] = dict(fields(form))
        sent |= values
        button = next(b for b in walk(form) if b[0] == "button")
        return self.send(pressed=button[1]["value"], values=sent)

    def judge(self, verdict: str, reason: str = "") -> Shown:
        buttons = [b for b in self.elements("button") if b[1].get("value", "").startswith("feedb")]
        wanted = f"feedback:{verdict}:"
        for button in buttons:
            value = button[1]["value"]
            if value.startswith(wanted) and (not reason or text(button).strip() == reason):
                return self.send(pressed=value)
        radios = [e for e in self.elements("input") if e[1].get("type") == "radio"]
        labels = [text(e).strip() for e in self.elements("label")]
        place = [label for label in labels if label].index(reason)
        return self.send(pressed=radios[place][1]["value"])

    def read(self) -> Shown:
        links = [e[1]["href"] for e in self.elements("a") if "/document/" in e[1]["href"]]
        with self.browser.open(self.url + links[0], timeout=20) as response:
            return Shown(text=response.read().decode())

    def close(self) -> None:
        self.stack.close()


def walk(tree: Tree) -> Iterator[Tree]:
    yield tree
    for child in tree[2]:
        if isinstance(child, list):
            yield from walk(child)


def text(tree: Tree) -> str:
    return "".join(c if isinstance(c, str) else text(c) for c in tree[2])


def fields(form: Tree) -> list[tuple[str, str]]:
    """The fields of a form with what is filled in."""
    found: dict[str, str] = {}
    for tag, attrs, _ in walk(form):
        name = attrs.get("name", "")
        if tag not in ("input", "textarea", "select") or name in ("", "event"):
            continue
        found.setdefault(name, "")
        if attrs.get("type") not in ("radio", "checkbox") or "checked" in attrs:
            found[name] = attrs.get("value", "")
    return list(found.items())
