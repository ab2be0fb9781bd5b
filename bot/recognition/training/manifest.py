"""What a trained model was made from, and whether that is still what lies in the tree. Needs no training library."""

import hashlib
import json
from pathlib import Path

from bot.recognition.training import weights

FOLDER = "recognition"
_FILE = "model.json"
_DATA = ("nlu/*.yml", "labels/*.jsonl", "screen/words.yml")
_CODE = ("encoder.py", "features.py", "heads.py", "names.py", "training/*.py")
_NOT_MODEL = {"check.py", "evaluate.py", "guard.py"}
_ENCODER = ("encoder/*",)


def is_current(models: Path, data: Path) -> bool:
    """Say whether `models/recognition/` was made from this data by this code."""
    try:
        manifest = json.loads((models / FOLDER / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(manifest.get("fingerprint") == fingerprint(models, data))


def fingerprint(models: Path, data: Path) -> str:
    """Return a hash of all that the model is made from: messages, labels, spellings, weights, encoder, our code."""
    digest = hashlib.sha256(weights.SHA256.encode())
    package = Path(__file__).parent.parent
    for root, patterns in ((data, _DATA), (models, _ENCODER), (package, _CODE)):
        for path in sorted(path for pattern in patterns for path in root.glob(pattern)):
            if path.name not in _NOT_MODEL:
                digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def write(folder: Path, made_from: str, messages: int) -> None:
    """Write `model.json` into a finished model folder."""
    content = {"fingerprint": made_from, "messages": messages, "weights_sha256": weights.SHA256}
    (folder / _FILE).write_text(json.dumps(content, indent=1), encoding="utf-8")
