"""Training on a small part of the data: what is written, and when it is out of date."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from bot.recognition.heads import Heads
from bot.recognition.recogniser import Recogniser
from bot.recognition.training.build import train
from bot.recognition.training.dataset import key, labels, messages
from bot.recognition.training.manifest import is_current
from tests.bot.recognition.conftest import DATA

FOR_EACH_INTENT = 12


def small_copy(folder: Path) -> Path:
    """The data folder with the first few messages of each intent and batch."""
    for part in ("screen", "places"):
        shutil.copytree(DATA / part, folder / part)
    chosen: dict[str, list[str]] = defaultdict(list)
    records = {record["key"]: record for record in labels(DATA)}
    for intent, text in messages(DATA):
        if (
            sum(records[key(text)]["danger"] == records[key(other)]["danger"] for other in chosen[intent])
            < FOR_EACH_INTENT
        ):
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


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_copy(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
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
    assert (again.near == heads.near).all()


def test_training_again_replaces_the_model_in_one_step(trained: Path, data: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    (models / "recognition").mkdir(parents=True)
    (models / "recognition" / "left-over").write_text("", encoding="utf-8")
    train(models, data, lambda what, share: None)
    assert [path.name for path in models.iterdir()] == ["recognition"]
    assert not (models / "recognition" / "left-over").exists()
    assert is_current(models, data)


def test_a_message_without_labels_stops_the_training(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    (copy / "labels" / "small.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(KeyError):
        train(tmp_path / "models", copy, lambda what, share: None)
    assert list((tmp_path / "models").iterdir()) == []
