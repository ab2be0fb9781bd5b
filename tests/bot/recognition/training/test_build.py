"""Training on a small part of the data: what is written, and when it is out of date."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from bot.recognition.heads import Heads
from bot.recognition.recogniser import Recogniser
from bot.recognition.training import kept
from bot.recognition.training.build import train
from bot.recognition.training.dataset import LIMITS, key, labels, messages
from bot.recognition.training.fit import NoLimits
from bot.recognition.training.manifest import is_current
from bot.recognition.training.weights import WeightsError
from tests.bot.recognition.conftest import DATA, MODELS

FOR_EACH_INTENT = 12


def small_copy(folder: Path) -> Path:
    """The data folder with the first few messages of each intent and kind of danger, to train on and to set limits."""
    for part in ("screen", "places"):
        shutil.copytree(DATA / part, folder / part)
    chosen: dict[str, list[str]] = defaultdict(list)
    records = {record["key"]: record for record in labels(DATA)}

    def kind(text: str) -> tuple[str | None, bool]:
        record = records[key(text)]
        return record["danger"], record["batch"].startswith(LIMITS)

    for intent, text in messages(DATA):
        if sum(kind(text) == kind(other) for other in chosen[intent]) < FOR_EACH_INTENT:
            chosen[intent].append(text)
    for part in ("nlu", "labels"):
        (folder / part).mkdir()
    blocks = [
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {t}\n" for t in ts) for intent, ts in chosen.items()
    ]
    (folder / "nlu" / "small.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8")
    lines = [json.dumps(records[key(text)]) for texts in chosen.values() for text in texts]
    (folder / "labels" / "small.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def with_encoder(models: Path) -> Path:
    """A models folder with the trained encoder that is kept in the tree."""
    models.mkdir(exist_ok=True)
    (models / "encoder").symlink_to(MODELS / "encoder")
    return models


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_copy(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = with_encoder(tmp_path_factory.mktemp("models"))
    said: list[tuple[str, float]] = []
    assert not is_current(models, data)
    assert train(models, data, lambda what, share: said.append((what, share))) == models / "recognition"
    shares = [share for _, share in said]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    return models


def test_it_is_current_until_the_data_change(trained: Path, data: Path) -> None:
    assert is_current(trained, data)
    file = data / "labels" / "small.jsonl"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + "\n", encoding="utf-8")
    assert not is_current(trained, data)
    file.write_text(before, encoding="utf-8")
    assert is_current(trained, data)


def test_a_manifest_that_cannot_be_read_is_not_current(trained: Path, data: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "models")
    (tmp_path / "models" / "recognition" / "model.json").write_text("{", encoding="utf-8")
    assert not is_current(tmp_path / "models", data)


def test_what_was_trained_works(trained: Path, data: Path) -> None:
    recogniser = Recogniser.load(trained, data)
    assert recogniser.recognise("he hits me and i am scared of him").kind == "disclosure"
    assert recogniser.recognise("hello there").concerns == ()


def test_only_plain_arrays_are_written(trained: Path) -> None:
    names = {path.name for path in (trained / "recognition").iterdir()}
    assert names == {"encoder.onnx", "tokenizer.json", "heads.npz", "heads.json", "model.json"}
    assert (trained / "recognition" / "encoder.onnx").stat().st_size < 30_000_000


def test_heads_come_back_as_they_were_saved(trained: Path, tmp_path: Path) -> None:
    heads = Heads.load(trained / "recognition")
    heads.save(tmp_path)
    again = Heads.load(tmp_path)
    assert again.names == heads.names
    assert again.limits == heads.limits
    assert (again.weights == heads.weights).all()


def test_training_again_replaces_the_model_in_one_step(trained: Path, data: Path, tmp_path: Path) -> None:
    models = with_encoder(tmp_path / "models")
    (models / "recognition").mkdir(parents=True)
    (models / "recognition" / "left-over").write_text("", encoding="utf-8")
    train(models, data, lambda what, share: None)
    assert {path.name for path in models.iterdir()} == {"encoder", "recognition"}
    assert not (models / "recognition" / "left-over").exists()
    assert is_current(models, data)


def test_a_message_without_labels_stops_the_training(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    (copy / "labels" / "small.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(KeyError):
        train(with_encoder(tmp_path / "models"), copy, lambda what, share: None)
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["encoder"]


def test_without_a_trained_encoder_there_is_one_clear_line(data: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="make encoder"):
        train(tmp_path / "models", data, lambda what, share: None)


def test_an_encoder_trained_from_other_weights_is_refused(tmp_path: Path) -> None:
    shutil.copytree(MODELS / "encoder", tmp_path / "encoder")
    (tmp_path / "encoder" / "made-from.json").write_text('{"weights_sha256": "0"}', encoding="utf-8")
    with pytest.raises(WeightsError, match="other published weights"):
        kept.load(tmp_path)


def test_without_a_batch_to_set_limits_on_nothing_is_trained(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    labels = copy / "labels" / "small.jsonl"
    labels.write_text(labels.read_text(encoding="utf-8").replace(f'"{LIMITS}', '"plain'), encoding="utf-8")
    with pytest.raises(NoLimits):
        train(with_encoder(tmp_path / "models"), copy, lambda what, share: None)


def test_the_kept_encoder_is_small_and_plain() -> None:
    files = {path.name: path.stat().st_size for path in (MODELS / "encoder").iterdir()}
    assert set(files) == {"layers.safetensors", "made-from.json"}
    assert sum(files.values()) < 30_000_000


def test_no_limit_batch_was_trained_on() -> None:
    batches = json.loads((MODELS / "encoder" / "made-from.json").read_text(encoding="utf-8"))["batches"]
    assert batches
    assert not [name for name in batches if name.startswith((LIMITS, "held"))]
