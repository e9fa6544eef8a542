"""The student as a sentence-transformers directory that loads unchanged and offline."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from indexer.training.student import Student

DENSE = "2_Dense"


def export(
    student: Student,
    tokenizer: Tokenizer,
    target: Path,
    max_length: int,
    layer: torch.Tensor | None = None,
) -> None:
    """Write weights in fp16, configuration, tokenizer and modules; replaces `target` at the end.

    layer: of the linear layer behind the mean, shape (dimension of the vectors, width). The
    configuration asks for float32, so that the weights are widened when they are loaded.
    """
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "1_Pooling").mkdir(parents=True)
    weights = {
        name: tensor.detach().to("cpu", torch.float16).contiguous()
        for name, tensor in student.bert.state_dict().items()
        if not name.endswith(("position_ids", "token_type_ids"))
    }
    width = int(student.bert.config.hidden_size)
    # nothing uses the pooler; without its weights the library warns and makes some up
    weights["pooler.dense.weight"] = torch.zeros(width, width, dtype=torch.float16)
    weights["pooler.dense.bias"] = torch.zeros(width, dtype=torch.float16)
    _save(weights, partial)
    config = student.bert.config.to_dict()
    for name in ("torch_dtype", "_name_or_path"):
        config.pop(name, None)
    config.update(architectures=["BertModel"], dtype="float32")
    _write(partial / "config.json", config)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(partial)
    parts = [("", "Transformer"), ("1_Pooling", "Pooling")]
    if layer is not None:
        _write_layer(partial / DENSE, layer)
        parts.append((DENSE, "Dense"))
    parts.append((f"{len(parts)}_Normalize", "Normalize"))
    _write(
        partial / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(parts)
        ],
    )
    _write(
        partial / "sentence_bert_config.json",
        {"max_seq_length": max_length, "do_lower_case": False},
    )
    _write(
        partial / "config_sentence_transformers.json",
        {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine", "prompts": {}},
    )
    _write(
        partial / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": width,
            "pooling_mode_mean_tokens": True,
        },
    )
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)


def _write_layer(folder: Path, layer: torch.Tensor) -> None:
    folder.mkdir()
    _write(
        folder / "config.json",
        {
            "in_features": layer.shape[1],
            "out_features": layer.shape[0],
            "bias": False,
            "activation_function": "torch.nn.modules.linear.Identity",
        },
    )
    _save({"linear.weight": layer.detach().to("cpu", torch.float16).contiguous()}, folder)


def _save(weights: dict[str, torch.Tensor], folder: Path) -> None:
    path = folder / "model.safetensors"
    save_file(weights, path, metadata={"format": "pt"})
    path.chmod(0o644)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")
