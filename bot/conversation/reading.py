"""Recognition of one message, off the event loop where it takes its time: one long text delays nobody else."""

from __future__ import annotations

import asyncio

from bot.recognition.recogniser import Context, Recogniser, Recognition

LONG = 400
"""Characters. A shorter text costs less than the change of threads is worth."""

NOTHING_BEFORE = Context()


async def read(recogniser: Recogniser, text: str, context: Context = NOTHING_BEFORE) -> Recognition:
    """What was recognised in a text."""
    if len(text) <= LONG:
        return recogniser.recognise(text, context)
    return await asyncio.to_thread(recogniser.recognise, text, context)
