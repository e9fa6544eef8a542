"""Fits the numbers of knowledge/calibration.py on the development questions.

usage: python benchmarks/calibrate.py [INDEX …] [--model M] [--questions FILE …] [--split dev]
       [--sheets INDEX]

Prints the weights and, by five-fold cross-validation, what they give on questions that were not
fitted. Several indexes (the shipped corpus, the official text) are fitted together; give those with
noted questions, or those without, for each kind has its own numbers. --sheets is an index of the
made-up sheets (benchmarks/foreign.py --index): alone for the numbers of such collections, or beside
those without noted questions. Its held-out questions are in scope there and out of scope everywhere
else, a third of the guide's out of scope there. For abstention each message of hors-sujet.yaml is
also asked, as if it alone were not noted there.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from indexer.training.sheets import HELD_OUT, sheets
from indexer.wording import learnt
from knowledge import answer, excerpt
from knowledge.analysis import fold
from knowledge.calibration import NOTED, fitted
from knowledge.embedding import load_encoder
from knowledge.engine import Engine
from knowledge.passages import Passage
from knowledge.retrieval import SIGNALS, gather, matrix, ranked
from knowledge.revision import Revision, stored
from knowledge.views import sentences

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests/eval/questions.yaml"
FEATURES = tuple(name for name in NOTED.abstention if name != "bias")
OFFTOPIC = ROOT / "knowledge/corpus/hors-sujet.yaml"
OFFTOPIC_SHARE = 0.1  # of a question's weight: there are many, and they are easier
# Of the evidence, where questions are noted and where they are not.
UNUSED = {True: ("document",), False: ("away_ten", "asked_ten", "wording")}
GUIDE_SHARE = 3  # every third question of the guide is asked of the sheets
ITSELF = 0.995  # cosine: a noted message that is the one asked


class Ranked(NamedTuple):
    """One question in scope over one index: signals of the candidates, and the right ones."""

    table: np.ndarray  # (candidates, SIGNALS)
    right: np.ndarray  # (candidates,) bool: of a right section
    telling: np.ndarray  # (candidates,) bool: right, and holding the fact asked for


class Weighed(NamedTuple):
    """The evidence for one message over one index."""

    values: list[float]  # FEATURES
    answered: bool  # whether the documents answer it
    weight: float
    fold: int  # the same for one question over all indexes


class Quoted(NamedTuple):
    """One question over one right passage, for the choice of sentences."""

    passage: Passage
    question: str
    stems: list[str]
    cosines: np.ndarray
    noted: np.ndarray
    fact: list[str]


@lru_cache(maxsize=10_000)
def plain(text: str) -> str:
    """Folded, blanks made plain, for the comparison of facts."""
    return re.sub(r"\s+", " ", fold(text))


def ranking_loss(weights: np.ndarray, items: list[Ranked], prior: np.ndarray) -> float:
    """Minus the mean log share of the right passages in a softmax over all, held near `prior`."""
    total = 0.0
    for item in items:
        score = item.table @ weights
        top = score.max()
        share = np.exp(score - top)
        for wanted in (item.right, item.telling if item.telling.any() else item.right):
            total -= 0.5 * np.log(share[wanted].sum() / share.sum() + 1e-12)
    return total / len(items) + 0.01 * float(((weights - prior) ** 2).sum())


def fit_ranking(items: list[Ranked], prior: np.ndarray) -> np.ndarray:
    """Weights of the signals."""
    result = minimize(ranking_loss, prior, args=(items, prior), method="L-BFGS-B")
    weights: np.ndarray = result.x
    return weights


def first_right(weights: np.ndarray, items: list[Ranked]) -> tuple[float, ...]:
    """Shares of questions: best passage right, a right one in the best three, best one telling."""
    orders = [(item, np.argsort(-(item.table @ weights))) for item in items]
    first = [bool(item.right[order[0]]) for item, order in orders]
    three = [bool(item.right[order[:3]].any()) for item, order in orders]
    told = [bool(item.telling[order[0]]) for item, order in orders if item.telling.any()]
    shares = (np.mean(first), np.mean(three), np.mean(told))
    return tuple(round(float(share), 3) for share in shares)


def fact_share(weights: dict[str, float], items: list[Quoted]) -> float:
    """Share of right passages whose excerpt holds the fact."""
    excerpt.EXCERPT.update(weights)
    hits = 0
    for item in items:
        chosen = excerpt.choose(item.passage, item.question, item.stems, item.cosines, item.noted)
        hits += any(plain(fact) in plain(chosen.text) for fact in item.fact)
    return hits / (len(items) or 1)


def messages() -> list[dict[str, Any]]:
    """The off-topic messages as questions."""
    kinds = yaml.safe_load(OFFTOPIC.read_text(encoding="utf8"))
    return [{"q": str(text), "out": True, "noted": True} for own in kinds.values() for text in own]


def unnoted(weighed: answer.Evidence, others: np.ndarray, wording: float) -> answer.Evidence:
    """The evidence as it is without the off-topic messages that are the one asked.

    wording: the score by a model that has not learnt this message.
    """
    rest = np.sort(others[others < ITSELF])
    means = [float(rest[-count:].mean()) for count in (1, 3, answer.TEN)]
    return replace(weighed, away=means[0], around=means[1], away_ten=means[2], wording=wording)


def wordings(revision: Revision) -> dict[str, float]:
    """Off-topic message → its wording's score by a model learnt without it and a fifth of them."""
    if revision.wording is None:
        return {}
    with stored(revision.directory) as database:
        rows = database.execute("select kind, text from views").fetchall()
    asked = [text for kind, text in rows if kind == "question"]
    others = [text for kind, text in rows if kind == "offtopic"]
    return {
        text: model.score(text)
        for part in range(5)
        for model in [learnt(asked, [t for i, t in enumerate(others) if i % 5 != part])]
        for text in others[part::5]
    }


