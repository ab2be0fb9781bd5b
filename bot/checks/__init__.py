"""`quietword check`: what is wrong with the words and the data, each problem with its file and entry."""

from __future__ import annotations

from pathlib import Path

from bot.checks.reading import too_hard
from bot.checks.texts import Text, lane_texts, plan_texts, rasa_texts, wrong_with
from bot.directory.directory import Directory
from bot.directory.errors import DirectoryError
from bot.safety.wording import WordingError


def problems(data: Path) -> list[str]:
    """One line for each problem; empty when all is well. `domain.yml` stands beside the data folder."""
    try:
        directory = Directory.load(data)
        texts: list[Text] = [
            *lane_texts(data, "lane"),
            *lane_texts(data, "worker"),
            *lane_texts(data, "web"),
            *plan_texts(data),
            *rasa_texts(data.parent / "domain.yml"),
        ]
    except (DirectoryError, WordingError) as error:
        return [str(error)]
    found = [problem for text in texts for problem in wrong_with(text, directory)]
    return [*found, *too_hard(texts), *_labels(data)]


def _labels(data: Path) -> list[str]:
    from bot.recognition.training.check import check

    return check(data)
