"""The whole of Rasa's NLU pipeline: hands on what the lane has recognised already.

Where there is no result in the message (`rasa shell`, `rasa test`), it calls the recognition package itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.recognition.names import INTENTS, OTHER

URGENT = ("high", "immediate")
MISSES_BEFORE_A_PERSON = 2
"""How many messages in a row, this one counted, may be met with what the line can do before a person is offered."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RecognitionReader(GraphComponent, IntentClassifier):
    """Reads `metadata["recognition"]` (made in `bot/conversation/speaking.py`) and sets intent and entities."""

    def __init__(self) -> None:
        self._recogniser: Any = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RecognitionReader:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent, confidence and entities of each message."""
        for message in messages:
            metadata = message.get("metadata") or {}
            result = metadata.get("recognition") or self._recognise(message.get(TEXT) or "")
            name = result.get("intent")
            intent = {"name": name if name in INTENTS else OTHER, "confidence": float(result.get("confidence") or 0.0)}
            message.set(INTENT, intent, add_to_output=True)
            message.set(ENTITIES, _entities(result), add_to_output=True)
        return messages

    def _recognise(self, text: str) -> dict[str, Any]:
        if self._recogniser is None:
            from bot.recognition.recogniser import Recogniser  # a live message never needs it, nor its memory

            models, data = os.environ.get("QUIETWORD_MODELS", "models"), os.environ.get("QUIETWORD_DATA", "data")
            self._recogniser = Recogniser.load(Path(models), Path(data))
        result: dict[str, Any] = self._recogniser.recognise(text).as_metadata()
        return result


def _entities(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Urgency and misses are always given, so that their slots never speak of an earlier message."""
    place: dict[str, Any] | None = result.get("place")
    values = {
        "concern": result.get("concern"),
        "place": place.get("id") if place else None,
        "urgent": "yes" if result.get("risk") in URGENT else "no",
        "misses": "many" if int(result.get("misses") or 0) >= MISSES_BEFORE_A_PERSON else "few",
    }
    return [
        {"entity": entity, "value": value, "extractor": "RecognitionReader"}
        for entity, value in values.items()
        if value
    ]