def sheet_questions() -> list[dict[str, Any]]:
    """The questions on held-out sheets, with the title and heading that answer them."""
    return [
        {"q": question, "title": sheet.title, "heading": sheet.heading, "fact": ()}
        for sheet in sheets(HELD_OUT)
        for question in sheet.questions
    ]


def rightly(
    question: dict[str, Any], passages: list[Passage], titles: dict[str, str]
) -> np.ndarray:
    """Which passages answer, and which of them tell what is asked for, (2, passages)."""
    if "title" in question:
        good = np.array([titles[p.document] == question["title"] for p in passages], dtype=bool)
        return np.stack([good, good & [p.heading == question["heading"] for p in passages]])
    good = np.array([p.section in question["sections"] for p in passages], dtype=bool)
    facts = [any(plain(fact) in plain(p.text) for fact in question["fact"]) for p in passages]
    return np.stack([good, good & np.array(facts, dtype=bool)])


def collect(engine: Engine, questions: list[dict[str, Any]]) -> tuple[list, list, list]:
    """Ranked and Quoted items of the questions in scope, and the evidence of all."""
    ranked_items: list[Ranked] = []
    quoted: list[Quoted] = []
    evidence: list[Weighed] = []
    snapshot = engine.snapshot()
    scope, speller = engine._scope(snapshot, "client")
    passages = snapshot.revision.passages
    titles = {key: document.title for key, document in snapshot.revision.documents.items()}
    worded = wordings(snapshot.revision)
    for number, question in enumerate(questions):
        asked = engine._understand(scope, speller, question["q"], question.get("previous"))
        if not asked.found:
            continue
        vector = engine.encoder.encode_query(asked.dense)
        found = gather(scope, asked, vector)
        hits = ranked(scope, asked, found, top=answer.POOL)
        weighed = answer.weigh(scope, asked, found, vector, hits)
        if question.get("noted"):
            away = snapshot.revision.offtopic_cosines(vector)
            weighed = unnoted(weighed, away, worded.get(question["q"], 0.0))
        values = [
            0.0 if name in UNUSED[found.noted] else getattr(weighed, name) for name in FEATURES
        ]
        share = OFFTOPIC_SHARE if question.get("noted") else 1.0
        of_noted = hits[0].passage.document in snapshot.revision.noted
        if of_noted == found.noted == scope.everything.noted:
            # the others are judged by the other kind's numbers
            evidence.append(Weighed(values, not question.get("out"), share, number % 5))
        if question.get("out"):
            continue
        held = [passages[number] for number in found.numbers]
        good, told = rightly(question, held, titles) & ~found.sheet
        if not good.any():
            continue
        ranked_items.append(Ranked(matrix(found), good, told))
        holders = [p for p, g in zip(held, good, strict=True) if g]
        for passage in holders:
            if any(plain(fact) in plain(passage.text) for fact in question["fact"]):
                count = len(sentences(passage.text))
                cosines = snapshot.revision.sentence_cosines(passage, count, vector)
                noted = snapshot.revision.noted_cosines(passage, count, vector)
                stems = [*asked.stems, *asked.expansion]
                quoted.append(Quoted(passage, asked.text, stems, cosines, noted, question["fact"]))
    return ranked_items, quoted, evidence


