"""What Rasa's default pipeline makes of the same messages: `.venv-rasa/bin/python scripts/diet.py EPOCHS [EVERY]`.

Only for `make evaluate`, which shows the result if it is there. Trains on `data/nlu` (every EVERYth message, without
the batches that set the limits) and writes the ranked intents of each held-out message to `var/diet.jsonl`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import yaml  # noqa: E402 - the environment first
from rasa.core.agent import Agent  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402

from bot.recognition.training import dataset  # noqa: E402

PIPELINE = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "constrain_similarities": True, "ranking_length": 0},
]
"""What `rasa init` of 3.6 writes, without entities and fallback."""


async def main(epochs: int, every: int) -> None:
    examples = [one for one in dataset.read(ROOT / "data") if not one.sets_limits][::every]
    held = dataset.read_held_out(ROOT / "tests/data/heldout.jsonl")
    texts = defaultdict(list)
    for example in examples:
        texts[example.intent].append(example.text)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in said)} for name, said in texts.items()]
        (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True))
        pipeline = [*PIPELINE[:-1], {**PIPELINE[-1], "epochs": epochs}]
        (folder / "config.yml").write_text(
            yaml.safe_dump({"recipe": "default.v1", "language": "en", "pipeline": pipeline})
        )
        model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
        agent = Agent.load(model)
        (ROOT / "var").mkdir(exist_ok=True)
        with (ROOT / "var/diet.jsonl").open("w", encoding="utf-8") as out:
            for example in held:
                parsed = await agent.parse_message(example.text)
                out.write(json.dumps([one["name"] for one in parsed["intent_ranking"]]) + "\n")
    print(f"{len(examples)} messages, {epochs} epochs: {len(held)} held-out messages read", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
