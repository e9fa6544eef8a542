"""The program as its user has it: shipped encoder, real files, real processes, real HTTP."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "knowledge" / "corpus"
QUESTIONS = {
    "c koi la duree maximale d'un contrat": ("5.7", "Trois ans"),
    "Puis-je ajouter mes propres clauses au contrat ?": ("5.11", "Non"),
    "qui facture, le broker ou le fournisseur": ("5.22", "fournisseur"),
    "Can I give catalogue documents to a supplier?": ("5.23", "Non"),
}
OUT = ("comment renouveler mon permis de conduire", "asdf qwer zxcv", "raconte-moi une blague")


def environment(home: Path) -> dict[str, str]:
    """This process's, with compiled modules kept as on a user's machine: the libraries load twice
    as fast from the second process on."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "CATALOGUE_HOME": str(home)}


def program(*arguments: str, home: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs `catalogue-bot` to its end, at most five minutes: to build an index is to embed every
    off-topic message too, and other tests run beside."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**environment(home), "LC_ALL": "fr_CA.UTF-8"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **options,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder whose index holds the FAQ alone, so that it is built soon."""
    folder = tmp_path_factory.mktemp("home")
    done = program("index", str(CORPUS / "faq.md"), "--json", home=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["passages"] > 25
    return folder


def test_a_batch_is_answered_in_order_with_citations(home: Path, tmp_path: Path) -> None:
    lines = [{"q": q, "mine": n} for n, q in enumerate([*QUESTIONS, *OUT])]
    batch = tmp_path / "questions.jsonl"
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf8")
    done = program("ask", "--batch", str(batch), "--json", home=home)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["mine"] for a in answers] == list(range(len(lines)))
    for answer, (section, fact) in zip(answers, QUESTIONS.values(), strict=False):
        assert answer["status"] in ("answered", "ambiguous"), answer["q"]
        assert answer["citations"][0]["section"] == section, answer["q"]
        assert fact in answer["short"]
        assert answer["citations"][0]["official"] is False
        assert answer["citations"][0]["source"] == "faq.md"
    for answer in answers[len(QUESTIONS) :]:
        assert answer["status"] == "unanswered", answer["q"]
        assert answer["citations"] == []


def test_an_outsider_gets_nothing_of_the_clients_documents(home: Path) -> None:
    done = program("ask", "durée maximale d'un contrat", "--as", "outsider", "--json", home=home)
    answer = json.loads(done.stdout)
    assert answer["status"] == "unanswered"
    assert answer["citations"] == answer["suggestions"] == []


def test_an_index_of_another_model_is_refused_in_one_line(home: Path, tmp_path: Path) -> None:
    model = tmp_path / "modele"
    model.mkdir()
    done = program("--set", f"model={model}", "ask", "durée", home=home)
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[str]:
    """The web channel in a process of its own, on a free port; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--port", "0"],
        cwd=ROOT,
        env={**environment(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.search(r"http://[\w.:]+", line)
            if found:
                yield found.group()
                break
        else:
            pytest.fail("the server ended without an address")
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


def test_the_page_answers_over_http(server: str) -> None:
    with urllib.request.urlopen(server + "/", timeout=30) as page:
        assert page.status == 200
        assert 'lang="fr"' in page.read().decode()
    request = urllib.request.Request(
        server + "/api/message",
        data=json.dumps({"text": "Combien de temps un contrat peut-il durer ?"}).encode(),
        headers={"Content-Type": "application/json", "Origin": server},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        body = reply.read().decode()
    assert "Trois ans" in body
    assert "5.7" in body