def main() -> None:
    """Command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path, nargs="*")
    parser.add_argument("--model", default="")
    parser.add_argument("--questions", type=Path, nargs="+", default=[QUESTIONS])
    parser.add_argument("--split", default="dev")
    parser.add_argument("--sheets", type=Path, help="index of the made-up sheets")
    options = parser.parse_args()
    encoder = load_encoder(options.model)
    lexicon = ROOT / "knowledge/corpus/lexique.yaml"
    questions = [q for file in options.questions for q in yaml.safe_load(file.read_text("utf8"))]
    questions = [q for q in questions if options.split in ("all", q["split"])]
    items: list[Ranked] = []
    quoted: list[Quoted] = []
    evidence: list[Weighed] = []
    apart = sheet_questions() if options.sheets else []
    away = [{"q": question["q"], "out": True} for question in apart]
    scopes = {root: [*questions, *away, *messages()] for root in options.index}
    if options.sheets:
        guide = [{"q": q["q"], "out": True} for q in questions if q.get("sections")]
        scopes[options.sheets] = [*apart, *guide[::GUIDE_SHARE]]
    for root, asked in scopes.items():
        engine = Engine(root, load=lambda: encoder, lexicon=lexicon)
        noted = engine._scope(engine.snapshot(), "client")[0].everything.noted
        wholes = engine.snapshot().revision.sheets
        print(root, "with noted questions" if noted else "without noted questions")
        more = collect(engine, asked)
        items, quoted, evidence = items + more[0], quoted + more[1], evidence + more[2]
    prior = np.array([fitted(noted, wholes).ranking[name] for name in SIGNALS])
    print("questions", len(items), "now:", *first_right(prior, items))
    folds = []
    for part in range(5):
        train = [x for i, x in enumerate(items) if i % 5 != part]
        test = [x for i, x in enumerate(items) if i % 5 == part]
        folds.append(first_right(fit_ranking(train, prior), test))
    print("fitted, cross-validated:", *np.mean(folds, axis=0).round(3))
    weights = fit_ranking(items, prior)
    print("on the fitted questions themselves:", *first_right(weights, items))
    print("RANKING", json.dumps(dict(zip(SIGNALS, weights.round(3).tolist(), strict=True))))
    report_abstention(evidence)
    report_excerpts(quoted)


def fit_abstention(items: list[Weighed]) -> np.ndarray:
    """Bias and weights of a logistic model in which both classes weigh alike."""
    values = np.array([item.values for item in items])
    answered = np.array([item.answered for item in items])
    weight = np.array([item.weight for item in items])
    weight[answered] *= weight[~answered].sum() / weight[answered].sum()
    scaler = StandardScaler().fit(values)
    model = LogisticRegression(C=1.0, max_iter=5000)
    model.fit(scaler.transform(values), answered, sample_weight=weight)
    weights = model.coef_[0] / scaler.scale_
    return np.array([model.intercept_[0] - weights @ scaler.mean_, *weights])


def report_abstention(items: list[Weighed]) -> None:
    """Fits and prints the logistic model; thresholds with what each refuses of the questions,
    cross-validated."""
    asked = [item for item in items if item.weight == 1.0]
    labels = np.array([item.answered for item in asked])
    chance = np.zeros(len(asked))
    for part in range(5):
        model = fit_abstention([item for item in items if item.fold != part])
        for place, item in enumerate(asked):
            if item.fold == part:
                chance[place] = 1 / (1 + np.exp(-(model[0] + model[1:] @ item.values)))
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        refused, lost = (chance[~labels] < threshold).mean(), (chance[labels] < threshold).mean()
        print(f"threshold {threshold}: refuses {refused:.3f} out of scope, {lost:.3f} in scope")
    fitted = dict(zip(("bias", *FEATURES), fit_abstention(items).round(2).tolist(), strict=True))
    print("ABSTENTION", json.dumps(fitted))


def report_excerpts(items: list[Quoted]) -> None:
    """Coordinate search over the sentence weights; prints the best."""
    best = dict(excerpt.EXCERPT)
    score = fact_share(best, items)
    print("excerpts", len(items), f"now {score:.3f}")
    for _ in range(2):
        for name in best:
            for value in (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2):
                trial = {**best, name: value}
                found = fact_share(trial, items)
                if found > score + 1e-9:
                    best, score = trial, found
    print("EXCERPT", json.dumps(best), f"{score:.3f}")


if __name__ == "__main__":
    main()
