"""Logs of Rasa's process that cannot hold what a person wrote.

Rasa and its libraries put message text and sender ids into log lines, warnings and tracebacks at every level. So of
their records only the level, the place in the code and the type of error are printed. Our own loggers print all.
"""

from __future__ import annotations

import logging
import sys
import warnings
from types import TracebackType
from typing import Any, TextIO

import structlog

OURS = "bot."


class PlaceOnly(logging.Formatter):
    """One line a record: what we wrote ourselves, and of everything else where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith(OURS):
            return f"{record.levelname} {record.name}: {record.getMessage()}"
        error = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        return f"{record.levelname} {record.name}: line {record.lineno} of {record.module}{error}"


def quiet_logs(stream: TextIO = sys.stderr) -> None:
    """Replaces every handler, structlog's output, the printing of warnings and of uncaught errors."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlaceOnly())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("bot").setLevel(logging.INFO)
    structlog.configure(
        processors=[_drop_fields],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    warnings.showwarning = _show_no_warning
    sys.excepthook = _show_error


def _drop_fields(logger: Any, method: str, event: Any) -> str:
    return ""


def _show_no_warning(*_: Any, **__: Any) -> None:
    """Rasa's warnings repeat the message that they warn about."""


def _show_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(OURS + "assistant").critical("ended by %s", kind.__name__)
