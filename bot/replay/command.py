"""`quietword replay`: starts what it needs on free ports with a temporary folder, plays, and stops it again."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import httpx
from redis.asyncio import Redis

from bot.clock import SettableClock
from bot.processes.conversation import Room, Shared
from bot.replay.scenario import ScenarioError, read
from bot.replay.stage import Stage
from bot.settings import Settings
from bot.supervisor.stack import BackStack


def replay_command(settings: Settings) -> int:
    """JSON lines of scenarios on stdin, transcripts on stdout in the same order. Gives the exit status."""
    lines = sys.stdin.buffer.read().splitlines()
    shared = Shared(settings.data, settings.models, settings.safe_word)
    with BackStack(settings) as stack:
        return asyncio.run(_play(lines, shared, stack))


async def _play(lines: list[bytes], shared: Shared, stack: BackStack) -> int:
    failed = False
    redis = Redis.from_url(stack.redis_url)
    async with httpx.AsyncClient() as client:
        for number, line in enumerate(lines, start=1):
            answer: dict[str, Any]
            try:
                scenario = read(line.decode("utf-8"))
                clock = SettableClock(scenario.start())
                room = Room(redis, stack.secret, clock, shared, client, stack.rasa_url)
                answer = await Stage(scenario, room, shared, clock).play()
            except (ScenarioError, UnicodeDecodeError) as error:
                failed = True
                why = str(error) if isinstance(error, ScenarioError) else "not UTF-8"
                answer = {"line": number, "error": why}
            print(json.dumps(answer, ensure_ascii=False), flush=True)
            print(f"\rreplay: {number} of {len(lines)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    await redis.aclose()
    return 1 if failed else 0
