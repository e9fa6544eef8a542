"""The whole training on a few dozen lines: reproducible, resumable, loadable."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from indexer.training import contrastive, state, train
from indexer.training.adapt import adapt
from indexer.training.average import PIECES, average
from indexer.training.common import with_own
from indexer.training.data import load
from indexer.training.layer import layer, sample
from indexer.training.settings import REFERENCE_MINUTES, Settings
from indexer.training.start import started
from indexer.training.student import vectors
from indexer.training.words import DataError, Report
from knowledge.embedding import load_encoder


class Interrupted(Exception):
    """Stands for a killed process."""


def weights(model: Path) -> dict[str, torch.Tensor]:
    return load_file(model / "model.safetensors")


def interrupting(name: str, after: int) -> Report:
    """A progress function that stops the run at a step of a stage."""

    def report(message: str) -> None:
        if message.startswith(f"{name}: step {after} "):
            raise Interrupted(message)

    return Report(report, "en")


def test_a_run_interrupted_in_every_stage_ends_as_the_straight_one(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "SHOW_SECONDS", 0.0)
    out = tmp_path / "resumed"
    for name, after in (("static", 3), ("distil", 2), ("contrastive", 5), ("polish", 2)):
        with pytest.raises(Interrupted):
            train.run(data, out, tiny, interrupting(name, after), teacher)
    said: list[str] = []
    model = train.run(data, out, tiny, Report(said.append, "en"), teacher)
    assert any("polish: resumed at step" in line for line in said)
    resumed = weights(model)

    # pieces of equal frequency get their numbers in no fixed order: both runs share the tokenizer
    shutil.copytree(out / "tokenizer", tmp_path / "straight" / "tokenizer")
    straight = weights(
        train.run(data, tmp_path / "straight", tiny, Report(lambda _: None), teacher)
    )
    assert resumed.keys() == straight.keys()
    for name, tensor in straight.items():
        assert torch.allclose(resumed[name].float(), tensor.float(), atol=1e-4), name

    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    assert {tensor.dtype for tensor in loaded.parameters()} == {torch.float32}
    assert loaded.max_seq_length == tiny.max_length
    one, other, long = loaded.encode(
        ["l’Offre d’ÉTÉ", "l'offre d'ete", "nuage serveur " * 100], show_progress_bar=False
    )
    assert one.shape == (16,)
    assert np.allclose(one, other, atol=1e-5)
    assert np.allclose(np.linalg.norm(long), 1, atol=1e-4)

    # the assistant encodes one question without the library's batch work: to the same vector
    encoder = load_encoder(str(model), query_prompt="cherche ")
    alone = loaded.encode("un mot", prompt="cherche ", normalize_embeddings=True)
    assert np.allclose(encoder.encode_query("un mot"), alone, atol=1e-6)

    again: list[str] = []
    train.run(data, out, tiny, Report(again.append, "en"), teacher)
    assert not any(": step" in line or "texts" in line for line in again), "every stage is skipped"


def test_going_on_from_a_trained_encoder_changes_it_and_can_be_interrupted(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "SHOW_SECONDS", 0.0)
    # made of sixteen words, now and then all passages are near duplicates: nothing would be learnt
    monkeypatch.setattr(contrastive, "NEAR_DUPLICATE", 1.1)
    start = train.run(data, tmp_path / "first", tiny, Report(lambda _: None), teacher)
    straight = weights(adapt(data, tmp_path / "straight", start, tiny, Report(lambda _: None)))
    assert any(
        not torch.equal(tensor, weights(start)[name]) for name, tensor in straight.items()
    ), "nothing was learnt"

    with pytest.raises(Interrupted):
        adapt(data, tmp_path / "resumed", start, tiny, interrupting("adapt", 3))
    said: list[str] = []
    model = adapt(data, tmp_path / "resumed", start, tiny, Report(said.append, "en"))
    assert any("adapt: resumed at step" in line for line in said)
    for name, tensor in weights(model).items():
        assert torch.allclose(tensor.float(), straight[name].float(), atol=1e-4), name


def test_no_minutes_write_the_same_network_again_with_a_layer_of_the_wanted_size(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = train.run(data, tmp_path / "first", tiny, Report(lambda _: None), teacher)
    monkeypatch.setattr(Settings, "for_machine", lambda *_: replace(tiny, vectors=8))
    said: list[str] = []
    out = tmp_path / "out"
    assert train.main(data, out, minutes=0, start=start, progress=said.append, lang="en") == 0
    assert any("brought down to 8 dimensions" in line for line in said)
    written = out / "encodeur-fr"
    for name, tensor in weights(written).items():
        assert torch.equal(tensor, weights(start)[name]), name
    assert load_encoder(str(written)).encode_query("un nuage").shape == (8,)

    monkeypatch.setattr(Settings, "for_machine", lambda *_: replace(tiny, vectors=32))
    assert train.main(data, out, minutes=0, start=start, progress=said.append) == 0
    assert load_encoder(str(written)).encode_query("un nuage").shape == (32,), "no layer is needed"
    assert train.main(data, out, minutes=0, progress=said.append) == 2
    assert said[-1] == "La durée en minutes doit être plus grande que zéro."


def test_the_layer_keeps_the_directions_in_which_passages_differ_most(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings
) -> None:
    quiet = Report(lambda _: None)
    start = train.run(data, tmp_path / "first", tiny, quiet, teacher)
    student, tokenizer = started(start, tiny.max_length)
    loaded = with_own(load(data, quiet))
    rows = layer(student, tokenizer, loaded, tiny, quiet)
    assert rows is not None and rows.shape == (16, 32)
    assert torch.allclose(rows @ rows.T, torch.eye(16), atol=1e-4)
    found = torch.from_numpy(vectors(student, tokenizer, sample(loaded, tiny), tiny.max_length))
    kept = (found @ rows.T).square().mean(0)
    assert (kept[:-1] >= kept[1:] - 1e-6).all(), "the largest first"
    others, _ = torch.linalg.qr(torch.randn(32, 16, generator=torch.Generator().manual_seed(0)))
    assert kept.sum() > (found @ others).square().mean(0).sum()
    assert (rows.abs().max(dim=1).values == rows.max(dim=1).values).all(), "signs are fixed"


def test_the_mean_with_another_encoder_of_the_same_pieces(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrastive, "NEAR_DUPLICATE", 1.1)
    quiet = Report(lambda _: None)
    start = train.run(data, tmp_path / "first", tiny, quiet, teacher)
    alone = weights(adapt(data, tmp_path / "alone", start, tiny, quiet))
    mean = weights(adapt(data, tmp_path / "mean", start, tiny, quiet, start))
    share, before = tiny.average_share, weights(start)
    for name, tensor in mean.items():
        wanted = share * alone[name].float() + (1 - share) * before[name].float()
        assert torch.allclose(tensor.float(), wanted, atol=2e-3), name
    assert any(not torch.equal(mean[name], alone[name]) for name in mean)


def two_alike(data: Path, teacher: Path, tmp_path: Path, tiny: Settings) -> tuple[Path, Path]:
    """A trained encoder and a copy of it to be changed."""
    start = train.run(data, tmp_path / "first", tiny, Report(lambda _: None), teacher)
    return start, Path(shutil.copytree(start, tmp_path / "other"))


def test_the_pieces_may_be_numbered_in_another_order(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings
) -> None:
    start, other = two_alike(data, teacher, tmp_path, tiny)
    described = json.loads((other / "tokenizer.json").read_text("utf-8"))
    vocabulary = described["model"]["vocab"]
    one, two = [piece for piece in vocabulary if piece.isalpha()][:2]
    vocabulary[one], vocabulary[two] = vocabulary[two], vocabulary[one]
    (other / "tokenizer.json").write_text(json.dumps(described), "utf-8")
    kept = weights(other)
    rows = torch.arange(len(vocabulary))
    rows[[vocabulary[one], vocabulary[two]]] = rows[[vocabulary[two], vocabulary[one]]]
    kept[PIECES] = kept[PIECES][rows].contiguous()
    save_file(kept, other / "model.safetensors", metadata={"format": "pt"})

    student, tokenizer = started(start, tiny.max_length)
    average(student, tokenizer, other, 0.5, tiny.max_length)
    for name, tensor in student.bert.state_dict().items():
        if name in kept:
            assert torch.allclose(tensor, weights(start)[name].float(), atol=1e-6), name


def test_an_encoder_of_other_pieces_gives_no_mean(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings
) -> None:
    start, other = two_alike(data, teacher, tmp_path, tiny)
    text = (other / "tokenizer.json").read_text("utf-8")
    (other / "tokenizer.json").write_text(text.replace('"nuage"', '"brume"'), "utf-8")
    student, tokenizer = started(start, tiny.max_length)
    with pytest.raises(DataError, match="n’a pas les mêmes morceaux"):
        average(student, tokenizer, other, 0.5, tiny.max_length)


def test_a_wrong_encoder_for_the_mean_is_refused_before_the_training(
    data: Path, teacher: Path, tmp_path: Path, tiny: Settings
) -> None:
    start, other = two_alike(data, teacher, tmp_path, tiny)
    said: list[str] = []
    report = Report(said.append)
    with pytest.raises(DataError, match="ne contient pas d’encodeur"):
        train.run(data, tmp_path / "out", tiny, report, teacher, tmp_path / "nothing")
    assert said == [] and not (tmp_path / "out").exists()
    text = (other / "tokenizer.json").read_text("utf-8")
    (other / "tokenizer.json").write_text(text.replace('"nuage"', '"brume"'), "utf-8")
    with pytest.raises(DataError, match="n’a pas les mêmes morceaux"):
        adapt(data, tmp_path / "adapted", start, tiny, report, other)
    assert not (tmp_path / "adapted").exists()


def test_a_directory_without_an_encoder_to_go_on_from_is_refused(
    data: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    empty = tmp_path / "empty"
    empty.mkdir()
    assert train.main(data, tmp_path / "out", progress=said.append, start=empty) == 2
    assert said[-1].startswith(f"«\u00a0{empty}\u00a0» ne contient pas d’encodeur à adapter")


def test_another_number_of_minutes_scales_every_step_count() -> None:
    base = Settings()
    half = base.scaled(REFERENCE_MINUTES / 2)
    assert half.distil_steps == round(base.distil_steps / 2)
    assert half.contrastive_steps == round(base.contrastive_steps / 2)
    with pytest.raises(DataError, match="plus grande que zéro"):
        base.scaled(0)


def test_a_gpu_has_its_own_schedule() -> None:
    usual, large = Settings.for_machine("cpu", 3), Settings.for_machine("cuda", 3)
    assert usual == Settings(seed=3)
    assert large.seed == 3
    assert large.contrastive_batch > usual.contrastive_batch
    assert large.scaled(large.whole_minutes).distil_steps == large.distil_steps


def test_missing_files_are_one_clear_sentence(tmp_path: Path) -> None:
    said: list[str] = []
    assert train.main(tmp_path, tmp_path / "out", progress=said.append, lang="en") == 2
    assert said[-1] == (
        f"The folder of the training data “{tmp_path}” has neither “parallel.jsonl” nor "
        "“parallel.jsonl.gz”."
    )
