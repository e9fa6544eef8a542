"""A model's directory that cannot be trusted is refused in a sentence; a sound one is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from transformers import BertConfig, BertModel

from knowledge.embedding import SHIPPED, directory_digest, load_encoder, missing
from knowledge.phrases import Problem

LAYER = "2_Dense"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The shipped directory, its weights those of a network of width 32 and a layer down to 16."""
    folder = tmp_path / "petit"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=16_000,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=256,
    )
    BertModel(config).save_pretrained(folder)
    layer = json.loads((folder / LAYER / "config.json").read_text())
    (folder / LAYER / "config.json").write_text(
        json.dumps({**layer, "in_features": 32, "out_features": 16})
    )
    save_file({"linear.weight": torch.eye(32)[:16]}, folder / LAYER / "model.safetensors")
    return folder


def without_layer(model: Path) -> None:
    modules = json.loads((model / "modules.json").read_text())
    kept = [module for module in modules if module["path"] != LAYER]
    (model / "modules.json").write_text(json.dumps(kept))


def promise(model: Path, dimension: int) -> None:
    (model / "1_Pooling" / "config.json").write_text(
        f'{{"word_embedding_dimension": {dimension}, "pooling_mode_mean_tokens": true}}'
    )


def test_the_shipped_directory_lacks_nothing_and_is_small() -> None:
    assert missing(SHIPPED) == ""
    assert sum(f.stat().st_size for f in SHIPPED.rglob("*") if f.is_file()) <= 48e6


@pytest.mark.parametrize(
    "name",
    [
        "modules.json",
        "model.safetensors",
        "tokenizer.json",
        "1_Pooling/config.json",
        f"{LAYER}/config.json",
        f"{LAYER}/model.safetensors",
    ],
)
def test_a_directory_without_one_of_its_files_is_refused_by_name(model: Path, name: str) -> None:
    assert missing(model) == ""
    (model / name).unlink()
    with pytest.raises(Problem, match=r"introuvable ou incomplet") as caught:
        load_encoder(str(model))
    assert name in str(caught.value)


def test_weights_cut_short_are_refused(model: Path) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(Problem, match="introuvable ou incomplet"):
        load_encoder(str(model))


def test_a_model_that_promises_another_dimension_than_it_gives_is_refused(model: Path) -> None:
    without_layer(model)
    promise(model, 32)
    assert load_encoder(str(model)).info.dimension == 32
    promise(model, 48)
    with pytest.raises(Problem, match="dimension 48 et en produit de dimension 32"):
        load_encoder(str(model))


def test_a_layer_whose_weights_are_in_the_older_form_is_taken(model: Path) -> None:
    weights = model / LAYER / "model.safetensors"
    torch.save(load_file(weights), model / LAYER / "pytorch_model.bin")
    weights.unlink()
    assert missing(model) == ""
    assert load_encoder(str(model)).info.dimension == 16


def test_a_layer_of_another_size_than_the_network_is_refused(model: Path) -> None:
    assert load_encoder(str(model)).info.dimension == 16
    save_file({"linear.weight": torch.eye(24)[:16]}, model / LAYER / "model.safetensors")
    with pytest.raises(Problem, match="introuvable ou incomplet"):
        load_encoder(str(model))


def test_a_layer_changed_in_place_changes_the_digest(model: Path) -> None:
    before = directory_digest(model)
    save_file({"linear.weight": torch.eye(32)[16:]}, model / LAYER / "model.safetensors")
    assert directory_digest(model) != before


def test_one_changed_weight_changes_the_digest_and_the_model_card_does_not(model: Path) -> None:
    before = directory_digest(model)
    (model / "README.md").write_text("Autre fiche.")
    assert directory_digest(model) == before
    save_file({"x": torch.ones(1)}, model / "model.safetensors")
    assert directory_digest(model) != before


def test_a_question_is_read_on_one_thread_and_documents_on_all(model: Path) -> None:
    promise(model, 32)
    encoder = load_encoder(str(model))
    used: list[int] = []
    encoder.model.register_forward_hook(lambda *_: used.append(torch.get_num_threads()))
    encoder.threads = 3
    encoder.encode_query("un mot")
    encoder.encode_passages(["un texte", "un autre"])
    encoder.encode_query("un mot")
    assert used == [1, 3, 1]


@pytest.mark.parametrize(("kept", "exact"), [(torch.float16, True), (torch.float32, False)])
def test_the_table_is_halved_only_where_nothing_is_lost(
    model: Path, kept: torch.dtype, exact: bool
) -> None:
    promise(model, 32)
    weights = load_file(model / "model.safetensors")
    save_file({name: w.to(kept) for name, w in weights.items()}, model / "model.safetensors")
    encoder = load_encoder(str(model))
    tables = {p.weight.dtype for p in encoder.model.modules() if isinstance(p, torch.nn.Embedding)}
    assert (tables == {torch.float16}) == exact
    plain = SentenceTransformer(str(model), device="cpu").float()
    wanted = plain.encode(["un texte", "un mot"], normalize_embeddings=True)
    assert encoder.encode_query("un texte") == pytest.approx(wanted[0], abs=1e-7)


@pytest.mark.parametrize(("has_it", "apart"), [(True, 0.02), (False, 1e-6)])
def test_documents_are_computed_in_bfloat16_where_the_processor_has_it(
    model: Path, monkeypatch: pytest.MonkeyPatch, has_it: bool, apart: float
) -> None:
    promise(model, 32)
    monkeypatch.setattr("knowledge.precision.fast_bfloat16", lambda _where: has_it)
    encoder = load_encoder(str(model))
    asked = np.stack([encoder.encode_query(text) for text in ("un texte", "un mot")])
    held = encoder.encode_passages(["un texte", "un mot"])
    assert held.dtype == np.float32
    assert held == pytest.approx(asked, abs=apart)
    assert (np.abs(held - asked).max() > 1e-6) == has_it
    assert np.linalg.norm(held, axis=1) == pytest.approx(1.0, abs=1e-5)
